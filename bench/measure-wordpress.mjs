/**
 * A headless WordPress as the source: building, and from pressing Update to the fresh page; beside the
 * handler of the tutorials on a plain blog that asks WordPress as they do. Each has a WordPress of its
 * own, under PHP's built-in web server. And what a save takes that nobody is told of.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { grouped, median, p99, seconds } from './numbers.mjs';
import {
  build,
  copyOfWordPress,
  pageOf,
  postsToEdit,
  removeCopy,
  SECRET,
  visitAll,
  whileServed,
} from './sites.mjs';
import { callOnSave, costOf, isInstalled, titleOf, withWordPress } from './wordpress.mjs';

const POLLED_EVERY_MS = 5;
const FRESH_WITHIN_MS = 20_000;

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./sites.mjs').Site} Site
 * @typedef {import('./wordpress.mjs').Cost} Cost
 * @typedef {import('./wordpress.mjs').FullWordPress} FullWordPress
 * @typedef {{ warmUps: number, edits: number }} Sizes
 *
 * @typedef {object} Blog One of the two, with what was measured of it.
 * @property {FullWordPress} wordpress
 * @property {import('./sites.mjs').Copy} copy
 * @property {number[]} saves How many milliseconds each of some saves took of which no site was told.
 * @property {Cost} built
 * @property {Cost[]} edits From Update to the fresh page.
 * @property {{ pages: number, old: number }} shown How many pages show the post that was edited
 *   last, and how many of them a title that it had before.
 */

/**
 * @param {Sizes & { counts: number[] }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureWordPress({ counts, ...sizes }) {
  if (!isInstalled()) {
    console.error('Left out the rows with WordPress; to have them: sudo .ci/wordpress');
    return [];
  }
  const rows = [];
  for (const count of counts) rows.push(...(await measureAt(count, sizes)));
  return rows;
}

/**
 * @param {number} count
 * @param {Sizes} sizes
 */
const measureAt = (count, sizes) =>
  withWordPress(count, (ourWordPress) =>
    withWordPress(count, async (theirWordPress) => {
      const ours = await builtBlog('evergreen', ourWordPress, sizes);
      const theirs = await builtBlog('baseline-wordpress', theirWordPress, sizes);
      await whileServed(ours.copy, (ourSite) =>
        whileServed(theirs.copy, (theirSite) =>
          editInTurns([ours, ourSite], [theirs, theirSite], sizes),
        ),
      );
      for (const { copy } of [ours, theirs]) await removeCopy(copy);
      return rowsOf(ours, theirs);
    }),
  );

/**
 * @param {'evergreen' | 'baseline-wordpress'} kind
 * @param {FullWordPress} wordpress
 * @param {Sizes} sizes
 * @returns {Promise<Blog>}
 */
async function builtBlog(kind, wordpress, { warmUps, edits }) {
  const saves = await savesAlone(wordpress, warmUps + edits);
  const copy = await copyOfWordPress(kind, wordpress);
  // Evergreen renders all posts, too.
  const env = { PRERENDER_POSTS: String(wordpress.count) };
  const built = await costOf(wordpress, () => build(copy, env));
  return {
    wordpress,
    copy,
    saves: saves.slice(warmUps),
    built,
    edits: [],
    shown: { pages: 0, old: 0 },
  };
}

/**
 * Saves posts, each with its own title again, while nobody is told of it.
 * @param {FullWordPress} wordpress
 * @param {number} count
 */
async function savesAlone(wordpress, count) {
  const saves = [];
  for (const index of postsToEdit(count, wordpress.count)) {
    const begun = performance.now();
    await wordpress.rest('POST', `/wp/v2/posts/${wordpress.ids[index]}`, {
      title: titleOf(index, 0),
    });
    saves.push(performance.now() - begun);
  }
  return saves;
}

/**
 * Edits posts on both sites, and notes what that cost.
 * @param {[Blog, Site]} ours
 * @param {[Blog, Site]} theirs
 * @param {Sizes} sizes
 */
async function editInTurns([ours, ourSite], [theirs, theirSite], { warmUps, edits }) {
  await ours.wordpress.activate({ url: ourSite.url, secret: SECRET });
  await callOnSave(theirs.wordpress, theirSite.url);
  const indexes = postsToEdit(warmUps + edits, ourSite.count);
  for (const [turn, index] of indexes.entries()) {
    ours.edits.push(await edit(ours, ourSite, index, turn + 1));
    theirs.edits.push(await edit(theirs, theirSite, index, turn + 1));
  }
  for (const [blog, site] of /** @type {const} */ ([
    [ours, ourSite],
    [theirs, theirSite],
  ])) {
    blog.edits.splice(0, warmUps);
    blog.shown = await pagesThatShow(site, Number(indexes.at(-1)), indexes.length);
  }
}

