/** Runs schedules in processes of their own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../build-site';
import type { GroundName } from './grounds';

/** Some schedules. */
export interface Shard {
  ground: GroundName;
  count: number;
  seed: number;
  /** See `Run`. */
  limitMs?: number;
}

/** What became of them. */
export interface ShardResult {
  ground: GroundName;
  /** Undefined if no promise was broken. */
  failure?: string;
}

const WORKER = '__tests__/setup/simulator/worker.mjs';
/** Most of what is made in a step is garbage at its end. */
const YOUNG_MB = 32;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs schedules in the project at `dir`, by default this one. */
export async function runSchedules(
  { ground, count, seed, limitMs }: Shard,
  dir = ROOT,
): Promise<ShardResult> {
  const command = [`--max-semi-space-size=${YOUNG_MB}`, path.join(dir, WORKER)];
  const options = Object.entries({ ground, count, seed, 'limit-ms': limitMs }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]),
  );
  try {
    await promisify(execFile)(process.execPath, [...command, ...options], {
      cwd: dir,
      maxBuffer: MOST_OUTPUT,
    });
    return { ground };
  } catch (error) {
    // An error of another realm than Jest's, of which nothing is an instance.
    const { stdout }: { stdout?: string } = Object(error);
    return { ground, failure: stdout || String(error) };
  }
}
