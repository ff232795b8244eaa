/**
 * The history of some posts, and the check of what visitors were served against it. Pure: no server.
 */
import { MISSING_PATH } from '../../lib/site/paths';
import { type Written } from './edits';

/** One version of a post: written by the edit of this number; without `post`, it was removed. */
export interface Version {
  edit: number;
  post?: Written;
}

/** All versions of each post, in their order; the first is that it is not there. */
export type History = ReadonlyMap<string, readonly Version[]>;

/** By slug, the place of the version in the history below which nothing may be served. */
export type Promised = ReadonlyMap<string, number>;

/** What a visitor was served, as far as it tells of versions. */
export interface Shown {
  path: string;
  status: number;
  /** The titles found, each `<slug>-v<number>`. */
  titles: ReadonlySet<string>;
  /** The posts linked to. */
  linked: ReadonlySet<string>;
}

/** Reads a response. */
export function shownIn(path: string, status: number, text: string): Shown {
  const titles = new Set(text.match(/\bp\d+-v\d+\b/g));
  const linked = new Set([...text.matchAll(/\/blog\/(p\d+)\b/g)].flatMap(([, slug]) => slug ?? []));
  return { path, status, titles, linked };
}

/** What a list of that path lists, if it is one; the posts are few enough for one page. */
function listOf(path: string): ((post: Written) => boolean) | undefined {
  const [, kind, name = ''] = path.split('/');
  if (['', 'feed.xml', 'sitemap.xml'].includes(kind ?? '')) return () => true;
  if (kind === 'category') return ({ category }) => category === name;
  if (kind === 'tag') return ({ tags }) => tags.includes(name);
  return undefined;
}

/**
 * What is wrong with a response, if anything: of each post it must show a version that was promised or
 * a later one, begun to be written before the edit numbered `until`. Posts that are edited at the same
 * time need not be read at the same time.
 */
export function faultIn(
  { path, status, titles, linked }: Shown,
  history: History,
  promised: Promised,
  until: number,
): string | undefined {
  const possible = (slug: string) =>
    (history.get(slug) ?? [])
      .slice(promised.get(slug) ?? 0)
      .filter(({ edit }) => edit < until)
      .map(({ post }) => post);
  const told = (posts: (Written | undefined)[]) =>
    posts.map((post) => post?.title ?? 'removed').join(' or ');

  const bySlug = new Map<string, string>();
  for (const title of titles) {
    const slug = title.slice(0, title.indexOf('-'));
    const twin = bySlug.get(slug);
    if (twin !== undefined) return `shows both ${twin} and ${title}`;
    bySlug.set(slug, title);
    if (!possible(slug).some((post) => post?.title === title)) {
      return `shows ${title}, not ${told(possible(slug))}`;
    }
  }

  const [, kind, own = ''] = path.split('/');
  if (kind === 'blog' && history.has(own)) {
    const isPossible =
      status === 404 ? possible(own).some((post) => !post) : status === 200 && bySlug.has(own);
    return isPossible ? undefined : `answers ${status}, not ${told(possible(own))}`;
  }
  const lists = listOf(path);
  if (status !== 200 && status !== 404) return `answers ${status}`;
  if (!lists) return undefined;
  for (const slug of history.keys()) {
    const isListed = status === 200 && linked.has(slug);
    if (!possible(slug).some((post) => (post !== undefined && lists(post)) === isListed)) {
      return `${isListed ? 'lists' : 'does not list'} ${slug}: ${told(possible(slug))}`;
    }
  }
  return undefined;
}

/** What an instance noted: a request's look into the store, the beginning of a render, or its end. */
export interface Note {
  atMs: number;
  what: 'get' | 'render' | 'set';
  /** The request that looked; empty for those that Next makes itself. */
  visit: string;
  path: string;
}

/** The notes that a copy of the project writes: see `build-site.ts`. */
export const notesIn = (log: string): Note[] =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/**
 * When the work began whose result a request was served, in ms since 1970, if it was not its own: Next
 * joins it to a look, or to a render, of the same path that is under way.
 */
export function joinedSince(
  notes: readonly Note[],
  {
    visit,
    shown,
    isStored,
    sentAtMs,
  }: { visit: string; shown: Shown; isStored: boolean; sentAtMs: number },
): number | undefined {
  const paths = [shown.path, ...(shown.status === 404 ? [MISSING_PATH] : [])];
  const since = paths.flatMap((path) => {
    const own = notes.findIndex(
      (note) => note.what === 'get' && note.visit === visit && note.path === path,
    );
    const before = notes.slice(
      0,
      own >= 0 ? own : notes.findLastIndex(({ atMs }) => atMs <= sentAtMs) + 1,
    );
    // Its own look found it.
    if (own >= 0 && isStored && shown.status === 200) return [];
    const isOthers = ({ what, visit: other }: Note) =>
      own >= 0 ? what !== 'get' : what === 'get' && other !== '';
    const last = before.findLast((note) => note.path === path && isOthers(note));
    return last && last.what !== 'set' ? last.atMs : [];
  });
  return since.length > 0 ? Math.min(...since) : undefined;
}
