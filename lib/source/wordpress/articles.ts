/**
 * From what WordPress's REST API says to posts of this site. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { toString } from 'hast-util-to-string';
import rehypeParse from 'rehype-parse';
import { unified } from 'unified';
import { z } from 'zod';
import { checkHtmlBounds } from '../../body/html-bounds';
import { hash } from '../../hash';
import { pathOf, pathOfPost } from '../../site/paths';
import { isReserved } from '../../site/routes';
import { isSlug, slugOf } from '../../site/slugs';
import type { ForeignHtml, Post, PostImage, Problem } from '../post';

/** Of a title or an excerpt, no more is read than this, in characters: each is a few lines. */
const MOST_OF_A_TEXT = 10_000;

const id = z.number().int().positive();
/** What some plugin may have taken away counts as empty. */
const rendered = z.object({ rendered: z.string().catch('') }).catch({ rendered: '' });
const ids = z.array(id).catch([]);

/** What tells whether a post has to be read anew. */
export const STUB_FIELDS = 'id,modified_gmt,link,categories,tags,author,featured_media';
export const Stub = z.object({
  id,
  modified_gmt: z.string(),
  // It may change with things that stand above the post, which keeps its date then.
  link: z.url(),
  // Pages have neither.
  categories: ids,
  tags: ids,
  author: z.number().catch(0),
  featured_media: z.number().catch(0),
});
export type Stub = z.infer<typeof Stub>;

/** A post in whole; `_embedded` is there if it was asked for. */
export const ARTICLE_FIELDS = `${STUB_FIELDS},type,status,slug,date_gmt,title,excerpt,content`;
export const Rest = Stub.extend({
  type: z.string(),
  status: z.string(),
  slug: z.string(),
  date_gmt: z.string().nullable(),
  title: rendered,
  excerpt: rendered,
  content: z.object({ rendered: z.string().catch(''), protected: z.boolean() }),
  /** For editors: the slug that a draft would get. */
  generated_slug: z.string().optional(),
  _embedded: z.record(z.string(), z.unknown()).optional(),
});
export type Rest = z.infer<typeof Rest>;

/** What an editor typed into a published post and has not published yet. */
export const AUTOSAVE_FIELDS = 'modified_gmt,title,excerpt,content';
export const Autosave = z.object({
  modified_gmt: z.string(),
  title: rendered,
  excerpt: rendered,
  content: rendered,
});
export type Autosave = z.infer<typeof Autosave>;

export const TERM_FIELDS = 'id,name,slug,link,parent,taxonomy';
/** A category or a tag. */
export const Term = z.object({
  id,
  // Here, and not for each of its posts at each load.
  name: z.string().transform((html) => textOf(html)),
  slug: z.string(),
  link: z.string(),
  parent: z.number().optional(),
  taxonomy: z.string(),
});
export type Term = z.infer<typeof Term>;

export const AUTHOR_FIELDS = 'id,name,slug,link,description';
/** Who writes posts. */
export const Author = z.object({
  id,
  name: z.string(),
  slug: z.string().catch(''),
  link: z.string().catch(''),
  description: z.string().catch(''),
});
export type Author = z.infer<typeof Author>;

export const MEDIA_FIELDS = 'id,source_url,alt_text,media_type,media_details';
const size = z.number().int().positive().optional().catch(undefined);
export const Media = z.object({
  id,
  source_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  alt_text: z.string().catch(''),
  media_type: z.string().catch('image'),
  media_details: z.object({ width: size, height: size }).catch({}),
});
export type Media = z.infer<typeof Media>;

/** A post of WordPress as far as it is known without others. */
export interface Article {
  id: number;
  page: boolean;
  slug: string;
  /** Names it in messages. */
  file: string;
  /** Its own address, as `keyOf` writes it. */
  key: string;
  date: string;
  modified: string;
  title: string;
  summary?: string;
  body: string;
  textHash: string;
  /** The addresses in its body that may be content of the site, and their keys. */
  addresses: readonly (readonly [string, string])[];
  stub: Stub;
  /** True for what visitors must not see, such as a post with a password. */
  hidden: boolean;
  /** Whether it had been still for so long when it was read that its date tells its version. */
  settled: boolean;
}

