/**
 * Runs schedules in a process of its own: `node worker.mjs <ground> <count> <seed>`. Outside of Jest, where
 * each step takes several times as long; and with pauses that are steps.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { createJiti } from 'jiti';

const [, , ground, count, seed] = process.argv;
const jiti = createJiti(import.meta.url, { jsx: { runtime: 'automatic' } });
Object.assign(timers, await jiti.import('./timers.ts'));
syncBuiltinESMExports();
// A machine that is busy with other schedules is no Redis that is slow.
const { setTimeout: real } = globalThis;
Object.assign(globalThis, {
  /** @type {(callback: () => void, ms?: number, ...args: unknown[]) => unknown} */
  setTimeout: (callback, ms = 0, ...args) => real(callback, 100 * ms, ...args),
});
/** @type {import('./run')} */
const { run } = await jiti.import('./run.ts');
const began = Date.now();
// @ts-expect-error: a name that is none fails.
const failure = await run({ ground, count: Number(count), seed: Number(seed) });
console.log(
  failure
    ? `On ${ground}: ${failure}`
    : `${count} schedules on ${ground} in ${Date.now() - began} ms`,
);
process.exit(failure ? 1 : 0);
