/**
 * That a purge renders what an edit changed and no more: over random edits, and as the site grows.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { grouped, median, milliseconds, sum } from './numbers.mjs';
import { CATEGORIES, seeded, slugOf, tagsFrom, writePost } from './posts.mjs';
import {
  build,
  copyOf,
  expectOnPage,
  newMark,
  pageOf,
  pathsOf,
  postsToEdit,
  purgeChanged,
  removeCopy,
  visitAll,
  whileServed,
} from './sites.mjs';

/** Edits of each kind are equally frequent. */
const KINDS = /** @type {const} */ (['body', 'title', 'category', 'tags', 'delete', 'add']);
/** As many as fill a page of a list: each list that they join gets exactly one more numbered page. */
const NEW_POSTS = 10;

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./sites.mjs').Site} Site
 * @typedef {{ mark: string, fields: import('./posts.mjs').Fields }} Written
 */

/**
 * @param {{
 *   random: { count: number, edits: number },
 *   growing: { few: number, some: number, many: number, warmUps: number, purges: number },
 * }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureExact({ random, growing }) {
  return [...(await randomEdits(random)), ...(await growingSite(growing))];
}

/**
 * @param {{ count: number, edits: number }} sizes
 * @returns {Promise<Row[]>}
 */
async function randomEdits({ count, edits }) {
  const copy = await copyOf('evergreen', count);
  await build(copy);
  /** @type {number[]} */
  const reported = [];
  /** @type {number[]} */
  const differing = [];
  await whileServed(copy, async (site) => {
    await purgeChanged(site);
    let before = await visitAll(site, await pathsOf(site));
    const edit = randomEditor(site);
    for (let turn = 0; turn < edits; turn += 1) {
      const check = await edit();
      const { pages } = await purgeChanged(site);
      await check();
      const after = await visitAll(site, [...before.keys(), ...(await pathsOf(site))]);
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (page) => before.get(page) !== after.get(page),
      );
      const purged = new Set(pages.map((page) => page.path));
      const forgotten = changed.find((page) => !purged.has(page));
      if (forgotten !== undefined) throw new Error(`${forgotten} changed, and was not purged`);
      reported.push(pages.length);
      differing.push(changed.length);
      before = after;
    }
  });
  await removeCopy(copy);
  return [
    {
      what: `Pages purged ÷ pages that differ, ${edits} random edits of ${count} posts`,
      ratio: sum(reported) / sum(differing),
      goal: 1,
      raw: `${sum(reported)} ÷ ${sum(differing)}, from ${Math.min(...differing)} to ${Math.max(...differing)} for one edit`,
    },
  ];
}

/**
 * Answers how to make one more random edit, which answers in turn how to check that visitors see it.
 * @param {Site} site
 */
function randomEditor(site) {
  const { random, one } = seeded(2026);
  /** @type {Map<number, Written>} */
  const posts = new Map(
    Array.from({ length: site.count }, (_, n) => [n, { mark: 'as written first', fields: {} }]),
  );
  /** @type {number[]} */
  const gone = [];
  let next = site.count;

  return async () => {
    const kind = one(KINDS);
    if (kind === 'delete') {
      // All posts have a link to the first.
      const index = one([...posts.keys()].filter((other) => other > 0));
      posts.delete(index);
      gone.push(index);
      await rm(path.join(site.postsDir, `${slugOf(index)}.mdx`));
      return async () => {
        const { status } = await fetch(site.url + pageOf(index));
        if (status !== 404) throw new Error(`${pageOf(index)} is gone, but answers ${status}`);
      };
    }
    // What is added is the newest post, or one that was deleted before.
    const returning = kind === 'add' && random() < 0.5 ? gone.pop() : undefined;
    const index = kind === 'add' ? (returning ?? next++) : one([...posts.keys()]);
    const { mark, fields } = posts.get(index) ?? { mark: newMark(), fields: {} };
    const post = { mark: kind === 'body' ? newMark() : mark, fields: { ...fields } };
    if (kind === 'title') post.fields.title = `A title ${newMark()}`;
    if (kind === 'category') post.fields.category = one(CATEGORIES);
    if (kind === 'tags') post.fields.tags = tagsFrom(one);
    posts.set(index, post);
    await writePost(site.postsDir, index, post.mark, post.fields);
    return () => expectOnPage(site, index, [post.mark, ...Object.values(post.fields).flat()]);
  };
}

