/**
 * A burst: a thousand webhooks in a second, for posts that were just edited. Beside calls of a route that
 * returns at once and the bare work on these posts, and with visitors meanwhile.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBareWork } from './measure-work.mjs';
import { grouped, median, milliseconds, p99, seconds, sum } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { ask, startNode, stop } from './processes.mjs';
import {
  build,
  copyOf,
  expectOnPage,
  newMark,
  noteRenders,
  purgeUrl,
  removeCopy,
  visitAll,
  whileServed,
} from './sites.mjs';
import { withReaders } from './while-read.mjs';

const CALLERS = fileURLToPath(new URL('callers.mjs', import.meta.url));
const BURST_MS = 1000;
const AT_REST_MS = 3000;
const VISITS_PER_SECOND = 50;
const AT_ONCE = '/api/at-once';

/**
 * @param {{ count: number, edited: number, calls: number, rounds: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureBurst({ count, edited, calls, rounds }) {
  const copy = await copyOf('evergreen', count);
  const rendersOf = await noteRenders(copy);
  await writeFile(
    path.join(copy.dir, `pages${AT_ONCE}.ts`),
    `import type { NextApiRequest, NextApiResponse } from 'next';

export default function handler(_: NextApiRequest, res: NextApiResponse): void {
  res.json({ revalidated: true });
}
`,
  );
  await build(copy);
  // Not in the folder of posts: the purge would find more edits than there are.
  const apart = path.join(copy.dir, 'apart');
  await mkdir(apart);
  const indexes = Array.from({ length: edited }, (_, n) => Math.floor((n * count) / edited));
  const countRenders = () => Promise.all(indexes.map(rendersOf));

  /** @type {number[]} */
  const renders = [];
  /** @type {import('./callers.mjs').Answers[]} */
  const bursts = [];
  /** @type {number[]} */
  const leastMs = [];
  /** @type {number[]} */
  const atOnceMs = [];
  /** @type {number[]} */
  const atRestMs = [];
  /** @type {number[]} */
  const meanwhileMs = [];
  const callers = startNode([CALLERS], { cwd: copy.dir, ipc: true });
  const bare = startBareWork(copy.dir);
  /** @type {(urls: string[]) => Promise<import('./callers.mjs').Answers>} */
  const sendBurst = (urls) => ask(callers, { urls, calls, overMs: BURST_MS });
  try {
    await withReaders(
      copy.dir,
      (whileRead) =>
        whileServed(copy, async (site) => {
          const urls = [...(await visitAll(site)).keys()].map((page) => site.url + page);
          // The first of each is a warm-up.
          for (let round = 0; round <= rounds; round += 1) {
            const rest = await whileRead(urls, () => pause(AT_REST_MS));
            const atOnce = await whileRead(urls, () => sendBurst([site.url + AT_ONCE]));
            const mark = newMark();
            let bareMs = 0;
            for (const index of indexes) {
              bareMs += await ask(bare, await writePost(apart, index, mark));
            }
            for (const index of indexes) await writePost(site.postsDir, index, mark);
            const before = await countRenders();
            const purges = indexes.map((index) => purgeUrl(site, index));
            const burst = await whileRead(urls, () => sendBurst(purges));
            const after = await countRenders();
            for (const index of indexes) await expectOnPage(site, index, [mark]);
            if (round === 0) continue;
            renders.push(...after.map((total, n) => total - (before[n] ?? 0)));
            bursts.push(burst.result);
            atOnceMs.push(atOnce.result.lastMs);
            leastMs.push(atOnce.result.lastMs + bareMs);
            atRestMs.push(...rest.visitMs);
            meanwhileMs.push(...burst.visitMs);
          }
        }),
      VISITS_PER_SECOND,
    );
  } finally {
    await stop(callers);
    await stop(bare);
  }
  await removeCopy(copy);

  const burst = `${grouped(calls)} calls in ${seconds(BURST_MS)} for ${edited} edited posts of ${count}`;
  const answerMs = bursts.flatMap((one) => one.answerMs);
  const lastMs = bursts.map((one) => one.lastMs);
  return [
    {
      what: `Renders of one page, ${burst}`,
      ratio: Math.max(...renders),
      goal: 2,
      raw: `${(sum(renders) / renders.length).toFixed(2)} on average of ${renders.length} pages, visitors' renders among them`,
    },
    {
      what: `Slowest answer, ${burst}`,
      ratio: Math.max(...answerMs),
      unit: 'ms',
      raw:
        `median ${median(answerMs).toFixed(1)} ms; ${grouped(sum(bursts.map((one) => one.good)))} ` +
        `of ${grouped(calls * rounds)} are answered with 200`,
    },
    {
      what: 'That burst ÷ as many calls of a route that returns at once + bare work on the posts',
      ratio: median(lastMs) / median(leastMs),
      raw:
        `last answers after ${milliseconds(lastMs)} ÷ ${milliseconds(leastMs)}, ` +
        `of which the route ${milliseconds(atOnceMs)}, median of ${rounds}`,
    },
    {
      what: `99th percentile of visits meanwhile ÷ at rest`,
      ratio: p99(meanwhileMs) / p99(atRestMs),
      raw:
        `${p99(meanwhileMs).toFixed(1)} ms of ${grouped(meanwhileMs.length)} visits ÷ ` +
        `${p99(atRestMs).toFixed(1)} ms of ${grouped(atRestMs.length)}, ${VISITS_PER_SECOND} a second`,
    },
  ];
}
