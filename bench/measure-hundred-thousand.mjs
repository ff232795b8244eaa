/**
 * A very large blog: what its build, its start, a first visit, a purge, the feed and a search take, and how
 * much memory. Of the purge also the part that the disk has, in the same run.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { grouped, median, megabytes, milliseconds, seconds, sum } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { finished, peaksDuring, peaksOf } from './processes.mjs';
import {
  copyOf,
  editAndPurge,
  newMark,
  pageOf,
  postsToEdit,
  purgeChanged,
  removeCopy,
  startBuild,
  whileServed,
} from './sites.mjs';
import { sweep } from './sweep.mjs';

/** The first look at this many files takes its time. */
const READY_WITHIN_MS = 900_000;

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./sites.mjs').Site} Site
 * @typedef {{ count: number, prerendered: number, visits: number, warmUps: number, purges: number }} Sizes
 */

/**
 * @param {Sizes} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureHundredThousand(sizes) {
  const { count, prerendered } = sizes;
  const copy = await copyOf('evergreen', count);
  const env = { PRERENDER_POSTS: String(prerendered) };
  const begun = performance.now();
  const building = startBuild(copy, env);
  const peaks = await peaksDuring(building.pid, finished(building));
  const built = {
    what: `Build of ${grouped(count)} posts, ${grouped(prerendered)} prerendered`,
    ratio: (performance.now() - begun) / 1000,
    unit: 's',
    raw: `peak memory ${megabytes(sum(peaks))} in ${peaks.length} processes`,
  };
  const served = await whileServed(copy, (site) => measureServed(site, sizes), {
    env,
    readyWithinMs: READY_WITHIN_MS,
  });
  await removeCopy(copy);
  return [built, ...served];
}

/**
 * @param {Site} site
 * @param {Sizes} sizes
 * @returns {Promise<Row[]>}
 */
async function measureServed(site, { count, visits, warmUps, purges }) {
  const posts = `${grouped(count)} posts`;
  const begun = performance.now();
  await untilOldestIsServed(site);
  const oldestMs = site.readyAfterMs + (performance.now() - begun);

  // None of these is prerendered, and the oldest has been visited above.
  const coldMs = [];
  for (let index = 1; index <= visits; index += 1) {
    coldMs.push(await timed(site.url + pageOf(index)));
  }

  const purgeMs = [];
  const sweepMs = [];
  for (const index of postsToEdit(warmUps + purges, count)) {
    purgeMs.push(await editAndPurge(site, index));
    sweepMs.push(sweep(site.postsDir));
  }

  const changedMs = [];
  for (const index of postsToEdit(purges, count)) {
    await writePost(site.postsDir, index, newMark());
    changedMs.push((await purgeChanged(site)).ms);
  }

  const feedMs = await timed(`${site.url}/feed.xml`);
  const firstSearchMs = await timed(`${site.url}/search?q=edge`);
  const secondSearchMs = await timed(`${site.url}/search?q=layout`);
  const peaks = await peaksOf(site.server.pid);

  const [warm, warmSweep] = [purgeMs.slice(warmUps), sweepMs.slice(warmUps)];
  return [
    {
      what: `From the start until the oldest of ${posts} is served`,
      ratio: oldestMs / 1000,
      unit: 's',
      raw: `the home page answers after ${seconds(site.readyAfterMs)}`,
    },
    {
      what: `First visit of a post that was not prerendered, ${posts}`,
      ratio: median(coldMs),
      unit: 'ms',
      raw: `${milliseconds(coldMs)}, the first one ${coldMs[0]?.toFixed(0)} ms`,
    },
    {
      what: `Purge of one post, ${posts}`,
      ratio: median(warm) / 1000,
      unit: 's',
      goal: 1.2,
      raw: `${milliseconds(warm)}, median of ${purges}; the first one ${purgeMs[0]?.toFixed(0)} ms`,
    },
    {
      what: 'Of it, to list the folder and to ask for the status of each file',
      ratio: median(warmSweep) / 1000,
      unit: 's',
      raw: `${milliseconds(warmSweep)}, in another process`,
    },
    {
      what: `A webhook that says no more than that something changed, ${posts}`,
      ratio: median(changedMs) / 1000,
      unit: 's',
      raw: `${milliseconds(changedMs)}, one post edited before each`,
    },
    { what: `Feed after an edit, ${posts}`, ratio: feedMs, unit: 'ms', raw: 'one fetch' },
    {
      what: `First search, ${posts}`,
      ratio: firstSearchMs / 1000,
      unit: 's',
      raw: `the second one ${secondSearchMs.toFixed(1)} ms`,
    },
    {
      what: `Peak memory of the server, ${posts}, after all that`,
      ratio: sum(peaks) / 1024 ** 2,
      unit: 'MiB',
      raw: `${peaks.length} process${peaks.length === 1 ? '' : 'es'}`,
    },
  ];
}

/** @param {Site} site */
async function untilOldestIsServed({ url, count }) {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const response = await fetch(url + pageOf(0));
    await response.arrayBuffer();
    if (response.ok) return;
    await pause(50);
  }
  throw new Error(`The oldest of ${count} posts is not there`);
}

/**
 * Fetches an address; answers the milliseconds.
 * @param {string} url
 */
async function timed(url) {
  const begun = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return performance.now() - begun;
}
