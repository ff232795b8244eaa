/**
 * Places in memory, for the simulator: what `lib/store/place.ts` asks of a disk, and of a Redis, at the
 * cost of a Map. They know nothing of a build, nor of confirmed removals: `grounds.ts` has the real ones, too.
 */
import { nextVersion, storedOf } from '../../../lib/store/disk';
import {
  isBehindFence,
  NotCommitted,
  type Place,
  type Stored,
  type StoredPage,
  type Version,
} from '../../../lib/store/place';
import { mergeHints, type Hint } from '../../../lib/source/changes';

/** What one process has on its disk; it outlives the process. */
export type MemoryDisk = Map<string, StoredPage>;

/** The disk of one process. Nothing of it waits. */
export const openMemoryDisk = (pages: MemoryDisk): Place => ({
  pages: {
    lookup: async (path) => ({
      revision: pages.get(path)?.revision,
      version: -1,
      isWhole: true,
    }),
    read: async (path) => pages.get(path) ?? null,
    index: async () => indexOf(pages.values()),
    atMost: async () => pages.size,
    commit: (page) => {
      // An unknown path leaves no trace.
      if (page.value || pages.has(page.path)) pages.set(page.path, page);
    },
    problem: () => undefined,
  },
  versions: {
    begin: async (previous, hint) => ({ ...nextVersion(previous), hint }),
    isOutdated: async () => false,
    raiseFence: async () => undefined,
    endPurge: async () => undefined,
    confirmRemovals: async () => undefined,
    areRemovalsConfirmed: async () => true,
  },
});

const indexOf = (pages: Iterable<StoredPage>): ReadonlyMap<string, Stored> =>
  new Map([...pages].map((page) => [page.path, storedOf(page)]));

/** What a Redis holds. */
export class MemoryRedis {
  generation = 'g0';
  number = 1;
  fence = 1;
  answered = 1;
  whole = 0;
  pages = new Map<string, { page: StoredPage; version: number }>();
  hints: { version: number; hint: Hint | undefined }[] = [];

  /** Another process of Redis; with `lose`, without what the last one held. */
  restart(lose: boolean): void {
    this.generation = `g${Number(this.generation.slice(1)) + 1}`;
    if (lose) {
      this.pages.clear();
      this.number = 0;
      this.whole = 0;
    }
    this.number += 1;
    this.fence = this.number;
    this.answered = this.number;
    this.hints = [];
  }
}

const fenceOf = ({ generation, fence }: MemoryRedis): Version => ({ generation, version: fence });

/** A Redis, as one instance reaches it: each question is a step, and its answer another. */
export function openMemoryRedis(redis: MemoryRedis, step: (label: string) => Promise<void>): Place {
  const ask = async <T>(label: string, work: () => T): Promise<T> => {
    await step(`${label}?`);
    const answer = work();
    await step(label);
    return answer;
  };
  const isSame = ({ generation }: Version) => generation === redis.generation;
  return {
    pages: {
      lookup: (path) =>
        ask(`lookup ${path}`, () => {
          const stored = redis.pages.get(path);
          return {
            revision: stored?.page.revision,
            version: stored?.version ?? -1,
            fence: fenceOf(redis),
            isWhole: stored !== undefined && redis.whole >= redis.answered,
          };
        }),
      read: (path, revision) =>
        ask(`read ${path}`, () => {
          const page = redis.pages.get(path)?.page;
          return page && page.revision === revision ? page : null;
        }),
      index: () => ask('index', () => indexOf([...redis.pages.values()].map(({ page }) => page))),
      atMost: () => ask('at most', () => redis.pages.size),
      commit: (page, version) =>
        ask(`commit ${page.path}`, () => {
          if (!isSame(version)) throw new NotCommitted('Redis was restarted meanwhile');
          if (version.version < redis.fence) throw new NotCommitted('its content is outdated');
          const stored = redis.pages.get(page.path);
          if (!page.value && !stored) return;
          if (stored && stored.version > version.version) return;
          redis.pages.set(page.path, { page, version: version.version });
        }),
      problem: () => undefined,
    },
    versions: {
      begin: (previous, hint) =>
        ask('begin', () => {
          const version = (redis.number += 1);
          const isKnown = previous !== undefined && isSame(previous);
          const told = redis.hints.filter((one) => isKnown && one.version > previous.version);
          if (!hint || hint.length > 0) redis.hints.push({ version, hint });
          const merged = isKnown ? mergeHints(hint, ...told.map((one) => one.hint)) : undefined;
          return { version, generation: redis.generation, hint: merged };
        }),
      isOutdated: (version) => ask('is outdated', () => isBehindFence(version, fenceOf(redis))),
      raiseFence: (version) =>
        ask('raise', () => {
          if (!isSame(version)) throw new Error('Redis was restarted meanwhile; call again');
          redis.fence = Math.max(redis.fence, version.version);
        }),
      endPurge: (version, comparedAll) =>
        ask('end', () => {
          if (!isSame(version)) return;
          redis.answered = Math.max(redis.answered, version.version);
          if (comparedAll) redis.whole = Math.max(redis.whole, version.version);
        }),
      confirmRemovals: async () => undefined,
      areRemovalsConfirmed: async () => true,
    },
  };
}
