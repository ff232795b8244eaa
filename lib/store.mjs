/**
 * The page store, on disk: Next's cache handler, which takes a rendered page only if its revision is
 * the one that the newest content wants.
 *
 * JavaScript, since Next loads it by itself, unbundled. It leans on these internals of Next:
 * - the keys, `/route-cache/PAGES/<hash of the route>/$<path, decoded>`, with `/index` for `/`;
 * - the values of kind PAGES, with the page's props in `pageData.pageProps`, and null for a 404;
 * - where `next build` leaves its pages, `<serverDistDir>/pages/<path>.html` and `.json`;
 * - `get` answering null makes Next render while the visitor waits; `set` swallows what it throws.
 * `__tests__/next-internals.test.ts` fails when one of them changes.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/**
 * @typedef {{ revalidate: number | false, expire?: number }} CacheControl Seconds.
 * @typedef {{ kind: 'PAGES', html: string, headers?: unknown, status?: number,
 *   pageData: { pageProps?: { view?: View, revision?: string, shows?: Record<string, string> } } }}
 *   PageValue
 *   What Next gives to `set` and takes from `get`.
 * @typedef {{ path: string, lastModified: number, revision: string | null, value: PageValue | null,
 *   cacheControl?: CacheControl }} StoredPage One page; without a value and a revision: removed.
 * @typedef {{ number: number, revision: string | null }} Wanted See `lib/content.ts`.
 * @typedef {import('./plan').Stored} Stored
 * @typedef {import('./site').View} View
 * @typedef {{
 *   dir: string,
 *   buildDir: string,
 *   memory: LRUCache<string, StoredPage> | undefined,
 *   taken: Map<string, { number: number, revision: string | null, atMs: number }>,
 *   failures: Map<string, Error>,
 *   index: Map<string, Stored>,
 *   rendering: Map<string, Stored>,
 *   indexed?: Promise<void>,
 * }} State
 */

/** Files between two breaths of the event loop, when a server starts: about a millisecond. */
const SLICE = 20;

/** Where `next start` serves from. */
const DIST_DIR = path.join('.next', 'server');

// Three loaders of Next load this module, each with a copy: the state is the process's.
const KEY = Symbol.for('evergreen.store');
const CONTENT = Symbol.for('evergreen.content');
const EDGES = Symbol.for('evergreen.edges');
/** @type {typeof globalThis & { [KEY]?: State,
 *   [EDGES]?: { owe(path: string, isFirst: boolean): void }, [CONTENT]?: { wanted(path: string): Wanted | undefined,
 *   wantedOnVisit(path: string, stored: StoredPage | null): Promise<Wanted | undefined> } }} */
const shared = globalThis;

/**
 * True if pages are served from this store: under `next start`. Elsewhere (in development, on a
 * platform with a cache of its own, in a test) what `res.revalidate` says is all there is to know.
 */
export const isInCharge = () => shared[KEY] !== undefined;

/**
 * The number of the newest content for which the stored page of a path is confirmed, -1 for none.
 * @param {string} path
 */
export const takenFor = (path) => shared[KEY]?.taken.get(path)?.number ?? -1;

/**
 * Confirms, without another render, a page that was rendered since `sinceMs` and is the wanted one
 * still: another render would give the same bytes.
 * @param {string} path
 * @param {number} sinceMs In ms since 1970.
 */
export function confirmSince(path, sinceMs) {
  const taken = shared[KEY]?.taken.get(path);
  const wanted = shared[CONTENT]?.wanted(path);
  if (taken && wanted?.revision === taken.revision && taken.atMs >= sinceMs) {
    taken.number = wanted.number;
  }
}

/**
 * Why the last page of a path could not be stored, if so.
 * @param {string} path
 */
export const storeFailure = (path) => shared[KEY]?.failures.get(path);

/**
 * What is stored, by path. Waits until it has been read from the disk, once after a start.
 * @returns {Promise<ReadonlyMap<string, Stored>>}
 */
export async function storedPages() {
  const state = shared[KEY];
  if (!state) return new Map();
  await (state.indexed ??= readIndex(state));
  return state.index;
}

/**
 * Notes that a page is being rendered, until Next offers it to the store. Answers what to call if
 * the render fails before.
 * @param {string} path
 * @param {Stored} page
 */
