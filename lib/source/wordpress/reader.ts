/**
 * Reads what WordPress has into a library: posts, terms, authors and images, some of them or all.
 */
import pMap from 'p-map';
import { z } from 'zod';
import type { TextOf } from '../kept-text';
import { articleOf, type Article } from './article';
import { commentsByPost, commentsOf, type KnownComments } from './comments';
import { WordPressFailure, type Ask, type Parameters, type Reply } from './client';
import { imageOf, kindOf, type Kind, type MutableLibrary } from './library';
import {
  Author,
  AUTHOR_FIELDS,
  COMMENT_FIELDS,
  Media,
  MEDIA_FIELDS,
  POST_FIELDS,
  RestComment,
  RestPost,
  Term,
  TERM_FIELDS,
} from './rest';

/** Where is read from, and into what. */
export interface Reader {
  ask: Ask;
  /** Of the WordPress, without a slash at its end. */
  address: string;
  library: MutableLibrary;
  held?: Held;
  /** Makes the texts of posts: see `articleOf`. */
  textOf?: TextOf;
}

/** What news told of a post: until then an older answer, as of a cache, does not undo it. */
export interface HeldPost {
  /** In ISO 8601 and UTC. */
  modified?: string;
  gone?: boolean;
  /** In ms since 1970. */
  untilMs: number;
}

/** The posts that are held, by their ids. */
export type Held = ReadonlyMap<number, HeldPost>;

/** The most that WordPress puts into one list. */
const LIST_SIZE = 100;
/** Whole posts read with one request. */
export const BATCH_SIZE = 50;
/** Pages of comments that are read at once, the newest first. */
const MOST_PAGES_OF_COMMENTS = 50;
/** Requests at once: a WordPress may run on a small machine. */
const AT_ONCE = 3;
/** How often a list is read again that changes while it is being read. */
const LISTINGS = 5;

/** Asks for whole posts, with what they show of others. */
export const EMBEDDED = {
  _fields: `${POST_FIELDS},_links,_embedded`,
  _embed: 'author,wp:term,wp:featuredmedia',
};

/**
 * Reads posts of a kind, and drops those that are not there any more. With `embed` what they show of
 * others is read along.
 */
export async function readArticles(
  reader: Reader,
  kind: Kind,
  ids: readonly number[],
  { embed }: { embed: boolean },
): Promise<void> {
  const read = (batch: number[]) => readBatch(reader, kind, batch, embed);
  await pMap(chunksOf(ids, BATCH_SIZE), read, { concurrency: AT_ONCE });
}

async function readBatch(reader: Reader, kind: Kind, ids: number[], embed: boolean): Promise<void> {
  const parameters = {
    include: ids.join(','),
    per_page: ids.length,
    ...(embed ? EMBEDDED : { _fields: POST_FIELDS }),
  };
  let reply;
  try {
    reply = await reader.ask(kind, parameters, z.array(RestPost));
  } catch (error) {
    const isTooLarge = error instanceof WordPressFailure && error.why.tooLarge;
    if (!isTooLarge || ids.length === 1) throw error;
    const middle = ids.length >> 1;
    await readBatch(reader, kind, ids.slice(0, middle), embed);
    return readBatch(reader, kind, ids.slice(middle), embed);
  }
  addArticles(reader, reply);
  if (embed) await readCommentsOn(reader, reply.data);
  const { held, library } = reader;
  const there = new Set(reply.data.map(({ id }) => id));
  for (const id of ids.filter((one) => !there.has(one) && !held?.has(one))) {
    const known = library.articles.get(id);
    if (known && kindOf(known) === kind) library.articles.delete(id);
  }
}

/** Reads the posts of a kind that have one of these slugs. */
export async function readSlugs(reader: Reader, kind: Kind, slugs: string[]): Promise<void> {
  const parameters = { slug: slugs.join(','), per_page: LIST_SIZE, ...EMBEDDED };
  const reply = await reader.ask(kind, parameters, z.array(RestPost));
  addArticles(reader, reply);
  await readCommentsOn(reader, reply.data);
}

