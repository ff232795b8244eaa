/**
 * The pages of one build in Redis. Beside each page stand its revision with the version that it was
 * committed for, and what it depends on.
 */
import type { LRUCache } from 'lru-cache';
import { builtPages, readBuilt } from '../built-pages';
import { storedOf } from '../disk';
import {
  NotCommitted,
  type Lookup,
  type Pages,
  type Stored,
  type StoredPage,
  type Version,
} from '../place';
import { propsOf } from '../values';
import { PURGE_MS, VISIT_MS, type Client, type Connection } from './connection';
import { EXPOSED, namesOfBuild, STATE, WHOLE } from './names';

/** Pages of the build that are made known with one command. */
const BATCH = 500;

/** What pages in Redis need. */
export interface RedisPagesOptions {
  connection: Connection;
  buildId: string;
  buildDir: string;
  keptForSeconds: number;
  /** The pages read last, also for as long as Redis is away. */
  memory: LRUCache<string, StoredPage>;
  /** Whether there are edges, which may hold pages. */
  hasEdges: boolean;
}

/** Pages in Redis. */
export class RedisPages implements Pages {
  private readonly names: ReturnType<typeof namesOfBuild>;
  /** The generation in which the pages of the build were made known. */
  private seeded?: { generation: string | null; done: Promise<void> };
  private readonly warned = new Set<string>();

  constructor(private readonly options: RedisPagesOptions) {
    this.names = namesOfBuild(options.buildId);
  }

  async lookup(path: string): Promise<Lookup> {
    const { connection, hasEdges, buildDir } = this.options;
    try {
      if (connection.isAway) throw new Error('Redis did not answer in time');
      const [[generation, fence, answered], [whole, entry], exposed] = await connection.ask(
        ({ client }) =>
          Promise.all([
            client.hmGet(STATE, ['epoch', 'floor', 'answered']),
            client.hmGet(this.names.revisions, [WHOLE, path]),
            hasEdges ? client.hGet(EXPOSED, path) : undefined,
          ]),
        VISIT_MS,
      );
      const stored = /^([\d.]+) (\S*)$/.exec(entry ?? '');
      return {
        // The build's page is as good as a stored one where the snapshot tells whether it is right.
        revision: stored ? stored[2] || null : readBuilt(buildDir, path)?.revision,
        version: Number(stored?.[1] ?? -1),
        fence: { generation: generation ?? '', version: Number(fence) },
        isWhole: stored !== null && Number(whole ?? 0) >= Number(answered ?? 0),
        exposed,
      };
    } catch {
      connection.doubts += 1;
      const revision = this.readHere(path)?.revision;
      return { revision, version: -1, isWhole: true, isAway: true };
    }
  }

  async read(path: string, revision: string | null): Promise<StoredPage | null> {
    const { connection, memory } = this.options;
    const here = this.readHere(path);
    if (here && here.revision === revision) {
      // One of the build is read from the disk only once.
      memory.set(path, here);
      return here;
    }
    const key = this.names.page(path);
    try {
      const text = await connection.ask(({ client }) => client.get(key), VISIT_MS);
      const page = text === null ? null : pageIn(text, path);
      if (!page && text !== null && !this.warned.has(path)) {
        this.warned.add(path);
        console.error(`Redis at ${connection.address}: ${key} is no page; it is rendered again`);
      }
      if (page) memory.set(path, page);
      return page?.revision === revision ? page : null;
    } catch {
      return null;
    }
  }

  async index(): Promise<ReadonlyMap<string, Stored>> {
    const { connection } = this.options;
    const [revisions, dependencies] = await connection.ask(async ({ client }) => {
      await this.seed(client);
      return Promise.all([
        client.hGetAll(this.names.revisions),
        client.hGetAll(this.names.dependencies),
      ]);
    }, 4 * PURGE_MS);
    return new Map(
      Object.entries(revisions)
        .filter(([path]) => path !== WHOLE)
        .map(([path, entry]) => [
          path,
          {
            revision: entry.split(' ')[1] || null,
            dependencies: dependenciesIn(dependencies[path]),
          },
        ]),
    );
  }

  atMost(): Promise<number> {
    return this.options.connection.ask(async ({ client }) => {
      await this.seed(client);
      return client.hLen(this.names.revisions);
    }, PURGE_MS);
  }

  async commit(page: StoredPage, { generation, version }: Version): Promise<void> {
    const { connection, memory, keptForSeconds } = this.options;
    const { path, revision, value } = page;
    const { revisions, dependencies } = this.names;
    const keys = [STATE, revisions, dependencies, this.names.page(path)];
    const input = [
      generation,
      String(version),
      path,
      revision ?? '',
      JSON.stringify(storedOf(page).dependencies),
      value ? JSON.stringify(page) : '',
      String(keptForSeconds),
    ];
    let reply: string;
    try {
      reply = await connection.ask(({ client }) => client.commit(keys, input), PURGE_MS);
    } catch (error) {
      // For visitors who come while Redis is away.
      memory.set(path, page);
      throw error;
    }
    if (reply === 'stored') memory.set(path, page);
    else if (reply !== 'newer') throw new NotCommitted(reply);
  }

  problem(): string | undefined {
    return this.options.connection.problem();
  }

  /** What is stored of a path, in memory and by the build, for as long as Redis is away. */
  private readHere(path: string): StoredPage | null {
    return this.options.memory.get(path) ?? readBuilt(this.options.buildDir, path);
  }

  /** Makes the pages of the build known, once in each generation. */
  private async seed(client: Client): Promise<void> {
    const generation = await client.hGet(STATE, 'epoch');
    if (this.seeded?.generation !== generation) {
      this.seeded = { generation, done: this.sendBuilt(client) };
    }
    await this.seeded?.done.catch((error: unknown) => {
      this.seeded = undefined;
      throw error;
    });
  }

  private async sendBuilt(client: Client): Promise<void> {
    const keys = [this.names.revisions, this.names.dependencies];
    let batch: string[] = [];
    for await (const page of builtPages(this.options.buildDir)) {
      const { revision, dependencies } = storedOf(page);
      batch.push(page.path, revision ?? '', JSON.stringify(dependencies));
      if (batch.length < 3 * BATCH) continue;
      await client.seed(keys, batch);
      batch = [];
    }
    if (batch.length > 0) await client.seed(keys, batch);
  }
}

/** What Redis keeps of a page, if it is one of ours. */
function pageIn(text: string, path: string): StoredPage | null {
  try {
    const page: StoredPage = JSON.parse(text);
    const isOurs =
      page.path === path &&
      (page.value?.kind === 'REDIRECT' || typeof page.value?.html === 'string') &&
      propsOf(page.value)?.revision === page.revision &&
      typeof page.lastModified === 'number';
    return isOurs ? page : null;
  } catch {
    return null;
  }
}

function dependenciesIn(text: string | undefined): Stored['dependencies'] {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}
