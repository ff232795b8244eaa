/** What schedules run on: memory, the disk, or a real Redis. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { openDisk } from '../../../lib/store/disk';
import { createClientAt, type Client } from '../../../lib/store/redis/connection';
import { openRedis } from '../../../lib/store/redis/redis';
import { startRedis } from '../redis';
import { MemoryRedis, openMemoryDisk, openMemoryRedis, type MemoryDisk } from './places';
import type { Ground, Process } from './simulation';

/** What schedules run on. */
export interface Grounds {
  mostInstances: number;
  /** Fresh ground, for one schedule. */
  open: () => Promise<Ground>;
  close: () => Promise<void>;
}

/** All grounds, by name. */
export const GROUNDS = {
  'memory-alone': async (): Promise<Grounds> => ({
    mostInstances: 1,
    open: async () => {
      const disk: MemoryDisk = new Map();
      return { open: () => openMemoryDisk(disk), stored: (path) => disk.get(path) };
    },
    close: async () => undefined,
  }),

  'memory-several': async (): Promise<Grounds> => ({
    mostInstances: 3,
    open: async () => {
      const redis = new MemoryRedis();
      return {
        open: ({ step }) => openMemoryRedis(redis, step),
        stored: (path) => redis.pages.get(path)?.page,
        restart: (keeps) => redis.restart(!keeps),
      };
    },
    close: async () => undefined,
  }),

  disk: async (): Promise<Grounds> => {
    const root = await mkdtemp(path.join(tmpdir(), 'schedules-'));
    let number = 0;
    return {
      mostInstances: 1,
      open: async () => {
        const dir = path.join(root, String((number += 1)));
        return {
          open: () => {
            const place = openDisk({ dir, buildDir: path.join(root, 'build') });
            // Another process begins with no memory; within one, pages may leave it at any time.
            place.keepInMemory?.(number % 2 === 0 ? 0 : 1_000_000);
            return place;
          },
          close: () => rm(dir, { recursive: true, force: true }),
        };
      },
      close: () => rm(root, { recursive: true }),
    };
  },

  redis: async (): Promise<Grounds> => {
    const server = await startRedis();
    /** How many answers are under way. */
    let asked = 0;
    const answered = async <T>(work: Promise<T>): Promise<T> => {
      asked += 1;
      try {
        return await work;
      } finally {
        asked -= 1;
      }
    };
    return {
      mostInstances: 3,
      open: async () => {
        await server.client().flushAll();
        return {
          isBusy: () => asked > 0,
          open: async (process) => {
            const place = openRedis({
              url: server.url,
              buildId: 'build',
              buildDir: 'none',
              keptForSeconds: 1000,
              memory: new LRUCache({ max: 3 }),
              createClient: async (url) => inSteps(await createClientAt(url), process, answered),
            });
            await answered(place.opened);
            return place;
          },
          restart: async (keeps) => {
            // As each instance sees it: another process of Redis, or one without what was there.
            const client = server.client();
            await answered<unknown>(
              keeps ? client.hSet('evergreen:state', 'run', 'another') : client.flushAll(),
            );
          },
        };
      },
      close: () => server.close(),
    };
  },
};

/** The name of a ground. */
export type GroundName = keyof typeof GROUNDS;

/** What a connection does before it is used. */
const OF_CONNECTING: ReadonlySet<string | symbol> = new Set(['connect', 'info', 'greet', 'on']);

/** A client whose commands are steps: each is sent at one, and its answer comes at another. */
function inSteps(
  client: Client,
  { step }: Process,
  answered: <T>(work: Promise<T>) => Promise<T>,
): Client {
  return new Proxy(client, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (OF_CONNECTING.has(name) || name === 'destroy')
          return Reflect.apply(member, target, args);
        return step(`${String(name)}?`)
          .then(() => answered(Promise.resolve(Reflect.apply(member, target, args))))
          .finally(() => step(String(name)));
      };
    },
  });
}
