/** The feed: how long it takes after an edit of one of its posts, and when nothing of it is kept. */
import { stat } from 'node:fs/promises';
import { kilobytes, median, milliseconds } from './numbers.mjs';
import { writePost } from './posts.mjs';
import {
  build,
  copyOf,
  newMark,
  pageOf,
  postsToEdit,
  purge,
  removeCopy,
  whileServed,
} from './sites.mjs';
import { withReaders } from './while-read.mjs';

/** As many as the feed has. */
const POSTS = 20;
/** As long as a long article. */
const TIMES = 10;
const VISITS_PER_SECOND = 20;

/**
 * @param {{ starts: number, edits: number }} sizes How many edits follow each start.
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureFeed({ starts, edits }) {
  const copy = await copyOf('evergreen', POSTS, TIMES);
  await build(copy);
  /** @type {number[]} */
  const firstMs = [];
  /** @type {number[]} */
  const editedMs = [];
  /** @type {number[]} */
  const longestMs = [];
  let bytes = 0;
  await withReaders(
    copy.dir,
    async (whileRead) => {
      for (let start = 0; start < starts; start += 1) {
        await whileServed(copy, async (site) => {
          const pages = Array.from({ length: POSTS }, (_, index) => site.url + pageOf(index));
          // The first connections.
          await whileRead(pages, () => purge(site, 0));
          const first = await whileRead(pages, () => timeFeed(site.url, 'This is the text'));
          firstMs.push(first.result);
          longestMs.push(Math.max(...first.visitMs));
          for (const index of postsToEdit(edits, POSTS)) {
            const mark = newMark();
            const file = await writePost(site.postsDir, index, mark, {}, TIMES);
            bytes = (await stat(file)).size;
            await purge(site, index);
            editedMs.push(await timeFeed(site.url, mark));
          }
        });
      }
    },
    VISITS_PER_SECOND,
  );
  await removeCopy(copy);
  const posts = `${POSTS} posts of ${kilobytes(bytes)}`;
  return [
    {
      what: `Feed of ${posts} after an edit of one ÷ the first after a start`,
      ratio: median(editedMs) / median(firstMs),
      raw: `${milliseconds(editedMs)} ÷ ${milliseconds(firstMs)}, median of ${editedMs.length} edits and ${starts} starts`,
    },
    {
      what: `Longest wait of a visitor while the first feed of ${posts} is made`,
      ratio: median(longestMs),
      unit: 'ms',
      raw: `${milliseconds(longestMs)}, median of ${starts} starts`,
    },
  ];
}

/**
 * Fetches the feed, which has to show a text; answers the milliseconds.
 * @param {string} url
 * @param {string} text
 */
async function timeFeed(url, text) {
  const begun = performance.now();
  const response = await fetch(`${url}/feed.xml`);
  const feed = await response.text();
  const ms = performance.now() - begun;
  if (!feed.includes(text)) throw new Error(`The feed does not show "${text}"`);
  return ms;
}
