/**
 * A library: all that is known of a WordPress. Pure.
 */
import type { PostImage } from '../post';
import type { Article } from './article';
import type { KnownComments } from './comments';
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
  /** By the posts. */
  comments: ReadonlyMap<number, KnownComments>;
}

/** A library that is being brought up to date. */
export interface MutableLibrary extends Library {
  articles: Map<number, Article>;
  categories: Map<number, Term>;
  tags: Map<number, Term>;
  authors: Map<number, Author>;
  images: Map<number, PostImage | null>;
  comments: Map<number, KnownComments>;
}

/** A copy of a library, which can be changed; without one an empty one. */
export const copyOf = (library?: Library): MutableLibrary => ({
  articles: new Map(library?.articles),
  categories: new Map(library?.categories),
  tags: new Map(library?.tags),
  authors: new Map(library?.authors),
  images: new Map(library?.images),
  comments: new Map(library?.comments),
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
  const image = { src: source_url, alt: textOf(alt_text) };
  if (!width || !height) return image;
  const whole = { source_url, width, height };
  const srcSet = srcSetOf([whole, ...Object.values(media_details.sizes)], whole);
  return { ...image, width, height, ...(srcSet !== undefined && { srcSet }) };
}

/** In pixels: what is wider is of no use in a column of text. */
const WIDEST = 2048;

/** The sizes in which all of the picture is shown, as `srcset` has them; undefined if there is no choice. */
function srcSetOf(
  sizes: ({ source_url: string; width: number; height: number } | undefined)[],
  whole: { width: number; height: number },
): string | undefined {
  const byWidth = new Map<number, string>();
  for (const size of sizes) {
    if (!size || size.width > WIDEST || byWidth.has(size.width)) continue;
    // Others are cut, such as a thumbnail; of these, WordPress rounded the height.
    const height = (size.width * whole.height) / whole.width;
    if (Math.abs(height - size.height) > 1) continue;
    // A comma would end the address.
    byWidth.set(size.width, new URL(size.source_url).href.replaceAll(',', '%2C'));
  }
  if (byWidth.size < 2) return undefined;
  return [...byWidth]
    .sort(([a], [b]) => a - b)
    .map(([width, url]) => `${url} ${width}w`)
    .join(', ');
}
