/**
 * Evergreen beside Astro and Eleventy, which render all pages beforehand: the same posts, on the same machine, in
 * turns. They are installed from npm into the bench's folder. What differs: Evergreen renders archives, lists of
 * topics, feeds and a search besides, as the other two here do not; Eleventy reads the posts as Markdown and
 * highlights with Prism, the others read MDX and highlight with Shiki; after an edit the others build all again,
 * with what they have kept.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { grouped, kilobytes, median, milliseconds, seconds, spread } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { finished, startNode, startNpm, stop } from './processes.mjs';
import { areInstalled, openEdge, serveFolder, writeCompressed } from './servers.mjs';
import {
  build,
  copyOf,
  editAndPurge,
  newMark,
  pageOf,
  postsToEdit,
  removeCopy,
  serve,
} from './sites.mjs';
import { putLoad } from './wrk.mjs';

/** How each is built, and where its package says its version. */
const OTHERS = /** @type {const} */ ([
  { kind: 'astro', name: 'Astro', command: ['node_modules/.bin/astro', 'build'], from: 'astro' },
  {
    kind: 'eleventy',
    name: 'Eleventy',
    command: ['node_modules/.bin/eleventy', '--quiet'],
    from: '@11ty/eleventy',
  },
]);

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./sites.mjs').Copy} Copy
 * @typedef {{ builds: number, warmUps: number, edits: number, rounds: number, seconds: number }} Sizes
 * @typedef {object} Other A blog made with another generator.
 * @property {Copy} copy
 * @property {string} name With its version.
 * @property {() => Promise<number>} build Answers the milliseconds.
 * @property {number[]} buildMs
 * @property {number[]} freshMs From an edit until its page is fresh.
 */

/**
 * @param {Sizes & { count: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureOthers({ count, ...sizes }) {
  if (!areInstalled()) {
    console.error('Left out the rows with Astro and Eleventy; to have them: sudo .ci/servers');
    return [];
  }
  const others = [];
  for (const one of OTHERS) others.push(await openOther(one, count));
  const env = { PRERENDER_POSTS: String(count) };
  /** @type {number[]} */
  const ourBuildMs = [];
  /** @type {Copy | undefined} */
  let evergreen;
  for (let turn = 0; turn < sizes.builds; turn += 1) {
    if (evergreen) await removeCopy(evergreen);
    evergreen = await copyOf('evergreen', count);
    ourBuildMs.push(await build(evergreen, env));
    for (const other of others) other.buildMs.push(await other.build());
  }
  if (!evergreen) throw new Error('Nothing was built');

  const nginx = await openEdge('nginx');
  const site = await serve(evergreen, { env: { ...env, EDGE_URLS: nginx.url } });
  /** @type {(() => Promise<unknown>)[]} */
  const closers = [() => stop(site.server), nginx.close];
  try {
    await nginx.start(site.url);
    /** @type {number[]} */
    const ourFreshMs = [];
    for (const [turn, index] of postsToEdit(sizes.warmUps + sizes.edits, count).entries()) {
      ourFreshMs.push(await editAndPurge(site, index));
      // A build takes longer than a purge: as often as there were first builds.
      if (turn < sizes.warmUps || turn >= sizes.warmUps + sizes.builds) continue;
      for (const other of others) other.freshMs.push(await editAndBuild(other, index));
    }
    const index = Math.floor(count / 2);
    const page = pageOf(index);
    const html = await (await fetch(site.url + page)).text();
    /** @type {{ url: string, html: string, perSecond: number[], p99Ms: number[] }[]} */
    const served = [{ url: nginx.url + page, html, perSecond: [], p99Ms: [] }];
    for (const { copy } of others) {
      const file = path.join(copy.dir, 'dist', page, 'index.html');
      const text = await readFile(file, 'utf8');
      await writeCompressed(file, text);
      const folder = await serveFolder(path.join(copy.dir, 'dist'), true);
      closers.push(folder.close);
      const url = `${folder.url}${page}/index.html`;
      served.push({ url, html: text, perSecond: [], p99Ms: [] });
    }
    // The first round is a warm-up.
    for (let round = 0; round <= sizes.rounds; round += 1) {
      for (const { url, perSecond, p99Ms } of served) {
        const loaded = await putLoad({ url, seconds: sizes.seconds, encoding: 'gzip' });
        if (round === 0) continue;
        perSecond.push(loaded.perSecond);
        p99Ms.push(loaded.p99Ms);
      }
    }
    const ours = served[0];
    if (!ours) throw new Error('Nothing was served');
    return others.flatMap((other, position) => {
      const theirs = served[position + 1];
      if (!theirs) return [];
      const warm = ourFreshMs.slice(sizes.warmUps);
      const posts = `${grouped(count)} posts`;
      return [
        {
          what: `Build of ${posts}, all rendered ÷ ${other.name}`,
          ratio: median(ourBuildMs) / median(other.buildMs),
          raw: `${seconds(median(ourBuildMs))} ÷ ${seconds(median(other.buildMs))}, median of ${sizes.builds} in turns`,
        },
        {
          what: `From an edit until its page is fresh, ${posts} ÷ ${other.name}, which builds again`,
          ratio: median(warm) / median(other.freshMs),
          raw: `${milliseconds(warm)} ÷ ${seconds(median(other.freshMs))}, in turns`,
        },
        {
          what: `Bytes of a post, gzip ÷ ${other.name}`,
          ratio: gzipSync(ours.html).length / gzipSync(theirs.html).length,
          raw: `${sizeOf(ours.html)} ÷ ${sizeOf(theirs.html)}; styles included, no scripts loaded`,
        },
        {
          what: `Requests per second of a post through nginx, gzip ÷ ${other.name}'s file compressed beforehand`,
          ratio: median(ours.perSecond.map((one, round) => one / Number(theirs.perSecond[round]))),
          raw: `${spread(ours.perSecond, '/s', 0)} ÷ ${spread(theirs.perSecond, '/s', 0)}; p99 ${milliseconds(ours.p99Ms)} ÷ ${milliseconds(theirs.p99Ms)}`,
        },
      ];
    });
  } finally {
    for (const close of closers) await close();
    for (const copy of [evergreen, ...others.map((other) => other.copy)]) await removeCopy(copy);
  }
}

/**
 * Copies a blog and installs what it is made with.
 * @param {typeof OTHERS[number]} which
 * @param {number} count
 * @returns {Promise<Other>}
 */
async function openOther({ kind, name, command, from }, count) {
  const copy = await copyOf(kind, count);
  await finished(startNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], copy));
  const manifest = path.join(copy.dir, 'node_modules', from, 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  return {
    copy,
    name: `${name} ${version}`,
    buildMs: [],
    freshMs: [],
    build: async () => {
      const begun = performance.now();
      const env = { ASTRO_TELEMETRY_DISABLED: '1' };
      await finished(startNode([...command], { cwd: copy.dir, env }));
      return performance.now() - begun;
    },
  };
}

/**
 * Edits a post and builds; answers the milliseconds. Throws if the page does not show the edit then.
 * @param {Other} other
 * @param {number} index
 */
async function editAndBuild(other, index) {
  const mark = newMark();
  await writePost(other.copy.postsDir, index, mark);
  const ms = await other.build();
  const file = path.join(other.copy.dir, 'dist', pageOf(index), 'index.html');
  if (!(await readFile(file, 'utf8')).includes(mark)) throw new Error(`${file} is not fresh`);
  return ms;
}

/** @param {string} html */
const sizeOf = (html) =>
  `${kilobytes(gzipSync(html).length)} (${kilobytes(Buffer.byteLength(html))} as they are)`;
