/**
 * The feeds: RSS 2.0, Atom and JSON Feed with the whole text of the newest posts, made of the site and of
 * nothing else.
 */
import { generateAtomFeed, generateJsonFeed, generateRssFeed } from 'feedsmith';
import type { FeedPost, FeedTexts } from './feed-texts';
import type { Name, Post } from '../source/post';
import { prefixOfPost } from '../site/entries';
import {
  feedOfAll,
  feedOfList,
  FEED_FORMATS,
  FEEDS,
  KINDS_WITH_FEED,
  type FeedFormat,
} from '../site/feeds';
import { prefixOf, SECTIONS, sectionOfPath, type Section } from '../site/languages';
import { postsAt, type Group } from '../site/lists';
import { pathOfList, pathOfPost, slugOfName, slugOfPath, textOfName } from '../site/paths';
import type { Site } from '../site/site';
import { shownSite } from '../site/shown-site';
import { SITE } from '../site/site-config';

/** Posts in a feed, the newest. */
const FEED_LENGTH = 20;

/** Characters that XML 1.0 can hold in no form. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** What a feed says, in whatever format. */
interface Contents {
  title: string;
  description: string;
  language: string;
  /** The page that lists these posts, and the feed's own address. */
  page: string;
  self: string;
  /** When one of its posts was last written. */
  updated: Date;
  /** Whom the posts are by that name nobody. */
  author: string;
  items: Item[];
}

interface Item extends FeedPost {
  summary?: string;
  author?: string;
  categories: string[];
  /** HTML; absent if it cannot be rendered. */
  text?: string;
}

/** A feed of all posts of a language. Nothing in it comes from the clock. */
export async function feedOf(
  site: Site,
  origin: string,
  texts: FeedTexts,
  format: FeedFormat = 'rss',
  section?: Section,
): Promise<string> {
  const { name, description, language, prefix } = shownSite(site.frame, section);
  return FORMATS[format]({
    title: name,
    description,
    language,
    page: origin + (prefix || '/'),
    self: origin + feedOfAll(prefix, format),
    ...(await entriesOf(site.postsIn(section).newest, name, origin, texts)),
  });
}

/** The feed of the category or the tag whose list is at a path, in RSS; undefined if there is none. */
export async function topicFeedOf(
  site: Site,
  origin: string,
  path: string,
  texts: FeedTexts,
): Promise<string | undefined> {
  const topic = topicAt(site, path);
  if (!topic) return undefined;
  const section = sectionOfPath(path);
  const { name, description, language } = shownSite(site.frame, section);
  const { newest } = site.postsIn(section);
  return FORMATS.rss({
    title: `${topic.name} · ${name}`,
    description: `${topic.name}. ${description}`,
    language,
    page: origin + path,
    self: origin + feedOfList(path),
    ...(await entriesOf(postsAt(topic.members, newest), name, origin, texts)),
  });
}

/**
 * The feeds that show what changed on these pages: those of all posts, and those of the categories and tags
 * whose lists or posts are among them. A post that left a topic changed the topic's list.
 */
export function feedsOfChanges(site: Site | undefined, paths: readonly string[]): string[] {
  const prefixes = [undefined, ...SECTIONS].map(prefixOf);
  const found = new Set(
    prefixes.flatMap((prefix) => FEED_FORMATS.map((format) => feedOfAll(prefix, format))),
  );
  for (const path of paths) {
    const head = path.replace(/\/page\/\d+$/, '');
    const prefix = prefixOf(sectionOfPath(path));
    if (KINDS_WITH_FEED.some((kind) => head.startsWith(`${prefix}/${kind}/`))) {
      found.add(feedOfList(head));
    }
    const post = site?.posts.get(path);
    if (!post) continue;
    const { category, alsoIn = [], tags } = post;
    for (const name of category === undefined ? alsoIn : [category, ...alsoIn]) {
      found.add(feedOfList(pathOfList(prefixOfPost(post), 'category', slugOfName(name))));
    }
    for (const name of tags)
      found.add(feedOfList(pathOfList(prefixOfPost(post), 'tag', slugOfName(name))));
  }
  return [...found];
}

