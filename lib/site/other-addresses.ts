/**
 * Other addresses of what the site has: those that a source gives it, and other spellings and forms of an
 * address. Visitors are led on from them, and purges understand them. Pure.
 */
import type { Post } from '../source/post';
import { dayOf } from './entries';
import { prefixOf, sectionOfPath } from './languages';
import { feedOfList, FEEDS, KINDS_WITH_FEED } from './feeds';
import { PAGE_SIZE, type Group } from './lists';
import type { Page } from './page';
import { pathOf, segmentsOf, slugOfName, slugOfPath } from './paths';
import { isComputed } from './routes';
import { slugOf, spelledOurWay } from './slugs';

/** Where an alias leads: a path of the site. */
export interface AliasTarget {
  to: string;
  /** True if what is there now was at this alias before it moved. */
  moved?: true;
}

/**
 * Where a source has what the site has: by paths, and by numbers, such as `/?p=12`, `/?cat=3` and
 * `/?author=1`.
 */
export type Aliases = ReadonlyMap<string, AliasTarget>;

/** Where a visitor is led: a path, perhaps with a query. */
export interface Lead {
  to: string;
  /** 308 from another form of an address, 301 from one that moved, 307 from one that means something else later. */
  status: 301 | 307 | 308;
}

/** What a search for an address goes through. */
export interface Addresses {
  pages: ReadonlyMap<string, Page>;
  /** Blog posts and standalone pages, by their paths. */
  posts: ReadonlyMap<string, Post>;
  aliases: Aliases;
  /** Where the newest posts stand; undefined if they have no page. */
  newestAt: string | undefined;
  /** How many posts the list at a path has in all; undefined if there is no list. */
  postsOfList: (path: string) => number | undefined;
}

/** A path with more segments is nobody's address. */
const MOST_SEGMENTS = 12;

/** The formats of feeds as WordPress names them, and as parts of the names of files. */
const FEED_FORMATS: Readonly<Record<string, string>> = {
  rss: FEEDS.rss.path,
  rss2: FEEDS.rss.path,
  rdf: FEEDS.rss.path,
  atom: FEEDS.atom.path,
  json: FEEDS.json.path,
};
const FEED_FILE = /^(?:feed|rss|rss2|atom|index)\.(?:xml|rdf|json)$/;
const SITEMAP_FILE = /^(?:wp-)?sitemap[\w-]*\.(?:xml|xsl)$/;
/** What WordPress appends to the address of a post for other forms of it. */
const OTHER_FORM = /^(?:embed|amp|trackback|attachment|\d+|comment-page-\d+)$/;
const INDEX_FILE = /^index\.(?:html?|php|aspx?)$/;
const FILE_ENDING = /\.(?:html?|php|aspx?)$/;

/** Folders in which Jekyll, Hugo, Hexo, Ghost and the like have posts. */
const POST_FOLDERS = new Set([
  ...['article', 'articles', 'blog', 'blogs', 'entries', 'entry', 'journal', 'notes', 'p', 'post'],
  ...['posts', 'writing', 'writings'],
]);

/** What they call the lists that this site has. */
const LIST_FOLDERS: Readonly<Record<string, string>> = {
  authors: 'author',
  categories: 'category',
  tags: 'tag',
};

/** The day before the rest of a name, as Jekyll's files have it. */
const DATED_NAME = /^(\d{4})-(\d\d?)-(\d\d?)-(.+)$/;

/** Where an address leads that is no page of the site; undefined if nowhere. */
export function leadOf(path: string, addresses: Addresses): Lead | undefined {
  let written: string[];
  try {
    written = segmentsOf(path).filter(Boolean);
  } catch {
    return undefined;
  }
  if (written.length > MOST_SEGMENTS) return undefined;
  // An alias may have capitals.
  const composed = written.map((segment) => segment.normalize('NFC'));
  const lead = at(composed, addresses) ?? find(written.map(spelledOurWay), addresses);
  return lead?.to === path ? undefined : lead;
}

