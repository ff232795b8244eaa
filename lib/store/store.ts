/**
 * The page store: commits a rendered page only if its revision is the expected one, and serves it only
 * for as long as it is. Where the pages are, on disk or in Redis, is the place's matter.
 *
 * It is Next's cache handler, by way of `lib/store/cache-handler.js`, and leans on these internals of
 * Next:
 * - the keys, `/route-cache/PAGES/<hash of the route>/$<path, decoded>`, with `/index` for `/`;
 * - the values of kind PAGES, with the page's props in `pageData.pageProps`; those of kind REDIRECT, with
 *   target and status in `props.pageProps`; and null for a 404;
 * - where `next build` leaves its pages, `<serverDistDir>/pages/<path>.html` and `.json`, and its id,
 *   `<serverDistDir>/../BUILD_ID`;
 * - `get` returning null makes Next render while the visitor waits; `set` swallows what it throws;
 * - the `cacheControl` given to `set` is the object from which Next writes the page's `Cache-Control`;
 * - the handler is constructed for each request, and `register` of `instrumentation.ts` has run before.
 * `__tests__/server/next-internals.test.ts` fails when one of them changes.
 */
import type { View } from '../site/views';
import { encodePath } from './built-pages';
import {
  isBehindFence,
  NotCommitted,
  type CacheControl,
  type Lookup,
  type Place,
  type Stored,
  type StoredPage,
  type Version,
} from './place';
import { propsOf, withRevision, type Value } from './values';
import { messageOf } from '../message-of';

/** What the newest snapshot wants of a path. */
export interface Expected extends Version {
  /** The revision that the stored page should have; null: the site has no such page. */
  revision: string | null;
}

/** What the store asks of the snapshots. */
export interface Expectations {
  /** The newest snapshot, if there is one. */
  newest: () => Version | undefined;
  /** Undefined if that cannot be known, and the stored page stays. */
  expected: (path: string) => Expected | undefined;
  /** The same for a visitor, who may wait for the first snapshot or a look at the source. */
  expectedOnVisit: (
    path: string,
    stored: { revision: string | null } | null,
  ) => Promise<Expected | undefined>;
  /** Whether visitors of a path that is no page are led on: a render then tells where. */
  leadsOn: (path: string) => Promise<boolean>;
  /** Waits for a snapshot that is as new as the fence, if there is one, but not for long. */
  refresh: (fence: Version | undefined) => Promise<void>;
}

/** What the store tells of pages, where there are edges. */
export interface EdgeNotes {
  /** A page of another revision is about to be stored; `isFirst` if there was none. */
  beforeStored: (path: string, isFirst: boolean) => void;
  /** What is being sent of a page is not stored, so no purge would compare it. */
  keepNone: (path: string) => void;
}

/** Who hears of renders, and of their end. */
export interface RenderNotes {
  /** `isRenewed`: who asks meanwhile is served the page before, which is too old. */
  begin: (path: string, isRenewed: boolean) => void;
  /** Next has offered what it rendered; `isStored` if it was committed. */
  end: (path: string, isStored: boolean) => void;
  /** The render failed. */
  fail: (path: string) => void;
}

/** What Next gives to the constructor of a cache handler, as far as it matters. */
export interface HandlerContext {
  dev?: boolean;
  serverDistDir?: string;
  /** `cacheMaxMemorySize` of Next's configuration, in bytes. */
  maxMemoryCacheSize?: number;
}

/** What a store is made of. */
export interface StoreParts {
  place: Place;
  expectations: Expectations;
  /** Undefined where there are no edges. */
  edges?: EdgeNotes;
  renders?: RenderNotes;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** What Next is to serve of a path. */
export interface Served {
  lastModified: number;
  value: Value | null;
  cacheControl?: CacheControl;
}

/** The shortest time that Next takes, in seconds: of 0 it says that it is no interval. */
const UNKEPT: CacheControl = { revalidate: 1, expire: 1 };

/** What is kept of what Next renders. */
const KINDS: ReadonlySet<string> = new Set<Value['kind']>(['PAGES', 'REDIRECT']);

/** The store of one process. */
export class Store {
  private readonly failures = new Map<string, Error>();
  private readonly rendering = new Map<string, Stored>();
  /** Of which Next was given a page that is too old: all who come are served it, until the next is rendered. */
  private readonly renewing = new Set<string>();
  private isServing = false;

  constructor(private readonly parts: StoreParts) {}

  /**
   * True if pages are served from this store: under `next start`. Elsewhere (in development, on a
   * platform with a cache of its own, in a test) what `res.revalidate` says is all there is to know.
   */
  get isInCharge(): boolean {
    return this.isServing;
  }

  /** The order of snapshots and purges, on all instances. */
  get versions() {
    return this.parts.place.versions;
  }

  /** Next has made a cache handler, as it does for each request. */
  serve({ dev, serverDistDir, maxMemoryCacheSize = 0 }: HandlerContext): void {
    if (dev || !serverDistDir || this.isServing) return;
    this.isServing = true;
    this.parts.place.keepInMemory?.(maxMemoryCacheSize);
    // Begins with the first request, so that the first purge need not wait for it.
    this.storedPages().catch(() => undefined);
  }