/**
 * @param {{ few: number, some: number, many: number, warmUps: number, purges: number }} sizes
 * @returns {Promise<Row[]>}
 */
async function growingSite({ few, some, many, warmUps, purges }) {
  const copies = [];
  for (const count of [few, some, many]) {
    const copy = await copyOf('evergreen', count);
    // Of a page that is not stored, there is nothing to compare.
    await build(copy, { PRERENDER_POSTS: String(count) });
    copies.push(copy);
  }
  const [small, medium, large] = copies;
  if (!small || !medium || !large) throw new Error('There are three');

  const { smallMs, largeMs, stored, added } = await whileServed(large, async (largeSite) => {
    const timed = await whileServed(small, (smallSite) =>
      editsInTurns(smallSite, largeSite, warmUps + purges),
    );
    return { ...timed, added: await addPosts(largeSite) };
  });
  const addedToMedium = await whileServed(medium, addPosts);
  for (const copy of copies) await removeCopy(copy);

  const [warmSmall, warmLarge] = [smallMs.slice(warmUps), largeMs.slice(warmUps)];
  return [
    {
      what: `Purge of what changed, one post edited, ${grouped(many)} posts − ${grouped(few)}, by post`,
      ratio: (1000 * (median(warmLarge) - median(warmSmall))) / (many - few),
      unit: 'µs',
      goal: 25,
      raw: `${milliseconds(warmLarge)}, ${grouped(stored)} pages stored − ${milliseconds(warmSmall)}, median of ${purges}`,
    },
    {
      what: `Pages that a new post has rendered, ${grouped(many)} posts ÷ ${grouped(some)}`,
      ratio: sum(added) / sum(addedToMedium),
      goal: 1,
      raw: `${describeCounts(added)} ÷ ${describeCounts(addedToMedium)}, mean of ${NEW_POSTS} new posts`,
    },
  ];
}

/**
 * Edits a post of each site and has what changed purged, in turns, so that whatever else the machine
 * does falls on both. Answers the times, and how many pages the large one has stored.
 * @param {Site} smallSite
 * @param {Site} largeSite
 * @param {number} times
 */
async function editsInTurns(smallSite, largeSite, times) {
  /** @type {number[]} */
  const smallMs = [];
  /** @type {number[]} */
  const largeMs = [];
  let stored = 0;
  const sites = [
    { site: smallSite, into: smallMs, indexes: postsToEdit(times, smallSite.count) },
    { site: largeSite, into: largeMs, indexes: postsToEdit(times, largeSite.count) },
  ];
  for (let turn = 0; turn < times; turn += 1) {
    for (const { site, into, indexes } of sites) {
      const index = indexes[turn] ?? 0;
      const mark = newMark();
      await writePost(site.postsDir, index, mark);
      const { pages, unchanged, ms } = await purgeChanged(site);
      into.push(ms);
      stored = pages.length + unchanged;
      const paths = pages.map((page) => page.path).join();
      if (paths !== pageOf(index)) throw new Error(`${pageOf(index)} was edited, not ${paths}`);
      await expectOnPage(site, index, [mark]);
    }
  }
  return { smallMs, largeMs, stored };
}

/**
 * Adds posts, one after another; answers how many pages each had rendered. All join the same lists:
 * what differs between two sites is only how many posts they had.
 * @param {Site} site
 */
async function addPosts(site) {
  const fields = { category: 'Guide', tags: ['Cache basics', 'Edge history', 'Build tools'] };
  await purgeChanged(site);
  const counts = [];
  for (let index = site.count; index < site.count + NEW_POSTS; index += 1) {
    const mark = newMark();
    await writePost(site.postsDir, index, mark, fields);
    const { pages } = await purgeChanged(site);
    await expectOnPage(site, index, [mark]);
    counts.push(pages.length);
  }
  return counts;
}

/** @param {number[]} counts */
const describeCounts = (counts) =>
  `${(sum(counts) / counts.length).toFixed(1)} (${Math.min(...counts)}–${Math.max(...counts)})`;
