/**
 * Compares the lists of a WordPress with a library, and reads what they show to have changed: finds also
 * what no purge named.
 */
import pMap from 'p-map';
import { isOutdated } from './article';
import { articlesOf, KINDS, type Kind } from './library';
import {
  readAllComments,
  readArticles,
  readAuthors,
  readImages,
  readList,
  type Reader,
} from './reader';
import { Stub, STUB_FIELDS, Term, TERM_FIELDS } from './rest';

/** How many more posts and pages WordPress counts than it shows. */
export type Unshown = Record<Kind, number>;

/** What is published meanwhile comes at the end, and leaves no gap between two pages of the list. */
const IN_ORDER = { orderby: 'id', order: 'asc' };

/** Brings all of a library up to date. The posts of `ids` are read whatever the lists show of them. */
export async function compareLists(reader: Reader, ids: ReadonlySet<number>): Promise<Unshown> {
  const [[posts = 0, pages = 0]] = await Promise.all([
    pMap(KINDS, (kind) => compareArticles(reader, kind, ids)),
    // A category without posts may lie above one that has some.
    replaceTerms(reader, 'categories', 'false'),
    replaceTerms(reader, 'tags', 'true'),
    readAuthors(reader),
  ]);
  const articles = [...reader.library.articles.values()];
  await Promise.all([
    readImages(reader, new Set(articles.map(({ stub }) => stub.featured_media))),
    readAllComments(reader),
  ]);
  return { posts, pages };
}

/** Brings the posts of a kind up to date; returns how many more WordPress counts than it shows. */
async function compareArticles(
  reader: Reader,
  kind: Kind,
  ids: ReadonlySet<number>,
): Promise<number> {
  const { library } = reader;
  const parameters = { ...IN_ORDER, _fields: STUB_FIELDS };
  const { items, total } = await readList(reader, kind, parameters, Stub);
  const listed = new Set(items.map(({ id }) => id));
  // What a list lacks may have slipped through between its pages: never a 404 for that.
  const missing = articlesOf(library, kind).filter(({ id }) => !listed.has(id));
  const stale = items.filter(
    (stub) => ids.has(stub.id) || isOutdated(library.articles.get(stub.id), stub),
  );
  const wanted = [...stale, ...missing].map(({ id }) => id);
  await readArticles(reader, kind, wanted, { embed: false });
  return total - articlesOf(library, kind).length;
}

async function replaceTerms(
  reader: Reader,
  kind: 'categories' | 'tags',
  hide_empty: string,
): Promise<void> {
  const parameters = { ...IN_ORDER, hide_empty, _fields: TERM_FIELDS };
  const { items } = await readList(reader, kind, parameters, Term);
  const terms = reader.library[kind];
  terms.clear();
  for (const term of items) terms.set(term.id, term);
}
