/** Copies of Evergreen and of the baseline, built and served, each in a folder below `.bench`. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { slugOf, writePost, writePosts } from './posts.mjs';
import { finished, startNode, stop } from './processes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Inside the project, so that the copies find its node_modules. */
const SCRATCH = path.join(ROOT, '.bench');
const NEXT = path.join(ROOT, 'node_modules/next/dist/bin/next');
const SECRET = 'the-secret-of-the-bench';
const READY_WITHIN_MS = 60_000;

/** What a copy is made of: a path of the project, and where it stands in the copy. */
const PARTS = {
  evergreen: [
    ['components', 'components'],
    ['lib', 'lib'],
    ['pages', 'pages'],
    ['public', 'public'],
    ['instrumentation.ts', 'instrumentation.ts'],
    ['next.config.js', 'next.config.js'],
    ['package.json', 'package.json'],
    ['package-lock.json', 'package-lock.json'],
    ['tsconfig.json', 'tsconfig.json'],
  ],
  baseline: [
    ['bench/baseline/lib', 'lib'],
    ['bench/baseline/pages', 'pages'],
    ['package.json', 'package.json'],
    ['tsconfig.json', 'tsconfig.json'],
  ],
};

/**
 * @typedef {{ dir: string, postsDir: string, count: number }} Copy A copy with its posts.
 * @typedef {Copy & { url: string, server: ReturnType<typeof startNode>, readyAfterMs: number }} Site
 *   A copy that is served.
 */

/** Makes an empty folder for the copies, which Git overlooks; it is removed with the bench's end. */
export async function prepareScratch() {
  removeScratch();
  process.on('exit', removeScratch);
  await mkdir(SCRATCH);
  await writeFile(path.join(SCRATCH, '.gitignore'), '*\n');
}

const removeScratch = () => rmSync(SCRATCH, { recursive: true, force: true });

let copies = 0;

/**
 * Copies one of the two blogs, with `count` posts.
 * @param {keyof typeof PARTS} kind
 * @param {number} count
 * @returns {Promise<Copy>}
 */
export async function copyOf(kind, count) {
  copies += 1;
  const dir = path.join(SCRATCH, `${copies}-${kind}-${count}`);
  for (const [from, to] of PARTS[kind]) {
    await cp(path.join(ROOT, String(from)), path.join(dir, String(to)), { recursive: true });
  }
  const postsDir = path.join(dir, 'posts');
  await writePosts(postsDir, count);
  return { dir, postsDir, count };
}

/** @param {Copy} copy */
export const removeCopy = ({ dir }) => rm(dir, { recursive: true, force: true });

/**
 * Starts `next build`.
 * @param {Copy} copy
 * @param {Record<string, string>} [env]
 */
export const startBuild = (copy, env) =>
  startNode([NEXT, 'build'], { cwd: copy.dir, env: { ...environmentOf(copy), ...env } });

/**
 * Builds a copy; answers how many milliseconds that took.
 * @param {Copy} copy
 * @param {Record<string, string>} [env]
 */
export async function build(copy, env) {
  const begun = performance.now();
  await finished(startBuild(copy, env));
  return performance.now() - begun;
}

/**
 * Serves a copy that was built, on a free port. The server is ready when it answers with the home
 * page, as a load balancer sees it: files of `/_next/static` are answered before Next can serve a page.
 * @param {Copy} copy
 * @returns {Promise<Site>}
 */
export async function serve(copy) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const begun = performance.now();
  const server = startNode([NEXT, 'start', '-p', String(port)], {
    cwd: copy.dir,
    env: environmentOf(copy),
  });
  while (!(await answers(url))) {
    if (server.child.exitCode !== null || performance.now() - begun > READY_WITHIN_MS) {
      await stop(server);
      throw new Error(`The server does not answer:\n${server.log()}`);
    }
    await pause(5);
  }
  return { ...copy, url, server, readyAfterMs: performance.now() - begun };
}

/**
 * Serves a copy while `work` goes on.
 * @template T
 * @param {Copy} copy
 * @param {(site: Site) => Promise<T>} work
 */
export async function whileServed(copy, work) {
  const site = await serve(copy);
  try {
    return await work(site);
  } finally {
    await stop(site.server);
  }
}

let edits = 0;

/**
 * Edits the text of a post and purges its page. Answers the milliseconds from the call to its answer.
 * Throws if visitors do not see the new text then.
 * @param {Site} site
 * @param {number} index
 */
export async function editAndPurge(site, index) {
  const mark = newMark();
  const page = `/blog/${slugOf(index)}`;
  await writePost(site.postsDir, index, mark);

  const begun = performance.now();
  const response = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&path=${page}`);
  const body = await response.text();
  const ms = performance.now() - begun;

  if (response.status !== 200) throw new Error(`Purge of ${page}: ${response.status} ${body}`);
  const html = await (await fetch(site.url + page)).text();
  if (!html.includes(mark)) throw new Error(`${page} was purged, but does not show "${mark}"`);
  return ms;
}

/** A mark that no text of this run has borne yet. */
export function newMark() {
  edits += 1;
  return `of edit ${edits}`;
}

/**
 * The posts to edit, one after another: all over the site, and none twice in a row.
 * @param {number} times
 * @param {number} count Posts of the site.
 */
export const postsToEdit = (times, count) =>
  Array.from({ length: times }, (_, turn) => (turn * 7919 + 17) % count);

/**
 * An empty value counts as none: what is set where the bench runs must not change what it measures.
 * @param {Copy} copy
 */
const environmentOf = ({ postsDir }) => ({
  MY_SECRET_TOKEN: SECRET,
  POSTS_DIR: postsDir,
  PRERENDER_POSTS: '',
  REVALIDATE_SECONDS: '',
  WORDPRESS_URL: '',
  REDIS_URL: '',
  EDGE_URLS: '',
});

/** @param {string} url */
const answers = (url) =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );

async function freePort() {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