/** The same of the address of the home page with a query, as WordPress has it: `?p=12`, `?s=word`. */
export function leadOfQuery(query: URLSearchParams, addresses: Addresses): Lead | undefined {
  const lead = leadOfMember(query, addresses);
  const number = Number(query.get('paged') ?? 1);
  return lead && number > 1 ? (numberedPage(lead.to, number, addresses) ?? lead) : lead;
}

/** The members of a query that name a page, each with the form in which its value leads there. */
const MEMBERS: Record<string, (value: string, addresses: Addresses) => Lead | undefined> = {
  // Of whatever the others name.
  feed: (format) => ({ to: FEED_FORMATS[format] ?? FEEDS.rss.path, status: 308 }),
  sitemap: () => ({ to: '/sitemap.xml', status: 308 }),
  p: (id, addresses) => alias(`/?p=${id}`, addresses),
  page_id: (id, addresses) => alias(`/?p=${id}`, addresses),
  attachment_id: (id, addresses) => alias(`/?p=${id}`, addresses),
  cat: (id, addresses) => alias(`/?cat=${id}`, addresses),
  author: (id, addresses) => alias(`/?author=${id}`, addresses),
  name: (slug, addresses) =>
    leadOf(pathOf('blog', slug), addresses) ?? at(['blog', slug], addresses),
  pagename: (path, addresses) => find(path.split('/').map(spelledOurWay), addresses),
  category_name: (path, addresses) => at(['category', ...path.split('/')], addresses),
  tag: (slug, addresses) => at(['tag', slug], addresses),
  author_name: (slug, addresses) => at(['author', slug], addresses),
  s: (words) => ({ to: `/search?${new URLSearchParams({ q: words }).toString()}`, status: 308 }),
  paged: (_, addresses) => at([], addresses),
};

/** The number by which a query names a post, a page or a picture: of all three it is one number. */
export const numberIn = (query: URLSearchParams): number | undefined => {
  const number = query.get('p') ?? query.get('page_id') ?? query.get('attachment_id') ?? '';
  return /^[1-9]\d{0,14}$/.test(number) ? Number(number) : undefined;
};

/** The query of an address as Next hands it over: of members that are there twice the first counts. */
export const queryIn = (query: Readonly<Record<string, string | string[] | undefined>>) =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => {
      const [first] = [value].flat();
      return first === undefined ? [] : [[name, first]];
    }),
  );

/** The names of those members. `next.config.js` and the edges in `deploy/` have the same ones. */
export const QUERY_MEMBERS: readonly string[] = Object.keys(MEMBERS);

/** True if a query may name a page. */
export const namesPage = (query: URLSearchParams): boolean =>
  QUERY_MEMBERS.some((name) => query.has(name));

function leadOfMember(query: URLSearchParams, addresses: Addresses): Lead | undefined {
  for (const [name, leadOfValue] of Object.entries(MEMBERS)) {
    const value = query.get(name);
    if (value !== null && value !== '') return leadOfValue(value, addresses);
  }
  return undefined;
}

/** What an alias leads to, if that is on the site. */
function alias(name: string, { pages, aliases }: Addresses): Lead | undefined {
  const target = aliases.get(name);
  return target && pages.has(target.to)
    ? { to: target.to, status: target.moved ? 301 : 308 }
    : undefined;
}

/** What is at just this address. */
function at(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const path = pathOf(...segments);
  const page = addresses.pages.get(path);
  if (page?.view.kind === 'redirect') return { to: page.view.to, status: page.view.status };
  if (page || isComputed(path)) return { to: path, status: 308 };
  return alias(path, addresses);
}

