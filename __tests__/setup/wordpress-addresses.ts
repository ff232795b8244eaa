/**
 * All addresses that a WordPress has, and what is at each of them: those that its own theme, sitemap and feed
 * link to, which a crawl finds, and those that it has besides. What a page of WordPress shows, its theme says
 * in the classes of the body, whatever the address.
 */
import path from 'node:path';
import { toString } from 'hast-util-to-string';
import type { Root } from 'hast';
import pMap from 'p-map';
import rehypeParse from 'rehype-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { ROOT } from './build-site';
import type { WordPress } from './wordpress';
import { readXml } from './xml';

/** What is at an address. */
export type Thing =
  | { kind: 'post' | 'page' | 'category' | 'tag' | 'author' | 'attachment'; id: number }
  | { kind: 'home' | 'feed' | 'sitemap' | 'search' }
  /** Never on the site: see `EXCEPTED`. */
  | { kind: 'excepted'; why: string };

/** An address of WordPress, as a path with its query. */
export interface Address {
  at: string;
  /** Which kind of address it is, for people. */
  form: string;
  thing: Thing;
}

/** What WordPress has, with its addresses as they are now. */
export interface Contents {
  entries: {
    id: number;
    kind: 'post' | 'page';
    title: string;
    address: string;
    earlier: string[];
    isLocked: boolean;
  }[];
  lists: {
    id: number;
    kind: 'category' | 'tag' | 'author';
    slug: string;
    title: string;
    address: string;
    /** The numbers of its posts, newest first. */
    members: number[];
  }[];
  attachments: { id: number; parent: number; address: string; file: string }[];
  newest: number[];
}

/** A permalink structure, and whether a page of its own is the front. */
export interface Structure {
  permalinks: string;
  front?: 'page';
}

/** The pages that can be the front, and the list of posts. */
interface Fronts {
  front: number;
  blog: number;
}

const FEED = 'feeds of comments';
const DATES = 'archives by date';

/** Addresses that the site need not have, and why. */
const EXCEPTED: [RegExp, string][] = [
  [/^\/wp-(login|admin|signup|activate)/, 'login and administration'],
  [/^\/(wp-json|xmlrpc\.php|wp-cron\.php)|[?&]rest_route=/, 'REST and other APIs'],
  [
    /^\/wp-(content|includes)\/|^\/wp-sitemap.*\.xsl|[?&]sitemap-stylesheet=/,
    'uploads, other files',
  ],
  [/^\/(index\.php\/)?comments\/feed|[?&]feed=comments-/, FEED],
  // A block can link to each month, week and day.
  [/^\/\d{4}\/\d\d\/(\d\d\/)?$|[?&](m|w|year|monthnum|day)=/, DATES],
  [/[?&]replytocom=/, 'links to reply to a comment'],
  [/[?&]s=?$/, 'searches for nothing'],
  // One for each combination of numbers.
  [/[?&]query-\d+-page=/, 'pages of lists that are blocks of a post'],
];

const LOCKED = 'posts with a password';

/** No crawl goes on for ever. */
const MAX_ADDRESSES = 3000;
const CONCURRENCY = 6;

const script = (name: string): string => {
  const file = path.join(ROOT, '__tests__/setup/wordpress-content', name);
  return `require ${JSON.stringify(file).replaceAll('$', '\\$')};`;
};

/**
 * Each post and page says its number, by which it is known wherever it is shown; and has a summary, so that
 * no list shows the number.
 */
const NUMBERED = `
  $wpdb->query("UPDATE $wpdb->posts
    SET post_content = CONCAT(post_content, '\\n\\n<p>Entry number ', ID, '.</p>'),
      post_excerpt = IF(post_excerpt = '', 'In short.', post_excerpt)
    WHERE post_type IN ('post', 'page')");`;

/** The number that a page shows. */
export const numberIn = (html: string): number | undefined => {
  const [, number] = /Entry number (\d+)\./.exec(html) ?? [];
  return number === undefined ? undefined : Number(number);
};

