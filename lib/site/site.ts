/**
 * The site as a value: a pure function of the posts, and of what their source tells of the site itself, from
 * each path to what its page shows.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Name, Post } from '../source/post';
import { redirectTo } from './entries';
import { frameOf, NO_FACTS, type Frame, type SiteFacts } from './facts';
import type { Published } from './kinds';
import { prefixOf, SECTIONS, sectionOf, type Section } from './languages';
import { bySlug, groupBy, newestFirst, type Group } from './lists';
import { seriesOf, translationsOf } from './kin';
import { countsOfLists, leadOf, leadOfQuery, type Addresses, type Lead } from './other-addresses';
import { LazyPage, type Page, type Place, type Recipe } from './page';
import { pathOfPost, slugOfAuthor } from './paths';
import { relatedPosts } from './related';
import { ADD_PAGES, ADD_PAGES_OF_SECTION } from './routes';
import { make, type Made } from './same';

/** The site at one instant. */
export interface Site {
  pages: ReadonlyMap<string, Page>;
  /** Blog posts in the site's own language, newest first. */
  newest: Post[];
  /** The blog posts of a section. */
  postsIn: (section: Section | undefined) => SectionPosts;
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
}

/** The blog posts of one language. */
export interface SectionPosts {
  /** Newest first. */
  newest: Post[];
  /** What they group by, kept for the next site: most edits leave that as it is. */
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

  const hasFrontPage = published.some((post) => post.page && pathOfPost(post) === '/');
  const { postsPage } = facts;
  const newestAt = hasFrontPage ? postsPage?.path : '/';
  const frame = keepIfEqual(frameOf(facts, newestAt), previous?.frame);
  const pinned = new Set(facts.sticky);
  const translations = translationsOf(published);
  const sections = new Map<Section | undefined, SectionPosts>();
  const pages = new Map<string, Page>();
  for (const section of [undefined, ...SECTIONS]) {
    const posts =
      SECTIONS.length === 0
        ? published
        : published.filter(({ language }) => sectionOf(language) === section);
    const newest = posts.filter((post) => !post.page).sort(newestFirst);
    const grouped = group(newest, previous?.postsIn(section).grouped);
    sections.set(section, { newest, grouped });
    const ordered: Published = {
      section,
      prefix: prefixOf(section),
      posts: newest,
      newestAt: section === undefined ? newestAt : prefixOf(section),
      pinned: newest.filter((post) => post.pinned ?? pinned.has(pathOfPost(post))),
      facts,
      standalone: posts.filter((post) => post.page).sort(bySlug),
      categories: grouped.categories.value,
      tags: grouped.tags.value.groups,
      authors: grouped.authors.value,
      related: grouped.tags.value.related,
      series: seriesOf(newest),
      translations,
    };
    const place: Place = { origin, frame, section };
    for (const addPages of section === undefined ? ADD_PAGES : ADD_PAGES_OF_SECTION) {
      addPages(ordered, (path, recipe, ...inputs) => {
        // An alias never takes the place of a page, nor of another alias; nothing else meets.
        if (YIELDING.has(recipe.kind) && pages.has(path)) return;
        const known = previous?.pages.get(path);
        const page = known?.isMadeOf(place, recipe, inputs)
          ? known
          : new LazyPage(place, path, recipe, inputs);
        pages.set(path, page);
      });
    }
  }
  const own = sections.get(undefined) ?? NO_POSTS;
  const posts = new Map(published.map((post) => [pathOfPost(post), post]));
  const addresses = {
    pages,
    posts,
    aliases: facts.aliases,
    newestAt,
    postsOfList: countsOfLists(newestAt, own.newest.length, {
      category: own.grouped.categories.value,
      tag: own.grouped.tags.value.groups,
      author: own.grouped.authors.value,
    }),
  };
  return {
    pages,
    newest: own.newest,
    postsIn: (section) => sections.get(section) ?? NO_POSTS,
    posts,
    pageAt: (path) => pages.get(path) ?? aliasAt(path, { origin, frame }, addresses),
    leadOf: (path) => leadOf(path, addresses),
    leadOfQuery: (query) => leadOfQuery(query, addresses),
    until,
    facts,
    frame,
  };
}

/** What stands at a path only where nothing else does. */
const YIELDING: ReadonlySet<string> = new Set(['redirect', 'years']);

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

function group(posts: Post[], before: Grouped | undefined): Grouped {
  return {
    categories: make(groupBy, posts.map(categoriesOf), before?.categories),
    tags: make(
      groupTags,
      posts.map(({ tags }) => tags),
      before?.tags,
    ),
    authors: make(groupBy, posts.map(authorsOf), before?.authors),
  };
}

function groupTags(tags: Names): { groups: Groups; related: number[][] } {
  const groups = groupBy(tags);
  return { groups, related: relatedPosts(tags.length, groups.values()) };
}

const categoriesOf = ({ category, alsoIn = [] }: Post): Name[] =>
  category === undefined ? alsoIn : [category, ...alsoIn];

const authorsOf = (post: Post): [name: string, slug: string][] =>
  post.author === undefined ? [] : [[post.author, slugOfAuthor(post)]];

const NO_POSTS: SectionPosts = { newest: [], grouped: group([], undefined) };