/** All that is known of a WordPress. */
export interface Library {
  articles: ReadonlyMap<number, Article>;
  categories: ReadonlyMap<number, Term>;
  tags: ReadonlyMap<number, Term>;
  authors: ReadonlyMap<number, Author>;
  /** Null: there is none, or nobody may see it. */
  images: ReadonlyMap<number, PostImage | null>;
}

/** WordPress's dates end with the second: within it, a second edit leaves them as they are. */
const SETTLED_AFTER_MS = 2000;

/** Reads a post as it was answered at `atMs`, the clock of WordPress at `address`. */
export function articleOf(rest: Rest, address: string, atMs: number): Article {
  const { type, status, slug, link, date_gmt, title, excerpt, content } = rest;
  const name = slugOf(decoded(slug)) || `${type}-${rest.id}`;
  const body = content.rendered;
  const modified = dateOf(rest.modified_gmt) ?? '';
  const summary = textOf(withoutMore(excerpt.rendered.slice(0, MOST_OF_A_TEXT))).replace(
    /\s*\[…\]$/,
    '…',
  );
  return {
    id: rest.id,
    page: type === 'page',
    slug: name,
    file: `WordPress ${type} ${rest.id} (${link})`,
    key: keyOf(new URL(link)),
    date: dateOf(date_gmt) ?? (modified || '1970-01-01T00:00:00.000Z'),
    modified,
    title: textOf(title.rendered) || titleFrom(summary) || name,
    summary: summary || undefined,
    body,
    textHash: hash(body.trim()),
    addresses: addressesIn(body, [address, link]),
    stub: Stub.parse(rest),
    hidden: status !== 'publish' || content.protected,
    settled: Date.parse(modified) < atMs - SETTLED_AFTER_MS,
  };
}

/** A post as its editor left it: with the newest autosave, if the post was not saved after it. */
export function restOfDraft(rest: Rest, autosaves: readonly Autosave[]): Rest {
  const slug = (rest.status === 'publish' ? '' : rest.generated_slug) || rest.slug;
  const latest = autosaves.reduce<Rest | Autosave>(
    (newest, one) => (one.modified_gmt > newest.modified_gmt ? one : newest),
    rest,
  );
  const { title, excerpt, content, modified_gmt } = latest;
  return {
    ...rest,
    slug,
    title,
    excerpt,
    content: { ...rest.content, ...content },
    modified_gmt,
  };
}

/** A post without a title is called by how it begins. */
const titleFrom = (summary: string): string => {
  const words = summary.split(' ');
  return words.length > 8 ? `${words.slice(0, 8).join(' ').replace(/…$/, '')}…` : summary;
};

/** True if a post has to be read anew to be what the stub tells of. */
export const isOutdated = (article: Article | undefined, stub: Stub): boolean =>
  !article?.settled || !isDeepStrictEqual(article.stub, stub);

/**
 * True if what differs may have changed posts that were not read anew: the address of a category or a
 * page is in that of what is below it, and WordPress lists the terms of a post by their names.
 */
export function mayChangeOthers(before: Library, now: Library): boolean {
  const articles = [...now.articles.values()];
  const isBeside = (field: 'categories' | 'tags', id: number) =>
    articles.some(({ stub }) => stub[field].length > 1 && stub[field].includes(id));
  for (const { id, link, name } of before.categories.values()) {
    const category = now.categories.get(id);
    if (category?.link !== link) return true;
    if (category.name !== name && isBeside('categories', id)) return true;
  }
  for (const { id, name } of before.tags.values()) {
    const tag = now.tags.get(id);
    if (tag && tag.name !== name && isBeside('tags', id)) return true;
  }
  for (const { id, page, key } of before.articles.values()) {
    if (!page || now.articles.get(id)?.key === key) continue;
    if (articles.some((other) => other.key.startsWith(`${key}/`))) return true;
  }
  return false;
}

