/**
 * Opens the place where the pages of a built site are: beside the build on disk, or in Redis.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openDisk } from './disk';
import { MEMORY_BYTES, memoryOf } from './memory';
import type { Place } from './place';
import { openRedis, type RedisOptions } from './redis/redis';

/** Where `next start` serves from. */
const DIST_DIR = path.join('.next', 'server');
const BUILD_DIR = path.join(DIST_DIR, 'pages');
/** Beside the build's pages: the next build, which may render them otherwise, sweeps it away. */
const STORE_DIR = path.join(DIST_DIR, 'page-store');

/** The disk, for one process. */
export const diskPlace = (): Place => openDisk({ dir: STORE_DIR, buildDir: BUILD_DIR });

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