/** Reads the comments on these posts, of a WordPress that does not send them along. */
async function readCommentsOn(reader: Reader, posts: RestPost[]): Promise<void> {
  const ids = posts.flatMap(({ id, evergreen_comments }) => (evergreen_comments ? [] : [id]));
  if (ids.length === 0) return;
  // One that is private by now has WordPress refuse all of them: what is known stays.
  const found = await readCommentLists(reader, { post: ids.join(',') });
  for (const id of found ? ids : []) {
    reader.library.comments.set(id, found?.get(id) ?? commentsOf([]));
  }
}

/** Reads the comments on all posts, of a WordPress that does not send them along. */
export async function readAllComments(reader: Reader): Promise<void> {
  const { articles, comments } = reader.library;
  const isSent = [...articles.values()].some(
    ({ stub }) => stub.evergreen_comments_version !== undefined,
  );
  if (isSent) return;
  const found = await readCommentLists(reader, {});
  comments.clear();
  for (const [id, known] of found ?? []) comments.set(id, known);
}

/** Undefined if WordPress keeps them to itself. */
async function readCommentLists(
  reader: Reader,
  parameters: Parameters,
): Promise<Map<number, KnownComments> | undefined> {
  const asked = { ...parameters, orderby: 'date_gmt', order: 'desc', _fields: COMMENT_FIELDS };
  const most = MOST_PAGES_OF_COMMENTS;
  try {
    return commentsByPost((await readList(reader, 'comments', asked, RestComment, most)).items);
  } catch (error) {
    if (!isShut(error)) throw error;
    return undefined;
  }
}

/** Adds posts, and what came along with them, to the library. */
export function addArticles(
  { address, library, held, textOf }: Reader,
  { data, atMs }: Pick<Reply<RestPost[]>, 'data' | 'atMs'>,
): void {
  for (const rest of data) {
    const article = articleOf(rest, address, atMs, textOf);
    if (!isUndone(held?.get(rest.id), article)) addArticle(library, rest, article);
  }
}

/** Adds a post as it was read, and what came along with it. */
export function addArticle(library: MutableLibrary, rest: RestPost, article: Article): void {
  library.articles.set(rest.id, article);
  const sent = rest.evergreen_comments;
  if (sent) library.comments.set(rest.id, commentsOf(sent.list, sent.total));
  addEmbedded(library, rest);
}

/** True if a post is older than what is held of it. */
const isUndone = (held: HeldPost | undefined, { modified }: Article): boolean =>
  held?.modified !== undefined &&
  (held.gone ? modified <= held.modified : modified < held.modified);

/** What comes along with a post; an author whom nobody may see comes as an error. */
function addEmbedded(
  { authors, categories, tags, images }: MutableLibrary,
  { _embedded = {}, featured_media }: RestPost,
): void {
  const list = <T>(name: string, schema: z.ZodType<T>): T[] =>
    [_embedded[name]].flat(2).flatMap((value) => schema.safeParse(value).data ?? []);
  for (const author of list('author', Author)) authors.set(author.id, author);
  for (const term of list('wp:term', Term)) {
    const terms = term.taxonomy === 'post_tag' ? tags : categories;
    const known = terms.get(term.id);
    const isWhole = term.description !== undefined && (!term.parent || terms.has(term.parent));
    // REST itself tells neither its description nor what lies above it, so an unknown one is asked for.
    if (isWhole) terms.set(term.id, term);
    else if (known) {
      const { parent, description } = known;
      terms.set(term.id, { ...term, parent, description });
    }
  }
  if (featured_media === 0 || !('wp:featuredmedia' in _embedded)) return;
  const media = list('wp:featuredmedia', Media).find(({ id }) => id === featured_media);
  images.set(featured_media, media ? imageOf(media) : null);
}

/** A whole list, or its first pages. Read again if it changed meanwhile, since its pages may then have a gap. */
export async function readList<T>(
  { ask, address }: Reader,
  route: string,
  parameters: Parameters,
  schema: z.ZodType<T>,
  mostPages = Infinity,
): Promise<{ items: T[]; total: number }> {
  const page = (number: number) =>
    ask(route, { ...parameters, per_page: LIST_SIZE, page: number }, z.array(schema));
  for (let listings = 0; listings < LISTINGS; listings += 1) {
    const first = await page(1);
    const items = [...first.data];
    const totals = new Set([first.total]);
    const pages = Math.min(first.pages ?? 1, mostPages);
    const rest = Array.from({ length: pages - 1 }, (_, index) => index + 2);
    const others = await pMap(rest, page, { concurrency: AT_ONCE }).catch((error: unknown) => {
      // The last page is gone.
      if (error instanceof WordPressFailure && error.why.status === 400) return undefined;
      throw error;
    });
    for (const { data, total } of others ?? []) {
      items.push(...data);
      totals.add(total);
    }
    if (others && totals.size === 1) return { items, total: first.total ?? items.length };
  }
  throw new Error(`WordPress at ${address}: ${route}: the list changes faster than it is read`);
}

