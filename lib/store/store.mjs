/**
 * The page store: Next's cache handler, which takes a rendered page only if its revision is the one
 * that the newest content wants. The pages are on disk, or in Redis for several instances.
 *
 * JavaScript, since Next loads it by itself, unbundled. It leans on these internals of Next:
 * - the keys, `/route-cache/PAGES/<hash of the route>/$<path, decoded>`, with `/index` for `/`;
 * - the values of kind PAGES, with the page's props in `pageData.pageProps`; those of kind REDIRECT, with
 *   target and status in `props.pageProps`; and null for a 404;
 * - where `next build` leaves its pages, `<serverDistDir>/pages/<path>.html` and `.json`, and its id,
 *   `<serverDistDir>/../BUILD_ID`;
 * - `get` answering null makes Next render while the visitor waits; `set` swallows what it throws;
 * - the `cacheControl` given to `set` is the object from which Next writes the page's `Cache-Control`.
 * `__tests__/server/next-internals.test.ts` fails when one of them changes.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { encode } from './built-pages.mjs';
import { countLoad, openDisk } from './disk-pages.mjs';
import { propsOf, withRevision } from './values.mjs';

/**
 * @typedef {{ revalidate: number | false, expire?: number }} CacheControl Seconds.
 * @typedef {import('./values.mjs').PageValue} PageValue
 * @typedef {import('./values.mjs').RedirectValue} RedirectValue
 * @typedef {{ path: string, lastModified: number, revision: string | null,
 *   value: PageValue | RedirectValue | null, cacheControl?: CacheControl }} StoredPage
 *   One page; without a value and a revision: removed.
 * @typedef {{ epoch: string, number: number }} Numbered Names a load of the content: within an epoch,
 *   a higher number was read later.
 * @typedef {Numbered & { revision: string | null }} Wanted See `lib/content/content.ts`.
 * @typedef {{ revision: string | null | undefined, number: number, isCurrent: boolean,
 *   isWhole: boolean, isAway?: boolean, given?: string | null }} Look
 *   What is known of a stored page: its revision, undefined if none is stored; the number of the
 *   content that it was taken for; whether the content of this instance is as new as the newest purge,
 *   and whether all that is stored is; whether this is all guessed, since the store is away; and what
 *   edges may keep.
 * @typedef {{ owe(path: string, isFirst: boolean): void }} Edges
 *   See `lib/edge/edge.ts`: notes what they are owed, before a page is stored.
 * @typedef {import('../purge/plan').Stored} Stored
 * @typedef {import('../purge/hint').Hint} Hint
 * @typedef {{
 *   beginLoad(previous: Numbered | undefined, hint: Hint | undefined):
 *     Promise<Numbered & { hint: Hint | undefined }>,
 *   isOutdated(content: Numbered): Promise<boolean>,
 *   look(path: string, content: Numbered | undefined): Promise<Look>,
 *   read(path: string, revision: string | null): Promise<StoredPage | null>,
 *   index(): Promise<ReadonlyMap<string, Stored>>,
 *   take(page: StoredPage, content: Numbered, edges?: Edges): number | Promise<number>,
 *   give?(path: string, seen: Look): Promise<void>,
 *   ledger?: import('../edge/edge').Ledger,
 *   endAnswers?(addresses: string[] | undefined): Promise<void>,
 *   beginPurge(content: Numbered): Promise<void>,
 *   endPurge(content: Numbered, comparedAll: boolean): Promise<void>,
 *   standing?(): number | undefined,
 *   problem(): string | undefined,
 *   atMost(): Promise<number>,
 *   confirmRemovals(snapshot: string): Promise<void>,
 *   isConfirmed(snapshot: string): Promise<boolean>,
 * }} Pages
 *   Where pages are kept. `take` answers the number of the content for which a page is stored then:
 *   a higher one, if another instance stored one that is newer. Throws if it cannot. `give` is told
 *   before visitors are, and edges with them. `atMost` returns how many pages may be stored, without
 *   reading them. Confirmed removals hold for one snapshot, on all instances, and over a restart.
 * @typedef {{
 *   pages: Pages,
 *   taken: Map<string, Numbered & { revision: string | null, atMs: number }>,
 *   failures: Map<string, Error>,
 *   rendering: Map<string, Stored>,
 *   isServing: boolean,
 * }} State
 */

