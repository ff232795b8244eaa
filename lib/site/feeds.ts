/** The addresses of the feeds: three of all posts, and one of each category and tag. Light enough for a page. */

/** How a feed is written. */
export type FeedFormat = 'rss' | 'atom' | 'json';

interface Feed {
  path: string;
  /** Its media type. */
  type: string;
  /** What it is called where several are to choose from. */
  name: string;
}

/** The feeds of all posts. */
export const FEEDS: Readonly<Record<FeedFormat, Feed>> = {
  rss: { path: '/feed.xml', type: 'application/rss+xml', name: 'RSS' },
  atom: { path: '/atom.xml', type: 'application/atom+xml', name: 'Atom' },
  json: { path: '/feed.json', type: 'application/feed+json', name: 'JSON Feed' },
};

/** The formats of the feeds of all posts. */
export const FEED_FORMATS: readonly FeedFormat[] = ['rss', 'atom', 'json'];

/** The kinds of lists that have a feed of their own, in RSS. `next.config.js` and `routes.ts` have the same. */
export const KINDS_WITH_FEED = ['category', 'tag'] as const;

/** Where a feed of all posts is, of the language whose paths begin so. */
export const feedOfAll = (prefix: string, format: FeedFormat): string =>
  prefix + FEEDS[format].path;

/** Where the feed of a category or a tag is, given the path of its list. */
export const feedOfList = (path: string): string => path + FEEDS.rss.path;