/** Fills a WordPress: with content of our own, or with the files of WordPress's export format in a folder. */
export async function fillWordPress(wordpress: WordPress, importedFrom?: string): Promise<Fronts> {
  const work = importedFrom
    ? `$folder = ${JSON.stringify(importedFrom)}; ${script('import.php')}`
    : script('own.php');
  const fronts: Fronts = JSON.parse(await wordpress.php(`${work} ${NUMBERED}`));
  return fronts;
}

/** Changes how WordPress makes addresses; answers what it has at which of them. */
export async function restructure(
  wordpress: WordPress,
  { permalinks, front }: Structure,
  fronts: Fronts,
): Promise<Contents> {
  // Where the posts are at the front, a page called blog is in the way of the site's own.
  const status = front ? 'publish' : 'draft';
  await wordpress.php(`
    update_option('show_on_front', '${front ?? 'posts'}');
    update_option('page_on_front', ${front ? fronts.front : 0});
    update_option('page_for_posts', ${front ? fronts.blog : 0});
    if (${fronts.blog}) wp_update_post(['ID' => ${fronts.blog}, 'post_status' => '${status}']);
    global $wp_rewrite;
    $wp_rewrite->set_permalink_structure('${permalinks}');`);
  // By itself: after plain permalinks, WordPress has no rules for terms until the next request.
  const contents: Contents = JSON.parse(
    await wordpress.php(`flush_rewrite_rules(); ${script('addresses.php')}`),
  );
  // The page of the posts shows them, and nothing of its own.
  const isShown = ({ id }: { id: number }) => !front || id !== fronts.blog;
  return { ...contents, entries: contents.entries.filter(isShown) };
}

/** The path and query of an address. */
const atOf = (address: string): string => {
  const { pathname, search } = new URL(address);
  return pathname + search;
};

/** What WordPress answers at an address, redirects followed. */
interface Answer {
  thing: Thing | undefined;
  links: string[];
}

const parser = unified().use(rehypeParse);

/** A page as a tree. */
export const treeOf = (html: string): Root => parser.parse(html);

/** The texts of the elements of one name. */
export function textsOf(tree: Root, name: string): string[] {
  const found: string[] = [];
  visit(tree, 'element', (element) => {
    if (element.tagName === name) found.push(toString(element).replace(/\s+/g, ' ').trim());
  });
  return found;
}

const NO_LINKS = new Set(['stylesheet', 'preload', 'dns-prefetch', 'icon']);

function linksOf(tree: Root, base: string): string[] {
  const found: string[] = [];
  visit(tree, 'element', ({ tagName, properties: { href, rel } }) => {
    if (tagName !== 'a' && tagName !== 'link') return;
    if (typeof href !== 'string' || !URL.canParse(href, base)) return;
    if ([rel].flat().some((one) => typeof one === 'string' && NO_LINKS.has(one))) return;
    found.push(new URL(href, base).href);
  });
  return found;
}

/** What a page of WordPress shows, by the classes of its body. */
function thingOf(tree: Root): Thing | undefined {
  let classes: string[] = [];
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName === 'body' && Array.isArray(properties.className)) {
      classes = properties.className.map(String);
    }
  });
  const idOf = (form: RegExp) => classes.flatMap((name) => form.exec(name)?.[1] ?? [])[0];
  const has = (name: string) => classes.includes(name);
  if (has('error404')) return undefined;
  if (has('search')) return { kind: 'search' };
  if (has('attachment')) return { kind: 'attachment', id: Number(idOf(/^attachmentid-(\d+)$/)) };
  if (has('single-post')) return { kind: 'post', id: Number(idOf(/^postid-(\d+)$/)) };
  if (has('date')) return { kind: 'excepted', why: DATES };
  for (const kind of ['category', 'tag', 'author'] as const) {
    if (has('archive') && has(kind)) {
      return { kind, id: Number(idOf(new RegExp(`^${kind}-(\\d+)$`))) };
    }
  }
  if (has('blog')) return { kind: 'home' };
  const page = idOf(/^page-id-(\d+)$/);
  return page === undefined ? undefined : { kind: 'page', id: Number(page) };
}