export function noteRender(path, page) {
  shared[KEY]?.rendering.set(path, page);
  return () => void shared[KEY]?.rendering.delete(path);
}

/**
 * The pages that are being rendered now: who asks for one meanwhile is served that render.
 * @returns {ReadonlyMap<string, Stored>}
 */
export const rendersUnderWay = () => shared[KEY]?.rendering ?? new Map();

/**
 * Whether visitors of a path are served a stored page.
 * @param {string} path
 */
export function hasPage(path) {
  const state = shared[KEY];
  return state !== undefined && read(state, path)?.value != null;
}

/**
 * When the stored page of a path was rendered, if there is one.
 * @param {string} path
 */
export function renderedAt(path) {
  const state = shared[KEY];
  const page = state && read(state, path);
  return page?.value ? new Date(page.lastModified) : undefined;
}

/**
 * What the stored page of a path was rendered from. Asked for before the first request, and so
 * before Next has made the store.
 * @param {string} path
 */
export function storedView(path) {
  const { dir, buildDir, memory } = { memory: undefined, ...(shared[KEY] ?? placesIn(DIST_DIR)) };
  return read({ dir, buildDir, memory }, path)?.value?.pageData.pageProps?.view;
}

/** @param {string} serverDistDir */
const placesIn = (serverDistDir) => ({
  // Beside the build's pages: the next build, which may render them otherwise, sweeps it away.
  dir: path.join(serverDistDir, 'page-store'),
  buildDir: path.join(serverDistDir, 'pages'),
});

export default class PageStore {
  /** @param {{ dev?: boolean, serverDistDir?: string, maxMemoryCacheSize?: number }} context */
  constructor({ dev, serverDistDir, maxMemoryCacheSize = 0 }) {
    // Next makes one for each request.
    if (dev || !serverDistDir || shared[KEY]) return;
    shared[KEY] = {
      ...placesIn(serverDistDir),
      memory: maxMemoryCacheSize > 0 ? memoryOf(maxMemoryCacheSize) : undefined,
      taken: new Map(),
      failures: new Map(),
      index: new Map(),
      rendering: new Map(),
    };
    // Begins with the first request, so that the first purge need not wait for it.
    void storedPages();
  }

  /**
   * The page that visitors are served; null has Next render it first.
   * @param {string} key
   * @param {{ kind: string }} context
   */
  async get(key, { kind }) {
    const state = shared[KEY];
    if (kind !== 'PAGES' || !state) return null;
    const path = pathOf(key);
    for (;;) {
      const taken = takenFor(path);
      const stored = read(state, path);
      const wanted = await shared[CONTENT]?.wantedOnVisit(path, stored);
      // A newer page was taken meanwhile: this one must not be served any more.
      if (taken !== takenFor(path)) continue;

      if (!wanted) return stored && entryOf(stored);
      // Not kept by Next: a 404 that is computed costs less than one that is remembered.
      if (wanted.revision === null) return { lastModified: Date.now(), value: null };
      return stored?.revision === wanted.revision ? entryOf(stored) : null;
    }
  }

  /**
   * Takes a page that Next rendered, if it is the wanted one; a render that began before an edit
   * carries another revision, whoever began it and whenever it ends.
   * @param {string} key
   * @param {PageValue | null} value
   * @param {{ cacheControl?: CacheControl }} context
   */
  async set(key, value, { cacheControl }) {
    const state = shared[KEY];
    if (!state || (value && value.kind !== 'PAGES')) return;
    const path = pathOf(key);
    const revision = value ? (value.pageData.pageProps?.revision ?? '') : null;
    state.rendering.delete(path);
    take(state, { path, lastModified: Date.now(), revision, value, cacheControl });
  }

  async revalidateTag() {}

  resetRequestCache() {}
}

/**
 * Compares and stores without a pause, so that nothing comes between: on a local disk a page is
 * written in a fraction of a millisecond.
 * @param {State} state
 * @param {StoredPage} page
 */
