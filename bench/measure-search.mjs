/**
 * What the first search after a start costs on a large blog, at once after the server is ready: with the index that
 * the build kept, after some edits, and with none.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
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
  const lose = () => rm(path.join(copy.dir, '.evergreen/v1/search'), { recursive: true });
  /** @type {{ what: string, before: () => Promise<void>, goal?: number }[]} */
  const ways = [
    { what: 'the index kept', before: async () => undefined, goal: 200 },
    { what: `${EDITED} posts edited since`, before: edit, goal: 200 },
    { what: 'the index lost', before: lose },
  ];
  /** @type {import('./numbers.mjs').Row[]} */
  const rows = [];
  for (const { what, before, goal } of ways) {
    /** @type {{ cpuMs: number, ms: number, again: number }[]} */
    const taken = [];
    for (let round = 0; round < rounds; round += 1) {
      await before();
      taken.push(
        await whileServed(copy, async (site) => {
          const query = QUERIES[round % QUERIES.length] ?? '';
          const first = await search(site, query);
          const again = await search(site, query);
          return { ...first, again: again.cpuMs };
        }),
      );
    }
    const cpuMs = taken.map((one) => one.cpuMs);
    rows.push({
      what: `First search after a start at ${grouped(count)} posts, ${what}: work of the server`,
      ratio: median(cpuMs),
      unit: 'ms',
      goal,
      raw:
        `${milliseconds(cpuMs)} of CPU from the request to the answer, what the start warms up beside it included; ` +
        `answered after ${milliseconds(taken.map(({ ms }) => ms))}; the same again ` +
        `${milliseconds(taken.map(({ again }) => again))} of CPU`,
    });
  }
  await removeCopy(copy);
  return rows;
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
