/**
 * The turns of the main thread: how long a visitor's request may have to wait for whatever the server is doing.
 * Under each of the loads that take the most work at a time.
 */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { grouped } from './numbers.mjs';
import { slugOf, writePost } from './posts.mjs';
import { ask } from './processes.mjs';
import {
  build,
  copyOf,
  expectOnPage,
  newMark,
  purge,
  purgeChanged,
  purgeUrl,
  removeCopy,
  visitAll,
  whileServed,
} from './sites.mjs';

const NOTE_TURNS = fileURLToPath(new URL('note-turns.mjs', import.meta.url));
const LONG_MS = 50;
const AFTER_START_MS = 5000;
/** How many times as long as the others: some 100 KB. */
const HEAVY_TIMES = 50;

/**
 * @param {{ count: number, edited: number, calls: number, rounds: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureTurns({ count, edited, calls, rounds }) {
  const copy = await copyOf('evergreen', count);
  await build(copy);
  /** @type {import('./numbers.mjs').Row[]} */
  const rows = [];
  const indexes = Array.from({ length: edited }, (_, n) => n);
  const options = { nodeArgs: ['--import', NOTE_TURNS], ipc: true };
  await whileServed(
    copy,
    async (site) => {
      /** @type {(what: string, work: () => Promise<unknown>) => Promise<void>} */
      const measure = async (what, work) => {
        await ask(site.server, 'begin');
        for (let round = 0; round < rounds; round += 1) await work();
        rows.push(rowOf(what, await ask(site.server, 'end')));
      };
      await ask(site.server, 'begin');
      await pause(AFTER_START_MS);
      rows.push(rowOf('after a start', await ask(site.server, 'end')));

      await visitAll(site);
      await measure(`${grouped(calls)} calls at once for ${edited} edited posts`, async () => {
        const mark = newMark();
        for (const index of indexes) await writePost(site.postsDir, index, mark);
        await Promise.all(
          Array.from({ length: calls }, async (_, n) => {
            const response = await fetch(purgeUrl(site, n % edited));
            if (response.status !== 200) throw new Error(await response.text());
          }),
        );
        await expectOnPage(site, 0, [mark]);
      });
      await measure(`\`changed\` with ${edited} edited posts`, async () => {
        const mark = newMark();
        for (const index of indexes) await writePost(site.postsDir, index, mark);
        await purgeChanged(site);
        await expectOnPage(site, 0, [mark]);
      });
      await measure('purges of an edited post of 100 KB', async () => {
        const mark = newMark();
        await writePost(site.postsDir, 1, mark, {}, HEAVY_TIMES);
        await purge(site, 1);
        await expectOnPage(site, 1, [mark]);
      });
      await measure('purges of an edited post of 200 KB of HTML', async () => {
        const mark = newMark();
        await writeHtml(site.postsDir, count, mark);
        await purgeChanged(site);
        await expectOnPage(site, count, [mark]);
      });
      await measure('searches', async () => {
        await Promise.all(
          ['cache', 'first reader', 'purge store', 'l'].map((words) =>
            fetch(`${site.url}/search?q=${encodeURIComponent(words)}`).then((found) =>
              found.text(),
            ),
          ),
        );
      });
    },
    options,
  );
  await removeCopy(copy);
  return rows;
}

/**
 * One more post: as a post that somebody took along from a WordPress, HTML in a Markdown file.
 * @param {string} folder
 * @param {number} index
 * @param {string} mark
 */
async function writeHtml(folder, index, mark) {
  const text = Array.from(
    { length: 900 },
    (_, n) =>
      `<p class="wp-block-paragraph">Paragraph ${n} of <em>what was imported</em>, with <a href="https://example.com/${n}">a link</a>.</p>\n` +
      `<figure class="wp-block-image"><img src="https://example.com/${n}.jpg" width="640" height="480" alt="" /></figure>\n`,
  ).join('\n');
  const file = path.join(folder, `${slugOf(index)}.md`);
  await writeFile(
    `${file}.new`,
    `---\ntitle: Imported\ndate: 2004-01-01\n---\n\n${mark}\n\n${text}`,
  );
  await rename(`${file}.new`, file);
}

/**
 * @param {string} load
 * @param {import('./note-turns.mjs').Turns} turns
 * @returns {import('./numbers.mjs').Row}
 */
function rowOf(load, { clock, processor }) {
  const byClock = describe(clock);
  const byProcessor = processor.length > 0 ? describe(processor) : undefined;
  const { p999, text } = byProcessor ?? byClock;
  return {
    what: `99.9% of the main thread's turns take at most, ${load}`,
    ratio: p999,
    unit: 'ms',
    goal: LONG_MS,
    raw: byProcessor
      ? `of a processor: ${text}; by the clock: ${byClock.text}`
      : `by the clock: ${text}`,
  };
}

/** @param {number[]} turns At least one. */
function describe(turns) {
  const sorted = [...turns].sort((a, b) => a - b);
  const p999 = sorted[Math.ceil(0.999 * sorted.length) - 1] ?? 0;
  const longest = sorted.at(-1) ?? 0;
  const long = sorted.filter((ms) => ms > LONG_MS).length;
  return {
    p999,
    text:
      `${p999.toFixed(1)} ms, the longest ${longest.toFixed(1)} ms, ` +
      `${grouped(long)} of ${grouped(sorted.length)} turns above ${LONG_MS} ms`,
  };
}
