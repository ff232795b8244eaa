/** What the server keeps of URLs that it does not have, such as scanners ask for: it should be nothing. */
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { withLoader } from './load.mjs';
import { grouped, megabytes, sum } from './numbers.mjs';
import { ask } from './processes.mjs';
import { build, copyOf, removeCopy, visitAll, whileServed } from './sites.mjs';

const LIVE_HEAP = new URL('live-heap.mjs', import.meta.url).href;
const POSTS = 20;
/** Of every route, by `*` a number; long ones, so that a kept path weighs something. */
const FORMS = [
  '/no-such-*',
  `/${'long-'.repeat(100)}*`,
  '/blog/x*',
  `/blog/${'long-'.repeat(100)}*`,
  '/blog/%D1%85%D0%BE%D0%B4-*',
  '/blog/page/*000',
  '/category/x*',
  '/category/guide/page/*000',
  '/tag/x*',
  '/tag/x*/page/2',
  '/cards/x*.png',
  '/wp-content/plugins/x*/readme.txt',
  '/_next/static/chunks/x*.js',
];
/** Next remembers unknown paths, in 8 MB at most: these fill that before the first look. */
const FILLING = [`/${'long-'.repeat(1600)}*`];
const FILLED_AFTER = 1500;
/** By as many bytes the live heap differs from look to look, with nothing left behind. */
const NOISE = 1024 ** 2;

/**
 * @param {{ window: number }} sizes How many URLs lie between two looks at the memory.
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureUnknown({ window }) {
  const copy = await copyOf('evergreen', POSTS);
  await build(copy);
  /** @type {Awaited<ReturnType<typeof twoWindows>>} */
  const measured = await withLoader((putLoad) =>
    whileServed(copy, (site) => twoWindows(site, putLoad, window), {
      nodeArgs: ['--expose-gc', '--import', LIVE_HEAP],
      ipc: true,
    }),
  );
  await removeCopy(copy);

  const { memory, perSecond, before, after } = measured;
  const live = memory.map(liveOf);
  const [, first = 0, second = 0] = live;
  return [
    {
      what: `Live heap that an unknown URL leaves, of the second ${grouped(window)}`,
      ratio: (second - first) / window,
      unit: 'B',
      goal: Math.round(NOISE / window),
      raw:
        `${live.map((bytes) => (bytes / 1024 ** 2).toFixed(2)).join(', ')} MiB live; ` +
        `${memory.map(({ rss }) => megabytes(rss)).join(', ')} resident, before, between and after; ` +
        `${perSecond.map(Math.round).join(' and ')} a second`,
    },
    {
      what: `Disk that ${grouped(2 * window)} unknown URLs leave`,
      ratio: (after.bytes - before.bytes) / 1000,
      unit: 'KB',
      goal: 0,
      raw: `${grouped(before.bytes)} bytes in ${before.files} files before, ${grouped(after.bytes)} in ${after.files} after`,
    },
  ];
}

/**
 * @param {import('./sites.mjs').Site} site
 * @param {import('./load.mjs').PutLoad} putLoad
 * @param {number} window
 */
async function twoWindows(site, putLoad, window) {
  const buildId = await readFile(path.join(site.dir, '.next/BUILD_ID'), 'utf8');
  const forms = [...FORMS, `/_next/data/${buildId}/blog/x*.json`];
  /** @param {string[]} forms @param {number} count */
  const visit = (forms, count) =>
    putLoad({ url: site.url, status: 404, unknown: { forms, count } });

  // What the server loads once, and the compiler's work, are no growth.
  await visitAll(site);
  await visit(forms, Math.ceil(window / 10));
  await visit(FILLING, FILLED_AFTER);

  const before = await diskOf(site);
  /** @type {NodeJS.MemoryUsage[]} */
  const memory = [await ask(site.server, 'memory')];
  const perSecond = [];
  for (let turn = 0; turn < 2; turn += 1) {
    perSecond.push((await visit(forms, window)).perSecond);
    memory.push(await ask(site.server, 'memory'));
  }
  return { memory, perSecond, before, after: await diskOf(site) };
}

/** @param {NodeJS.MemoryUsage} usage What JavaScript refers to, buffers outside its heap among it. */
const liveOf = ({ heapUsed, external }) => heapUsed + external;

/** @param {import('./sites.mjs').Copy} copy */
async function diskOf({ dir }) {
  const folder = path.join(dir, '.next');
  // Not by name alone: that would follow Turbopack's links into node_modules.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // Node.js before 20.12 has no parentPath.
      .map(({ parentPath, path: dir, name }) => stat(path.join(parentPath ?? dir, name))),
  );
  return { files: files.length, bytes: sum(files.map(({ size }) => size)) };
}
