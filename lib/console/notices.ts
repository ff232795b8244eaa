/**
 * Tells the people who run the site when something breaks, and when it works again: a purge that failed, a post that
 * cannot be used, an edge that does not confirm. Once for each, not at every attempt.
 */
import pMap from 'p-map';
import { coalesce } from '../coalesce';
import type { Environment } from '../config';
import type { Snapshot, Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import { describeProblem } from '../source/post';
import type { NoticePlace } from '../store/place';
import type { Store } from '../store/store';
import type { Ledger } from './ledger';
import { NoticeDelivery, type NoticeEvent } from './notice-delivery';
import { OpenNotices } from './open-notices';
import type { PurgeRecord } from './record';

/** What is watched, and how. */
export interface NoticeParts {
  settings: () => Environment;
  ledger: Pick<Ledger, 'onPurge'>;
  snapshots: Pick<Snapshots, 'onAdopt' | 'last'>;
  store: Pick<Store, 'isFresh'>;
  /** Undefined where there are none. */
  edges?: Pick<Edges, 'owed'>;
  /** Where it is noted what was told of. */
  place: NoticePlace;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** An edge that has not confirmed a path for so long is told of, and how often that is looked at. */
const OWED_MS = 60_000;
const LOOK_EVERY_MS = 10_000;

/** What is wrong, by the beginnings of keys. The rest is the path, the cause or the file. */
const PURGE = 'purge:';
const CAUSE = 'cause:';
const POST = 'post:';
const EDGES = 'edges';

/** Characters of a cause in a key. */
const MOST_CAUSE = 200;

/** Notices of one process. Until `start` nobody is told anything. */
export class Notices {
  private readonly open: OpenNotices;
  private readonly delivery: NoticeDelivery;
  private timer?: NodeJS.Timeout;
  /** The posts that could not be used when that was looked at last. */
  private broken?: string;
  /** Paths that edges have not confirmed, and since when. */
  private owedSince: ReadonlyMap<string, number> = new Map();

  constructor(private readonly parts: NoticeParts) {
    this.open = new OpenNotices(parts.place);
    this.delivery = new NoticeDelivery(parts.settings);
  }

  /** Begins, if there is an address to tell. */
  start(): void {
    const { settings, ledger, snapshots, edges } = this.parts;
    if (settings().notifyUrl === undefined) return;
    ledger.onPurge((record) => void this.lookAtPurges(record));
    snapshots.onAdopt((snapshot) => this.lookAtPosts(snapshot));
    if (snapshots.last) this.lookAtPosts(snapshots.last);
    if (!edges) return;
    this.timer = setInterval(() => void this.lookAtEdges(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.delivery.close();
  }

  /** Notes what failed and what works again. Those that end meanwhile are looked at together. */
  private readonly lookAtPurges = coalesce<PurgeRecord, void>(async (records) => {
    const { snapshots } = this.parts;
    for (const record of records) {
      const failures = failuresOf(record, snapshots.last?.problemAt);
      const news = new Set(await this.open.open([...failures.keys()]));
      this.delivery.tell(
        'purge-failed',
        [...failures].flatMap(([key, why]) => (news.has(key) ? { what: nameOf(key), why } : [])),
      );
    }
    // One that was refused tells nothing.
    const last = records.findLast(({ result }) => result !== 'refused');
    if (last?.result !== 'regenerated') return;
    // Asked of the store: visitors may have had a page rendered that a purge could not.
    const open = await this.open.all();
    const fresh = await pMap(
      open.filter((key) => key.startsWith(PURGE)),
      async (key) => ((await this.isFresh(nameOf(key))) ? [key] : []),
      { concurrency: 8 },
    );
    // One that had nothing to do tells nothing of the source.
    const causes = last.steps ? open.filter((key) => key.startsWith(CAUSE)) : [];
    this.tellClosed('purge-works', await this.open.close([...fresh.flat(), ...causes]));
  });

  /** Most snapshots have the problems of the one before, and cost nothing. */
  private lookAtPosts({ problems }: Snapshot): void {
    const reasons = new Map(
      problems.map((problem) => [`${POST}${problem.file}`, describeProblem(problem)]),
    );
    const broken = JSON.stringify([...reasons.keys()].sort());
    if (broken === this.broken) return;
    this.broken = broken;
    void this.comparePosts(reasons);
  }

  private readonly comparePosts = coalesce<ReadonlyMap<string, string>, void>(async (all) => {
    const reasons = all.at(-1);
    if (!reasons) return;
    const gone = (await this.open.all()).filter((key) => key.startsWith(POST) && !reasons.has(key));
    this.tellClosed('post-mended', await this.open.close(gone));
    const news = await this.open.open([...reasons.keys()]);
    this.delivery.tell(
      'post-broke',
      news.map((key) => ({ what: nameOf(key), why: reasons.get(key) })),
    );
  });

  /**
   * Notes what edges have not confirmed, and tells of what has been there for a minute. An edge by itself cannot be
   * named: the outbox is that of all.
   */
  readonly lookAtEdges = async (): Promise<void> => {
    const { edges, now } = this.parts;
    const seen = await edges?.owed().catch(() => undefined);
    if (!seen) return;
    const before = this.owedSince;
    this.owedSince = new Map([...seen.paths].map((path) => [path, before.get(path) ?? now()]));
    if (this.owedSince.size === 0) {
      this.tellClosed('edge-told', await this.open.close([EDGES]));
      return;
    }
    const late = [...this.owedSince].filter(([, sinceMs]) => now() - sinceMs >= OWED_MS);
    if (late.length === 0 || (await this.open.open([EDGES])).length === 0) return;
    this.delivery.tell(
      'edge-owed',
      late.map(([path]) => ({ what: path })),
    );
  };

  private isFresh(path: string): Promise<boolean> {
    return this.parts.store.isFresh(path).catch(() => false);
  }

  private tellClosed(event: NoticeEvent, keys: string[]): void {
    this.delivery.tell(
      event,
      keys.map((key) => ({ what: nameOf(key) })),
    );
  }
}

/**
 * What failed in a purge, by its key, and why: its pages or, if it is none of them, the whole. A page of a post that
 * cannot be used is left out: the post is told of.
 */
function failuresOf(
  { result, pages, error, edges }: PurgeRecord,
  problemAt: Snapshot['problemAt'] = new Map(),
): Map<string, string | undefined> {
  if (result !== 'failed') return new Map();
  const failed = pages.filter((page) => page.result === 'failed');
  if (failed.length > 0) {
    return new Map(
      failed
        .filter(({ path }) => !problemAt.has(path))
        .map((page) => [`${PURGE}${page.path}`, page.error ?? error]),
    );
  }
  // Which address of which edge did not take it differs each time; and so do numbers in a cause.
  if (edges?.failure !== undefined) {
    return new Map([[`${CAUSE}an edge does not confirm`, edges.failure]]);
  }
  const cause = error?.replace(/\d+/g, 'N').slice(0, MOST_CAUSE).toWellFormed() ?? 'unknown';
  return new Map([[`${CAUSE}${cause}`, error]]);
}

/** What a key is about. */
const nameOf = (key: string): string => key.slice(key.indexOf(':') + 1);