/** Where `next start` serves from. */
const DIST_DIR = path.join('.next', 'server');
/** Next's own default, for those who keep nothing in memory otherwise. */
const MEMORY_BYTES = 50 * 1024 * 1024;

// Three loaders of Next load this module, each with a copy: the state is the process's.
const KEY = Symbol.for('evergreen.store');
const CONTENT = Symbol.for('evergreen.content');
const EDGES = Symbol.for('evergreen.edges');
const ANSWERS = Symbol.for('evergreen.unkept-responses');
/** @type {typeof globalThis & { [KEY]?: State,
 *   [EDGES]?: Edges,
 *   [ANSWERS]?: { keepNone(path: string): void },
 *   [CONTENT]?: {
 *   content?: Numbered,
 *   wanted(path: string): Wanted | undefined,
 *   wantedOnVisit(path: string, stored: { revision: string | null } | null): Promise<Wanted | undefined>,
 *   refresh(): Promise<void> } }} */
const shared = globalThis;

/**
 * True if pages are served from this store: under `next start`. Elsewhere (in development, on a
 * platform with a cache of its own, in a test) what `res.revalidate` says is all there is to know.
 */
export const isInCharge = () => shared[KEY]?.isServing === true;

/**
 * Opens the store of several instances, before the content is read first: Redis numbers its loads.
 * `endAnswersHere` does for this instance what `endAnswersEverywhere` does for all; before edges.
 * @param {{ redisUrl: string, keptForSeconds: number,
 *   endAnswersHere?: (addresses: string[] | undefined) => Promise<void> }} options
 */
export async function openStore({ redisUrl, keptForSeconds, endAnswersHere }) {
  const { openRedis } = await import('./redis-pages.mjs');
  const buildId = readFileSync(path.join(DIST_DIR, '..', 'BUILD_ID'), 'utf8').trim();
  const { buildDir } = placesIn(DIST_DIR);
  const memory = memoryOf(MEMORY_BYTES);
  const pages = openRedis({
    url: redisUrl,
    buildId,
    buildDir,
    keptForSeconds,
    memory,
    endAnswersHere,
  });
  shared[KEY] = stateOf(pages);
  await pages.opened;
}

/** Why pages cannot be stored now, if so. */
export const storeProblem = () => shared[KEY]?.pages.problem();

/**
 * Is the same before and after an answer if this instance reached the store of all, and heard of their
 * purges, all the while; undefined if it is not sure to now.
 */
export const storeStanding = () => {
  const pages = shared[KEY]?.pages;
  return pages?.standing ? pages.standing() : 0;
};

/** What the edges are owed by all instances, where there are several. */
export const sharedLedger = () => shared[KEY]?.pages.ledger;

/**
 * Has every instance see to it that no edge keeps an answer from before, at these addresses or at any;
 * false if there is but one.
 * @param {string[] | undefined} addresses
 */
export async function endAnswersEverywhere(addresses) {
  const pages = shared[KEY]?.pages;
  if (!pages?.endAnswers) return false;
  await pages.endAnswers(addresses);
  return true;
}

/**
 * Numbers a load of the content, which reads the source after it. Answers the hint with what purges
 * on other instances told. Throws if it cannot be numbered, unless nothing is known to have changed.
 * @param {Numbered | undefined} previous
 * @param {Hint | undefined} hint
 */
export const beginLoad = async (previous, hint) =>
  shared[KEY]?.pages.beginLoad(previous, hint) ?? countLoad(previous, hint);

