/**
 * The benchmark: `npm run bench`. Measures copies of this project, with posts that it makes up, and
 * prints a table of ratios, as the README has it. What needs WordPress is left out where it is not
 * installed (`sudo .ci/wordpress`), and so is what needs Redis and edges (`sudo .ci/servers`).
 *
 *     npm run bench -- --only build,purge   measures these only
 *     npm run bench -- --quick              is done in some minutes, with smaller sizes
 *     npm run bench -- --rounds 3           measures all of it three times, and takes the medians
 *     npm run bench -- --write              puts its rows into bench/RESULTS.md, in place of those of before
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBaseline } from './measure-baseline.mjs';
import { measureBuild } from './measure-build.mjs';
import { measureBurst } from './measure-burst.mjs';
import { measureExact } from './measure-exact.mjs';
import { measureFeed } from './measure-feed.mjs';
import { measureHundredThousand } from './measure-hundred-thousand.mjs';
import { measureHistory } from './measure-history.mjs';
import { measureInstances } from './measure-instances.mjs';
import { measureLighthouse } from './measure-lighthouse.mjs';
import { measureMemory } from './measure-memory.mjs';
import { measureOthers } from './measure-others.mjs';
import { measurePaint } from './measure-paint.mjs';
import { measurePurge } from './measure-purge.mjs';
import { measureSearch } from './measure-search.mjs';
import { measureStart } from './measure-start.mjs';
import { measureStrangers } from './measure-strangers.mjs';
import { measureTurns } from './measure-turns.mjs';
import { measureUnknown } from './measure-unknown.mjs';
import { measureVisitors } from './measure-visitors.mjs';
import { measureWordPress } from './measure-wordpress.mjs';
import { measureWork } from './measure-work.mjs';
import { seconds, tableOf } from './numbers.mjs';
import { medianOfRounds, writeResults } from './results.mjs';
import { prepareScratch } from './sites.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

/** Enough for the compiler of Node.js to have settled. */
const warm = values.quick ? { warmUps: 20, purges: 20 } : { warmUps: 80, purges: 40 };
/** @type {<T>(full: T, quick: T) => T} */
const size = (full, quick) => (values.quick ? quick : full);

const MEASUREMENTS = new Map([
  [
    'build',
    () =>
      measureBuild(size({ few: 400, many: 4000, most: 10_000 }, { few: 40, many: 400, most: 400 })),
  ],
  [
    'purge',
    () => measurePurge({ ...size({ few: 100, many: 10_000 }, { few: 100, many: 1000 }), ...warm }),
  ],
  ['work', () => measureWork({ count: 100, restarts: size(7, 3), ...warm })],
  [
    'baseline',
    () =>
      measureBaseline({
        ...size({ counts: [100, 1000], builds: 2 }, { counts: [100], builds: 1 }),
        ...warm,
      }),
  ],
  [
    'wordpress',
    () =>
      measureWordPress(
        size(
          { counts: [100, 2000], warmUps: 10, edits: 60 },
          { counts: [100], warmUps: 5, edits: 15 },
        ),
      ),
  ],
  [
    'exact',
    () =>
      measureExact(
        size(
          {
            random: { count: 60, edits: 60 },
            growing: { few: 100, some: 1000, many: 10_000, warmUps: 10, purges: 20 },
          },
          {
            random: { count: 60, edits: 20 },
            growing: { few: 20, some: 100, many: 1000, warmUps: 5, purges: 10 },
          },
        ),
      ),
  ],
  [
    'burst',
    () =>
      measureBurst({
        edited: 50,
        calls: 1000,
        ...size({ count: 400, rounds: 3 }, { count: 100, rounds: 1 }),
      }),
  ],
  ['feed', () => measureFeed(size({ starts: 5, edits: 8 }, { starts: 1, edits: 4 }))],
  ['memory', () => measureMemory(size({ few: 100, many: 10_000 }, { few: 20, many: 200 }))],
  [
    'visitors',
    () =>
      measureVisitors({
        count: 100,
        ...size({ rounds: 7, seconds: 5 }, { rounds: 3, seconds: 2 }),
      }),
  ],
  [
    'instances',
    () =>
      measureInstances({
        count: 100,
        ...size(
          { rounds: 5, seconds: 3, warmUps: 12, edits: 60, stored: 1000 },
          { rounds: 3, seconds: 2, warmUps: 8, edits: 15, stored: 200 },
        ),
      }),
  ],
  [
    'others',
    () =>
      measureOthers({
        ...size({ count: 1000, builds: 3, seconds: 3 }, { count: 100, builds: 1, seconds: 2 }),
        ...size({ warmUps: 40, edits: 20, rounds: 5 }, { warmUps: 10, edits: 10, rounds: 3 }),
      }),
  ],
  [
    'history',
    () =>
      measureHistory({
        count: 100,
        warmUps: warm.warmUps,
        ...size({ purges: 1000, rounds: 7, seconds: 3 }, { purges: 40, rounds: 3, seconds: 1 }),
      }),
  ],
  [
    'hundred-thousand',
    () =>
      measureHundredThousand(
        size(
          { count: 100_000, prerendered: 1000, visits: 20, warmUps: 10, purges: 20 },
          { count: 5000, prerendered: 100, visits: 10, warmUps: 5, purges: 10 },
        ),
      ),
  ],
  ['lighthouse', () => measureLighthouse({ runs: size(3, 1) })],
  ['paint', () => measurePaint({ runs: size(7, 3) })],
  ['search', () => measureSearch(size({ count: 10_000, rounds: 5 }, { count: 500, rounds: 2 }))],
  ['start', () => measureStart({ count: size(10_000, 500) })],
  [
    'strangers',
    () =>
      measureStrangers(
        size(
          { count: 2500, removed: 1000, names: 1000, seconds: 5, rounds: 3 },
          { count: 200, removed: 90, names: 1000, seconds: 2, rounds: 1 },
        ),
      ),
  ],
  [
    'turns',
    () =>
      measureTurns(
        size(
          { count: 400, edited: 50, calls: 1000, rounds: 5 },
          { count: 60, edited: 20, calls: 100, rounds: 3 },
        ),
      ),
  ],
  ['unknown', () => measureUnknown({ window: size(100_000, 5000) })],
]);

const names = values.only?.split(',') ?? [...MEASUREMENTS.keys()];
const unknown = names.find((name) => !MEASUREMENTS.has(name));
if (unknown !== undefined) {
  throw new Error(`There is no ${unknown}; there are ${[...MEASUREMENTS.keys()].join(', ')}`);
}

/** @type {Map<string, import('./numbers.mjs').Row[][]>} The rows of each round, by measurement. */
const measured = new Map(names.map((name) => [name, []]));
const loadBefore = loadavg();
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await prepareScratch();
    for (const name of names) {
      const begun = performance.now();
      console.error(`Measuring: ${name} …`);
      measured.get(name)?.push((await MEASUREMENTS.get(name)?.()) ?? []);
      console.error(`Measured ${name} in ${seconds(performance.now() - begun)}`);
    }
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  // What was measured before a failure is shown all the same.
  const rows = [...measured.values()].flatMap(medianOfRounds);
  const load = [loadBefore, loadavg()]
    .map(([lastMinute = 0]) => lastMinute.toFixed(1))
    .join(' and ');
  const machine = `Node.js ${process.version}, ${availableParallelism()} cores, a load of ${load} before and after`;
  console.log(`\n${machine}\n\n${tableOf(rows)}`);
  if (values.write) await writeResults(measured, { ...values, machine });
}