  /** The page that visitors are served; null has Next render it first. */
  async get(key: string, { kind }: { kind?: string }): Promise<Served | null> {
    if (kind !== 'PAGES') return null;
    const { place, expectations } = this.parts;
    const path = pathOfKey(key);
    for (;;) {
      const seen = await place.pages.lookup(path);
      const stored = seen.revision === undefined ? null : { revision: seen.revision };
      if (isBehindFence(expectations.newest(), seen.fence)) {
        if (stored && seen.isWhole) return await this.read(path, seen);
        await expectations.refresh(seen.fence);
      }
      const newest = expectations.newest();
      const expected = await expectations.expectedOnVisit(path, stored);
      const served = await this.asExpected(path, seen, expected);
      // Another snapshot may expect another page, which a purge may have committed meanwhile.
      if (expectations.newest() === newest) return served;
    }
  }

  /**
   * The page that `get` would give to Next, where that is what the newest snapshot expects; undefined
   * where anything else has to be seen to. Whether it is too old is for who asks to say.
   */
  async pageToServe(path: string): Promise<StoredPage | undefined> {
    const { place, expectations } = this.parts;
    const seen = await place.pages.lookup(path);
    const newest = expectations.newest();
    const expected = expectations.expected(path);
    if (!this.isServing || !seen.revision || seen.isAway) return undefined;
    if (!expected || seen.revision !== expected.revision || seen.version > expected.version) {
      return undefined;
    }
    if (isBehindFence(newest, seen.fence)) return undefined;
    const page = await place.pages.read(path, seen.revision);
    await place.instances?.expose(path, seen);
    const isStill = page?.revision === expected.revision && expectations.newest() === newest;
    return isStill ? page : undefined;
  }

  /**
   * Commits a page that Next rendered, if it is the expected one; a render that began before an edit
   * carries another revision, whatever began it and whenever it ends.
   */
  async set(
    key: string,
    rendered: Value | null,
    { cacheControl }: { cacheControl?: CacheControl },
  ): Promise<void> {
    if (rendered && !KINDS.has(rendered.kind)) return;
    const path = pathOfKey(key);
    const value = rendered?.kind === 'REDIRECT' ? withRevision(path, rendered) : rendered;
    const revision = value ? (propsOf(value)?.revision ?? '') : null;
    const render = this.rendering.get(path);
    const lastModified = this.parts.now();
    let isCommitted = false;
    try {
      isCommitted = await this.commit({ path, lastModified, revision, value, cacheControl });
    } finally {
      // Only now: until then a visitor may be joined to this render.
      this.endRender(path, render);
      this.renewing.delete(path);
      this.parts.renders?.end(path, isCommitted);
      // Nobody would be told when it is outdated, so nobody should keep it.
      if (!isCommitted) {
        this.parts.edges?.keepNone(path);
        if (cacheControl) Object.assign(cacheControl, UNKEPT);
      }
    }
  }

  /** Why pages cannot be stored now, if so. */
  problem(): string | undefined {
    return this.parts.place.pages.problem();
  }

  /** Why the last page of a path could not be stored, if so. */
  failureOf(path: string): Error | undefined {
    return this.failures.get(path);
  }

  /** What visitors are served, by path. Throws if that cannot be known. */
  async storedPages(): Promise<ReadonlyMap<string, Stored>> {
    return this.isServing ? this.storedAtStart() : new Map();
  }

  /** What is stored, asked for also before the first request. */
  storedAtStart(): Promise<ReadonlyMap<string, Stored>> {
    return this.parts.place.pages.index();
  }

  /** How many pages may be stored, without reading them; asked for also before the first request. */
  storedAtMost(): Promise<number> {
    return this.parts.place.pages.atMost();
  }

  /** What is stored of a path: undefined if nothing, and without a value if it was removed. */
  async storedAt(path: string): Promise<StoredPage | undefined> {
    const { pages } = this.parts.place;
    const { revision } = await pages.lookup(path);
    return revision === undefined ? undefined : ((await pages.read(path, revision)) ?? undefined);
  }

  /** When the stored page of a path was rendered, if there is one. */
  async renderedAt(path: string): Promise<Date | undefined> {
    const page = await this.storedAt(path);
    return page?.value ? new Date(page.lastModified) : undefined;
  }

  /** What the stored page of a path was rendered from. */
  async storedView(path: string): Promise<View | undefined> {
    return propsOf((await this.storedAt(path))?.value)?.view;
  }

  /**
   * Whether visitors are served what the newest snapshot expects of a path, or something newer: it is
   * stored, and Next joins nobody to a render of something else. With `sinceMs` (in ms since 1970), whether
   * it was rendered since then, too. For after the fence was raised: nothing older is committed from then
   * on.
   */
  async isFresh(path: string, sinceMs?: number): Promise<boolean> {
    const { pages } = this.parts.place;
    const seen = await pages.lookup(path);
    if (!this.isAsExpected(path, seen)) return false;
    if (sinceMs === undefined) return true;
    // Only now: a page that differs, as most do that are asked for, need not be read.
    const page = await pages.read(path, seen.revision ?? null);
    const isRecent = page !== null && page.lastModified >= sinceMs;
    return isRecent && !this.renewing.has(path) && this.isAsExpected(path, seen);
  }

