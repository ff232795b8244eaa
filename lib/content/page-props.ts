/**
 * From a path to the props of its page, rendered from the newest content: what every file in
 * `pages/` calls from getStaticProps.
 */
import type { GetStaticPropsResult, PreviewData } from 'next';
import { bodyOf, contentWith, currentContent, NOT_FOUND_SECONDS, wholeSite } from './content';
import { environment } from '../config';
import { describeProblem } from '../source/post';
import { DraftId } from './preview';
import type { Body } from '../body/prose';
import type { Dependencies } from '../site/dependencies';
import { testOfPattern } from '../site/routes';
import type { View } from '../site/views';
import { noteRender, storeProblem } from '../store/store.mjs';

/** What a page is rendered from. */
export interface PageProps<V extends View = View> {
  view: V;
  /** Absent on pages of no post. */
  body?: Body;
  /** Both are kept with the stored page: what it is compared by, and why it differs. */
  revision: string;
  shows: Dependencies;
}

type ViewOf<K extends View['kind']> = Extract<View, { kind: K }>;

/** What the store notes of a page that is not on the site. */
const NO_PAGE = { revision: null, shows: {} };

const isKind = <K extends View['kind']>(view: View, kind: K): view is ViewOf<K> =>
  view.kind === kind;

/**
 * Looks a path up in the site, and renders its body. Throws while its post cannot be used: Next then
 * keeps the last good page, or stops the build.
 * With `previewData` the page shows that draft; Next stores no such page, and passes on no such answer.
 */
export async function pageProps<K extends View['kind']>(
  kind: K,
  path: string,
  previewData?: PreviewData,
): Promise<GetStaticPropsResult<PageProps<ViewOf<K>>>> {
  const draft = DraftId.safeParse(previewData).data;
  const previewed = draft && (await contentWith(draft));
  if (previewed && previewed.path !== path) return { notFound: true };
  const content = previewed?.content ?? (await currentContent());
  const { building, revalidateSeconds } = environment();
  const untilNextSeconds = Math.ceil((content.site.until - Date.now()) / 1000);
  // What is rendered while the store is away is not stored, and while posts are being checked lists grow
  // without a purge: no edge should keep that.
  const isKept = building || (storeProblem() === undefined && content.unchecked.size === 0);
  const revalidate = isKept ? Math.max(1, Math.min(revalidateSeconds, untilNextSeconds)) : 1;

  // A post that is not listed yet has its page all the same.
  const site = content.unchecked.has(path) ? wholeSite(content) : content.site;
  const page = site.pages.get(path);
  if (page?.view.kind === 'redirect') {
    const { revision, shows, view } = page;
    noteRender(path, { revision, shows });
    return { redirect: { destination: view.to, permanent: view.permanent }, revalidate };
  }
  const problem = content.problemAt.get(path);
  if (!page && problem) throw new Error(describeProblem(problem));
  if (!page || !isKind(page.view, kind)) {
    if (!previewed) noteRender(path, NO_PAGE);
    return { notFound: true, revalidate: Math.min(revalidate, NOT_FOUND_SECONDS) };
  }

  const { revision, shows } = page;
  const forget = previewed ? () => undefined : noteRender(path, { revision, shows });
  const body = await bodyOf(content, path).catch((error: unknown) => {
    forget();
    throw error;
  });
  // As JSON, in which Next stores the props: it refuses members that are undefined.
  const props: PageProps<ViewOf<K>> = JSON.parse(
    JSON.stringify({
      view: page.view,
      body,
      revision,
      shows,
    }),
  );
  return { props, revalidate };
}

/**
 * The pages of one route that a build renders; visitors have the others rendered at their first
 * visit. `route` is named as in `pages/`. Throws if the source cannot be read.
 */
export async function staticPaths(
  route: string,
  most = Infinity,
): Promise<{ paths: string[]; fallback: 'blocking' }> {
  const matches = testOfPattern(route);
  if (!matches) throw new Error(`${route} is not in the table of routes`);
  const { site } = await currentContent();
  // Next renders no redirects in a build.
  const paths = [...site.pages].filter(([path, { kind }]) => kind !== 'redirect' && matches(path));
  return { paths: paths.slice(0, most).map(([path]) => path), fallback: 'blocking' };
}
