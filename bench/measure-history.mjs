/**
 * What the history and the metrics cost: the site as it is beside one that notes nothing, in a warm purge and for
 * visitors of a cached page.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CONNECTIONS, withLoader } from './load.mjs';
import { median, milliseconds, spread } from './numbers.mjs';
import {
  build,
  copyOf,
  editAndPurge,
  pageOf,
  postsToEdit,
  removeCopy,
  whileServed,
} from './sites.mjs';

/**
 * What a copy does without: the record of each purge with all that hears of it, and what is noted of renders.
 * @type {[file: string, from: string, to: string][]}
 */
const NOTING = [
  [
    'lib/console/ledger.ts',
    'if (outcome.request?.dryRun) return outcome;',
    'if (outcome) return outcome;',
  ],
  ['lib/console/renders.ts', 'begin(path: string, isRenewed: boolean): void {', '$& return;'],
  ['lib/console/renders.ts', 'end(path: string, isStored: boolean): void {', '$& return;'],
];

/**
 * @param {{ count: number, warmUps: number, purges: number, rounds: number, seconds: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureHistory({ count, warmUps, purges, rounds, seconds }) {
  const noting = await copyOf('evergreen', count);
  const silent = await copyOf('evergreen', count);
  for (const [name, from, to] of NOTING) {
    const file = path.join(silent.dir, name);
    const text = await readFile(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${name} has nothing to leave out: ${from}`);
    await writeFile(file, text.replace(from, to));
  }
  for (const copy of [noting, silent]) await build(copy);

  /** @type {number[]} */
  const notingMs = [];
  /** @type {number[]} */
  const silentMs = [];
  const page = pageOf(Math.floor(count / 2));
  const speeds = await whileServed(noting, (ours) =>
    whileServed(silent, async (theirs) => {
      for (const [turn, index] of postsToEdit(warmUps + purges, count).entries()) {
        const both = () => [
          async () => void notingMs.push(await editAndPurge(ours, index)),
          async () => void silentMs.push(await editAndPurge(theirs, index)),
        ];
        // Whoever is second may find the machine warm, so each is first every other time.
        for (const one of turn % 2 === 0 ? both() : both().reverse()) await one();
      }
      return speedsOf([ours.url + page, theirs.url + page], rounds, seconds);
    }),
  );
  for (const copy of [noting, silent]) await removeCopy(copy);

  const [warmNoting, warmSilent] = [notingMs.slice(warmUps), silentMs.slice(warmUps)];
  const byPair = warmNoting.map((ms, index) => ms / (warmSilent[index] ?? ms));
  const [ours = [], theirs = []] = speeds;
  return [
    {
      what: 'Warm purge with history and metrics ÷ without',
      ratio: median(byPair),
      goal: 1.03,
      raw: `${milliseconds(warmNoting)} ÷ ${milliseconds(warmSilent)}; median of ${purges} pairs`,
    },
    {
      what: 'Requests per second of a cached post with history and metrics ÷ without (more is better)',
      ratio: median(ours.map((speed, index) => speed / (theirs[index] ?? speed))),
      raw: `${spread(ours, '/s', 0)} ÷ ${spread(theirs, '/s', 0)}; ${CONNECTIONS} connections, median of ${rounds} pairs of ${seconds} s`,
    },
  ];
}

/**
 * The requests per second of each, in turns; the first of each is a warm-up.
 * @param {string[]} urls
 * @param {number} rounds
 * @param {number} seconds
 */
async function speedsOf(urls, rounds, seconds) {
  /** @type {number[][]} */
  const speeds = urls.map(() => []);
  await withLoader(async (putLoad) => {
    for (let round = 0; round <= rounds; round += 1) {
      const turns = [...urls.entries()];
      for (const [index, url] of round % 2 === 0 ? turns : turns.reverse()) {
        const { perSecond } = await putLoad({ url, status: 200, seconds });
        if (round > 0) speeds[index]?.push(perSecond);
      }
    }
  });
  return speeds;
}