async function ask(wordpress: WordPress, at: string): Promise<Answer> {
  const response = await fetch(wordpress.url + at);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const isOurs = response.url.startsWith(`${wordpress.url}/`);
  if (!response.ok || !isOurs) return { thing: undefined, links: [] };
  if (type.includes('html')) {
    const tree = treeOf(text);
    return { thing: thingOf(tree), links: linksOf(tree, response.url) };
  }
  if (text.includes('/schemas/sitemap/')) {
    return { thing: { kind: 'sitemap' }, links: readXml(text, ['//s:loc']).flat() };
  }
  if (!/<(rss|feed|rdf:RDF)\b/.test(text)) return { thing: undefined, links: [] };
  const links = at.startsWith('/feed') ? readXml(text, ['//item/link', '//item/guid']).flat() : [];
  return { thing: { kind: 'feed' }, links };
}

/** In the address of a feed: what it belongs to has comments. */
const OF_ENTRY = /[?&](p|page_id|attachment_id)=/;

/** The address of the page that a feed belongs to; undefined if the address is none of a feed. */
function pageOfFeed(at: string): string | undefined {
  const { pathname, searchParams } = new URL(at, 'http://wordpress');
  if (searchParams.has('feed')) {
    searchParams.delete('feed');
    return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname;
  }
  const [whole] = /\/feed(\/(rdf|rss|rss2|atom))?\/?$/.exec(pathname) ?? [];
  return whole === undefined ? undefined : pathname.slice(0, -whole.length) + '/';
}

/** Follows every link from the home page and the sitemap on. */
export async function crawl(wordpress: WordPress, contents: Contents): Promise<Address[]> {
  const found = new Map<string, Thing | undefined>();
  let next = [
    '/',
    contents.entries[0]?.address.includes('?') ? '/?sitemap=index' : '/wp-sitemap.xml',
  ];
  while (next.length > 0 && found.size < MAX_ADDRESSES) {
    const answers = await pMap(next, async (at) => [at, await look(wordpress, at)] as const, {
      concurrency: CONCURRENCY,
    });
    const links = new Set<string>();
    for (const [at, { thing, links: there }] of answers) {
      found.set(at, thing);
      for (const link of there) if (link.startsWith(`${wordpress.url}/`)) links.add(atOf(link));
    }
    next = [...links].filter((at) => !found.has(at));
  }
  const locked = new Set(contents.entries.filter((one) => one.isLocked).map(({ id }) => id));
  return [...found].flatMap(([at, thing]): Address[] => {
    if (!thing) return [];
    if ('id' in thing && locked.has(thing.id) && (thing.kind === 'post' || thing.kind === 'page')) {
      return [{ at, form: 'linked', thing: { kind: 'excepted', why: LOCKED } }];
    }
    if (
      (thing.kind === 'category' || thing.kind === 'tag' || thing.kind === 'author') &&
      !contents.lists.some(({ id, kind }) => id === thing.id && kind === thing.kind)
    ) {
      return [{ at, form: 'linked', thing: { kind: 'excepted', why: LOCKED } }];
    }
    const owner = thing.kind === 'feed' ? found.get(pageOfFeed(at) ?? '') : undefined;
    const isOfComments =
      OF_ENTRY.test(at) || (owner && ['post', 'page', 'attachment'].includes(owner.kind));
    return [
      {
        at,
        form: formOf(at),
        thing: thing.kind === 'feed' && isOfComments ? { kind: 'excepted', why: FEED } : thing,
      },
    ];
  });
}

/** The parameters, or what is at the end of the path, without values. */
function formOf(at: string): string {
  const { pathname, searchParams } = new URL(at, 'http://wordpress');
  const names = [...searchParams.keys()].map((name) => `${name}=`);
  if (names.length > 0) {
    const isFront = pathname === '/' || pathname === '/index.php';
    return `${isFront ? pathname : '…'}?${names.join('&')}`;
  }
  const [end] = /\/feed(\/\w+)?\/$|\/page\/(?=\d+\/$)|\/(?=\d\/$)/.exec(pathname) ?? [];
  return end ? `…${end}` : 'path';
}

