/**
 * What crawlers read: the sitemap, in parts where it is too long for one file, and robots.txt.
 */
import { SitemapIndexStream, SitemapStream, streamToPromise } from 'sitemap';
import { canonicalOf } from '../site/entries';
import { SECTIONS } from '../site/languages';
import { MISSING_PATH, pathOfPost } from '../site/paths';
import { shownSite, type SiteLanguage } from '../site/shown-site';
import type { Site } from '../site/site';
import { NO_DATE } from '../source/post';

/** The most that the protocol allows in one file. */
const MOST_URLS = 50_000;

const NAMESPACES = { news: false, xhtml: SECTIONS.length > 0, image: false, video: false };

/** Every path of the site; past 50,000 of them the index of the parts. */
export async function sitemapOf(site: Site, origin: string): Promise<string> {
  const paths = listed(site, origin);
  if (paths.length <= MOST_URLS) return urlset(paths, site, origin);
  const index = new SitemapIndexStream();
  for (let part = 1; part <= partsOf(paths); part += 1) {
    index.write({ url: origin + partPath(part) });
  }
  index.end();
  return (await streamToPromise(index)).toString();
}

/** One part, by the name of its file, such as `1.xml`; undefined if there is none of that name. */
export async function sitemapPartOf(
  site: Site,
  origin: string,
  file: string,
): Promise<string | undefined> {
  const part = Number(/^([1-9]\d{0,4})\.xml$/.exec(file)?.[1]);
  const paths = listed(site, origin);
  if (!(part <= partsOf(paths))) return undefined;
  return urlset(paths.slice((part - 1) * MOST_URLS, part * MOST_URLS), site, origin);
}

/** Where the parts are, if there are any. */
export function sitemapPaths(site: Site, origin: string): string[] {
  const parts = partsOf(listed(site, origin));
  return parts > 1 ? Array.from({ length: parts }, (_, part) => partPath(part + 1)) : [];
}

/** What crawlers may read: all but the endpoint for purges. */
export const robotsOf = (origin: string): string =>
  ['User-agent: *', 'Allow: /', 'Disallow: /api/', '', `Sitemap: ${origin}/sitemap.xml`, ''].join(
    '\n',
  );

/** Every page except the 404, redirects, and what search engines are to know under another address or not at all. */
const listed = ({ pages, posts }: Site, origin: string): string[] =>
  [...pages].flatMap(([path, { kind }]) => {
    const post = posts.get(path);
    const isOwn = !post || (canonicalOf(post, origin) ?? origin + path) === origin + path;
    const isListed = path !== MISSING_PATH && kind !== 'redirect' && isOwn;
    return isListed && !post?.seo?.noindex ? [path] : [];
  });

/** What a page has in other languages. */
function translationsAt(
  path: string,
  { pages, posts, frame }: Site,
): readonly Pick<SiteLanguage, 'language' | 'path'>[] {
  if (SECTIONS.length === 0) return [];
  const { languages } = shownSite(frame);
  if (languages.some((one) => one.path === path)) return languages;
  const view = posts.get(path)?.translationKey === undefined ? undefined : pages.get(path)?.view;
  return (view && 'translations' in view ? view.translations : undefined) ?? [];
}

const partPath = (part: number): string => `/sitemap/${part}.xml`;

const partsOf = (paths: string[]): number => Math.ceil(paths.length / MOST_URLS);

/**
 * Posts carry the day they were last written. Lists carry none: a list changes when a post leaves it,
 * and does not when a text is corrected, so that no date of its posts would be true.
 */
async function urlset(paths: string[], site: Site, origin: string): Promise<string> {
  const modified = new Map(
    [...site.posts.values()].map((post) => [
      pathOfPost(post),
      post.updated ?? (post.date === NO_DATE ? undefined : post.date),
    ]),
  );
  const stream = new SitemapStream({ xmlns: NAMESPACES });
  for (const path of paths) {
    const links = translationsAt(path, site).map(({ language, path: of }) => ({
      lang: language,
      url: origin + of,
    }));
    stream.write({ url: origin + path, lastmod: modified.get(path), links });
  }
  stream.end();
  return (await streamToPromise(stream)).toString();
}
