/** The addresses of the site's pages, as paths. */
import type { Post, Problem } from '../source/post';
import { slugOf } from './slugs';

/** Where Next looks for what it shows for an unknown address. It is stored as any page, but not listed. */
export const MISSING_PATH = '/404';

/** The path made of these segments, percent-encoded: `pathOf('blog', 'türkçe')`. */
export const pathOf = (...segments: (string | number)[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

/** Where a post lives. */
export const pathOfPost = ({ slug, page, path }: Pick<Post, 'slug' | 'page' | 'path'>): string =>
  // Not by `pathOf`: it is asked for each post at each load.
  path ?? (page ? `/${encodeURIComponent(slug)}` : `/blog/${encodeURIComponent(slug)}`);

/** Where a post may live that cannot be read. */
export const pathsOfProblem = ({ slug, page, path }: Problem): string[] =>
  path !== undefined
    ? [path]
    : [...(page ? [] : [pathOf('blog', slug)]), ...(page === false ? [] : [pathOf(slug)])];

/** The slug of a post's author: the source's own, or that of the name; empty if there is none. */
export const slugOfAuthor = ({
  author = '',
  authorSlug,
}: Pick<Post, 'author' | 'authorSlug'>): string => authorSlug ?? slugOf(author);
