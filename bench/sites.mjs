/** Copies of Evergreen and of other blogs, built and served, each in a folder below `.bench`. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
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
export const SECRET = 'the-secret-of-the-bench';
const READY_WITHIN_MS = 60_000;
/** Visitors at the same time. */
const VISITORS = 4;
const NO_PAGES = /^\/search$|\.xml$/;
/** How many posts are edited again and again. */
const EDITED = 4;

const BASELINE = [
  ['bench/baseline/lib', 'lib'],
  ['bench/baseline/pages', 'pages'],
  ['bench/baseline/instrumentation.ts', 'instrumentation.ts'],
  ['bench/baseline/next.config.js', 'next.config.js'],
  ['package.json', 'package.json'],
  ['tsconfig.json', 'tsconfig.json'],
];

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
    ['site.config.mjs', 'site.config.mjs'],
    ['tsconfig.json', 'tsconfig.json'],
  ],
  baseline: BASELINE,
  // The same, with other content: what stands at the same place is replaced.
  'baseline-wordpress': [
    ...BASELINE,
    ['bench/baseline-wordpress/lib', 'lib'],
    ['bench/baseline-wordpress/pages', 'pages'],
  ],
  astro: [['bench/others/astro', '.']],
  eleventy: [['bench/others/eleventy', '.']],
};

/**
 * @typedef {{ dir: string, postsDir: string, count: number, wordpressUrl?: string }} Copy
 *   A copy with its posts, in a folder or in a WordPress.
 * @typedef {Copy & { url: string, server: ReturnType<typeof startNode>, readyAfterMs: number }} Site
 *   A copy that is served.
 * @typedef {{ nodeArgs?: string[], ipc?: boolean, env?: Record<string, string>, readyWithinMs?: number }} ServeOptions
 *   How Node.js is started, and how long it may take.
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
 * Copies one of the blogs, with `count` posts.
 * @param {keyof typeof PARTS} kind
 * @param {number} count
 * @param {number} [times] How many times as long its posts are.
 * @returns {Promise<Copy>}
 */
export async function copyOf(kind, count, times) {
  const copy = await copyParts(kind, PARTS[kind]);
  await writePosts(copy.postsDir, count, times);
  return { ...copy, count };
}

/**
 * Copies one of the two blogs for a WordPress that has `count` posts.
 * @param {'evergreen' | 'baseline-wordpress'} kind
 * @param {{ url: string, count: number }} wordpress
 * @returns {Promise<Copy>}
 */
export async function copyOfWordPress(kind, { url, count }) {
  const { dir } = await copyParts(`${kind}-${count}`, PARTS[kind]);
  return { dir, postsDir: '', count, wordpressUrl: url };
}

/** Copies Evergreen with the posts of its own, the manual. */
export async function copyOfManual() {
  const copy = await copyParts('manual', [...PARTS.evergreen, ['posts', 'posts']]);
  return { ...copy, count: (await readdir(copy.postsDir)).length };
}

/**
 * @param {string} name
 * @param {string[][]} parts
 */
async function copyParts(name, parts) {
  copies += 1;
  const dir = path.join(SCRATCH, `${copies}-${name}`);
  for (const [from, to] of parts) {
    await cp(path.join(ROOT, String(from)), path.join(dir, String(to)), { recursive: true });
  }
  return { dir, postsDir: path.join(dir, 'posts') };
}

/**
 * Has a copy that is not built yet note each render of a post. Answers how to count those of one post
 * since the copy was made.
 * @param {Copy} copy
 */
