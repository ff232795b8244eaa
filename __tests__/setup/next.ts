/**
 * A stand-in for Next: serves and regenerates the pages of a runtime as `next start` does, without a build
 * and without a server, so that the heart can be tested in a process, and in any order of its steps.
 *
 * It does what `next/dist/server/response-cache` does with a cache handler: joins requests of one path to
 * the look that is under way, and renders of one path to the one that is; serves a page that is too old
 * while it renders the next; offers the old value again after a failed render; drops what `set` throws;
 * and says that a page was regenerated though it may not have been stored. Every other visitor of a page
 * that it has served from the store is answered without it, as `lib/store/answers.ts` does.
 * `__tests__/unit/setup/stand-in.test.ts` holds it against the real one.
 */
import type { CacheControl } from '../../lib/store/place';
import type { PageProps } from '../../lib/content/page-props';
import type { Runtime } from '../../lib/runtime';
import type { View } from '../../lib/site/views';
import type { Value } from '../../lib/store/values';

/** The key of a path, as Next writes it: with the path decoded. */
export const keyOf = (path: string): string =>
  `/route-cache/PAGES/route/$${path === '/' ? '/index' : decodeURIComponent(path)}`;

/** What a visitor is served. */
export interface Seen {
  /** As `textOf` writes it; undefined for a 404. */
  text: string | undefined;
  /** When Next began what the visitor was served, by the clock of the `NextOptions`. */
  sinceStep: number;
}

/** How the stand-in is run. */
export interface NextOptions {
  /** A point at which others may go on. By default nothing is waited for. */
  step: (label: string) => Promise<void>;
  /** Counts what happened so far. */
  clock: () => number;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** What Next keeps of a page while it is asked for. */
interface Entry {
  value: Value | null;
  cacheControl?: CacheControl;
  /** -1: so old that nobody is served it. */
  isStale: boolean | -1;
  sinceStep: number;
}

/** One thing at a time for each key: who comes meanwhile is given its result. */
class Batcher<Result> {
  private readonly pending = new Map<string, Promise<Result>>();