/** The category or the tag whose list is at this path. */
function topicAt({ postsIn }: Site, path: string): Group | undefined {
  const section = sectionOfPath(path);
  const { grouped } = postsIn(section);
  const groups = { category: grouped.categories.value, tag: grouped.tags.value.groups };
  for (const kind of KINDS_WITH_FEED) {
    if (!path.startsWith(`${prefixOf(section)}/${kind}/`)) continue;
    return groups[kind].get(slugOfPath(path));
  }
  return undefined;
}

async function entriesOf(posts: Post[], siteName: string, origin: string, texts: FeedTexts) {
  const newest = posts.filter(({ seo }) => !seo?.noindex).slice(0, FEED_LENGTH);
  const entries = newest.map((post) => ({ post, url: origin + pathOfPost(post) }));
  const found = await texts.of(entries);
  const lastWritten = newest.map(writtenAt).sort();
  return {
    updated: new Date(lastWritten.at(-1) ?? 0),
    author: SITE.author ?? siteName,
    items: entries.map(({ post, url }, index) => ({
      post,
      url,
      summary: post.summary ?? post.excerpt,
      author: post.author ?? SITE.author,
      categories: categoriesOf(post).map(textOfName),
      // An empty text is none: a feed would end at `<content:encoded/>`.
      text: found[index] || undefined,
    })),
  };
}

const writtenAt = ({ date, updated = date }: Post): string => updated;

/** How each format is written. */
const FORMATS: Record<FeedFormat, (contents: Contents) => string> = {
  rss: ({ title, description, language, page, self, updated, items }) =>
    generateRssFeed({
      title,
      link: page,
      description,
      language,
      lastBuildDate: updated,
      atom: { links: [{ href: self, rel: 'self', type: FEEDS.rss.type }] },
      items: items.map(({ post, url, summary, author, categories, text }) => ({
        title: post.title,
        link: url,
        guid: { value: url, isPermaLink: true },
        pubDate: new Date(post.date),
        description: summary,
        // RSS's own `author` has to be an e-mail address.
        dc: author === undefined ? undefined : { creators: [author] },
        categories: categories.map((name) => ({ name })),
        content: text === undefined ? undefined : { encoded: text },
      })),
    }).replace(NOT_XML, ''),

  atom: ({ title, description, language, page, self, updated, author: ofSite, items }) =>
    generateAtomFeed({
      id: page,
      title: { value: title },
      subtitle: { value: description },
      xml: { lang: language },
      updated,
      // Atom asks for one of each entry, or of the feed.
      authors: [{ name: ofSite }],
      links: [
        { href: page, rel: 'alternate', type: 'text/html' },
        { href: self, rel: 'self', type: FEEDS.atom.type },
      ],
      entries: items.map(({ post, url, summary, author, categories, text }) => ({
        id: url,
        title: { value: post.title },
        links: [{ href: url, rel: 'alternate', type: 'text/html' }],
        published: new Date(post.date),
        updated: new Date(writtenAt(post)),
        summary: summary === undefined ? undefined : { value: summary },
        authors: author === undefined ? undefined : [{ name: author }],
        categories: categories.map((term) => ({ term })),
        content: text === undefined ? undefined : { type: 'html', value: text },
      })),
    }).replace(NOT_XML, ''),

  json: ({ title, description, language, page, self, author: ofSite, items }) =>
    JSON.stringify(
      generateJsonFeed({
        title,
        description,
        language,
        home_page_url: page,
        feed_url: self,
        authors: [{ name: ofSite }],
        items: items.map(({ post, url, summary, author, categories, text }) => ({
          id: url,
          url,
          title: post.title,
          date_published: new Date(post.date),
          date_modified: new Date(writtenAt(post)),
          summary,
          authors: author === undefined ? undefined : [{ name: author }],
          tags: categories,
          // JSON Feed asks for one of the two.
          ...(text === undefined
            ? { content_text: summary ?? post.title }
            : { content_html: text }),
        })),
      }),
      undefined,
      2,
    ),
};

/** Its category and its tags, each once. */
const categoriesOf = ({ category, tags }: Post): Name[] => [
  ...new Map(
    [...(category === undefined ? [] : [category]), ...tags].map((name) => [
      slugOfName(name),
      name,
    ]),
  ).values(),
];
