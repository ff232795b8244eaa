/**
 * Opens the place where the pages of a built site are: beside the build on disk, or in Redis.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { openDisk } from './disk';
import type { Place, StoredPage } from './place';
import { sizeOf } from './values';
import { openRedis, type RedisOptions } from './redis/redis';

/** Where `next start` serves from. */
const DIST_DIR = path.join('.next', 'server');
const BUILD_DIR = path.join(DIST_DIR, 'pages');
/** Beside the build's pages: the next build, which may render them otherwise, sweeps it away. */
const STORE_DIR = path.join(DIST_DIR, 'page-store');

/** What is kept in memory of pages. Next's own default, for its memory. */
const MEMORY_BYTES = 50 * 1024 * 1024;

/** The disk, for one process. */
export const diskPlace = (): Place =>
  openDisk({ dir: STORE_DIR, buildDir: BUILD_DIR }, memoryOf(MEMORY_BYTES));

/** Redis, for several instances. It is opened at once, and waited for by `opened`. */
export const redisPlace = (
  options: Pick<RedisOptions, 'url' | 'keptForSeconds' | 'endInFlight'>,
): ReturnType<typeof openRedis> =>
  openRedis({
    ...options,
    buildId: readFileSync(path.join('.next', 'BUILD_ID'), 'utf8').trim(),
    buildDir: BUILD_DIR,
    memory: memoryOf(MEMORY_BYTES),
  });

const memoryOf = (maxSize: number): LRUCache<string, StoredPage> =>
  new LRUCache({
    maxSize,
    sizeCalculation: ({ value }) => (value ? sizeOf(value) + 1000 : 200),
  });