  batch(
    key: string,
    work: (resolve: (result: Result) => void) => Promise<Result>,
  ): Promise<Result> {
    const known = this.pending.get(key);
    if (known) return known;
    const result = new Promise<Result>((resolve, reject) => {
      // Not before all who come now have joined.
      void Promise.resolve()
        .then(() => work(resolve))
        .finally(() => this.pending.delete(key))
        .then(resolve, reject);
    });
    this.pending.set(key, result);
    return result;
  }
}

/** Which kind of page a file of `pages/` takes a path for. */
function kindOf(path: string): View['kind'] {
  if (path === '/') return 'home';
  if (path === '/topics') return 'topics';
  if (path === '/404') return 'missing';
  const [, first, second] = path.split('/');
  if (first === 'blog' && second !== undefined) return second === 'page' ? 'archive' : 'post';
  if (first === 'archive') return 'years';
  return first === 'tag' || first === 'category' || first === 'author' ? first : 'page';
}

/** What a visitor of a page or a redirect sees, as one text. */
export const textOf = (view: View | undefined, bodyHtml: string | undefined): string =>
  view?.kind === 'redirect' ? `to ${view.to}` : JSON.stringify([view, bodyHtml]);

/** The HTML of a value, if it is a page. */
export const htmlOf = (value: Value | null | undefined): string | undefined =>
  value?.kind === 'PAGES' ? value.html : undefined;

/** What a visitor sees of a value; undefined for a 404. */
export const textIn = (value: Value | null): string | undefined =>
  value?.kind === 'REDIRECT' ? `to ${value.props.pageProps.__N_REDIRECT}` : htmlOf(value);

/** Serves the pages of a runtime. */
export function serverOf(runtime: Runtime, options: Partial<NextOptions> = {}) {
  const { step = async () => undefined, clock = () => 0, now = Date.now } = options;
  const { store } = runtime;
  const gets = new Batcher<Entry | null>();
  const renders = new Batcher<Entry | null>();
  /** What `set` was told last, for values that come without. */
  const cacheControls = new Map<string, CacheControl>();
  /** How long pages that were served may be, and how often they were visited since. */
  const answered = new Map<string, { maxAgeMs: number; visits: number }>();
  let rendered = 0;
  store.serve({ serverDistDir: 'none' });

  const look = async (path: string, sinceStep: number): Promise<Entry | null> => {
    const found = await store.get(keyOf(path), { kind: 'PAGES' });
    if (!found) return null;
    const cacheControl = found.cacheControl ?? cacheControls.get(path);
    const { value, lastModified } = found;
    const ageSeconds = (now() - lastModified) / 1000;
    const { revalidate = 1, expire = Infinity } = cacheControl ?? {};
    const isStale = ageSeconds > expire ? -1 : revalidate !== false && ageSeconds > revalidate;
    return { value, cacheControl, isStale, sinceStep };
  };

  const set = async (path: string, value: Value | null, cacheControl: CacheControl) => {
    await store.set(keyOf(path), value, { cacheControl }).catch(() => undefined);
    cacheControls.set(path, cacheControl);
  };

  const render = async (path: string, previous: Entry | null): Promise<Entry | null> => {
    const sinceStep = clock();
    await step(`render ${path}`);
    rendered += 1;
    try {
      const { value, cacheControl } = await valueOf(path);
      await step(`rendered ${path}`);
      await set(path, value, cacheControl);
      return { value, cacheControl, isStale: false, sinceStep };
    } catch (error) {
      const { cacheControl, value } = previous ?? {};
      if (cacheControl) {
        const revalidate = Math.min(Math.max(cacheControl.revalidate || 3, 3), 30);
        await set(path, value ?? null, { ...cacheControl, revalidate });
      }
      throw error;
    }
  };

  const valueOf = async (
    path: string,
  ): Promise<{ value: Value | null; cacheControl: CacheControl }> => {
    const result = await runtime.pageProps(kindOf(path), path);
    const revalidate = Number(result.revalidate);
    const cacheControl = { revalidate, expire: YEAR_SECONDS };
    if ('redirect' in result) {
      const { destination, ...status } = result.redirect;
      const code = 'permanent' in status && status.permanent ? 308 : 307;
      const pageProps = { __N_REDIRECT: destination, __N_REDIRECT_STATUS: code };
      return { value: { kind: 'REDIRECT', props: { pageProps } }, cacheControl };
    }
    if (!('props' in result)) return { value: null, cacheControl };
    const pageProps: PageProps = await result.props;
    const html = textOf(pageProps.view, pageProps.body?.html);
    return { value: { kind: 'PAGES', html, pageData: { pageProps } }, cacheControl };
  };

  const respond = (path: string, isOnDemand: boolean): Promise<Entry | null> =>
    gets.batch(`${path} ${isOnDemand}`, async (resolve) => {
      const previous = await look(path, clock());
      const isServed = previous !== null && !isOnDemand && previous.isStale !== -1;
      if (isServed) {
        resolve(previous);
        if (!previous.isStale) return previous;
      }
      const next = renders.batch(path, () => render(path, previous));
      // Who has been served already does not hear of a failure.
      return isServed ? next.catch(() => null) : next;
    });

  /** What a visitor is served without Next. */
  const answer = async (path: string): Promise<Seen | undefined> => {
    const known = answered.get(path);
    if (!known || (known.visits += 1) % 2 === 0) return undefined;
    const sinceStep = clock();
    const page = await store.pageToServe(path);
    await step(`answer ${path}`);
    if (page?.value?.kind !== 'PAGES' || now() > page.lastModified + known.maxAgeMs) {
      return undefined;
    }
    return { text: textIn(page.value), sinceStep };
  };

  const server = {
    renders: () => rendered,
    /** What a visitor is served. Throws where there is nothing but a failed render. */
    see: async (path: string): Promise<Seen> => {
      const seen = await answer(path);
      if (seen) return seen;
      const entry = await respond(path, false);
      const { cacheControl, isStale, value } = entry ?? {};
      if (value?.kind === 'PAGES' && isStale === false && cacheControl?.revalidate) {
        answered.set(path, { maxAgeMs: 1000 * cacheControl.revalidate, visits: 0 });
      }
      return { text: textIn(entry?.value ?? null), sinceStep: entry?.sinceStep ?? 0 };
    },
    /** The HTML that a visitor is served; undefined for a 404. */
    visit: async (path: string): Promise<string | undefined> => (await server.see(path)).text,
    /** What a purge of the API route calls: `res.revalidate`. */
    revalidate: async (path: string): Promise<void> => {
      await step(`revalidate ${path}`);
      await respond(path, true);
      await step(`revalidated ${path}`);
    },
    /** A purge, as the API route has it carried out. */
    purge: (...paths: string[]) =>
      runtime.purges.run(
        { paths, tags: [], changed: paths.length === 0, dryRun: false },
        [],
        server.revalidate,
      ),
  };
  return server;
}

const YEAR_SECONDS = 31_536_000;
