/**
 * What the first search after a start costs on a large blog: with the index that the build kept, after some edits,
 * and with none. The start itself brings the index up to date, when it has done what is more urgent.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { grouped, median, milliseconds } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { cpuOf } from './processes.mjs';
import { build, copyOf, removeCopy, whileServed } from './sites.mjs';

/** Each is a word of the posts, or the beginning of one. */
const QUERIES = ['cache', 'edge purge', 'sourc'];
/** Posts that are edited before a start, while nobody serves them. */
const EDITED = 20;

/**
 * @param {{ count: number, rounds: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureSearch({ count, rounds }) {
  const copy = await copyOf('evergreen', count);
  await build(copy);
  const edit = async () => {
    for (let index = 0; index < EDITED; index += 1) {
      await writePost(copy.postsDir, index, `edited ${performance.now()}`);
    }
  };
  const lose = () =>
    rm(path.join(copy.dir, '.evergreen/v1/search'), { recursive: true, force: true });
  /** @type {{ what: string, before: () => Promise<void>, goal?: number }[]} */
  const ways = [
    { what: 'the index kept', before: async () => undefined, goal: 200 },
    { what: `${EDITED} posts edited since`, before: edit, goal: 200 },
    { what: 'the index lost', before: lose },
  ];
  /** @type {import('./numbers.mjs').Row[]} */
  const rows = [];
  for (const { what, before, goal } of ways) {
    /** @type {number[]} */
    const workMs = [];
    /** @type {number[]} */
    const atOnceMs = [];
    for (let round = 0; round < rounds; round += 1) {
      const query = QUERIES[round % QUERIES.length] ?? '';
      await before();
      await whileServed(copy, async (site) => {
        atOnceMs.push((await search(site, query)).ms);
      });
      await before();
      await whileServed(copy, async (site) => {
        await untilAtRest(site);
        workMs.push((await search(site, query)).cpuMs);
      });
    }
    rows.push({
      what: `First search after a start at ${grouped(count)} posts, ${what}: work of the server`,
      ratio: median(workMs),
      unit: 'ms',
      goal,
      raw:
        `${milliseconds(workMs)} of CPU once the start's own work is done; at once after Ready, beside that work, ` +
        `answered after ${milliseconds(atOnceMs)}`,
    });
  }
  await removeCopy(copy);
  return rows;
}

/** How long a server has to do next to nothing to be at rest, and how much that is, in ms. */
const AT_REST = { forMs: 1000, workMs: 30 };
/** How often it is looked at. */
const MOST_LOOKS = 180;

/** @param {import('./sites.mjs').Site} site */
async function untilAtRest({ server }) {
  let before = await cpuOf(server.pid);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await pause(AT_REST.forMs);
    const now = await cpuOf(server.pid);
    if (now - before <= AT_REST.workMs) return;
    before = now;
  }
  throw new Error('The server never came to rest');
}

/**
 * @param {import('./sites.mjs').Site} site
 * @param {string} query
 */
async function search({ url, server }, query) {
  const [begun, cpuBefore] = [performance.now(), await cpuOf(server.pid)];
  const response = await fetch(`${url}/search?q=${encodeURIComponent(query)}`);
  const text = await response.text();
  const ms = performance.now() - begun;
  const cpuMs = (await cpuOf(server.pid)) - cpuBefore;
  if (!response.ok || !text.includes('<mark>')) {
    throw new Error(`The search for ${query} found nothing: ${response.status}`);
  }
  return { ms, cpuMs };
}
