/** Where visitors are led from other addresses, as a WordPress has and had them. */
import { readFileSync } from 'node:fs';
import { NO_FACTS } from '../../../lib/site/facts';
import { siteOf } from '../../../lib/site/site';
import { QUERY_MEMBERS, type Aliases } from '../../../lib/site/other-addresses';
import type { Post } from '../../../lib/source/post';
import { ORIGIN, postWith } from '../../setup/posts';

const AT = Date.parse('2026-11-22');
const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T00:00:00.000Z`;

const POSTS: Post[] = [
  ...Array.from({ length: 25 }, (_, n) =>
    postWith(`post-${n + 1}`, { date: day(n + 1), category: ['Local', 'news/local'] }),
  ),
  postWith('hello', { tags: [['C++', 'cpp']], author: 'Ada', alsoIn: ['News'] }),
  postWith('pricing', { page: true, path: '/services/pricing' }),
  postWith('çay', { page: true }),
];

const ALIASES: Aliases = new Map([
  ['/2026/01/01/hello', { to: '/blog/hello' }],
  ['/2025/01/01/old-hello', { to: '/blog/hello', moved: true as const }],
  ['/blog/old-hello', { to: '/blog/hello', moved: true as const }],
  ['/?p=12', { to: '/blog/hello' }],
  ['/?cat=3', { to: '/category/news/local' }],
  ['/?author=1', { to: '/author/ada' }],
  ['/topics-of/cpp', { to: '/tag/cpp' }],
  ['/gone', { to: '/blog/nothing' }],
]);

const site = siteOf(POSTS, AT, ORIGIN, undefined, { ...NO_FACTS, aliases: ALIASES });
const ofFiles = siteOf(
  POSTS.map((post) =>
    post.slug === 'hello'
      ? { ...post, aliases: ['/old/name', encodeURI('/Eç')].map((path) => ({ path })) }
      : post,
  ),
  AT,
  ORIGIN,
);

test.each([
  // Of WordPress's other permalink structures.
  ['/index.php/2026/01/01/hello', '/blog/hello', 308],
  ['/2026/01/01/hello.html', '/blog/hello', 308],
  ['/anything/hello', '/blog/hello', 308],
  ['/archives/12', '/blog/hello', 308],
  ['/anything/old-hello', '/blog/hello', 301],
  ['/services/pricing.php', '/services/pricing', 308],
  // Other forms of a page.
  ['/2026/01/01/hello/amp', '/blog/hello', 308],
  ['/2026/01/01/hello/2', '/blog/hello', 308],
  ['/2026/01/01/hello/comment-page-2', '/blog/hello', 308],
  ['/2026/01/01/hello/feed', '/blog/hello', 308],
  ['/2026/01/01/hello/a-picture', '/blog/hello', 308],
  ['/2026/01/01/hello/attachment/a-picture', '/blog/hello', 308],
  // Spellings.
  ['/Blog/Hello', '/blog/hello', 308],
  [encodeURI('/c\u0327ay'), encodeURI('/çay'), 308],
  ['/TAG/Cpp', '/tag/cpp', 308],
  ['/Search', '/search', 308],
  // Feeds and sitemaps.
  ['/feed', '/feed.xml', 308],
  ['/feed/atom', '/atom.xml', 308],
  ['/rss.xml', '/feed.xml', 308],
  ['/category/news/local/feed/rss2', '/category/news/local/feed.xml', 308],
  ['/category/news/local/feed', '/category/news/local/feed.xml', 308],
  ['/topics-of/cpp/feed/atom', '/tag/cpp/feed.xml', 308],
  ['/author/ada/feed', '/feed.xml', 308],
  ['/Tag/cpp/Feed.xml', '/tag/cpp/feed.xml', 308],
  ['/wp-sitemap-posts-post-1.xml', '/sitemap.xml', 308],
  ['/sitemap_index.xml', '/sitemap.xml', 308],
  ['/search/words', '/search?q=words', 308],
  // Numbered pages, which WordPress counts from the newest post. The head shows 16.
  ['/page/2', '/', 307],
  ['/page/3', '/blog/page/1', 307],
  ['/category/news/local/page/4', '/category/news/local', 307],
  ['/category/news/local/page/3', '/category/news/local/page/1', 307],
  ['/topics-of/cpp/page/1', '/tag/cpp', 307],
])('%s leads to %s by %i', (path, to, status) => {
  expect(site.leadOf(path)).toEqual({ to, status });
});

test.each([
  '/nothing',
  '/2026/01',
  '/comments/feed',
  '/nothing/feed',
  '/a/b/c/d/e/f/g/h/i/j/k/l/hello',
  '/%zz/hello',
  '/blog/hello',
])('%s leads nowhere', (path) => {
  expect(site.leadOf(path)).toBeUndefined();
});

test.each([
  ['p=12', '/blog/hello'],
  ['page_id=12', '/blog/hello'],
  ['cat=3', '/category/news/local'],
  ['feed=rss2&cat=3', '/feed.xml'],
  ['sitemap=posts&paged=1', '/sitemap.xml'],
  ['cat=3&paged=3', '/category/news/local/page/1'],
  ['author=1', '/author/ada'],
  ['tag=cpp', '/tag/cpp'],
  ['name=hello', '/blog/hello'],
  ['pagename=services/pricing', '/services/pricing'],
  ['category_name=news/local', '/category/news/local'],
  ['feed=rss2', '/feed.xml'],
  ['s=a+word', '/search?q=a+word'],
  ['paged=3', '/blog/page/1'],
])('/?%s leads to %s', (query, to) => {
  expect(site.leadOfQuery(new URLSearchParams(query))?.to).toBe(to);
});

test('a query that names nothing leads nowhere', () => {
  for (const query of ['p=13', 'p=', 'utm=1', 'tag=none', 'cat=12']) {
    expect(site.leadOfQuery(new URLSearchParams(query))).toBeUndefined();
  }
});

test('aliases are pages of the site, as long as what they lead to is one', () => {
  expect(site.pageAt('/2026/01/01/hello')?.view).toEqual({
    kind: 'redirect',
    to: '/blog/hello',
    status: 308,
  });
  expect(site.pageAt('/blog/old-hello')?.view).toMatchObject({ status: 301 });
  expect(site.pageAt('/gone')).toBeUndefined();
  expect(site.leadOf('/gone')).toBeUndefined();
  expect(site.pageAt('/blog/hello')).toBe(site.pages.get('/blog/hello'));
});

test.each([
  ['/feed', '/feed.xml'],
  ['/rss', '/feed.xml'],
  ['/rss.xml', '/feed.xml'],
  ['/index.xml', '/feed.xml'],
  ['/index.json', '/feed.json'],
  ['/blog/feed.xml', '/feed.xml'],
  ['/blog/index.xml', '/feed.xml'],
  ['/posts/atom.xml', '/atom.xml'],
  ['/tags/cpp/index.xml', '/tag/cpp/feed.xml'],
  ['/BLOG/Hello', '/blog/hello'],
  [encodeURI('/C\u0327AY'), encodeURI('/çay')],
  ['/OLD/Name', '/blog/hello'],
  [encodeURI('/Ec\u0327'), '/blog/hello'],
  // Jekyll, Hugo, Hexo, Ghost and others.
  ['/2026/01/01/hello', '/blog/hello'],
  ['/2026/1/1/hello.html', '/blog/hello'],
  ['/2026/01/hello', '/blog/hello'],
  ['/news/2026/01/01/Hello.html', '/blog/hello'],
  ['/news/hello.html', '/blog/hello'],
  ['/notes/2026/1/1/Hello.html', '/blog/hello'],
  ['/posts/hello', '/blog/hello'],
  ['/post/hello/index.html', '/blog/hello'],
  ['/blog/2026/hello', '/blog/hello'],
  ['/posts/2026-01-01-hello', '/blog/hello'],
  ['/posts/post_1', '/blog/post-1'],
  ['/hello', '/blog/hello'],
  ['/tags/cpp', '/tag/cpp'],
  ['/categories', '/topics'],
])('of files, %s leads to %s', (path, to) => {
  expect(ofFiles.leadOf(path)).toEqual({ to, status: 308 });
});

test.each([
  '/anything/hello',
  '/2025/01/01/hello',
  '/2026/02/hello',
  '/2026/01/01/1/hello',
  '/posts/2026-01-02-hello',
  '/page/3',
  '/posts',
  '/posts/nothing',
  '/tags/none/index.xml',
  '/anything/feed.xml',
])('of files, nothing is guessed that is not certain: %s', (path) => {
  expect(ofFiles.leadOf(path)).toBeUndefined();
});

test('Next and the edges pass on the queries that are read, and no others', () => {
  const names = [...QUERY_MEMBERS].sort();
  const [, listed = ''] =
    /WORDPRESS_QUERIES = \[([^\]]*)\]/.exec(readFileSync('next.config.js', 'utf8')) ?? [];
  expect([...listed.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort()).toEqual(names);
  for (const file of ['deploy/varnish.vcl', 'deploy/nginx.conf']) {
    const [, known = ''] = /\(?:?((?:\w+\|)+paged)\)=/.exec(readFileSync(file, 'utf8')) ?? [];
    expect([file, known.replace(/^\?:/, '').split('|').sort()]).toEqual([file, names]);
  }
});
