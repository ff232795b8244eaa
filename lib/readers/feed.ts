/**
 * The feed: RSS 2.0 with the whole text of the newest posts, made of the site and of nothing else.
 */
import { generateRssFeed } from 'feedsmith';
import { LRUCache } from 'lru-cache';
import { readerHtml } from './feed-html';
import { type Post } from '../source/post';
import { slugOf } from '../site/slugs';
import { pathOfPost } from '../site/paths';
import { type Site } from '../site/site';
import { SITE } from '../site/site-config';
import { messageOf } from '../message-of';

/** Posts in the feed, the newest. */
const FEED_LENGTH = 20;

/** Characters that XML 1.0 can hold in no form. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** The HTML of a post's body. */
export type HtmlOf = (post: Post) => Promise<string>;

/** The feed. Nothing in it comes from the clock. */
export async function feedOf(site: Site, origin: string, html: HtmlOf): Promise<string> {
  const newest = site.newest.slice(0, FEED_LENGTH);
  const lastWritten = newest.map((post) => post.updated ?? post.date).sort();
  const feed = generateRssFeed({
    title: SITE.name,
    link: `${origin}/`,
    description: SITE.description,
    language: SITE.language,
    lastBuildDate: new Date(lastWritten.at(-1) ?? 0),
    atom: { links: [{ href: `${origin}/feed.xml`, rel: 'self', type: 'application/rss+xml' }] },
    items: await Promise.all(newest.map((post) => itemOf(post, origin + pathOfPost(post), html))),
  });
  return feed.replace(NOT_XML, '');
}

async function itemOf(post: Post, url: string, html: HtmlOf) {
  const content = await html(post)
    .then((body) => readerHtml(body, url))
    .catch((error: unknown) => report(post, error));
  const { author = SITE.author } = post;
  return {
    title: post.title,
    link: url,
    guid: { value: url, isPermaLink: true },
    pubDate: new Date(post.date),
    description: post.summary,
    // RSS's own `author` has to be an e-mail address.
    dc: author === undefined ? undefined : { creators: [author] },
    categories: categoriesOf(post).map((name) => ({ name })),
    content: content ? { encoded: content } : undefined,
  };
}

/** Its category and its tags, each once. */
const categoriesOf = ({ category, tags }: Post): string[] => [
  ...new Map(
    [...(category === undefined ? [] : [category]), ...tags].map((name) => [slugOf(name), name]),
  ).values(),
];

/** The faults that were told, so that each is told once, and not at every change of the site. */
const reported = new LRUCache<string, true>({ max: 1000 });

function report({ slug, file, bodyHash }: Post, error: unknown): undefined {
  const key = `${slug} ${bodyHash}`;
  if (reported.has(key)) return;
  reported.set(key, true);
  const reason = messageOf(error);
  console.error(`${file}: stands in the feed without its text: ${reason}`);
}