async function look(wordpress: WordPress, at: string): Promise<Answer> {
  const excepted = EXCEPTED.find(([form]) => form.test(at));
  if (excepted) return { thing: { kind: 'excepted', why: excepted[1] }, links: [] };
  // A feed of comments, of a term or of an author: see `crawl`. Nothing is linked to from there only.
  if (![undefined, '/'].includes(pageOfFeed(at))) return { thing: { kind: 'feed' }, links: [] };
  const answer = await ask(wordpress, at);
  // What lies behind an archive by date is linked to elsewhere, too.
  return answer.thing?.kind === 'excepted' ? { ...answer, links: [] } : answer;
}

/** Addresses that people have of WordPress though nothing there links to them, and that always work. */
export function besides({ entries, lists, attachments }: Contents): Address[] {
  const open = entries.filter(({ isLocked }) => !isLocked);
  const byParameter = [
    ...open.flatMap(({ id, kind }): Address[] => {
      const others = kind === 'post' ? [`/index.php?p=${id}`] : [`/?page_id=${id}`];
      return [`/?p=${id}`, ...others].map((at) => ({ at, form: formOf(at), thing: { kind, id } }));
    }),
    ...lists.flatMap(({ id, kind, slug }): Address[] => {
      const name = kind === 'category' ? 'cat' : kind;
      const value = kind === 'tag' ? slug : String(id);
      return [{ at: `/?${name}=${value}`, form: `/?${name}=`, thing: { kind, id } }];
    }),
    ...attachments.map(({ id }): Address => ({
      at: `/?attachment_id=${id}`,
      form: '/?attachment_id=',
      thing: { kind: 'attachment', id },
    })),
  ];
  const feeds = ['/?feed=rss2', '/?feed=atom'].map((at): Address => ({
    at,
    form: at,
    thing: { kind: 'feed' },
  }));
  return [...byParameter, ...feeds];
}

/** The addresses that WordPress names, without a crawl. */
export const direct = ({ entries, lists, attachments }: Omit<Contents, 'newest'>): Address[] => [
  ...entries.flatMap(({ id, kind, address, isLocked }): Address[] =>
    isLocked ? [] : [{ at: atOf(address), form: formOf(atOf(address)), thing: { kind, id } }],
  ),
  ...lists.map(({ id, kind, address }): Address => ({
    at: atOf(address),
    form: formOf(atOf(address)),
    thing: { kind, id },
  })),
  ...attachments.map(({ id, address }): Address => ({
    at: atOf(address),
    form: formOf(atOf(address)),
    thing: { kind: 'attachment', id },
  })),
];

/** Where posts were before they had another slug or another day. WordPress says by itself where they are. */
export const earlier = ({ entries }: Contents): Address[] =>
  entries.flatMap(({ id, kind, earlier: addresses, address }) =>
    addresses
      .filter((one) => one !== address)
      .map((one): Address => ({ at: atOf(one), form: 'earlier slug or day', thing: { kind, id } })),
  );

/** Addresses in upper case and in Unicode's NFD. WordPress finds the first, and only some servers the other. */
export function spellings(addresses: Address[]): Address[] {
  const respelt = (form: string, respell: (text: string) => string) =>
    addresses.flatMap(({ at, thing }): Address[] => {
      if (at.includes('?')) return [];
      const other = encodeURI(respell(decodeURI(at)));
      return other === at ? [] : [{ at: other, form, thing }];
    });
  return [
    ...respelt('upper case', (text) => text.toUpperCase()),
    ...respelt('NFD', (text) => text.normalize('NFD')),
  ];
}

/** Addresses that WordPress answers, though it has others for the same. Which of them it does, it is asked. */
export async function alsoAnswered(wordpress: WordPress, contents: Contents): Promise<Address[]> {
  const isPlain = contents.entries.some(({ address }) => address.includes('?p='));
  const candidates = isPlain
    ? ['/?s=numbered']
    : [
        '/feed/',
        '/feed/atom/',
        '/feed/rss2/',
        '/rss/',
        '/atom/',
        '/?s=numbered',
        '/search/numbered/',
        ...contents.lists
          .filter(({ kind }) => kind === 'category')
          .map(({ slug }) => `/category/${slug}/`),
      ];
  const answers = await pMap(candidates, async (at) => ({ at, ...(await look(wordpress, at)) }), {
    concurrency: CONCURRENCY,
  });
  return answers.flatMap(({ at, thing }) => (thing ? [{ at, form: formOf(at), thing }] : []));
}
