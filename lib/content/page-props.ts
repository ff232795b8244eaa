/**
 * From a path to the props of its page, rendered from the newest snapshot: what every file in
 * `pages/` calls from getStaticProps.
 */
import type { GetStaticPropsResult, PreviewData } from 'next';
import type { Bodies } from '../body/body';
import { showComments, type ShownComment } from '../body/comments';
import type { Body } from '../body/prose';
import { NOT_FOUND_SECONDS, type Environment } from '../config';
import { testOfFile } from '../site/routes';
import { dependenciesOf, type Dependencies } from '../site/dependencies';
import type { View, ViewOf } from '../site/views';
import { describeProblem } from '../source/post';
import { MOVED, MovedText } from '../text';
import type { Store } from '../store/store';
import { snapshotWithDraft } from './draft';
import { DraftId } from '../source/draft-id';
import { leadAt, type Elsewhere } from './elsewhere';
import type { Snapshot, Snapshots } from './snapshots';

/** What a page is rendered from. */
export interface PageProps<V extends View = View> {
  view: V;
  /** Absent on pages of no post. */
  body?: Body;
  /** What readers wrote about the post, in threads. */
  comments?: ShownComment[];
  /** Both are kept with the stored page: what it is compared by, and why it differs. */
  revision: string;
  dependencies: Dependencies;
}

/** What props are made from. */
export interface PagePropsParts {
  settings: () => Environment;
  snapshots: Snapshots;
  store: Pick<Store, 'noteRender' | 'problem'>;
  elsewhere: Pick<Elsewhere, 'leadOf'>;
  bodies: Pick<Bodies, 'check' | 'render'>;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** What the store notes of a page that is not on the site. */
const NO_PAGE = { revision: null, dependencies: {} };

const isKind = <K extends View['kind']>(view: View, kinds: K | readonly K[]): view is ViewOf<K> =>
  [kinds].flat().some((kind) => kind === view.kind);

/**
 * Looks a path up in the site, and renders its body. Throws while its post cannot be used: Next then
 * keeps the last good page, or stops the build. `kinds` names what the caller can show.
 * With `previewData` the page shows that draft; Next stores no such page, and passes on no such answer.
 */
export const pageProps = <K extends View['kind']>(
  parts: PagePropsParts,
  kinds: K | readonly K[],
  path: string,
  previewData?: PreviewData,
): Promise<GetStaticPropsResult<PageProps<ViewOf<K>>>> =>
  parts.snapshots.withTexts(() => propsOf(parts, kinds, path, previewData));

async function propsOf<K extends View['kind']>(
  { settings, snapshots, store, elsewhere, bodies, now }: PagePropsParts,
  kinds: K | readonly K[],
  path: string,
  previewData?: PreviewData,
): Promise<GetStaticPropsResult<PageProps<ViewOf<K>>>> {
  const draft = DraftId.safeParse(previewData).data;
  const previewed = draft && (await snapshotWithDraft(draft, snapshots, settings(), now()));
  if (previewed && previewed.path !== path) return { notFound: true };
  const current = await snapshots.current();
  const { building, developing, revalidateSeconds } = settings();
  const known = snapshots.newest() ?? current;
  const isPage = building || known.site.pageAt(path) !== undefined;
  const lead = isPage ? undefined : await leadAt(path, known, elsewhere);
  // From here to `noteRender` nothing is waited for: a purge that reads a newer one knows of this render.
  const snapshot = previewed?.snapshot ?? snapshots.newest() ?? current;
  const untilNextSeconds = Math.ceil((snapshot.site.until - now()) / 1000);
  // What is rendered while the store is away is not stored, and while posts are being checked lists grow
  // without a purge: no edge should keep that.
  const isKept = building || (store.problem() === undefined && snapshot.unchecked.size === 0);
  const revalidate = isKept ? Math.max(1, Math.min(revalidateSeconds, untilNextSeconds)) : 1;

  // A post that is not listed yet has its page all the same.
  const site = snapshot.unchecked.has(path) ? snapshots.wholeSite(snapshot) : snapshot.site;
  const page = site.pageAt(path);
  const view = page?.view;
  if (page && view?.kind === 'redirect') {
    const { revision, dependencies } = page;
    store.noteRender(path, { revision, dependencies });
    return { redirect: { destination: view.to, statusCode: view.status }, revalidate };
  }
  const problem = snapshot.problemAt.get(path);
  // An author who works on a post wants to know; visitors go on reading its last good version.
  if (problem && (!page || developing)) throw new Error(describeProblem(problem));
  if (!page || !view || !isKind(view, kinds)) {
    if (!previewed) store.noteRender(path, NO_PAGE);
    // Not stored: there is no end of other forms of addresses.
    if (lead) {
      return { redirect: { destination: lead.to, statusCode: lead.status }, revalidate: 1 };
    }
    return { notFound: true, revalidate: Math.min(revalidate, NOT_FOUND_SECONDS) };
  }

  const { revision, url } = page;
  // Not those that the page keeps once it was asked for them: of all pages that is too much.
  const dependencies = dependenciesOf(url, view);
  const forget = previewed ? () => undefined : store.noteRender(path, { revision, dependencies });
  const rendered = await bodyOf(snapshot, path, bodies).catch((error: unknown) => {
    forget();
    throw error;
  });
  // As JSON, in which Next stores the props: it refuses members that are undefined.
  const props: PageProps<ViewOf<K>> = JSON.parse(
    JSON.stringify({ view, ...rendered, revision, dependencies }),
  );
  return { props, revalidate };
}

/** The body of a path's page, if it has one, and its comments. Throws if it cannot be rendered, and says why. */
async function bodyOf(
  { site, unchecked }: Snapshot,
  path: string,
  bodies: PagePropsParts['bodies'],
): Promise<Pick<PageProps, 'body' | 'comments'>> {
  const post = unchecked.get(path) ?? site.posts.get(path);
  if (!post) return {};
  const problem = await bodies.check(post);
  if (problem?.kind === MOVED) throw new MovedText(post.file);
  if (problem) throw new Error(describeProblem(problem));
  // What its author is told is nobody else's affair.
  const body = { ...(await bodies.render(post)), warnings: undefined };
  const { discussion, html } = post;
  const comments = discussion && html && (await showComments(discussion.comments, html.base));
  return { body, comments };
}

/**
 * The pages of one route that a build renders; visitors have the others rendered at their first
 * visit. `route` is named as in `pages/`. Throws if the source cannot be read.
 */
export async function staticPaths(
  { snapshots }: Pick<PagePropsParts, 'snapshots'>,
  route: string,
  most = Infinity,
): Promise<{ paths: string[]; fallback: 'blocking' }> {
  const matches = testOfFile(route);
  if (!matches) throw new Error(`${route} is not in the table of routes`);
  const { site } = await snapshots.current();
  // Next renders no redirects in a build.
  const paths = [...site.pages].filter(([path, { kind }]) => kind !== 'redirect' && matches(path));
  return { paths: paths.slice(0, most).map(([path]) => path), fallback: 'blocking' };
}