export async function noteRenders({ dir }) {
  const notes = path.join(dir, 'renders');
  const file = path.join(dir, 'pages/blog/[slug].tsx');
  const text = await readFile(file, 'utf8');
  const renamed = text.replace('export const getStaticProps =', 'const renderPost =');
  if (renamed === text) throw new Error(`${file} has no getStaticProps to note`);
  await mkdir(notes);
  await writeFile(
    file,
    `${renamed}
import { appendFileSync } from 'node:fs';

export const getStaticProps: typeof renderPost = (context) => {
  appendFileSync(\`\${${JSON.stringify(notes)}}/\${context.params?.slug}\`, '.');
  return renderPost(context);
};
`,
  );
  /** @param {number} index */
  return async (index) => (await stat(path.join(notes, slugOf(index)))).size;
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
 * @param {ServeOptions} [options]
 * @returns {Promise<Site>}
 */
export async function serve(
  copy,
  { nodeArgs = [], ipc, env, readyWithinMs = READY_WITHIN_MS } = {},
) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const begun = performance.now();
  const server = startNode([...nodeArgs, NEXT, 'start', '-p', String(port)], {
    cwd: copy.dir,
    env: { ...environmentOf(copy), ...env },
    ipc,
  });
  while (!(await answers(url))) {
    if (server.child.exitCode !== null || performance.now() - begun > readyWithinMs) {
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
 * @param {ServeOptions} [options]
 */
export async function whileServed(copy, work, options) {
  const site = await serve(copy, options);
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
  await writePost(site.postsDir, index, mark);
  const ms = await purge(site, index);
  await expectOnPage(site, index, [mark]);
  return ms;
}

/**
 * Purges the page of a post with the classic call; answers how many milliseconds that took.
 * @param {Site} site
 * @param {number} index
 */
export async function purge(site, index) {
  const begun = performance.now();
  const response = await fetch(purgeUrl(site, index));
  const body = await response.text();
  const ms = performance.now() - begun;
  if (response.status !== 200) {
    throw new Error(`Purge of ${pageOf(index)}: ${response.status} ${body}`);
  }
  return ms;
}

/**
 * The classic call that purges the page of a post.
 * @param {Site} site
 * @param {number} index
 */
export const purgeUrl = (site, index) =>
  `${site.url}/api/revalidate?secret=${SECRET}&path=${pageOf(index)}`;

/**
 * Purges what changed, with a webhook that says no more than that something did; answers the report
 * and how many milliseconds it took.
 * @param {Site} site
 */
export const purgeChanged = (site) => webhook(site, { anything: 1 });

/**
 * The paths of all pages, those that nothing links to among them.
 * @param {Site} site
 */
export const pathsOf = async (site) =>
  (await webhook(site, { path: '/*', dryRun: true })).pages.map((page) => page.path);

/**
 * @param {Site} site
 * @param {object} says
 */
async function webhook(site, says) {
  const begun = performance.now();
  const response = await fetch(`${site.url}/api/revalidate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(says),
  });
  const body = await response.text();
  const ms = performance.now() - begun;
  if (response.status !== 200) throw new Error(`Webhook: ${response.status} ${body}`);
  /** @type {{ pages: { path: string }[], unchanged: number }} */
  const report = JSON.parse(body);
  return { ...report, ms };
}

/** @param {number} index */
export const pageOf = (index) => `/blog/${slugOf(index)}`;

/**
 * Throws if the page of a post does not show all of these texts.
 * @param {{ url: string }} site
 * @param {number} index
 * @param {string[]} texts
 */
export async function expectOnPage(site, index, texts) {
  const html = await (await fetch(site.url + pageOf(index))).text();
  const missing = texts.find((text) => !html.includes(text));
  if (missing !== undefined) {
    throw new Error(`${pageOf(index)} was purged, but does not show "${missing}"`);
  }
}

/** @param {string} text */
const hashOf = (text) => createHash('sha256').update(text).digest('base64');

/**
 * Visits every page that can be reached from the home page, and some that may be gone; answers by path
 * what is noted of each page that there is. Throws if a link leads nowhere.
 * @param {Site} site
 * @param {Iterable<string>} [others]
 * @param {(text: string) => string} [note] Of a page's HTML: its hash if nothing is given.
 */
export async function visitAll({ url }, others = [], note = hashOf) {
  /** @type {Map<string, string>} */
  const pages = new Map();
  /** @type {Set<string>} */
  const gone = new Set();
  const linked = new Set(['/']);
  const seen = new Set([...linked, ...others]);
  const waiting = [...seen];
  while (waiting.length > 0) {
    const texts = await Promise.all(
      waiting.splice(0, VISITORS).map(async (path) => {
        const response = await fetch(url + path);
        const text = await response.text();
        // What visitors of an unknown address see is a page too.
        const isPage = response.ok || path === '/404';
        if (response.status === 404 && !isPage) gone.add(path);
        else if (!isPage) throw new Error(`${path} answers ${response.status}`);
        else pages.set(path, note(text));
        return response.ok ? text : '';
      }),
    );
    for (const [, href] of texts.flatMap((text) => [...text.matchAll(/<a href="(\/[^"#?]*)/g)])) {
      // Computed for each request, and never stored.
      if (href === undefined || NO_PAGES.test(href)) continue;
      linked.add(href);
      if (!seen.has(href)) waiting.push(href);
      seen.add(href);
    }
  }
  const broken = [...linked].find((path) => gone.has(path));
  if (broken !== undefined) throw new Error(`There is a link to ${broken}, which answers 404`);
  return pages;
}

/** A mark that no text of this run has borne yet. */
export function newMark() {
  edits += 1;
  return `of edit ${edits}`;
}

/**
 * The posts to edit, one after another: a few all over the site, in turns. With many, the bench would
 * measure its own haste: Evergreen reads files again that changed within the last second.
 * @param {number} times
 * @param {number} count Posts of the site.
 */
export const postsToEdit = (times, count) =>
  Array.from({ length: times }, (_, turn) =>
    Math.floor(((turn % EDITED) + 0.5) * (count / EDITED)),
  );

/**
 * An empty value counts as none: what is set where the bench runs must not change what it measures.
 * @param {Copy} copy
 */
const environmentOf = ({ postsDir, wordpressUrl = '' }) => ({
  MY_SECRET_TOKEN: SECRET,
  POSTS_DIR: postsDir,
  PRERENDER_POSTS: '',
  REVALIDATE_SECONDS: '',
  WORDPRESS_URL: wordpressUrl,
  REDIS_URL: '',
  EDGE_URLS: '',
  DATA_DIR: '',
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

/** A port that nothing listens on. */
export async function freePort() {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
