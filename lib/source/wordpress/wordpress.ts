/**
 * A headless WordPress as a source: reads all of it once, and later what a hint names; what no hint
 * named is found by comparing lists of ids and dates, now and then.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import { z } from 'zod';
import type { WordPressLogin } from '../../config';
import type { Change, Hint } from '../../purge/hint';
import { describeProblem, keepIfSame, type Post, type PostImage, type Problem } from '../post';
import { slugOf } from '../../site/slugs';
import type { DraftId } from '../../content/preview';
import {
  LIMITS,
  openWordPress,
  WordPressFailure,
  type Answer,
  type Ask,
  type Limits,
  type Parameters,
} from './client';
import {
  type Article,
  Author,
  AUTHOR_FIELDS,
  articleOf,
  ARTICLE_FIELDS,
  Autosave,
  AUTOSAVE_FIELDS,
  imageOf,
  isOutdated,
  mayChangeOthers,
  Media,
  MEDIA_FIELDS,
  postsOf,
  Rest,
  restOfDraft,
  Stub,
  STUB_FIELDS,
  Term,
  TERM_FIELDS,
  type Library,
} from './articles';

/** What a load found; give it to the next load. */
export interface LoadedWordPress {
  /** The same array as before when no post changed. */
  posts: Post[];
  problems: Problem[];
  /** When visitors should have it loaded again, in ms since 1970. */
  dueAtMs: number;
  library: Library;
  /** The posts by the ids of their articles. */
  made: ReadonlyMap<number, Post>;
  /** When all is to be compared again, in ms since 1970. */
  compareAtMs: number;
  /** How many more posts and pages WordPress counts than it shows. */
  unshown: Record<Kind, number>;
  /** Posts that WordPress did not show as a hint told, and until when they are read again. */
  watched: ReadonlyMap<number, number>;
}

type Kind = 'posts' | 'pages';
const KINDS: Kind[] = ['posts', 'pages'];

/** How a load goes about it. */
export interface WordPressOptions {
  /** For how long visitors do with what is known, without a purge. */
  compareAfterMs: number;
  limits?: Limits;
  /** How often, and after which pauses, a post is read again that is not as a hint tells. */
  waitsMs?: readonly number[];
}

/** The most that WordPress takes in one list. */
const LIST_SIZE = 100;
/** Posts read in whole with one request. */
const BATCH_SIZE = 50;
/** Requests under way at once: a WordPress may run on a small machine. */
const AT_ONCE = 3;
/** How often a list is read again that changes while it is being read. */
const LISTINGS = 5;
/** The posts changed last that are looked at beside a hinted one, lest a lost webhook hide a change. */
const PEEKED = 10;
const WAITS_MS = [150, 350, 750, 1500, 2000];
const WATCHED_FOR_MS = 10 * 60_000;
const LOOK_AT_WATCHED_MS = 10_000;
/** For how long visitors do with what is known when WordPress could not be compared. */
const POSTPONED_MS = 60_000;

/** Asks for posts in whole, with what they show of others. */
const EMBEDDED = {
  _fields: `${ARTICLE_FIELDS},_links,_embedded`,
  _embed: 'author,wp:term,wp:featuredmedia',
};

const DRAFT_FIELDS = `${EMBEDDED._fields},generated_slug`;

const EMPTY: Library = {
  articles: new Map(),
  categories: new Map(),
  tags: new Map(),
  authors: new Map(),
  images: new Map(),
};

/** A library that is being changed. */
interface Draft extends Library {
  articles: Map<number, Article>;
  categories: Map<number, Term>;
  tags: Map<number, Term>;
  authors: Map<number, Author>;
  images: Map<number, PostImage | null>;
}

/**
 * Loads all that the WordPress at `address` publishes. With a hint only what it names is read anew,
 * unless that tells that more has changed, or the lists have not been compared for long. Throws if
 * WordPress cannot be read.
 */
