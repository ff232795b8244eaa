/**
 * Follows a hint: reads what it names, with three requests where that is one post, and tells whether more
 * has changed than it names.
 */
import { z } from 'zod';
import { authorsIn, postsIn, slugsIn, termsIn, type Hint } from '../changes';
import type { Reply } from './client';
import type { Unshown } from './compare';
import { articlesOf, KINDS, kindOf, type Kind, type Library } from './library';
import {
  BATCH_SIZE,
  readArticles,
  readAuthors,
  readImages,
  readNewTerms,
  readSlugs,
  readTerms,
  type Reader,
} from './reader';
import { Stub, STUB_FIELDS } from './rest';

/** The posts changed last that are looked at beside a hinted one: a lost webhook must not hide a change. */
const PEEKED = 10;

/** Posts that WordPress did not show as a hint told, and until when they are read again. */
export type Watched = ReadonlyMap<number, number>;

/** The ids of posts that have to be read in any case: those that are named, and those whose texts were lost. */
export function idsToRead(changes: Hint, { articles }: Library, watched: Watched): Set<number> {
  const slugs = new Set(slugsIn(changes));
  const named = [...articles.values()].filter(
    ({ slug, text }) => slugs.has(slug) || text.isLost === true,
  );
  return new Set([
    ...postsIn(changes).map(({ id }) => id),
    ...named.map(({ id }) => id),
    ...watched.keys(),
  ]);
}

/** Whether an id may be of a kind; `page` is what is told of it. */
export function mayBe(
  { articles }: Library,
  kind: Kind,
  id: number,
  page = articles.get(id)?.page,
): boolean {
  return page === undefined || page === (kind === 'pages');
}

/** Reads what a hint names. False if more has changed, so that the lists have to be compared. */
export async function followHint(
  reader: Reader,
  changes: Hint,
  unshown: Unshown,
  watched: Watched,
): Promise<boolean> {
  if (changes.some(({ kind }) => kind === 'addresses')) return false;
  const { posts, pages, slugs, pictures } = namedBy(changes, reader.library, watched);
  const isOfOneKind = slugs.length === 0 && (posts.length === 0) !== (pages.length === 0);
  const peeked = posts.length > 0 ? 'posts' : 'pages';

  const [recent, areAuthorsThere] = await Promise.all([
    isOfOneKind ? peekAt(reader, peeked) : undefined,
    readHintedAuthors(reader, authorsIn(changes)),
    readImages(reader, pictures),
    readArticles(reader, 'posts', posts, { embed: true }),
    readArticles(reader, 'pages', pages, { embed: true }),
    ...(slugs.length > 0 ? KINDS.map((kind) => readSlugs(reader, kind, slugs)) : []),
    readTerms(reader, 'categories', termsIn(changes, 'category')),
    readTerms(reader, 'tags', termsIn(changes, 'post_tag')),
  ]);
  if (posts.length + slugs.length > 0) await readNewTerms(reader);
  // What has none of these slugs may be the address of anything, such as an older one of a post.
  if (slugsOfNone(slugs, reader.library).length > 0) return false;
  return areAuthorsThere && (!recent || isWhole(recent, reader.library, peeked, unshown));
}

/** What a hint names: ids of posts and pages, slugs that nothing known has, and images. */
function namedBy(changes: Hint, library: Library, watched: Watched) {
  const told = new Map(postsIn(changes).map(({ id, page }) => [id, page]));
  const hinted = [...idsToRead(changes, library, watched)];
  // Some senders call everything a post that WordPress keeps with its posts.
  const pictures = new Set(hinted.filter((id) => library.images.has(id)));
  const ids = hinted.filter((id) => !pictures.has(id));
  const [posts = [], pages = []] = KINDS.map((kind) =>
    withUnsettled(
      library,
      kind,
      ids.filter((id) => mayBe(library, kind, id, told.get(id))),
    ),
  );
  const slugs = slugsOfNone(slugsIn(changes), library);
  return { posts, pages, slugs, pictures };
}

/** Those of some slugs that nothing in a library has. */
function slugsOfNone(slugs: string[], { articles }: Library): string[] {
  if (slugs.length === 0) return slugs;
  const known = new Set(Array.from(articles.values(), ({ slug }) => slug));
  return slugs.filter((slug) => !known.has(slug));
}

/** Where posts are read anyway, those go along whose date may hide a further edit. */
function withUnsettled({ articles }: Library, kind: Kind, ids: number[]): number[] {
  if (ids.length === 0 || ids.length >= BATCH_SIZE) return ids;
  const unsettled = [...articles.values()].filter(
    (article) => !article.settled && kindOf(article) === kind && !ids.includes(article.id),
  );
  return [...ids, ...unsettled.map(({ id }) => id)].slice(0, BATCH_SIZE);
}

/** False if one is not shown: the posts of one that is gone may be another's now. */
async function readHintedAuthors(reader: Reader, ids: number[]): Promise<boolean> {
  if (ids.length === 0) return true;
  const found = await readAuthors(reader, { include: ids.join(',') });
  return ids.every((id) => found.includes(id));
}

/** What was modified last. */
const peekAt = ({ ask }: Reader, kind: Kind): Promise<Reply<Stub[]>> =>
  ask(
    kind,
    { orderby: 'modified', order: 'desc', per_page: PEEKED, _fields: STUB_FIELDS },
    z.array(Stub),
  );

/** True if a library has what was modified last in that version, and lacks nothing. */
const isWhole = (
  { data, total }: Reply<Stub[]>,
  library: Library,
  kind: Kind,
  unshown: Unshown,
): boolean =>
  (total === undefined || total === articlesOf(library, kind).length + unshown[kind]) &&
  data.every(
    ({ id, modified_gmt }) => library.articles.get(id)?.stub.modified_gmt === modified_gmt,
  );