/**
 * Whether a purge, on whichever instance, was about something newer.
 * @param {Numbered} content
 */
export const isOutdated = async (content) => shared[KEY]?.pages.isOutdated(content) ?? false;

/**
 * From now on no page is stored that was rendered from older content.
 * @param {Numbered} content
 */
export const beginPurge = async (content) => shared[KEY]?.pages.beginPurge(content);

/**
 * What a purge was about is right as of that content; all that is stored, if it compared that. From now
 * on instances that only have what another build stored look at the content first.
 * @param {Numbered} content
 * @param {boolean} comparedAll
 */
export const endPurge = async (content, comparedAll) =>
  shared[KEY]?.pages.endPurge(content, comparedAll);

/**
 * The revision for which the page of a path was confirmed last by this process, if it is for that
 * content or newer; null: as removed.
 * @param {string} path
 * @param {Numbered} content
 */
export function takenFor(path, { epoch, number }) {
  const taken = shared[KEY]?.taken.get(path);
  return taken?.epoch === epoch && taken.number >= number ? taken.revision : undefined;
}

/**
 * Confirms, without another render, a page that was rendered since `sinceMs` and is the wanted one
 * still: another render would give the same bytes. Or one that another instance rendered. For after
 * `beginPurge`: nothing older is stored from then on.
 * @param {string} path
 * @param {Numbered} content
 * @param {number} sinceMs In ms since 1970.
 */
export async function confirm(path, content, sinceMs) {
  const state = shared[KEY];
  if (!state) return;
  const taken = state.taken.get(path);
  const wanted = shared[CONTENT]?.wanted(path);
  const recent =
    wanted && taken?.revision === wanted.revision && taken.atMs >= sinceMs ? taken : undefined;
  // A visitor may still be joined to that one: it has to end first.
  if (isRenderedOtherwise(path)) return;
  const { epoch } = content;
  if (epoch === '') {
    // One process: nobody else renders.
    if (recent && wanted) recent.number = wanted.number;
    return;
  }
  const { revision, number } = await state.pages.look(path, content);
  const isUnknown = revision === undefined || number < 0;
  if (isUnknown || state.taken.get(path) !== taken) return;
  const isSame = recent?.revision === revision;
  if (number >= content.number || isSame) {
    const atLeast = Math.max(number, content.number);
    state.taken.set(path, { epoch, number: atLeast, revision, atMs: isSame ? recent.atMs : 0 });
  } else if (taken?.revision !== revision) {
    // Another instance stored something else since.
    state.taken.delete(path);
  }
}

/**
 * Why the last page of a path could not be stored, if so.
 * @param {string} path
 */
export const storeFailure = (path) => shared[KEY]?.failures.get(path);

/**
 * What is stored, by path. Throws if that cannot be known.
 * @returns {Promise<ReadonlyMap<string, Stored>>}
 */
export const storedPages = async () => shared[KEY]?.pages.index() ?? new Map();

/**
 * How many pages may be stored, without reading them; asked for also before the first request.
 */
export const storedAtMost = () => pagesAtStart().atMost();

/** What is stored, asked for also before the first request. */
export const storedAtStart = () => pagesAtStart().index();

/**
 * Whether somebody confirmed that so many posts are to be removed as this snapshot lacks.
 * @param {string} snapshot
 */
export const areRemovalsConfirmed = (snapshot) => pagesAtStart().isConfirmed(snapshot);

/**
 * Confirms it, for all instances.
 * @param {string} snapshot
 */
export const confirmRemovals = (snapshot) => pagesAtStart().confirmRemovals(snapshot);

/**
 * Notes that a page is being rendered, until the store has taken or refused it. Answers what to call if
 * the render fails before.
 * @param {string} path
 * @param {Stored} page
 */
export function noteRender(path, page) {
  shared[KEY]?.rendering.set(path, page);
  return () => endRender(path, page);
}

/**
 * @param {string} path
 * @param {Stored | undefined} page
 */
