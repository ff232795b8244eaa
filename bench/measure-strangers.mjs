/**
 * What others can cost the visitors of a page: how long the unluckiest of them waits while posts are removed
 * in masses, while names that nobody knows are purged, while a stranger sends forms without a secret, and
 * while many search.
 */
import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { grouped, median } from './numbers.mjs';
import { slugOf, writePost } from './posts.mjs';
import {
  build,
  copyOf,
  newMark,
  pageOf,
  purgeChanged,
  removeCopy,
  SECRET,
  visitAll,
  whileServed,
} from './sites.mjs';
import { withReaders } from './while-read.mjs';

/** Posts that stay, so that those who read have pages that nothing happens to. */
const READ = 20;
const AT_REST_MS = 3000;
const FORM_BYTES = 64 * 1024;
const SEARCHERS = 20;
/** What is added to the wait at rest, in ms. */
const GOAL_MS = 100;

/**
 * @param {{ count: number, removed: number, names: number, seconds: number, rounds: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureStrangers({ count, removed, names, seconds, rounds }) {
  const copy = await copyOf('evergreen', count);
  await build(copy);
  const removable = Array.from({ length: removed }, (_, index) => count - removed + index);
  /** @type {Map<string, number[]>} */
  const waits = new Map();
  /** @type {Map<string, string>} */
  const notes = new Map();

  await withReaders(copy.dir, (whileRead) =>
    whileServed(copy, async (site) => {
      await visitAll(site);
      // The oldest ones: they stay.
      const read = Array.from({ length: READ }, (_, index) => site.url + pageOf(index));
      /** @param {string} what @param {() => Promise<unknown>} work */
      const measure = async (what, work) => {
        const { result, visitMs } = await whileRead(read, work);
        waits.set(what, [...(waits.get(what) ?? []), Math.max(...visitMs)]);
        if (typeof result === 'string') notes.set(what, result);
      };
      // The first connections, and the compiler's work.
      await whileRead(read, () => pause(AT_REST_MS));
      for (let round = 0; round < rounds; round += 1) {
        await measure(REST, () => pause(AT_REST_MS));

        for (const index of removable) {
          await rm(path.join(site.postsDir, `${slugOf(index)}.mdx`));
        }
        await measure(`${grouped(removed)} of ${grouped(count)} posts are removed`, () =>
          purgeChanged(site),
        );
        const mark = newMark();
        for (const index of removable) await writePost(site.postsDir, index, mark);
        await purgeChanged(site);

        await measure(`${grouped(names)} unknown names are purged`, () =>
          purgeUnknown(site, names),
        );
        await measure(`a stranger sends forms of ${FORM_BYTES / 1024} KB over one connection`, () =>
          sendForms(site, seconds),
        );
        await measure(`${SEARCHERS} searchers search`, () => searchAll(site, seconds));
      }
    }),
  );
  await removeCopy(copy);

  const rest = median(waits.get(REST) ?? []);
  return [...waits]
    .filter(([what]) => what !== REST)
    .map(([what, longest]) => ({
      what: `Longest wait of a visitor while ${what} − at rest`,
      ratio: median(longest) - rest,
      unit: 'ms',
      goal: GOAL_MS,
      raw: [
        `${median(longest).toFixed(1)} ms − ${rest.toFixed(1)} ms, medians of ${rounds} rounds`,
        ...(notes.has(what) ? [notes.get(what)] : []),
      ].join('; '),
    }));
}

const REST = 'at rest';

/** @typedef {import('./sites.mjs').Site} Site */

/**
 * @param {Site} site
 * @param {number} count
 */
async function purgeUnknown({ url }, count) {
  const paths = Array.from({ length: count }, (_, index) => `/blog/made-up-${index}`);
  const response = await fetch(`${url}/api/revalidate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ paths }),
  });
  if (!response.ok) throw new Error(`Unknown names: ${response.status} ${await response.text()}`);
  await response.text();
}

/**
 * As fast as one connection takes them; each field is the same one again.
 * @param {Site} site
 * @param {number} seconds
 */
async function sendForms({ url }, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const form = 'a=&'.repeat(FORM_BYTES / 3);
  const endMs = performance.now() + seconds * 1000;
  let sent = 0;
  for (; performance.now() < endMs; sent += 1) {
    const call = request(`${url}/api/revalidate`, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': form.length,
      },
    });
    call.on('error', () => undefined);
    call.end(form);
    const [response] = await once(call, 'response').catch(() => []);
    if (response) await once(response.resume(), 'close');
  }
  agent.destroy();
  return `${grouped(Math.round(sent / seconds))} forms a second`;
}

/**
 * Each asks again as soon as the answer is there, for words that most posts have.
 * @param {Site} site
 * @param {number} seconds
 */
async function searchAll({ url }, seconds) {
  const words = ['the', 'page cache', 'render', 'a b c', 'revalidate site', 'postt'];
  const endMs = performance.now() + seconds * 1000;
  /** @type {Record<number, number>} */
  const statuses = {};
  await Promise.all(
    Array.from({ length: SEARCHERS }, async (_, searcher) => {
      for (let turn = searcher; performance.now() < endMs; turn += 1) {
        const query = encodeURIComponent(words[turn % words.length] ?? '');
        // As a proxy on this machine tells: each searches from an address of their own.
        const headers = { 'x-forwarded-for': `198.51.100.${searcher + 1}` };
        const { status, ok, body } = await fetch(`${url}/search?q=${query}`, { headers });
        statuses[status] = (statuses[status] ?? 0) + 1;
        await body?.cancel();
        // As a client does that is told when to come back.
        if (!ok) await pause(50);
      }
    }),
  );
  const counts = Object.entries(statuses).map(([status, number]) => `${number} × ${status}`);
  return `answers: ${counts.join(', ')}`;
}
