import { robotsOf, sitemapOf, sitemapPartOf } from '../../lib/readers/sitemap';
import { MISSING_PATH } from '../../lib/site/paths';
import type { Site } from '../../lib/site/site';
import { ORIGIN, postWith, siteWith } from '../setup/posts';
import { readXml, SITEMAP_SCHEMA } from '../setup/xml';

const valid = (xml: string | undefined, ...paths: string[]) =>
  readXml(xml ?? '', paths, SITEMAP_SCHEMA);

/** What there is to find. */
const pagesOf = ({ pages }: Site) => [...pages.keys()].filter((path) => path !== MISSING_PATH);

test('lists every path of the site, and when its post was last written', async () => {
  const site = siteWith([
    postWith('a', { category: 'R&D', updated: '2026-02-02T00:00:00.000Z', title: '<&">🌲' }),
    postWith('türkçe'),
    postWith('about', { page: true, date: '2026-03-03T00:00:00.000Z' }),
  ]);
  const sitemap = await sitemapOf(site, ORIGIN);
  const lastmod = (path: string) => `//s:url[s:loc="${ORIGIN}${path}"]/s:lastmod`;
  const [listed, a, turkish, about, home] = valid(
    sitemap,
    '//s:loc',
    lastmod('/blog/a'),
    lastmod('/blog/t%C3%BCrk%C3%A7e'),
    lastmod('/about'),
    lastmod('/'),
  );
  expect(listed).toEqual(pagesOf(site).map((path) => ORIGIN + path));
  expect(a).toEqual(['2026-02-02T00:00:00.000Z']);
  expect(turkish).toEqual(['2026-01-01T00:00:00.000Z']);
  expect(about).toEqual(['2026-03-03T00:00:00.000Z']);
  expect(home).toEqual([]);
});

test('what search engines are to know under another address, or not at all, is not listed', async () => {
  const site = siteWith([
    postWith('a', { canonical: 'https://elsewhere.example/a' }),
    postWith('b', { canonical: `${ORIGIN}/blog/b` }),
    postWith('c', { canonical: 'https://elsewhere.example/c', page: true }),
    postWith('d', { canonical: '/blog/b' }),
    postWith('e', { seo: { noindex: true } }),
    postWith('f', { seo: { noindex: true }, page: true }),
  ]);
  const [listed = []] = valid(await sitemapOf(site, ORIGIN), '//s:loc');
  expect(listed.filter((url) => /\/[a-f]$/.test(url))).toEqual([`${ORIGIN}/blog/b`]);
});

/** A site of so many paths. */
function siteOfSize(size: number): Site {
  const site = siteWith([]);
  const [[, page] = []] = site.pages;
  if (!page) throw new Error('No home page');
  const paths = Array.from({ length: size }, (_, index) => `/p${index}`);
  return { ...site, pages: new Map(paths.map((path) => [path, page])) };
}

test('the page of what is missing is not listed', async () => {
  const site = siteOfSize(2);
  const [[, page] = []] = site.pages;
  const pages = new Map(site.pages);
  if (page) pages.set('/404', page);
  const sitemap = await sitemapOf({ ...site, pages }, ORIGIN);
  expect(valid(sitemap, '//s:loc')).toEqual([[`${ORIGIN}/p0`, `${ORIGIN}/p1`]]);
});

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

test.each(['0', '-1', '01', '1e3', '1.0', '+1', ' 1', '2', '99999', '100000', '', 'x', '١'])(
  'there is no part %j of a short sitemap',
  async (number) => {
    expect(await sitemapPartOf(siteOfSize(3), ORIGIN, `${number}.xml`)).toBeUndefined();
  },
);

test('a part has the name of its file, and no other', async () => {
  const site = siteOfSize(3);
  expect(await sitemapPartOf(site, ORIGIN, '1.xml')).toBe(await sitemapOf(site, ORIGIN));
  for (const file of ['1', '1.xml.xml', '1.XML', '1.xml\n', '../1.xml']) {
    expect(await sitemapPartOf(site, ORIGIN, file)).toBeUndefined();
  }
});

test('robots may read everything but the endpoints', () => {
  expect(robotsOf(ORIGIN).split('\n')).toEqual([
    'User-agent: *',
    'Allow: /',
    'Disallow: /api/',
    '',
    'Sitemap: https://blog.example/sitemap.xml',
    '',
  ]);
});