function take(state, page) {
  const { path, revision } = page;
  const wanted = shared[CONTENT]?.wanted(path);
  if (!wanted || wanted.revision !== revision) return;
  try {
    const before = read(state, path);
    // Written down before: see `lib/edge.ts`.
    if ((before?.revision ?? null) !== revision) shared[EDGES]?.owe(path, before === null);
    write(state, page);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    state.failures.set(path, new Error(`The page could not be stored: ${cause}`));
    throw error;
  }
  state.memory?.set(path, page);
  state.index.set(path, indexEntryOf(page));
  state.taken.set(path, { number: wanted.number, revision, atMs: Date.now() });
  state.failures.delete(path);
}

/**
 * @param {State} state
 * @param {StoredPage} page
 */
function write(state, page) {
  const file = fileOf(state, page.path);
  // Only what would otherwise be served again needs a mark: an unknown path leaves no trace.
  if (page.value || existsSync(file) || existsSync(`${buildFileOf(state, page.path)}.html`)) {
    mkdirSync(state.dir, { recursive: true });
    writeFileSync(`${file}.tmp`, JSON.stringify(page));
    renameSync(`${file}.tmp`, file);
  }
}

/** @param {StoredPage} page */
const indexEntryOf = ({ revision, value }) => ({
  revision,
  shows: value?.pageData.pageProps?.shows ?? {},
});

/**
 * Reads what an earlier process and the build stored; what was taken meanwhile is newer.
 * @param {State} state
 */
async function readIndex(state) {
  const stored = list(state.dir).filter((name) => name.endsWith('.json'));
  const built = list(state.buildDir).filter((name) => name.endsWith('.html'));
  const readers = [
    ...stored.map((name) => () => readPage(path.join(state.dir, name))),
    ...built.map((name) => () => readBuilt(state, pathOfBuilt(name))),
  ];
  for (const [number, reader] of readers.entries()) {
    if (number % SLICE === SLICE - 1) await breathe();
    const page = reader();
    if (page && !state.index.has(page.path)) state.index.set(page.path, indexEntryOf(page));
  }
}

/** @param {string} dir */
function list(dir) {
  try {
    return readdirSync(dir, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

/**
 * The stored page of a path, or what the build left of it.
 * @param {Pick<State, 'dir' | 'buildDir' | 'memory'>} state
 * @param {string} path
 * @returns {StoredPage | null}
 */
function read(state, path) {
  const known = state.memory?.get(path);
  if (known) return known;
  const page = readPage(fileOf(state, path)) ?? readBuilt(state, path);
  if (page) state.memory?.set(path, page);
  return page;
}

/**
 * @param {string} file
 * @returns {StoredPage | null}
 */
function readPage(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // No file, or one that a power cut tore: the page is rendered again.
    return null;
  }
}

/**
 * @param {Pick<State, 'buildDir'>} state
 * @param {string} path
 * @returns {StoredPage | null}
 */
function readBuilt(state, path) {
  const file = buildFileOf(state, path);
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
    return { path, lastModified: mtimeMs, revision: pageData.pageProps.revision, value };
  } catch {
    return null;
  }
}

/** @param {StoredPage} page */
const entryOf = ({ lastModified, value, cacheControl }) => ({ lastModified, value, cacheControl });

/** @param {number} maxBytes */
function memoryOf(maxBytes) {
  /** @type {LRUCache<string, StoredPage>} */
  const memory = new LRUCache({
    maxSize: maxBytes,
    // HTML and data hold about the same text.
    sizeCalculation: ({ value }) => (value ? 2 * value.html.length + 1000 : 200),
  });
  return memory;
}

/** @param {string} key */
const pathOf = (key) => encode(key.slice(key.indexOf('/$/') + 2));

/** @param {string} name The file of a built page, below the folder of the build's pages. */
const pathOfBuilt = (name) =>
  encode(`/${name.slice(0, -'.html'.length).replaceAll(path.sep, '/')}`);

/** @param {string} decoded */
const encode = (decoded) =>
  decoded === '/index' ? '/' : decoded.split('/').map(encodeURIComponent).join('/');

/**
 * @param {Pick<State, 'dir'>} state
 * @param {string} path
 */
const fileOf = (state, path) =>
  `${state.dir}/${createHash('sha256').update(path).digest('hex')}.json`;

/**
 * @param {Pick<State, 'buildDir'>} state
 * @param {string} path
 */
const buildFileOf = (state, path) =>
  state.buildDir + (path === '/' ? '/index' : decodeURIComponent(path));
