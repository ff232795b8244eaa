/**
 * The site as a value: a pure function of the posts, and of what their source tells of the site itself, from
 * each path to what its page shows.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Name, Post } from '../source/post';
import { redirectTo } from './entries';
import { frameOf, NO_FACTS, type Frame, type SiteFacts } from './facts';
import type { Published } from './kinds';
import { bySlug, groupBy, newestFirst, type Group } from './lists';
import { countsOfLists, leadOf, leadOfQuery, type Addresses, type Lead } from './other-addresses';
import { LazyPage, type Page, type Place, type Recipe } from './page';
import { pathOfPost, slugOfAuthor } from './paths';
import { relatedPosts } from './related';
import { ADD_PAGES } from './routes';
import { make, type Made } from './same';

/** The site at one instant. */
export interface Site {
  pages: ReadonlyMap<string, Page>;
  /** Blog posts, newest first. */
  newest: Post[];
  /** Blog posts and standalone pages, by their paths. */
  posts: ReadonlyMap<string, Post>;
  /** The page at a path: one of those, or the redirect of an alias, which is made when it is asked for. */
  pageAt: (path: string) => Page | undefined;
  /** Where visitors are led from an address that has no page. */
  leadOf: (path: string) => Lead | undefined;
  /** The same from the home page's address with a query, as WordPress has it. */
  leadOfQuery: (query: URLSearchParams) => Lead | undefined;
  /** When the next scheduled post appears, in ms since 1970; Infinity if none is scheduled. */
  until: number;
  /** What it was made of beside the posts. */
  facts: SiteFacts;
  /** What all pages show of it; undefined where the source tells nothing. */
  frame?: Frame;
  /** What the blog posts group by, for the next site: most edits leave that as it is. */
  grouped: Grouped;
}

/** For each of the blog posts, newest first, the names that it is grouped by. */
type Names = readonly (readonly Name[])[];

/** Groups of posts by the slugs of their names. */
type Groups = ReadonlyMap<string, Group>;

interface Grouped {
  categories: Made<Names, Groups>;
  tags: Made<Names, { groups: Groups; related: number[][] }>;
  authors: Made<Names, Groups>;
}

/**
 * Computes the site from all posts as they are at `now` (ms since 1970): without drafts and without
 * posts dated later. `origin` is the site's scheme, host and port. Pages that are made of the same as
 * those of the `previous` site are those, and are not computed again; the result is the same without it.
 * `facts` are what the source tells of the site itself.
 */
export function siteOf(
  all: Post[],
  now: number,
  origin: string,
  previous?: Site,
  facts: SiteFacts = NO_FACTS,
): Site {
  // Dates are compared as texts: all are ISO 8601 in UTC.
  const nowDate = new Date(now).toISOString();
  const published = all.filter((post) => !post.draft && post.date <= nowDate);
  const scheduled = all.filter((post) => !post.draft && post.date > nowDate);
  const until = scheduled.reduce((next, { date }) => Math.min(next, Date.parse(date)), Infinity);

  const newest = published.filter((post) => !post.page).sort(newestFirst);
  const grouped = group(newest, previous?.grouped);
  const standalone = published.filter((post) => post.page).sort(bySlug);
  const hasFrontPage = standalone.some((post) => pathOfPost(post) === '/');
  const { postsPage } = facts;
  const newestAt = hasFrontPage ? postsPage?.path : '/';
  const frame = keepIfEqual(frameOf(facts, newestAt), previous?.frame);
  const sticky = new Set(facts.sticky);
  const ordered: Published = {
    posts: newest,
    newestAt,
    sticky: sticky.size === 0 ? [] : newest.filter((post) => sticky.has(pathOfPost(post))),
    facts,
    standalone,
    categories: grouped.categories.value,
    tags: grouped.tags.value.groups,
    authors: grouped.authors.value,
    related: grouped.tags.value.related,
  };
  const pages = new Map<string, Page>();
  const place: Place = { origin, frame };
  for (const addPages of ADD_PAGES) {
    addPages(ordered, (path, recipe, ...inputs) => {
      // An alias never takes the place of a page, nor of another alias; nothing else meets.
      if (recipe.kind === 'redirect' && pages.has(path)) return;
      const known = previous?.pages.get(path);
      const page = known?.isMadeOf(place, recipe, inputs)
        ? known
        : new LazyPage(place, path, recipe, inputs);
      pages.set(path, page);
    });
  }
  const posts = new Map(published.map((post) => [pathOfPost(post), post]));
  const addresses = {
    pages,
    posts,
    aliases: facts.aliases,
    newestAt,
    postsOfList: countsOfLists(newestAt, newest.length, {
      category: ordered.categories,
      tag: ordered.tags,
      author: ordered.authors,
    }),
  };
  return {
    pages,
    newest,
    posts,
    pageAt: (path) => pages.get(path) ?? aliasAt(path, place, addresses),
    leadOf: (path) => leadOf(path, addresses),
    leadOfQuery: (query) => leadOfQuery(query, addresses),
    until,
    facts,
    frame,
    grouped,
  };
}

/** Not kept among the pages: a source may have one for each of ten thousand posts, and few are visited. */
function aliasAt(path: string, place: Place, { aliases, pages }: Addresses): Page | undefined {
  const target = aliases.get(path);
  if (!target || !pages.has(target.to)) return undefined;
  return new LazyPage(place, path, ALIAS, [target.to, target.moved ? 301 : 308]);
}

const ALIAS: Recipe<[to: string, status: 301 | 308]> = {
  kind: 'redirect',
  view: (_, to, status) => redirectTo(to, status),
};

/** The frame that was there before, if it is equal: pages tell it by identity. */
const keepIfEqual = (frame: Frame | undefined, before: Frame | undefined): Frame | undefined =>
  isDeepStrictEqual(frame, before) ? before : frame;

const group = (posts: Post[], before: Grouped | undefined): Grouped => ({
  categories: make(groupBy, posts.map(categoriesOf), before?.categories),
  tags: make(
    groupTags,
    posts.map(({ tags }) => tags),
    before?.tags,
  ),
  authors: make(groupBy, posts.map(authorsOf), before?.authors),
});

function groupTags(tags: Names): { groups: Groups; related: number[][] } {
  const groups = groupBy(tags);
  return { groups, related: relatedPosts(tags.length, groups.values()) };
}

const categoriesOf = ({ category, alsoIn = [] }: Post): Name[] =>
  category === undefined ? alsoIn : [category, ...alsoIn];

const authorsOf = (post: Post): [name: string, slug: string][] =>
  post.author === undefined ? [] : [[post.author, slugOfAuthor(post)]];
