/**
 * The site as a value: a pure function of the posts, from each path to what its page shows.
 */
import type { Post } from '../source/post';
import type { Published } from './kinds';
import { bySlug, groupBy, newestFirst } from './lists';
import { LazyPage, type Page } from './page';
import { pathOfPost, slugOfAuthor } from './paths';
import { ADD_PAGES } from './routes';
import { slugOf } from './slugs';

/** The site at one instant. */
export interface Site {
  pages: ReadonlyMap<string, Page>;
  /** Blog posts, newest first. */
  newest: Post[];
  /** Blog posts and standalone pages, by their paths. */
  posts: ReadonlyMap<string, Post>;
  /** When the next scheduled post appears, in ms since 1970; Infinity if none is scheduled. */
  until: number;
}

/**
 * Computes the site from all posts as they are at `now` (ms since 1970): without drafts and without
 * posts dated later. `origin` is the site's scheme, host and port. Pages whose posts are those of
 * the `previous` site are not computed again; the result is the same without it.
 */
export function siteOf(all: Post[], now: number, origin: string, previous?: Site): Site {
  // Dates are compared as texts: all are ISO 8601 in UTC.
  const nowDate = new Date(now).toISOString();
  const published = all.filter((post) => !post.draft && post.date <= nowDate);
  const scheduled = all.filter((post) => !post.draft && post.date > nowDate);
  const until = scheduled.reduce((next, { date }) => Math.min(next, Date.parse(date)), Infinity);

  const ordered = inOrder(published);
  const pages = new Map<string, Page>();
  for (const addPages of ADD_PAGES) {
    addPages(ordered, (path, recipe) => {
      // An alias never takes the place of a page, nor of another alias.
      if (pages.has(path)) return;
      const known = previous?.pages.get(path)?.memo;
      pages.set(path, new LazyPage(origin + path, recipe, known));
    });
  }
  return {
    pages,
    newest: ordered.posts,
    posts: new Map(published.map((post) => [pathOfPost(post), post])),
    until,
  };
}

function inOrder(published: Post[]): Published {
  const posts = published.filter((post) => !post.page).sort(newestFirst);
  return {
    posts,
    standalone: published.filter((post) => post.page).sort(bySlug),
    categories: groupBy(posts, categoriesOf, slugOf),
    tags: groupBy(posts, (post) => post.tags, slugOf),
    authors: groupBy(posts, authorsOf, (_, post) => slugOfAuthor(post)),
  };
}

const categoriesOf = ({ category, alsoIn = [] }: Post): string[] =>
  category === undefined ? alsoIn : [category, ...alsoIn];

const authorsOf = ({ author }: Post): string[] => (author === undefined ? [] : [author]);
