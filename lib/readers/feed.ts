/**
 * The feed: RSS 2.0 with the whole text of the newest posts, made of the site and of nothing else.
 */
import { generateRssFeed } from 'feedsmith';
import type { FeedPost, FeedTexts } from './feed-texts';
import type { Name, Post } from '../source/post';
import { pathOfPost, slugOfName, textOfName } from '../site/paths';
import type { Site } from '../site/site';
import { shownSite } from '../site/shown-site';
import { SITE } from '../site/site-config';

/** Posts in the feed, the newest. */
const FEED_LENGTH = 20;

/** Characters that XML 1.0 can hold in no form. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** The feed. Nothing in it comes from the clock. */
export async function feedOf(site: Site, origin: string, texts: FeedTexts): Promise<string> {
  const { name, description, language } = shownSite(site.frame);
  const newest = site.newest.slice(0, FEED_LENGTH);
  const posts = newest.map((post) => ({ post, url: origin + pathOfPost(post) }));
  const found = await texts.of(posts);
  const lastWritten = newest.map((post) => post.updated ?? post.date).sort();
  const feed = generateRssFeed({
    title: name,
    link: `${origin}/`,
    description,
    language,
    lastBuildDate: new Date(lastWritten.at(-1) ?? 0),
    atom: { links: [{ href: `${origin}/feed.xml`, rel: 'self', type: 'application/rss+xml' }] },
    items: posts.map((post, index) => itemOf(post, found[index])),
  });
  return feed.replace(NOT_XML, '');
}

function itemOf({ post, url }: FeedPost, text: string | undefined) {
  const { author = SITE.author } = post;
  return {
    title: post.title,
    link: url,
    guid: { value: url, isPermaLink: true },
    pubDate: new Date(post.date),
    description: post.summary,
    // RSS's own `author` has to be an e-mail address.
    dc: author === undefined ? undefined : { creators: [author] },
    categories: categoriesOf(post).map((name) => ({ name: textOfName(name) })),
    content: text ? { encoded: text } : undefined,
  };
}

/** Its category and its tags, each once. */
const categoriesOf = ({ category, tags }: Post): Name[] => [
  ...new Map(
    [...(category === undefined ? [] : [category]), ...tags].map((name) => [
      slugOfName(name),
      name,
    ]),
  ).values(),
];
