/**
 * Runs schedules in a process of its own, outside of Jest, where each step takes several times as long:
 * `node worker.mjs --ground memory-alone --count 1000 --seed 1`. Pauses are steps here.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';

const { values } = parseArgs({
  options: {
    ground: { type: 'string', default: 'memory-alone' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    // Ends with the first that fails, or after so many ms.
    'limit-ms': { type: 'string' },
  },
});
const { ground, count, seed, 'limit-ms': limitMs } = values;
const jiti = createJiti(import.meta.url, { jsx: { runtime: 'automatic' } });
Object.assign(timers, await jiti.import('./timers.ts'));
syncBuiltinESMExports();
// A machine that is busy with other schedules is no Redis that is slow.
const { setTimeout: real } = globalThis;
Object.assign(globalThis, {
  /** @type {(callback: () => void, ms?: number, ...args: unknown[]) => unknown} */
  setTimeout: (callback, ms = 0, ...args) => real(callback, 100 * ms, ...args),
});
// Nor does work that is cut in slices of time make other steps on one.
Object.assign(performance, { now: () => 0 });
/** @type {import('./run')} */
const { run } = await jiti.import('./run.ts');
const began = Date.now();
const failure = await run({
  // @ts-expect-error: a name that is none fails.
  ground,
  count: Number(count),
  seed: Number(seed),
  limitMs: limitMs === undefined ? undefined : Number(limitMs),
});
const seconds = ((Date.now() - began) / 1000).toFixed(1);
const said = failure === undefined ? `${count} schedules on ${ground}` : `On ${ground}: ${failure}`;
process.stdout.write(`${said}\nIn ${seconds} s\n`, () =>
  process.exit(failure === undefined ? 0 : 1),
);
