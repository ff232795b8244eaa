/**
 * The routes of the site: the one table of its kinds of pages. From it come the pages themselves, the
 * slugs that are reserved, which paths and patterns a purge may name, and what a build prerenders.
 *
 * A new kind takes an entry here, a function in `kinds.ts`, and a file in `pages/`.
 */
import { prefixOf, SECTIONS, sectionOfPath } from './languages';
import {
  addAuthorPages,
  addCategoryPages,
  addHomePages,
  addMissingPage,
  addPostPages,
  addRedirects,
  addStandalonePages,
  addTagPages,
  addTopicsPage,
  addYearPages,
  type AddPages,
} from './kinds';

/** One kind of page. */
interface Route {
  /** The forms of its paths, named as Next names the files in `pages/`. */
  patterns: readonly string[];
  /** What it adds to the site; absent if it is computed for each request, so that no purge is needed. */
  add?: AddPages;
  /** True if each page is one post, and not a list. */
  ofOnePost?: true;
  /** True if a standalone page may have its path, too, and then takes its place. */
  yields?: true;
  /** True if further languages have none of their own. */
  ofWholeSite?: true;
}

/** In the site's own language. */
const OWN_ROUTES: readonly Route[] = [
  { patterns: ['/', '/blog/page/[number]'], add: addHomePages },
  {
    // The last one has those below others.
    patterns: ['/category/[category]', '/category/[category]/page/[number]', '/category/[...path]'],
    add: addCategoryPages,
  },
  { patterns: ['/tag/[tag]', '/tag/[tag]/page/[number]'], add: addTagPages },
  { patterns: ['/author/[author]', '/author/[author]/page/[number]'], add: addAuthorPages },
  { patterns: ['/topics'], add: addTopicsPage },
  { patterns: ['/blog/[slug]'], add: addPostPages, ofOnePost: true },
  // One file serves both, `pages/[...path].tsx`.
  { patterns: ['/[slug]'], add: addStandalonePages, ofOnePost: true },
  // After the posts: where two want one path, the first has it.
  { patterns: ['/archive', '/archive/[year]'], add: addYearPages, yields: true },
  { patterns: ['/[...path]'], add: addRedirects, ofOnePost: true },
  { patterns: ['/404'], add: addMissingPage, ofWholeSite: true },
  { patterns: ['/feed.xml', '/atom.xml', '/feed.json'] },
  // One file serves both, `pages/topic-feed.tsx`.
  { patterns: ['/category/[...path]/feed.xml', '/tag/[tag]/feed.xml'] },
  { patterns: ['/robots.txt'], ofWholeSite: true },
  { patterns: ['/search'] },
  { patterns: ['/sitemap.xml', '/sitemap/[part].xml'], ofWholeSite: true },
];

const OF_SECTIONS = OWN_ROUTES.filter(({ ofWholeSite }) => !ofWholeSite);

/** With the same for each further language, which `pages/[...path].tsx` and rewrites serve. */
const ROUTES: readonly Route[] = [
  ...SECTIONS.flatMap((section) =>
    OF_SECTIONS.map((route) => ({
      ...route,
      patterns: route.patterns.map((pattern) => prefixOf(section) + pattern.replace(/^\/$/, '')),
    })),
  ),
  ...OWN_ROUTES,
];

/** What else `pages/` and Next have at the top level, and nobody can purge: with all below, or alone. */
const NO_FOLDERS = new Set(['_next', 'api', 'cards', 'console', 'files']);
const NO_PAGES = new Set(['500', '_error', 'index', 'topic-feed', 'wp-query']);

const STORED = ROUTES.filter(({ add }) => add);

const addedBy = (routes: readonly Route[]): AddPages[] => routes.flatMap(({ add }) => add ?? []);

/** The functions that add the pages of each kind, in the order in which the site lists them. */
export const ADD_PAGES: readonly AddPages[] = addedBy(OWN_ROUTES);

/** The same of a further language. */
export const ADD_PAGES_OF_SECTION: readonly AddPages[] = addedBy(OF_SECTIONS);

const patternsOf = (routes: readonly Route[]): string[] =>
  routes.flatMap(({ patterns }) => patterns);

const ALL_PATTERNS = patternsOf(ROUTES);

/** The names of the patterns that a purge may name, as `pages/` has them. */
export const PATTERNS: readonly string[] = patternsOf(STORED);

