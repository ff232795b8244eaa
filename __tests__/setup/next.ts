/**
 * What Next does with a runtime, without Next: serves what the cache handler has, and otherwise renders
 * by getStaticProps and offers the result. For tests of the heart that need no server.
 */
import type { PageValue, Value } from '../../lib/store/values';
import type { Runtime } from '../../lib/runtime';

/** The key of a path, as Next writes it. */
export const keyOf = (path: string): string => `/route-cache/PAGES/route/$${path}`;

/** Which kind of page a path may be, by its form alone. */
const KINDS = [
  [/^\/$/, 'home'],
  [/^\/404$/, 'missing'],
  [/^\/topics$/, 'topics'],
  [/^\/blog\/page\//, 'archive'],
  [/^\/blog\//, 'post'],
  [/^\/tag\//, 'tag'],
  [/^\/category\//, 'category'],
] as const;

const kindOf = (path: string) => KINDS.find(([form]) => form.test(path))?.[1] ?? 'page';

/** Serves the pages of a runtime. */
export function serverOf(runtime: Runtime) {
  const { store } = runtime;
  store.serve({ serverDistDir: 'none' });
  let renders = 0;

  const render = async (path: string): Promise<PageValue | null> => {
    renders += 1;
    const result = await runtime.pageProps(kindOf(path), path);
    const value: PageValue | null =
      'props' in result
        ? {
            kind: 'PAGES',
            html: JSON.stringify(await result.props),
            pageData: { pageProps: await result.props },
          }
        : null;
    // Next drops what this throws.
    await store
      .set(keyOf(path), value, { cacheControl: { revalidate: 60 } })
      .catch(() => undefined);
    return value;
  };

  return {
    renders: () => renders,
    /** What Next's `res.revalidate` does. */
    revalidate: async (path: string): Promise<void> => void (await render(path)),
    /** The HTML that a visitor is served; undefined for a 404. */
    visit: async (path: string): Promise<string | undefined> => {
      const served = await store.get(keyOf(path), { kind: 'PAGES' });
      return htmlOf(served ? served.value : await render(path));
    },
    /** A purge, as the API route has it carried out. */
    purge: (...paths: string[]) =>
      runtime.purges.run(
        { paths, tags: [], changed: paths.length === 0, dryRun: false },
        [],
        async (path) => void (await render(path)),
      ),
  };
}

/** The HTML of a value. */
export const htmlOf = (value: Value | null | undefined): string | undefined =>
  value?.kind === 'PAGES' ? value.html : undefined;