/** Looks for the address that these segments, in our spelling, are a form of. */
function find(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const [first, ...others] = segments;
  if (first === 'index.php') return find(others, addresses);
  const [last = '', beforeLast = ''] = [...segments].reverse();
  const above = segments.slice(0, -1);
  return (
    at(segments, addresses) ??
    feedAt(segments, addresses) ??
    (segments.length === 1 && SITEMAP_FILE.test(last)
      ? { to: '/sitemap.xml', status: 308 }
      : undefined) ??
    (beforeLast === 'page' && /^[1-9]\d*$/.test(last)
      ? pageOfListAt(segments.slice(0, -2), Number(last), addresses)
      : undefined) ??
    (first === 'search' && segments.length === 2 ? MEMBERS.s?.(last, addresses) : undefined) ??
    (INDEX_FILE.test(last) ? find(above, addresses) : undefined) ??
    (FILE_ENDING.test(last)
      ? find([...above, last.replace(FILE_ENDING, '')], addresses)
      : undefined) ??
    postAbove(segments, addresses) ??
    guess(segments, addresses)
  );
}

/**
 * A feed: of all posts, or of the category or the tag below whose address it is. That of the comments of a post
 * leads to the post.
 */
function feedAt(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const { above, to } = feedIn(segments) ?? {};
  if (above === undefined || to === undefined) return undefined;
  const isOfAll = above.length === 0 || (above.length === 1 && POST_FOLDERS.has(above[0] ?? ''));
  if (isOfAll) return { to, status: 308 };
  const section = sectionOfPath(pathOf(...above));
  if (section !== undefined && above.length === 1)
    return { to: prefixOf(section) + to, status: 308 };
  const lead = find(above, addresses);
  if (!lead) return undefined;
  const kind = addresses.pages.get(lead.to)?.kind;
  if (KINDS_WITH_FEED.some((one) => one === kind)) {
    return { to: feedOfList(lead.to), status: 308 };
  }
  return addresses.postsOfList(lead.to) === undefined ? lead : { to, status: 308 };
}

/** The segments above a feed, and the feed of all posts in its format. */
function feedIn(segments: readonly string[]): { above: string[]; to: string } | undefined {
  const [last = '', beforeLast = ''] = [...segments].reverse();
  const format = FEED_FORMATS[last];
  if (format !== undefined && beforeLast === 'feed')
    return { above: segments.slice(0, -2), to: format };
  const above = segments.slice(0, -1);
  if (last === 'feed') return { above, to: FEEDS.rss.path };
  if (format !== undefined && above.length === 0) return { above, to: format };
  if (!FEED_FILE.test(last)) return undefined;
  const [name = '', ending = ''] = last.split('.');
  return { above, to: FEED_FORMATS[ending] ?? FEED_FORMATS[name] ?? FEEDS.rss.path };
}

function pageOfListAt(
  segments: readonly string[],
  number: number,
  addresses: Addresses,
): Lead | undefined {
  // Of files nothing counted its pages otherwise.
  if (addresses.aliases.size === 0) return undefined;
  const list = segments.length === 0 ? at([], addresses) : find(segments, addresses);
  return list && numberedPage(list.to, number, addresses);
}

/**
 * The page of a list that shows what WordPress has on its page of this number, which it counts from the newest
 * post, so that with each new one it means something else.
 */
function numberedPage(
  list: string,
  number: number,
  { postsOfList, newestAt }: Addresses,
): Lead | undefined {
  const count = postsOfList(list);
  if (count === undefined) return undefined;
  const from = (number - 1) * PAGE_SIZE;
  const onHead = (count % PAGE_SIZE) + PAGE_SIZE;
  if (from < onHead || from >= count) return { to: list, status: 307 };
  const base = list === newestAt ? '/blog' : list;
  return { to: `${base}/page/${Math.ceil((count - from) / PAGE_SIZE)}`, status: 307 };
}

/** Another form of a post, or a picture of its own page, below the post's address. */
function postAbove(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const [last = ''] = segments.slice(-1);
  const above = segments.slice(0, -1);
  if (above.length === 0) return undefined;
  if (OTHER_FORM.test(last)) {
    const lead = at(above, addresses) ?? postAbove(above, addresses);
    if (lead && isOfPost(lead.to, addresses)) return lead;
    // As in /archives/12, whose alias is there where WordPress has that form now.
    return above.length === 1 && above[0] === 'archives'
      ? alias(`/?p=${last}`, addresses)
      : undefined;
  }
  // A picture of its own page: nothing else is below a post, and of pages nobody knows.
  if (addresses.aliases.size === 0) return undefined;
  const lead = at(above.at(-1) === 'attachment' ? above.slice(0, -1) : above, addresses);
  return lead && addresses.pages.get(lead.to)?.kind === 'post' ? lead : undefined;
}