/**
 * Saves a post with another title, as an editor does who presses Update, and visits its page until it
 * shows that.
 * @param {Blog} blog
 * @param {Site} site
 * @param {number} index
 * @param {number} turn
 */
const edit = ({ wordpress }, site, index, turn) =>
  costOf(wordpress, async () => {
    const title = titleOf(index, turn);
    const begun = performance.now();
    const saved = wordpress.rest('POST', `/wp/v2/posts/${wordpress.ids[index]}`, { title });
    const [ms] = await Promise.all([freshAfter(begun, site.url + pageOf(index), title), saved]);
    return ms;
  });

/**
 * @param {number} begun
 * @param {string} url
 * @param {string} title
 */
async function freshAfter(begun, url, title) {
  for (;;) {
    const html = await (await fetch(url)).text();
    const ms = performance.now() - begun;
    if (html.includes(title)) return ms;
    if (ms > FRESH_WITHIN_MS) throw new Error(`${url} does not show "${title}"`);
    await pause(POLLED_EVERY_MS);
  }
}

/**
 * How many pages show a post, and how many of them a title that it had before.
 * @param {Site} site
 * @param {number} index
 * @param {number} turn Of its last edit.
 */
async function pagesThatShow(site, index, turn) {
  const titles = new RegExp(titleOf(index, '\\d+'), 'g');
  const pages = await visitAll(site, [], (html) => [...new Set(html.match(titles))].join());
  const shown = [...pages.values()].filter((found) => found !== '');
  return {
    pages: shown.length,
    old: shown.filter((found) => found !== titleOf(index, turn)).length,
  };
}

/**
 * @param {Blog} ours
 * @param {Blog} theirs
 * @returns {Row[]}
 */
function rowsOf(ours, theirs) {
  const at = `${grouped(ours.wordpress.count)} posts of a WordPress`;
  const [our, their] = [figuresOf(ours), figuresOf(theirs)];
  const ms = (/** @type {number} */ value) => `${Math.round(value)} ms`;
  return [
    {
      what: `Build of ${at} ÷ ten-line handler on a plain blog`,
      ratio: ours.built.ms / theirs.built.ms,
      raw: `${seconds(ours.built.ms)} ÷ ${seconds(theirs.built.ms)}`,
    },
    {
      what: 'Requests to WordPress of that build ÷ the same',
      ratio: ours.built.requests / theirs.built.requests,
      raw: `${grouped(ours.built.requests)} ÷ ${grouped(theirs.built.requests)}`,
    },
    {
      what: `From Update to the fresh page, ${at} ÷ the same`,
      ratio: our.median / their.median,
      raw: `${ms(our.median)} ÷ ${ms(their.median)}; PHP's own web server, 4 workers`,
    },
    {
      what: 'Its 99th percentile ÷ the same',
      ratio: our.p99 / their.p99,
      raw: `${ms(our.p99)} ÷ ${ms(their.p99)}, of ${ours.edits.length} edits`,
    },
    {
      what: `From Update to the fresh page, ${at} ÷ the save alone`,
      ratio: our.median / median(ours.saves),
      raw: `${ms(our.median)} ÷ ${ms(median(ours.saves))}; 99th percentile ${ms(our.p99)} ÷ ${ms(p99(ours.saves))}; the plain blog ${ms(their.median)} ÷ ${ms(median(theirs.saves))}`,
    },
    {
      what: `Requests to WordPress for an edit, ${at}`,
      ratio: our.medianRequests,
      goal: 0,
      raw: `at most ${our.mostRequests}, when the interval has passed; the plain blog ${their.mostRequests}`,
    },
    {
      what: 'Pages with the title from before an edit',
      ratio: ours.shown.old,
      goal: 0,
      raw: `of ${ours.shown.pages}; the plain blog ${theirs.shown.old} of ${theirs.shown.pages}, for up to an hour`,
    },
  ];
}

/** @param {Blog} blog */
function figuresOf({ edits }) {
  const times = edits.map(({ ms }) => ms);
  return {
    median: median(times),
    p99: p99(times),
    medianRequests: median(edits.map(({ requests }) => requests)),
    mostRequests: Math.max(...edits.map(({ requests }) => requests)),
  };
}
