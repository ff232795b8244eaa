/**
 * A library: all that is known of a WordPress. Pure.
 */
import type { PostImage } from '../post';
import type { Article } from './article';
import { textOf } from './html-text';
import type { Author, Media, Term } from './rest';

/** All that is known of a WordPress. */
export interface Library {
  articles: ReadonlyMap<number, Article>;
  categories: ReadonlyMap<number, Term>;
  tags: ReadonlyMap<number, Term>;
  authors: ReadonlyMap<number, Author>;
  /** Null: there is none, or nobody may see it. */
  images: ReadonlyMap<number, PostImage | null>;
}

/** A library that is being brought up to date. */
export interface MutableLibrary extends Library {
  articles: Map<number, Article>;
  categories: Map<number, Term>;
  tags: Map<number, Term>;
  authors: Map<number, Author>;
  images: Map<number, PostImage | null>;
}

/** A copy of a library, which can be changed; without one an empty one. */
export const copyOf = (library?: Library): MutableLibrary => ({
  articles: new Map(library?.articles),
  categories: new Map(library?.categories),
  tags: new Map(library?.tags),
  authors: new Map(library?.authors),
  images: new Map(library?.images),
});

/** What WordPress lists apart, as its routes name it. */
export type Kind = 'posts' | 'pages';
export const KINDS: Kind[] = ['posts', 'pages'];

/** The kind of an article. */
export const kindOf = ({ page }: Article): Kind => (page ? 'pages' : 'posts');

/** The articles that visitors may see, in the order of their numbers: the elder of two keeps a path. */
export const shownOf = ({ articles }: Library): Article[] =>
  [...articles.values()].filter(({ hidden }) => !hidden).sort((a, b) => a.id - b.id);

/** The articles of a kind. */
export const articlesOf = ({ articles }: Library, kind: Kind): Article[] =>
  [...articles.values()].filter((article) => kindOf(article) === kind);

/**
 * True if what differs may have changed posts that were not read again: the address of a category or a
 * page is in that of what is below it.
 */
export function mayChangeOthers(before: Library, now: Library): boolean {
  const articles = [...now.articles.values()];
  for (const { id, link } of before.categories.values()) {
    if (now.categories.get(id)?.link !== link) return true;
  }
  for (const { id, page, key } of before.articles.values()) {
    if (!page || now.articles.get(id)?.key === key) continue;
    if (articles.some((other) => other.key.startsWith(`${key}/`))) return true;
  }
  return false;
}

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
