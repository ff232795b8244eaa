/**
 * The pages that `next build` rendered, where it leaves them: an internal of Next, see `lib/store/store.mjs`.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

/**
 * @typedef {import('./store.mjs').StoredPage} StoredPage
 * @typedef {import('./store.mjs').PageValue} PageValue
 */

/** Files between two breaths of the event loop, when a server starts: about a millisecond. */
const SLICE = 20;

/**
 * Reads what the build left of a path, if anything.
 * @param {string} buildDir
 * @param {string} pagePath
 * @returns {StoredPage | null}
 */
export function readBuilt(buildDir, pagePath) {
  const file = buildFileOf(buildDir, pagePath);
  try {
    const html = readFileSync(`${file}.html`, 'utf8');
    const pageData = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    const { mtimeMs } = statSync(`${file}.html`);
    const value = /** @type {PageValue} */ ({
      kind: 'PAGES',
      html,
      pageData,
      headers: {},
      status: 200,
    });
    const { revision } = pageData.pageProps;
    return { path: pagePath, lastModified: mtimeMs, revision, value };
  } catch {
    return null;
  }
}

/**
 * The file of a built page, without its ending.
 * @param {string} buildDir
 * @param {string} pagePath
 */
export const buildFileOf = (buildDir, pagePath) =>
  buildDir + (pagePath === '/' ? '/index' : decodeURIComponent(pagePath));

/**
 * Reads all pages of the build, one by one, with breaths between.
 * @param {string} buildDir
 */
export async function* builtPages(buildDir) {
  const names = list(buildDir).filter((name) => name.endsWith('.html'));
  for (const [number, name] of names.entries()) {
    if (number % SLICE === SLICE - 1) await breathe();
    const page = readBuilt(buildDir, pathOfBuilt(name));
    if (page) yield page;
  }
}

/**
 * The names of the files below a folder; none if there is no folder.
 * @param {string} dir
 */
export function list(dir) {
  try {
    return readdirSync(dir, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

/** @param {string} name The file of a built page, below the folder of the build's pages. */
const pathOfBuilt = (name) =>
  encode(`/${name.slice(0, -'.html'.length).replaceAll(path.sep, '/')}`);

/**
 * A path as visitors write it, of one as Next's keys and files do.
 * @param {string} decoded
 */
export const encode = (decoded) =>
  decoded === '/index' ? '/' : decoded.split('/').map(encodeURIComponent).join('/');