/** The posts of a library. Those that are as they were in `former` are the same objects. */
export function postsOf(
  library: Library,
  address: string,
  former: ReadonlyMap<number, Post> = new Map(),
): { posts: Map<number, Post>; problems: Problem[] } {
  const posts = new Map<number, Post>();
  const problems: Problem[] = [];
  const byPath = new Map<string, Article>();
  const pathOfKey = pathsOfLinks(library, address);

  // In the order of their numbers, so that the elder of two keeps the path.
  for (const article of [...library.articles.values()].sort((a, b) => a.id - b.id)) {
    if (article.hidden) continue;
    const { id, slug, page, file } = article;
    const before = former.get(id);
    const post = postOf(article, library, address, pathOfKey);
    const message = faultOf(post, byPath);
    if (message !== undefined) {
      problems.push({ slug, page, file, message });
      continue;
    }
    byPath.set(pathOfPost(post), article);
    posts.set(id, before && isDeepStrictEqual(before, post) ? before : post);
  }
  return { posts, problems };
}

function faultOf(post: Post, byPath: ReadonlyMap<string, Article>): string | undefined {
  const { slug, page } = post;
  if (!isSlug(slug)) return `its slug ${slug} cannot be a path of the site; change it`;
  if (page && isReserved(slug)) {
    return `/${slug} belongs to the site itself; give the page another slug`;
  }
  const twin = byPath.get(pathOfPost(post));
  return twin && `has the same slug as ${twin.file}; change one of them`;
}

function postOf(
  article: Article,
  library: Library,
  address: string,
  pathOfKey: ReadonlyMap<string, string>,
): Post {
  const { slug, file, title, date, modified, summary, body, page, stub } = article;
  const links: Record<string, string> = {};
  for (const [written, key] of article.addresses) {
    const path = pathOfKey.get(key);
    if (path !== undefined) links[written] = path;
  }
  const html: ForeignHtml = { base: `${address}/`, links };
  const [category, ...alsoIn] = categoriesOf(stub.categories, library.categories);
  return {
    slug,
    file,
    title,
    date,
    // WordPress dates the last change of anything, if only of a typing error a minute later.
    updated: modified.slice(0, 10) > date.slice(0, 10) ? modified : undefined,
    summary,
    category,
    alsoIn: alsoIn.length > 0 ? alsoIn : undefined,
    tags: unique(stub.tags.flatMap((tag) => library.tags.get(tag) ?? []).map(nameOf)),
    ...authorFieldsOf(library.authors.get(stub.author)),
    image: library.images.get(stub.featured_media) ?? undefined,
    draft: false,
    page,
    body,
    bodyHash: hash(`${article.textHash} ${JSON.stringify(html)}`),
    html,
  };
}

/**
 * The slug of an author. WordPress gives each user another one, so that two of one name have a page each.
 * Where it cannot be a slug here, the user's number tells it from those that it becomes equal to.
 */
function slugOfUser({ id, slug: written }: Author): string {
  const slug = decoded(written);
  return isSlug(slug) ? slug : `${slugOf(slug) || 'author'}-${id}`;
}

/** What a post tells of its author. */
function authorFieldsOf(
  author: Author | undefined,
): Pick<Post, 'author' | 'authorSlug' | 'authorAbout'> {
  if (!author) return {};
  return {
    author: author.name,
    authorSlug: slugOfUser(author),
    authorAbout: textOf(author.description) || undefined,
  };
}

/** The names of these categories, and of those above them: a category lists what is below it, too. */
export function categoriesOf(own: number[], all: ReadonlyMap<number, Term>): string[] {
  const found = new Set<number>();
  const names = (level: number[]): string[] => {
    const fresh = level.filter((number) => !found.has(number) && all.has(number));
    for (const number of fresh) found.add(number);
    const terms = fresh.flatMap((number) => all.get(number) ?? []);
    if (terms.length === 0) return [];
    return [...terms.map(nameOf), ...names(terms.flatMap(({ parent }) => parent ?? []))];
  };
  return unique(names(own));
}

/** The name, of which the site makes the path; or the slug, where nothing can be made of the name. */
function nameOf({ id, name, slug, taxonomy }: Term): string {
  if (slugOf(name) !== '') return name;
  return slugOf(decoded(slug)) === '' ? `${taxonomy}-${id}` : decoded(slug);
}

