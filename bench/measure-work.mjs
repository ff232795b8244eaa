/** A purge beside the bare work that it cannot avoid, and the first one after a start beside others. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { grouped, median, milliseconds, seconds } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { ask, startNode, stop } from './processes.mjs';
import {
  build,
  copyOf,
  editAndPurge,
  newMark,
  postsToEdit,
  removeCopy,
  whileServed,
} from './sites.mjs';

const BARE_WORK = fileURLToPath(new URL('bare-work.mjs', import.meta.url));
/** A visitor or a webhook may come at once, or when the server has had a moment to warm up. */
const WAITS_MS = [0, 1000];

/**
 * @param {{ count: number, warmUps: number, purges: number, restarts: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureWork({ count, warmUps, purges, restarts }) {
  const copy = await copyOf('evergreen', count);
  await build(copy);
  const { purgeMs, bareMs } = await besideBareWork(copy, warmUps, purges);

  /** @type {Map<number, number[]>} */
  const firstMs = new Map(WAITS_MS.map((wait) => [wait, []]));
  /** @type {number[]} */
  const readyMs = [];
  for (const index of postsToEdit(restarts, count)) {
    for (const [wait, times] of firstMs) {
      await whileServed(copy, async (site) => {
        readyMs.push(site.readyAfterMs);
        await pause(wait);
        times.push(await editAndPurge(site, index));
      });
    }
  }
  await removeCopy(copy);

  return [
    {
      what: `Warm purge ÷ bare work on that post, ${grouped(count)} posts`,
      ratio: median(purgeMs) / median(bareMs),
      goal: 2,
      raw: `${milliseconds(purgeMs)} ÷ ${milliseconds(bareMs)}, median of ${purges}`,
    },
    ...[...firstMs].map(([wait, times]) => ({
      what: `First purge, ${wait} ms after the server shows its first page ÷ warm purge`,
      ratio: median(times) / median(purgeMs),
      goal: 3,
      raw:
        `${milliseconds(times)} ÷ ${milliseconds(purgeMs)}, median of ${restarts} starts; ` +
        `its first page ${seconds(median(readyMs))} after the start`,
    })),
  ];
}

/**
 * Purges, and does the bare work on the same posts, in turns.
 * @param {import('./sites.mjs').Copy} copy
 * @param {number} warmUps
 * @param {number} purges
 */
async function besideBareWork(copy, warmUps, purges) {
  /** @type {number[]} */
  const purgeMs = [];
  /** @type {number[]} */
  const bareMs = [];
  // Not in the folder of posts: the next purge would find two edits.
  const apart = path.join(copy.dir, 'apart');
  await mkdir(apart);
  const bare = startBareWork(copy.dir);
  try {
    await whileServed(copy, async (site) => {
      for (const index of postsToEdit(warmUps + purges, copy.count)) {
        purgeMs.push(await editAndPurge(site, index));
        bareMs.push(await ask(bare, await writePost(apart, index, newMark())));
      }
    });
  } finally {
    await stop(bare);
  }
  return { purgeMs: purgeMs.slice(warmUps), bareMs: bareMs.slice(warmUps) };
}

/**
 * Starts a process that answers the name of a file with the milliseconds of the bare work on it.
 * @param {string} cwd
 */
export const startBareWork = (cwd) => startNode([BARE_WORK], { cwd, ipc: true });