function endRender(path, page) {
  const rendering = shared[KEY]?.rendering;
  if (rendering?.get(path) === page) rendering?.delete(path);
}

/**
 * Whether a render of another revision than the wanted one is under way: visitors who ask for the page
 * meanwhile are served that render, whatever is stored.
 * @param {string} path
 */
export function isRenderedOtherwise(path) {
  const render = shared[KEY]?.rendering.get(path);
  const wanted = shared[CONTENT]?.wanted(path);
  return render !== undefined && wanted !== undefined && render.revision !== wanted.revision;
}

/**
 * Stores that a page is removed, as the site says, without a render. False if it has to be rendered
 * all the same: the site says something else, or a render of the page is under way. Throws if it
 * cannot be stored.
 * @param {string} path
 */
export async function storeRemoval(path) {
  const state = shared[KEY];
  const wanted = shared[CONTENT]?.wanted(path);
  if (!state || wanted?.revision !== null || state.rendering.has(path)) return false;
  await take(state, { path, lastModified: Date.now(), revision: null, value: null });
  return true;
}

/**
 * The pages that are being rendered now: who asks for one meanwhile is served that render.
 * @returns {ReadonlyMap<string, Stored>}
 */
export const rendersUnderWay = () => shared[KEY]?.rendering ?? new Map();

/**
 * When the stored page of a path was rendered, if there is one.
 * @param {string} path
 */
export async function renderedAt(path) {
  const page = await stored(shared[KEY]?.pages, path);
  return page?.value ? new Date(page.lastModified) : undefined;
}

/**
 * What the stored page of a path was rendered from. Asked for before the first request, and so
 * before Next has made the store.
 * @param {string} path
 */
export async function storedView(path) {
  return propsOf((await stored(pagesAtStart(), path))?.value)?.view;
}

/** @type {Pages | undefined} */
let early;

/** The pages; before the first request, and so before Next has made the store, a look at the disk. */
const pagesAtStart = () =>
  shared[KEY]?.pages ?? (early ??= openDisk({ ...placesIn(DIST_DIR), memory: undefined }));

/**
 * @param {Pages | undefined} pages
 * @param {string} path
 */
async function stored(pages, path) {
  const { revision } = (await pages?.look(path, undefined)) ?? {};
  return revision === undefined ? undefined : pages?.read(path, revision);
}

/** @param {string} serverDistDir */
const placesIn = (serverDistDir) => ({
  // Beside the build's pages: the next build, which may render them otherwise, sweeps it away.
  dir: path.join(serverDistDir, 'page-store'),
  buildDir: path.join(serverDistDir, 'pages'),
});

/**
 * @param {Pages} pages
 * @returns {State}
 */
const stateOf = (pages) => ({
  pages,
  taken: new Map(),
  failures: new Map(),
  rendering: new Map(),
  isServing: false,
});

