/** The addresses of the site's pages, as paths. */
import type { Name, Post, Problem } from '../source/post';
import { sectionOfPath } from './languages';
import { slugOf, slugOfTerm } from './slugs';

/** Where Next looks for what it shows for an unknown address. It is stored as any page, but not listed. */
export const MISSING_PATH = '/404';

/** The path made of these segments, percent-encoded: `pathOf('blog', 'türkçe')`. */
export const pathOf = (...segments: (string | number)[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

/** The path of a category or a tag; its slug may have slashes. */
export const pathOfTerm = (kind: string, slug: string): string => pathOf(kind, ...slug.split('/'));

/** The path of a list of a section, of which `prefixOf` is the beginning. */
export const pathOfList = (prefix: string, kind: string, slug: string): string =>
  prefix + pathOfTerm(kind, slug);

/** The segments of a path, decoded; throws if its percent-encoding is broken. */
export const segmentsOf = (path: string): string[] =>
  path.slice(1).split('/').map(decodeURIComponent);

/** Whether a purge would name an address as it is written here. */
export const isOurSpelling = (address: string): boolean => ourSpelling(address) === address;

/** An address as the site writes it, whatever the spelling; undefined if it has no such one. */
export function ourSpelling(address: string): string | undefined {
  const segments = address.split('/').slice(1);
  if (segments.includes('.') || segments.includes('..')) return undefined;
  try {
    return pathOf(...segments.map((segment) => decodeURIComponent(segment).normalize('NFC')));
  } catch {
    return undefined;
  }
}

/** The slug of a category, a tag or an author, by the path of its list. */
export const slugOfPath = (path: string): string =>
  segmentsOf(path)
    .slice(sectionOfPath(path) === undefined ? 1 : 2)
    .join('/');

/** Where a post lives. */
export const pathOfPost = ({ slug, page, path }: Pick<Post, 'slug' | 'page' | 'path'>): string =>
  // Not by `pathOf`: it is asked for each post at each load.
  path ?? (page ? `/${encodeURIComponent(slug)}` : `/blog/${encodeURIComponent(slug)}`);

/** Where a post may live that cannot be read. */
export const pathsOfProblem = ({ slug, page, path }: Problem): string[] =>
  path !== undefined
    ? [path]
    : [...(page ? [] : [pathOf('blog', slug)]), ...(page === false ? [] : [pathOf(slug)])];

/** The name of a category or a tag as readers see it. */
export const textOfName = (name: Name): string => (typeof name === 'string' ? name : name[0]);

/** The slug of a category or a tag. */
export const slugOfName = (name: Name): string =>
  typeof name === 'string' ? slugOfTerm(name) : name[1];

/** A name as short as it can be: with a slug only where that is not made of the name. */
export const nameOf = (name: string, slug: string): Name =>
  slugOf(name) === slug && slugOfTerm(name) === slug ? name : [name, slug];

/** The slug of a post's author: the source's own, or that of the name; empty if there is none. */
export const slugOfAuthor = ({
  author = '',
  authorSlug,
}: Pick<Post, 'author' | 'authorSlug'>): string => authorSlug ?? slugOf(author);