  /**
   * Stores that a page is removed, as the site says, without a render. False if it has to be rendered
   * all the same: the site says something else, a render of the page is under way or about to be, or what
   * this instance knows is outdated. Throws if it cannot be stored.
   */
  async commitRemoval(path: string): Promise<boolean> {
    const expected = this.parts.expectations.expected(path);
    const isRendered = this.rendering.has(path) || this.renewing.has(path);
    if (!this.isServing || isRendered || expected?.revision !== null) return false;
    try {
      await this.commit({ path, lastModified: this.parts.now(), revision: null, value: null });
    } catch (error) {
      if (error instanceof NotCommitted) return false;
      throw error;
    }
    return true;
  }

  /**
   * Notes that a page is being rendered, until the store has committed or refused it. Returns what to
   * call if the render fails before.
   */
  noteRender(path: string, page: Stored): () => void {
    // Where another cache has the pages, nothing here would tell of its end.
    if (!this.isServing) return () => undefined;
    this.rendering.set(path, page);
    this.parts.renders?.begin(path, this.renewing.has(path));
    return () => {
      this.endRender(path, page);
      this.parts.renders?.fail(path);
    };
  }

  /**
   * Whether a render of another revision than the expected one is under way: visitors who ask for the
   * page meanwhile are served that render, whatever is stored.
   */
  isRenderedOtherwise(path: string): boolean {
    const render = this.rendering.get(path);
    const expected = this.parts.expectations.expected(path);
    return render !== undefined && expected !== undefined && render.revision !== expected.revision;
  }

  /**
   * Whether who asks for a page now may be served something else than what is stored: a render of another
   * revision, or a page that was too old, while the next is rendered.
   */
  isServedOtherwise(path: string): boolean {
    return this.renewing.has(path) || this.isRenderedOtherwise(path);
  }

  /** The pages that are being rendered now: who asks for one meanwhile is served that render. */
  rendersUnderWay(): ReadonlyMap<string, Stored> {
    return this.rendering;
  }

  private isAsExpected(path: string, seen: Lookup): boolean {
    const expected = this.parts.expectations.expected(path);
    if (!expected || seen.isAway || this.isRenderedOtherwise(path)) return false;
    const isNewer = !isBehindFence(expected, seen.fence) && seen.version > expected.version;
    return isNewer || (seen.revision ?? null) === expected.revision;
  }

  /** What Next is to serve of a path where this is expected; null if it has to be rendered first. */
  private async asExpected(
    path: string,
    seen: Lookup,
    expected: Expected | undefined,
  ): Promise<Served | null> {
    if (!expected || seen.version > expected.version) return this.read(path, seen);
    // Not kept by Next: a 404 that is computed costs less than one that is remembered.
    if (expected.revision === null) {
      return (await this.parts.expectations.leadsOn(path)) ? null : this.notFound();
    }
    return seen.revision === expected.revision ? this.read(path, seen) : null;
  }

  private endRender(path: string, page: Stored | undefined): void {
    if (this.rendering.get(path) === page) this.rendering.delete(path);
  }

  /** What Next is to serve of a path; null if it is not stored, or not there after all. */
  private async read(path: string, seen: Lookup): Promise<Served | null> {
    const { pages, instances } = this.parts.place;
    const { revision, isAway } = seen;
    if (revision === undefined) return null;
    if (revision === null) return this.notFound();
    const page = await pages.read(path, revision);
    if (!page) return null;
    const { lastModified, value, cacheControl } = page;
    // It may be outdated: an edge must not keep it, and a purge at another instance not miss it there.
    if (isAway) {
      return { lastModified: this.parts.now(), value, cacheControl: { revalidate: 1 } };
    }
    await instances?.expose(path, seen);
    if (this.isTooOld(page)) this.renewing.add(path);
    return { lastModified, value, cacheControl };
  }

  private isTooOld({ lastModified, cacheControl }: StoredPage): boolean {
    // Of a page of the build only Next knows how long it may be served.
    const { revalidate = 0 } = cacheControl ?? {};
    return revalidate !== false && this.parts.now() - lastModified > revalidate * 1000;
  }

  private notFound(): Served {
    return { lastModified: this.parts.now(), value: null };
  }

  /** Commits a page if it is the expected one; returns whether it did. Throws if it cannot be stored. */
  private async commit(page: StoredPage): Promise<boolean> {
    const { place, expectations, edges } = this.parts;
    const { path, revision } = page;
    const expected = expectations.expected(path);
    if (!expected || expected.revision !== revision) return false;
    try {
      // Without a pause between the comparison and this call.
      await place.pages.commit(page, expected, edges?.beforeStored);
      this.failures.delete(path);
      return true;
    } catch (error) {
      const cause = messageOf(error);
      this.failures.set(path, new Error(`The page could not be stored: ${cause}`));
      throw error;
    }
  }
}

const pathOfKey = (key: string): string => encodePath(key.slice(key.indexOf('/$/') + 2));