export default class PageStore {
  /** @param {{ dev?: boolean, serverDistDir?: string, maxMemoryCacheSize?: number }} context */
  constructor({ dev, serverDistDir, maxMemoryCacheSize = 0 }) {
    // Next makes one for each request.
    if (dev || !serverDistDir || isInCharge()) return;
    const memory = maxMemoryCacheSize > 0 ? memoryOf(maxMemoryCacheSize) : undefined;
    const state = (shared[KEY] ??= stateOf(openDisk({ ...placesIn(serverDistDir), memory })));
    state.isServing = true;
    // Begins with the first request, so that the first purge need not wait for it.
    storedPages().catch(() => undefined);
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
      const taken = state.taken.get(path);
      const seen = await state.pages.look(path, shared[CONTENT]?.content);
      const stored = seen.revision === undefined ? null : { revision: seen.revision };
      if (!seen.isCurrent) {
        if (stored && seen.isWhole) return await serve(state, path, seen);
        await shared[CONTENT]?.refresh();
      }
      const wanted = await shared[CONTENT]?.wantedOnVisit(path, stored);
      // A newer page was taken meanwhile: this one must not be served any more.
      if (taken !== state.taken.get(path)) continue;

      if (!wanted || seen.number > wanted.number) {
        return await serve(state, path, seen);
      }
      // Not kept by Next: a 404 that is computed costs less than one that is remembered.
      if (wanted.revision === null) return NO_PAGE();
      return stored?.revision === wanted.revision ? serve(state, path, seen) : null;
    }
  }

  /**
   * Takes a page that Next rendered, if it is the wanted one; a render that began before an edit
   * carries another revision, whoever began it and whenever it ends.
   * @param {string} key
   * @param {PageValue | RedirectValue | null} rendered
   * @param {{ cacheControl?: CacheControl }} context
   */
  async set(key, rendered, { cacheControl }) {
    const state = shared[KEY];
    if (!state || (rendered && !['PAGES', 'REDIRECT'].includes(rendered.kind))) return;
    const path = pathOf(key);
    const value = rendered?.kind === 'REDIRECT' ? withRevision(path, rendered) : rendered;
    const revision = value ? (propsOf(value)?.revision ?? '') : null;
    const render = state.rendering.get(path);
    let isTaken = false;
    try {
      isTaken = await take(state, {
        path,
        lastModified: Date.now(),
        revision,
        value,
        cacheControl,
      });
    } finally {
      // Only now: until then a visitor may be joined to this render.
      endRender(path, render);
      // Nobody would be told when it is outdated, so nobody should keep it.
      if (!isTaken) {
        shared[ANSWERS]?.keepNone(path);
        if (cacheControl) Object.assign(cacheControl, UNKEPT);
      }
    }
  }

  async revalidateTag() {}

  resetRequestCache() {}
}

/** The shortest time that Next takes, in seconds: of 0 it says that it is no interval. */
const UNKEPT = { revalidate: 1, expire: 1 };

const NO_PAGE = () => ({ lastModified: Date.now(), value: null });

/**
 * What Next is to serve of a path; null if it is not stored, or not there after all.
 * @param {State} state
 * @param {string} path
 * @param {Look} seen
 */
async function serve({ pages }, path, seen) {
  const { revision, isAway } = seen;
  if (revision === undefined) return null;
  if (revision === null) return NO_PAGE();
  const page = await pages.read(path, revision);
  if (!page) return null;
  // It may be outdated: an edge must not keep it, and a purge at another instance not miss it there.
  if (isAway)
    return { lastModified: Date.now(), value: page.value, cacheControl: { revalidate: 1 } };
  await pages.give?.(path, seen);
  const { lastModified, value, cacheControl } = page;
  return { lastModified, value, cacheControl };
}

/**
 * Takes a page if it is the wanted one; answers whether it did. Throws if it cannot be stored.
 * @param {State} state
 * @param {StoredPage} page
 */
async function take(state, page) {
  const { path, revision } = page;
  const wanted = shared[CONTENT]?.wanted(path);
  if (!wanted || wanted.revision !== revision) return false;
  try {
    // Without a pause between the comparison and this call.
    const number = await state.pages.take(page, wanted, shared[EDGES]);
    state.taken.set(path, { epoch: wanted.epoch, number, revision, atMs: Date.now() });
    state.failures.delete(path);
    return true;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    state.failures.set(path, new Error(`The page could not be stored: ${cause}`));
    throw error;
  }
}

/** @param {number} maxBytes */
function memoryOf(maxBytes) {
  /** @type {LRUCache<string, StoredPage>} */
  const memory = new LRUCache({
    maxSize: maxBytes,
    // HTML and data hold about the same text.
    sizeCalculation: ({ value }) =>
      value ? 2 * ('html' in value ? value.html.length : 0) + 1000 : 200,
  });
  return memory;
}

/** @param {string} key */
const pathOf = (key) => encode(key.slice(key.indexOf('/$/') + 2));