/** A pattern as an expression: `[x]` stands for one segment, `[...x]` for all that follow. */
const formOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll('.', '\\.')
      .replace(/\[\\\.\\\.\\\.[^\]]*\]/g, '.+')
      .replace(/\[[^\]]*\]/g, '[^/]+')}$`,
  );

/** True for the patterns that Next tries last, since any path has their form. */
const isOpen = (pattern: string): boolean => pattern.startsWith('/[');

/** True for those that it tries last of one folder. */
const isOpenBelow = (pattern: string): boolean => /^\/[^[].*\[\.\.\.[^/]*$/.test(pattern);

const formsOf = (patterns: readonly string[]): RegExp[] =>
  patterns.filter((pattern) => !isOpen(pattern)).map(formOf);

const COMPUTED = formsOf(patternsOf(ROUTES.filter(({ add }) => !add)));
const NAMED = formsOf(PATTERNS);
const ALL_NAMED = formsOf(ALL_PATTERNS);
const CLOSED = formsOf(ALL_PATTERNS.filter((pattern) => !isOpenBelow(pattern)));

const fitsAny = (forms: readonly RegExp[], path: string): boolean =>
  forms.some((form) => form.test(path));

/** True for a path that `pages/` computes for each request: feed, sitemap, search. */
export const isComputed = (path: string): boolean => fitsAny(COMPUTED, path);

/** True for the path of a route that begins with a name of its own, or is `/`: not of `/[slug]`. */
export const isOfNamedRoute = (path: string): boolean => fitsAny(NAMED, path);

/**
 * A test whether a path belongs to a pattern; undefined if there is no such pattern. The names in its
 * brackets do not matter.
 */
export function testOfPattern(pattern: string): ((path: string) => boolean) | undefined {
  const known = PATTERNS.find((one) => withoutNames(one) === withoutNames(pattern));
  if (known === undefined) return undefined;
  const form = formOf(known);
  const before = isOpen(known) ? ALL_NAMED : isOpenBelow(known) ? CLOSED : [];
  return (path) => form.test(path) && !fitsAny(before, path);
}

/** The catch-all, which serves all of further languages, too. */
const CATCH_ALL = '/[...path]';

/** A test whether the file of a pattern in `pages/` serves a path; undefined if there is no such pattern. */
export function testOfFile(pattern: string): ((path: string) => boolean) | undefined {
  const test = testOfPattern(pattern);
  return test && pattern === CATCH_ALL
    ? (path) => test(path) || sectionOfPath(path) !== undefined
    : test;
}

const withoutNames = (pattern: string): string => pattern.replace(/\[(\.\.\.)?[^\]/]*\]/g, '[$1]');

const firstSegmentOf = (pattern: string): string => pattern.split('/')[1] ?? '';

/** The folders whose pages a purge may name by a prefix, such as `blog` for `/blog/*`. */
export const FOLDERS: readonly string[] = [
  ...new Set(PATTERNS.filter((one) => /^\/[^[]+\/.*\[/.test(one)).map(firstSegmentOf)),
];

const LISTS_OF_OURS = STORED.filter(({ ofOnePost }) => !ofOnePost);
const LIST_PATTERNS = patternsOf(LISTS_OF_OURS);
const RESERVED = patternsOf(LISTS_OF_OURS.filter(({ yields }) => !yields));
const RESERVED_FORMS = formsOf(RESERVED.filter((pattern) => !isOpenBelow(pattern)));

/** True for the segments of a path that only the site itself, or Next, can have. */
export function isReserved(...segments: readonly string[]): boolean {
  const [first = '', ...others] = segments.map((segment) => segment.toLowerCase());
  if (NO_FOLDERS.has(first) || (others.length === 0 && NO_PAGES.has(first))) return true;
  const path = `/${[first, ...others].join('/')}`;
  return isComputed(path) || fitsAny(RESERVED_FORMS, path);
}

/** The beginnings of the paths of lists, or the paths themselves where there is one. */
const LISTS = LIST_PATTERNS.map((pattern) => ({
  isWhole: !pattern.includes('['),
  start: pattern.replace(/\[.*/, ''),
}));

/** True for the path of a list, and for whatever lies below one. */
export const isAtList = (path: string): boolean =>
  LISTS.some(({ isWhole, start }) => (isWhole ? path === start : path.startsWith(start)));
