/**
 * Other addresses of what the site has: those that a source gives it, and other spellings and forms of an
 * address. Visitors are led on from them, and purges understand them. Pure.
 */
import { PAGE_SIZE, type Group } from './lists';
import type { Page } from './page';
import { pathOf, segmentsOf, slugOfPath } from './paths';
import { isComputed } from './routes';
import { spelledOurWay } from './slugs';

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
  aliases: Aliases;
  /** Where the newest posts stand; undefined if they have no page. */
  newestAt: string | undefined;
  /** How many posts the list at a path has in all; undefined if there is no list. */
  postsOfList: (path: string) => number | undefined;
}

/** A path with more segments is nobody's address. */
const MOST_SEGMENTS = 12;

const FEED = '/feed.xml';
const FEED_FORMATS = new Set(['rss', 'rss2', 'atom', 'rdf']);
const FEED_FILE = /^(?:feed|rss|atom|index)\.(?:xml|rdf|json)$/;
const SITEMAP_FILE = /^(?:wp-)?sitemap[\w-]*\.(?:xml|xsl)$/;
/** What WordPress appends to the address of a post for other forms of it. */
const OTHER_FORM = /^(?:embed|amp|trackback|attachment|\d+|comment-page-\d+)$/;
const FILE_ENDING = /\.(?:html?|php|aspx?)$/;

/** Where an address leads that is no page of the site; undefined if nowhere. */
export function leadOf(path: string, addresses: Addresses): Lead | undefined {
  let segments: string[];
  try {
    segments = segmentsOf(path).map(spelledOurWay).filter(Boolean);
  } catch {
    return undefined;
  }
  if (segments.length > MOST_SEGMENTS) return undefined;
  const lead = find(segments, addresses);
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
  feed: () => ({ to: FEED, status: 308 }),
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
    (FILE_ENDING.test(last)
      ? find([...above, last.replace(FILE_ENDING, '')], addresses)
      : undefined) ??
    postAbove(segments, addresses) ??
    guess(segments, addresses)
  );
}

/** A feed. There is one, of all posts; that of the comments of a post leads to the post. */
function feedAt(segments: readonly string[], addresses: Addresses): Lead | undefined {
  const ofFormat = FEED_FORMATS.has(segments.at(-1) ?? '') && segments.at(-2) === 'feed';
  const of = ofFormat ? segments.slice(0, -1) : segments;
  const isFeed = of.at(-1) === 'feed' || (of.length === 1 && FEED_FORMATS.has(of[0] ?? ''));
  if (!isFeed) {
    const isFile = segments.length === 1 && FEED_FILE.test(segments[0] ?? '');
    return isFile ? { to: FEED, status: 308 } : undefined;
  }
  const lead = of.length === 1 ? undefined : find(of.slice(0, -1), addresses);
  if (of.length > 1 && !lead) return undefined;
  return lead && addresses.postsOfList(lead.to) === undefined ? lead : { to: FEED, status: 308 };
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
 * The post of the last segment, as WordPress itself guesses: its permalinks may have had any other form.
 * For a site of files nothing is guessed, since nothing of theirs was anywhere else.
 */
function guess(segments: readonly string[], addresses: Addresses): Lead | undefined {
  if (addresses.aliases.size === 0) return undefined;
  const slug = segments.at(-1);
  return slug === undefined ? undefined : at(['blog', slug], addresses);
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