/**
 * Reads authors, and returns whose names were found. Many keep the list of users shut; then there are no
 * names but those known.
 */
export async function readAuthors(reader: Reader, parameters: Parameters = {}): Promise<number[]> {
  try {
    const fields = { ...parameters, _fields: AUTHOR_FIELDS };
    const { items } = await readList(reader, 'users', fields, Author);
    for (const author of items) reader.library.authors.set(author.id, author);
    return items.map(({ id }) => id);
  } catch (error) {
    if (!isShut(error)) throw error;
    return [];
  }
}

/** True if WordPress keeps a list to itself. */
const isShut = (error: unknown): boolean =>
  error instanceof WordPressFailure && [401, 403, 404].includes(error.why.status ?? 0);

/** Reads these images of the media library, in which there is none of the number 0. */
export async function readImages(
  { ask, library }: Reader,
  ids: ReadonlySet<number>,
): Promise<void> {
  const wanted = [...ids].filter((id) => id !== 0);
  const read = (batch: number[]) => {
    const parameters = { include: batch.join(','), per_page: batch.length, _fields: MEDIA_FIELDS };
    return ask('media', parameters, z.array(Media));
  };
  const found = await pMap(chunksOf(wanted, LIST_SIZE), read, { concurrency: AT_ONCE });
  for (const id of wanted) library.images.set(id, null);
  for (const media of found.flatMap(({ data }) => data)) {
    library.images.set(media.id, imageOf(media));
  }
}

/** Reads these terms; the posts of one that is gone are in others now. */
export async function readTerms(
  reader: Reader,
  kind: 'categories' | 'tags',
  ids: number[],
): Promise<void> {
  if (ids.length === 0) return;
  const terms = reader.library[kind];
  const parameters = { include: ids.join(','), hide_empty: 'false', _fields: TERM_FIELDS };
  const { items } = await readList(reader, kind, parameters, Term);
  for (const term of items) terms.set(term.id, term);
  const gone = ids.filter((id) => !items.some((term) => term.id === id));
  for (const id of gone) terms.delete(id);
  const moved = [...reader.library.articles.values()].filter(({ stub }) =>
    stub[kind].some((id) => gone.includes(id)),
  );
  await readArticles(
    reader,
    'posts',
    moved.map(({ id }) => id),
    { embed: true },
  );
}

/** Reads the categories and tags of posts that are not known yet. */
export async function readNewTerms(reader: Reader): Promise<void> {
  await Promise.all([readNewCategories(reader), readNewTags(reader)]);
}

async function readNewTags({ ask, library }: Reader): Promise<void> {
  const { articles, tags } = library;
  const used = [...articles.values()].flatMap(({ stub }) => stub.tags);
  const fresh = [...new Set(used)].filter((id) => !tags.has(id));
  for (const ids of chunksOf(fresh, LIST_SIZE)) {
    const parameters = { include: ids.join(','), per_page: LIST_SIZE, _fields: TERM_FIELDS };
    const { data } = await ask('tags', parameters, z.array(Term));
    for (const term of data) tags.set(term.id, term);
  }
}

async function readNewCategories({ ask, library }: Reader): Promise<void> {
  const { articles, categories } = library;
  const used = [...articles.values()].flatMap(({ stub }) => stub.categories);
  if (used.every((id) => categories.has(id))) return;
  // The newest ones: what lies above a new one may be new as well.
  const parameters = { orderby: 'id', order: 'desc', per_page: LIST_SIZE, _fields: TERM_FIELDS };
  const { data } = await ask('categories', parameters, z.array(Term));
  for (const term of data) categories.set(term.id, term);
}

const chunksOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