export async function loadWordPress(
  address: string,
  previous: LoadedWordPress | undefined,
  hint: Hint | undefined,
  { compareAfterMs, limits = LIMITS, waitsMs = WAITS_MS }: WordPressOptions,
): Promise<LoadedWordPress> {
  const now = Date.now();
  const ask = openWordPress(address, limits);
  const known = previous?.library ?? EMPTY;
  const draft = copyOf(known);
  const reader = readerOf(ask, address, draft);
  const changes = hint ?? [];
  const watched = new Map([...(previous?.watched ?? [])].filter(([, untilMs]) => untilMs > now));

  let unshown = previous?.unshown;
  let compareAtMs = previous?.compareAtMs ?? 0;
  const isDue = !hint || now >= compareAtMs;
  const isFollowed =
    !isDue && unshown !== undefined && (await reader.follow(changes, unshown, watched));
  if (!unshown || !isFollowed || mayChangeOthers(known, draft)) {
    try {
      unshown = await reader.compare(idsOf(changes, draft, watched));
      compareAtMs = now + compareAfterMs;
    } catch (error) {
      if (!previous || !hint || changes.length > 0) throw error;
      // Visitors have what is known; whoever purges hears of it.
      console.error(error);
      return { ...previous, compareAtMs: now + POSTPONED_MS, dueAtMs: now + POSTPONED_MS };
    }
  }

  const late = await reader.waitFor(changes, waitsMs);
  for (const { id } of changes.filter(isOfPost)) watched.delete(id);
  for (const { change } of late) watched.set(change.id, now + WATCHED_FOR_MS);
  return {
    ...finish(draft, address, previous, late),
    compareAtMs,
    dueAtMs: Math.min(compareAtMs, watched.size > 0 ? now + LOOK_AT_WATCHED_MS : Infinity),
    unshown,
    watched,
  };
}

/**
 * Reads a draft, or a published post with what its editor has not published yet: the post that it
 * would be. Throws if WordPress does not show it to this user, or it could not be a page of the site.
 */
export async function loadDraft(
  address: string,
  login: WordPressLogin,
  { library }: LoadedWordPress,
  { id, page }: DraftId,
): Promise<Post> {
  const draft = copyOf(library);
  await readerOf(openWordPress(address, LIMITS, login), address, draft).readDraft(
    page ? 'pages' : 'posts',
    id,
  );
  const { posts, problems } = postsOf(draft, address);
  const post = posts.get(id);
  const problem = problems.find(({ file }) => file === draft.articles.get(id)?.file);
  if (!post) throw new Error(problem ? describeProblem(problem) : `WordPress has no post ${id}`);
  return post;
}

function finish(
  library: Library,
  address: string,
  previous: LoadedWordPress | undefined,
  late: Late[],
) {
  const { posts: made, problems } = postsOf(library, address, previous?.made);
  const posts = keepIfSame([...made.values()], previous?.posts);
  const told = late.map(({ change, message }): Problem => {
    const article = library.articles.get(change.id);
    const slug = article?.slug ?? (slugOf(change.slug ?? '') || String(change.id));
    const file = article?.file ?? `WordPress ${change.page ? 'page' : 'post'} ${change.id}`;
    return { slug, page: article?.page ?? change.page, file, message };
  });
  return { library, made, posts, problems: [...problems, ...told] };
}

type PostChange = Extract<Change, { kind: 'post' }>;
const isOfPost = (change: Change): change is PostChange => change.kind === 'post';

/** A change that WordPress does not show yet, and what it shows. */
interface Late {
  change: PostChange;
  message: string;
}

function lateOf(change: PostChange, { articles }: Library): Late | undefined {
  const { id, modified: wanted, gone } = change;
  const article = articles.get(id);
  if (gone) {
    // What was published again since then has a later date.
    const isGone =
      !article || article.hidden || (wanted !== undefined && article.modified > wanted);
    return isGone
      ? undefined
      : { change, message: 'WordPress still shows it, though the request says that it is gone' };
  }
  if (wanted === undefined || (article && article.modified >= wanted)) return undefined;
  const shown = article ? `that of ${article.modified}` : 'nothing';
  const message = `WordPress shows ${shown}, not the version of ${wanted} that the request names`;
  return { change, message };
}

const copyOf = (library: Library): Draft => ({
  articles: new Map(library.articles),
  categories: new Map(library.categories),
  tags: new Map(library.tags),
  authors: new Map(library.authors),
  images: new Map(library.images),
});

const kindOf = ({ page }: { page: boolean }): Kind => (page ? 'pages' : 'posts');

/** The ids of posts that have to be read in any case. */
function idsOf(
  changes: readonly Change[],
  { articles }: Library,
  watched: ReadonlyMap<number, number>,
): Set<number> {
  const slugs = new Set(slugsIn(changes));
  const bySlug = [...articles.values()].filter(({ slug }) => slugs.has(slug));
  return new Set([
    ...changes.filter(isOfPost).map(({ id }) => id),
    ...bySlug.map(({ id }) => id),
    ...watched.keys(),
  ]);
}

