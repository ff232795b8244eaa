/** Sitemaps past the 50,000 addresses of one file: large, so not among the unit tests. */
import { sitemapOf, sitemapPartOf } from '../../lib/readers/sitemap';
import { MISSING_PATH } from '../../lib/site/paths';
import type { Site } from '../../lib/site/site';
import { ORIGIN, postWith, siteWith } from '../setup/posts';
import { readXml, SITEMAP_SCHEMA } from '../setup/xml';

const valid = (xml: string | undefined, ...paths: string[]) =>
  readXml(xml ?? '', paths, SITEMAP_SCHEMA);

/** What there is to find. */
const pagesOf = ({ pages }: Site) => [...pages.keys()].filter((path) => path !== MISSING_PATH);

/** A site of so many paths. */
function siteOfSize(size: number): Site {
  const site = siteWith([]);
  const [[, page] = []] = site.pages;
  if (!page) throw new Error('No home page');
  const paths = Array.from({ length: size }, (_, index) => `/p${index}`);
  return { ...site, pages: new Map(paths.map((path) => [path, page])) };
}

test('50,000 addresses are one file', async () => {
  const [urls] = valid(await sitemapOf(siteOfSize(50_000), ORIGIN), '/s:urlset/s:url');
  expect(urls).toHaveLength(50_000);
});

test('50,001 posts are an index and files that hold each address once', async () => {
  const posts = Array.from({ length: 50_001 }, (_, index) => postWith(`p${index}`));
  const site = siteWith(posts);
  const [parts = []] = readXml(await sitemapOf(site, ORIGIN), ['/s:sitemapindex/s:sitemap/s:loc']);
  expect(parts).toEqual([`${ORIGIN}/sitemap/1.xml`, `${ORIGIN}/sitemap/2.xml`]);
  const files = parts.map((url) => url.slice(url.lastIndexOf('/') + 1));
  const listed: string[] = [];
  for (const file of files) {
    const [urls = []] = valid(await sitemapPartOf(site, ORIGIN, file), '/s:urlset/s:url/s:loc');
    expect(urls.length).toBeLessThanOrEqual(50_000);
    listed.push(...urls);
  }
  expect(listed).toEqual(pagesOf(site).map((path) => ORIGIN + path));
});
