/**
 * What a start costs on a large blog: with what the build found out of each body kept, with that lost, and
 * with the compiled bodies lost as well. Until the home page answers, and until all posts are listed.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { grouped, seconds } from './numbers.mjs';
import { build, copyOf, pageOf, removeCopy, whileServed } from './sites.mjs';
import { withReaders } from './while-read.mjs';

/** Posts whose pages are read meanwhile; the build has rendered them. */
const READ = 20;

/** What is removed before a start from the data folder. */
const LOSSES = [
  { what: 'verdicts kept', lost: [] },
  { what: 'verdicts lost', lost: ['verdicts'] },
  { what: 'verdicts and compiled bodies lost', lost: ['verdicts', 'bodies'] },
];

/**
 * @param {{ count: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureStart({ count }) {
  const copy = await copyOf('evergreen', count);
  const builtMs = await build(copy);
  /** @type {import('./numbers.mjs').Row[]} */
  const rows = [];
  for (const { what, lost } of LOSSES) {
    for (const room of lost)
      await rm(path.join(copy.dir, '.evergreen/v1', room), { recursive: true });
    // Each start is the first one of its build.
    await rm(path.join(copy.dir, '.next/server/page-store'), { recursive: true, force: true });
    const measured = await withReaders(copy.dir, (whileRead) =>
      whileServed(copy, async ({ url, readyAfterMs }) => {
        const begun = performance.now();
        const newest = Array.from({ length: READ }, (_, index) => url + pageOf(count - 1 - index));
        const { visitMs } = await whileRead(newest, () => untilListed(url, count));
        return { readyAfterMs, listedMs: performance.now() - begun, longest: Math.max(...visitMs) };
      }),
    );
    const { readyAfterMs, listedMs, longest } = measured;
    rows.push({
      what: `Start at ${grouped(count)} posts, ${what}, until all are listed`,
      ratio: (readyAfterMs + listedMs) / 1000,
      unit: 's',
      raw:
        `the home page after ${seconds(readyAfterMs)}; longest wait of a visitor until then ` +
        `${Math.round(longest)} ms; the build took ${seconds(builtMs)}`,
    });
  }
  await removeCopy(copy);
  return rows;
}

/**
 * @param {string} url
 * @param {number} count
 */
async function untilListed(url, count) {
  for (;;) {
    const response = await fetch(`${url}/sitemap.xml`);
    const listed = (await response.text()).split('/blog/post-number-').length - 1;
    if (listed >= count) return;
    await pause(250);
  }
}