/** The questions that a load may have, each of which brings `draft` up to date. */
function readerOf(ask: Ask, address: string, draft: Draft) {
  const { articles, categories, tags, authors, images } = draft;

  const countOf = (kind: Kind): number =>
    [...articles.values()].filter((article) => kindOf(article) === kind).length;

  /** Whether an id may be of a kind; `page` is what is told of it. */
  const mayBe = (kind: Kind, id: number, page = articles.get(id)?.page): boolean =>
    page === undefined || page === (kind === 'pages');

  /** Reads posts in whole; those that are not there any more are dropped. */
  async function readArticles(kind: Kind, ids: number[], embed: boolean): Promise<void> {
    const answer = await ask(
      kind,
      {
        include: ids.join(','),
        per_page: ids.length,
        ...(embed ? EMBEDDED : { _fields: ARTICLE_FIELDS }),
      },
      z.array(Rest),
    ).catch((error: unknown) => {
      const isTooLarge = error instanceof WordPressFailure && error.why.tooLarge;
      if (!isTooLarge || ids.length === 1) throw error;
    });
    if (!answer) {
      const middle = ids.length >> 1;
      await readArticles(kind, ids.slice(0, middle), embed);
      return readArticles(kind, ids.slice(middle), embed);
    }
    const there = take(answer);
    for (const id of ids) {
      if (there.has(id)) continue;
      const known = articles.get(id);
      if (known && kindOf(known) === kind) articles.delete(id);
    }
  }

  function take({ data, atMs }: Answer<Rest[]>): Set<number> {
    for (const rest of data) {
      articles.set(rest.id, articleOf(rest, address, atMs));
      takeEmbedded(rest);
    }
    return new Set(data.map(({ id }) => id));
  }

  /** What comes along with a post; an author whom nobody may see comes as an error. */
  function takeEmbedded({ _embedded = {}, featured_media }: Rest): void {
    const list = <T>(name: string, schema: z.ZodType<T>): T[] =>
      [_embedded[name]].flat(2).flatMap((value) => schema.safeParse(value).data ?? []);
    for (const author of list('author', Author)) authors.set(author.id, author);
    for (const term of list('wp:term', Term)) {
      const known = categories.get(term.id);
      if (term.taxonomy === 'post_tag') tags.set(term.id, term);
      // Not what lies above it, so an unknown one is asked for.
      if (known) categories.set(term.id, { ...term, parent: known.parent });
    }
    if (featured_media === 0 || !('wp:featuredmedia' in _embedded)) return;
    const media = list('wp:featuredmedia', Media).find(({ id }) => id === featured_media);
    images.set(featured_media, media ? imageOf(media) : null);
  }

  /** A list in whole. Read again if it changed meanwhile, since its pages may then have a gap. */
  async function list<T>(
    route: string,
    parameters: Parameters,
    schema: z.ZodType<T>,
  ): Promise<{ items: T[]; total: number }> {
    const page = (number: number) =>
      ask(route, { ...parameters, per_page: LIST_SIZE, page: number }, z.array(schema));
    for (let listings = 0; listings < LISTINGS; listings += 1) {
      const first = await page(1);
      const items = [...first.data];
      const totals = new Set([first.total]);
      const rest = Array.from({ length: (first.pages ?? 1) - 1 }, (_, index) => index + 2);
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

  /** Reads the lists, and in whole what they show to have changed, and `ids`. */
  async function compare(ids: ReadonlySet<number>): Promise<Record<Kind, number>> {
    const inOrder = { orderby: 'id', order: 'asc' };
    const terms = async (route: string, hide_empty: string, into: Map<number, Term>) => {
      const { items } = await list(route, { ...inOrder, hide_empty, _fields: TERM_FIELDS }, Term);
      into.clear();
      for (const term of items) into.set(term.id, term);
    };
    const kinds = pMap(KINDS, async (kind) => {
      const { items, total } = await list(kind, { ...inOrder, _fields: STUB_FIELDS }, Stub);
      const listed = new Set(items.map(({ id }) => id));
      // What a list lacks may have slipped through between its pages: never a 404 for that.
      const missing = [...articles.values()].filter(
        (known) => kindOf(known) === kind && !listed.has(known.id),
      );
      const stale = items.filter(
        (stub) => ids.has(stub.id) || isOutdated(articles.get(stub.id), stub),
      );
      const wanted = [...stale, ...missing].map(({ id }) => id);
      await pMap(chunksOf(wanted, BATCH_SIZE), (batch) => readArticles(kind, batch, false), {
        concurrency: AT_ONCE,
      });
      return total - countOf(kind);
    });
    const [posts = 0, pages = 0] = (
      await Promise.all([
        kinds,
        terms('categories', 'false', categories),
        terms('tags', 'true', tags),
        readAuthors(),
      ])
    )[0];
    await readImages(new Set([...articles.values()].map(({ stub }) => stub.featured_media)));
    return { posts, pages };
  }

  /**
   * Many keep the list of users shut; then there are no names but those known. Answers whose were
   * read.
   */
  async function readAuthors(parameters: Parameters = {}): Promise<number[]> {
    try {
      const { items } = await list('users', { ...parameters, _fields: AUTHOR_FIELDS }, Author);
      for (const author of items) authors.set(author.id, author);
      return items.map(({ id }) => id);
    } catch (error) {
      const status = error instanceof WordPressFailure ? error.why.status : undefined;
      if (![401, 403, 404].includes(status ?? 0)) throw error;
      return [];
    }
  }

  async function readImages(wanted: Set<number>): Promise<void> {
    wanted.delete(0);
    const found = await pMap(
      chunksOf([...wanted], LIST_SIZE),
      (batch) =>
        ask(
          'media',
          { include: batch.join(','), per_page: batch.length, _fields: MEDIA_FIELDS },
          z.array(Media),
        ),
      { concurrency: AT_ONCE },
    );
    for (const id of wanted) images.set(id, null);
    for (const media of found.flatMap(({ data }) => data)) images.set(media.id, imageOf(media));
  }

  /**
   * Reads what a hint names: with three requests where that is one post. False if more has changed, so
   * that the lists have to be compared.
   */
  async function follow(
    changes: readonly Change[],
    unshown: Record<Kind, number>,
    watched: ReadonlyMap<number, number>,
  ): Promise<boolean> {
    if (changes.some(({ kind }) => kind === 'addresses')) return false;
    const told = new Map(changes.filter(isOfPost).map(({ id, page }) => [id, page]));
    const hinted = [...idsOf(changes, draft, watched)];
    // Some senders call everything a post that WordPress keeps with its posts.
    const pictures = new Set(hinted.filter((id) => images.has(id)));
    const ids = hinted.filter((id) => !pictures.has(id));
    const [posts = [], pages = []] = KINDS.map((kind) =>
      withUnsettled(
        kind,
        ids.filter((id) => mayBe(kind, id, told.get(id))),
      ),
    );
    const unknown = slugsIn(changes).filter(
      (slug) => ![...articles.values()].some((article) => article.slug === slug),
    );
    const isOfOneKind = unknown.length === 0 && (posts.length === 0) !== (pages.length === 0);
    const peeked = isOfOneKind ? (posts.length > 0 ? 'posts' : 'pages') : undefined;

    const [peek, areAuthorsThere] = await Promise.all([
      peeked && peekAt(peeked),
      readHintedAuthors(changes),
      readImages(pictures),
      ...chunksOf(posts, BATCH_SIZE).map((batch) => readArticles('posts', batch, true)),
      ...chunksOf(pages, BATCH_SIZE).map((batch) => readArticles('pages', batch, true)),
      ...(unknown.length > 0 ? KINDS.map((kind) => readSlugs(kind, unknown)) : []),
      readTerms('categories', termsIn(changes, 'category'), categories),
      readTerms('tags', termsIn(changes, 'post_tag'), tags),
    ]);
    if (posts.length + unknown.length > 0) await readNewCategories();
    return areAuthorsThere && (!peek || isWhole(peek, peeked ?? 'posts', unshown));
  }

  /** Where posts are read anyway, those go along whose date may hide a further edit. */
  function withUnsettled(kind: Kind, ids: number[]): number[] {
    if (ids.length === 0 || ids.length >= BATCH_SIZE) return ids;
    const unsettled = [...articles.values()].filter(
      (article) => !article.settled && kindOf(article) === kind && !ids.includes(article.id),
    );
    return [...ids, ...unsettled.map(({ id }) => id)].slice(0, BATCH_SIZE);
  }

  /** False if one is not shown: the posts of one that is gone may be another's now. */
  async function readHintedAuthors(changes: readonly Change[]): Promise<boolean> {
    const ids = changes.flatMap((one) => (one.kind === 'author' ? [one.id] : []));
    if (ids.length === 0) return true;
    const found = await readAuthors({ include: ids.join(',') });
    return ids.every((id) => found.includes(id));
  }

  const peekAt = (kind: Kind) =>
    ask(
      kind,
      { orderby: 'modified', order: 'desc', per_page: PEEKED, _fields: STUB_FIELDS },
      z.array(Stub),
    );

  /** True if what was modified last is known in that version, and nothing is missing. */
  function isWhole({ data, total }: Answer<Stub[]>, kind: Kind, unshown: Record<Kind, number>) {
    return (
      (total === undefined || total === countOf(kind) + unshown[kind]) &&
      data.every(({ id, modified_gmt }) => articles.get(id)?.stub.modified_gmt === modified_gmt)
    );
  }

  async function readSlugs(kind: Kind, slugs: string[]): Promise<void> {
    const parameters = { slug: slugs.join(','), per_page: LIST_SIZE, ...EMBEDDED };
    take(await ask(kind, parameters, z.array(Rest)));
  }

  /** Reads terms; the posts of one that is gone are in others now. */
  async function readTerms(route: string, ids: number[], into: Map<number, Term>): Promise<void> {
    if (ids.length === 0) return;
    const { items } = await list(
      route,
      { include: ids.join(','), hide_empty: 'false', _fields: TERM_FIELDS },
      Term,
    );
    for (const term of items) into.set(term.id, term);
    const gone = ids.filter((id) => !items.some((term) => term.id === id));
    for (const id of gone) into.delete(id);
    const field = into === categories ? 'categories' : 'tags';
    const moved = [...articles.values()].filter(({ stub }) =>
      stub[field].some((id) => gone.includes(id)),
    );
    await pMap(
      chunksOf(
        moved.map(({ id }) => id),
        BATCH_SIZE,
      ),
      (batch) => readArticles('posts', batch, true),
      { concurrency: AT_ONCE },
    );
  }

  async function readNewCategories(): Promise<void> {
    const used = [...articles.values()].flatMap(({ stub }) => stub.categories);
    if (used.every((id) => categories.has(id))) return;
    // The newest ones: what lies above a new one may be new as well.
    const { data } = await ask(
      'categories',
      { orderby: 'id', order: 'desc', per_page: LIST_SIZE, _fields: TERM_FIELDS },
      z.array(Term),
    );
    for (const term of data) categories.set(term.id, term);
  }

  /** Reads a post as its editor sees it, whether it is published or not. */
  async function readDraft(kind: Kind, id: number): Promise<void> {
    const asEditor = { context: 'edit' };
    const [{ data, atMs }, autosaves] = await Promise.all([
      ask(`${kind}/${id}`, { ...asEditor, ...EMBEDDED, _fields: DRAFT_FIELDS }, Rest),
      ask(`${kind}/${id}/autosaves`, { ...asEditor, _fields: AUTOSAVE_FIELDS }, z.array(Autosave)),
    ]);
    const rest = restOfDraft(data, autosaves.data);
    take({ data: [rest], atMs });
    articles.set(id, { ...articleOf(rest, address, atMs), hidden: false });
    await readNewCategories();
  }

  /** Reads posts again until WordPress shows them as the changes tell; answers those that it doesn't. */
  async function waitFor(changes: readonly Change[], waitsMs: readonly number[]): Promise<Late[]> {
    const lateNow = () => changes.filter(isOfPost).flatMap((change) => lateOf(change, draft) ?? []);
    let late = lateNow();
    for (const waitMs of waitsMs) {
      if (late.length === 0) break;
      await pause(waitMs);
      for (const kind of KINDS) {
        const ids = late.flatMap(({ change: { id, page } }) => (mayBe(kind, id, page) ? [id] : []));
        for (const batch of chunksOf(ids, BATCH_SIZE)) await readArticles(kind, batch, true);
      }
      late = lateNow();
    }
    return late;
  }

  return { compare, follow, waitFor, readDraft };
}

const slugsIn = (changes: readonly Change[]): string[] =>
  changes.flatMap((one) => (one.kind === 'slug' ? [slugOf(one.slug)] : []));

const termsIn = (changes: readonly Change[], taxonomy: 'category' | 'post_tag'): number[] =>
  changes.flatMap((one) => (one.kind === 'term' && one.taxonomy === taxonomy ? [one.id] : []));

const chunksOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