/** Once each, by their paths. */
const unique = (names: string[]): string[] => [
  ...new Map(names.map((name) => [slugOf(name), name])).values(),
];

/** The picture, if it is one that browsers show. */
export function imageOf({
  source_url,
  alt_text,
  media_type,
  media_details,
}: Media): PostImage | null {
  if (source_url === undefined || media_type !== 'image') return null;
  const { width, height } = media_details;
  const measures = width && height ? { width, height } : {};
  return { src: source_url, alt: textOf(alt_text), ...measures };
}

/** Where on our site is what WordPress has at an address. */
function pathsOfLinks(
  { articles, categories, tags, authors }: Library,
  address: string,
): ReadonlyMap<string, string> {
  const home = keyOf(new URL(address));
  const paths = new Map([
    [home, '/'],
    [`${home}/feed`, '/feed.xml'],
  ]);
  const addTerms = (kind: string, terms: ReadonlyMap<number, Term>) => {
    for (const term of terms.values()) {
      // A term without a post has no page; a link there stays as it is.
      if (!used.has(term.id) || !URL.canParse(term.link)) continue;
      paths.set(keyOf(new URL(term.link)), pathOf(kind, slugOf(nameOf(term))));
    }
  };
  const used = new Set<number>();
  const writers = new Set<number>();
  for (const article of articles.values()) {
    const { id, page, key, hidden, stub } = article;
    if (hidden) continue;
    const path = pathOfPost(article);
    paths.set(key, path);
    paths.set(`${home}?${page ? 'page_id' : 'p'}=${id}`, path);
    if (page) continue;
    writers.add(stub.author);
    for (const term of [...stub.categories, ...stub.tags]) used.add(term);
  }
  addTerms('category', categories);
  addTerms('tag', tags);
  for (const author of authors.values()) {
    if (!writers.has(author.id) || !URL.canParse(author.link)) continue;
    paths.set(keyOf(new URL(author.link)), pathOf('author', slugOfUser(author)));
  }
  return paths;
}

/** Names an address whatever its host: a headless WordPress goes by several names. */
function keyOf({ pathname, search }: URL): string {
  return decoded(pathname).replace(/\/+$/, '').normalize('NFC') + search;
}

/** The addresses in HTML that lead to one of these hosts. Rather one too many than one too few. */
function addressesIn(html: string, hosts: string[]): [string, string][] {
  const known = new Set(hosts.map((host) => new URL(host).host));
  const found = new Map<string, string>();
  for (const [, double, single] of html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const written = (double ?? single ?? '').replace(/&(?:amp|#0*38|#x0*26);/gi, '&').split('#')[0];
    if (!written || !URL.canParse(written, hosts[0])) continue;
    const url = new URL(written, `${hosts[0]}/`);
    if (known.has(url.host)) found.set(written, keyOf(url));
  }
  return [...found];
}

const parser = unified().use(rehypeParse, { fragment: true });

/** The text that a reader sees of a title, a name or an excerpt in HTML, on one line. */
export function textOf(whole: string): string {
  const html = whole.slice(0, MOST_OF_A_TEXT);
  return (/[<&]/.test(html) ? textIn(html) : html).replace(/\s+/g, ' ').trim();
}

function textIn(html: string): string {
  try {
    checkHtmlBounds(html);
  } catch {
    // Nobody wrote this for readers; its post goes on to have a title.
    return html.replace(/<[^>]*>?/g, ' ');
  }
  return toString(parser.parse(html));
}

/** Many themes end an excerpt with a link to the post. */
const withoutMore = (html: string): string =>
  html
    .replace(/<a\b[^>]*\bmore-link\b[^>]*>[\s\S]*?<\/a>/gi, '')
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, '');

/** In UTC, which WordPress does not say. */
function dateOf(gmt: string | null): string | undefined {
  const ms = Date.parse(`${gmt ?? ''}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** Percent-decoded, as far as it is UTF-8. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[\da-f]{2}/gi, '-');
  }
}
