/**
 * The heart under a scheduler that tries orders nobody would think of: see `setup/simulator/simulation.ts`.
 *
 * SCHEDULES sets how many run in memory, SCHEDULES_ON_PLACES how many on the disk and how many on a real
 * Redis; SCHEDULES_SEED repeats them.
 */
import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { isInstalled } from '../setup/redis';
import { runSchedules, type Shard } from '../setup/simulator/command';

const COUNT = Number(process.env.SCHEDULES ?? 2000);
const ON_PLACES = Number(process.env.SCHEDULES_ON_PLACES ?? 50);
const SEED = Number(process.env.SCHEDULES_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = availableParallelism();
const LIMIT_MS = 60_000 + 20 * COUNT + 200 * ON_PLACES;

test(
  'after every 200 no later visitor is served an older version, in whatever order things happen',
  async () => {
    const inMemory = Array.from({ length: AT_ONCE }, (_, index): Shard[] => [
      { ground: 'memory-several', count: Math.ceil((0.2 * COUNT) / AT_ONCE), seed: SEED + index },
      { ground: 'memory-alone', count: Math.ceil((0.8 * COUNT) / AT_ONCE), seed: SEED + index },
    ]);
    const places = isInstalled() ? (['redis', 'disk'] as const) : (['disk'] as const);
    const shards = [
      ...places.map((ground): Shard => ({ ground, count: ON_PLACES, seed: SEED })),
      ...inMemory.flat(),
    ];
    process.stdout.write(`Schedules: seed ${SEED}\n`);
    const results = await pMap(shards, (shard) => runSchedules(shard), { concurrency: AT_ONCE });
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
  },
  LIMIT_MS,
);