const isOfPost = (path: string, { pages }: Addresses): boolean =>
  ['post', 'page'].includes(pages.get(path)?.kind ?? '');

/**
 * The post of the last segment. For a WordPress as it guesses itself: its permalinks may have had any other form.
 * For a site of files where all that stands before it is the post's own: its day, or a part of that, its category
 * or a tag, and folders in which other generators have posts.
 */
function guess(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const [last = ''] = segments.slice(-1);
  if (last === '') return undefined;
  if (addresses.aliases.size > 0) return at(['blog', last], addresses);
  const above = segments.slice(0, -1);
  return listOfOthers(segments, addresses) ?? postOfOthers(above, last, addresses);
}

/** A list where other generators have theirs: `/tags/a`, and of all of them `/tags`. */
function listOfOthers(
  [first = '', ...others]: readonly string[],
  addresses: Addresses,
): Lead | undefined {
  const folder = LIST_FOLDERS[first];
  if (folder === undefined) return undefined;
  if (others.length === 0) return folder === 'author' ? undefined : at(['topics'], addresses);
  return at([folder, ...others.map(slugOf)], addresses);
}

function postOfOthers(
  above: readonly string[],
  name: string,
  addresses: Addresses,
): Lead | undefined {
  const [, year = '', month = '', day = '', rest] = DATED_NAME.exec(name) ?? [];
  for (const [title, before] of [
    [name, above] as const,
    ...(rest === undefined ? [] : [[rest, [...above, year, month, day]] as const]),
  ]) {
    const slug = slugOf(title);
    if (slug === '') continue;
    const ofDay = before.slice(-3).map((segment) => segment.padStart(2, '0'));
    // Of posts with one title each but the first has its day in its slug.
    for (const own of [slug, [slug, ...ofDay].join('-')]) {
      const path = pathOf('blog', own);
      const post = addresses.posts.get(path);
      if (post && isOwn(before, post)) return { to: path, status: 308 };
    }
  }
  return undefined;
}

/** True if these segments say of a post what it says of itself. */
function isOwn(segments: readonly string[], post: Post): boolean {
  const { category, alsoIn = [], tags } = post;
  const topics = new Set(
    [...(category === undefined ? [] : [category]), ...alsoIn, ...tags].map(slugOfName),
  );
  const numbers = segments.filter((segment) => /^\d+$/.test(segment));
  const others = segments.filter((segment) => !/^\d+$/.test(segment));
  // With its whole day an address is the post's, whatever folder it was in.
  const isWholeDay = numbers.length === 3 && /^\d+$/.test(segments.at(-1) ?? '');
  return (
    (isWholeDay || others.every((one) => POST_FOLDERS.has(one) || topics.has(slugOf(one)))) &&
    [dayOf(post), post.date.slice(0, 10)].some((day) => isPartOfDay(numbers, day))
  );
}

/** True of none, a year, a year and a month, or a whole day. */
function isPartOfDay(numbers: readonly string[], day: string): boolean {
  const parts = day.split('-').map(Number);
  return (
    numbers.length <= parts.length &&
    numbers.every((number, index) => Number(number) === parts[index])
  );
}

/** How many posts the lists of a site have, by the paths of their heads. */
export function countsOfLists(
  newestAt: string | undefined,
  posts: number,
  groups: Readonly<Record<string, ReadonlyMap<string, Group>>>,
): (path: string) => number | undefined {
  return (path) => {
    if (path === newestAt) return posts;
    const [kind = ''] = path.slice(1).split('/');
    return groups[kind]?.get(slugOfPath(path))?.members.length;
  };
}
