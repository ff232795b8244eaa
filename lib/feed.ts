/**
 * What machines read of the site: the feed and the sitemap, computed from the site alone.
 */
import { Feed } from 'feed';
import { SitemapStream, streamToPromise } from 'sitemap';
import type { GetServerSidePropsContext, GetServerSidePropsResult } from 'next';
import { currentContent } from './content';
import { environment } from './environment';
import { hash } from './post';
import { pathOfPost, type Site } from './site';
import { SITE_DESCRIPTION, SITE_NAME } from './site-name';

/** Posts in the feed, the newest. */
const FEED_LENGTH = 20;

/** The feed in RSS 2.0. Nothing in it comes from the clock. */
export function feedOf(site: Site, origin: string): string {
  const newest = site.newest.slice(0, FEED_LENGTH);
  const dates = newest.map((post) => post.updated ?? post.date).sort();
  const feed = new Feed({
    title: SITE_NAME,
    description: SITE_DESCRIPTION,
    id: `${origin}/`,
    link: `${origin}/`,
    language: 'en',
    feedLinks: { rss: `${origin}/feed.xml` },
    // The library would put in the present time.
    updated: new Date(dates.at(-1) ?? 0),
    generator: SITE_NAME,
  });
  for (const post of newest) {
    const url = origin + pathOfPost(post);
    feed.addItem({
      title: post.title,
      id: url,
      link: url,
      date: new Date(post.date),
      description: post.summary,
      category: post.category === undefined ? undefined : [{ name: post.category }],
    });
  }
  return feed.rss2();
}

/** Every path of the site. */
export async function sitemapOf(site: Site, origin: string): Promise<string> {
  const modified = new Map(
    [...site.posts.values()].map((post) => [pathOfPost(post), post.updated ?? post.date]),
  );
  const stream = new SitemapStream({ hostname: origin });
  for (const path of site.pages.keys()) {
    stream.write({ url: origin + path, lastmod: modified.get(path) });
  }
  stream.end();
  return (await streamToPromise(stream)).toString();
}

type Make = (site: Site, origin: string) => string | Promise<string>;

/** Made once for each site; a site that has gone takes its texts with it. */
const made = new WeakMap<Site, Map<Make, Promise<string>>>();

/**
 * Answers a request with a text that is made of the newest site. Caches may keep it, but have to ask
 * each time whether it is the newest still.
 */
export async function sendFromSite(
  { req, res }: GetServerSidePropsContext,
  contentType: string,
  make: Make,
): Promise<GetServerSidePropsResult<Record<string, never>>> {
  const { site } = await currentContent();
  const texts = made.get(site) ?? new Map<Make, Promise<string>>();
  made.set(site, texts);
  const making = texts.get(make) ?? Promise.resolve(make(site, environment().siteUrl));
  texts.set(make, making);
  const text = await making;

  const etag = `"${hash(text)}"`;
  res.setHeader('Cache-Control', 'public, no-cache');
  res.setHeader('ETag', etag);
  if (req.headers['if-none-match'] === etag) {
    res.statusCode = 304;
    res.end();
  } else {
    res.setHeader('Content-Type', `${contentType}; charset=utf-8`);
    res.end(text);
  }
  return { props: {} };
}
