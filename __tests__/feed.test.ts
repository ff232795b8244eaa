import { feedOf, sitemapOf } from '../lib/feed';
import { hash, type Post } from '../lib/post';
import { siteOf } from '../lib/site';

const ORIGIN = 'https://blog.example';
const post = (slug: string, fields: Partial<Post> = {}): Post => ({
  slug,
  file: `posts/${slug}.mdx`,
  title: slug,
  date: '2026-01-01T00:00:00.000Z',
  tags: [],
  draft: false,
  page: false,
  body: slug,
  bodyHash: hash(slug),
  ...fields,
});
const site = (posts: Post[]) => siteOf(posts, Date.parse('2026-11-22'), ORIGIN);

test('the feed lists the newest posts, and nothing of the clock', () => {
  const posts = Array.from({ length: 25 }, (_, day) =>
    post(`p${day}`, { date: new Date(Date.UTC(2026, 0, day + 1)).toISOString() }),
  );
  const feed = feedOf(site(posts), ORIGIN);
  expect(feed.match(/<item>/g)).toHaveLength(20);
  expect(feed).toContain('<link>https://blog.example/blog/p24</link>');
  expect(feed).not.toContain('/blog/p4<');
  expect(feed).toContain('<lastBuildDate>Sun, 25 Jan 2026 00:00:00 GMT</lastBuildDate>');
  expect(feedOf(site([...posts].reverse()), ORIGIN)).toBe(feed);
});

test('a title with markup stays text', () => {
  const feed = feedOf(site([post('a', { title: 'A <b> & "c" ]]> 🌲' })]), ORIGIN);
  expect(feed).not.toContain('<title><b>');
  expect(feed).toContain('🌲');
});

test('an empty site has an empty feed', () => {
  expect(feedOf(site([]), ORIGIN)).toContain('<title>Evergreen</title>');
});

test('the sitemap lists every path of the site, and when its post was last written', async () => {
  const of = site([
    post('a', { category: 'Guide', updated: '2026-02-02T00:00:00.000Z' }),
    post('türkçe'),
    post('about', { page: true }),
  ]);
  const sitemap = await sitemapOf(of, ORIGIN);
  const listed = [...sitemap.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url);
  expect(listed).toEqual([...of.pages.keys()].map((path) => ORIGIN + path));
  expect(sitemap).toContain('<lastmod>2026-02-02T00:00:00.000Z</lastmod>');
});
