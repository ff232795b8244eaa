/** The table of routes, compared with the files in pages/ and with the paths of a site. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isAtList, isReserved, PATTERNS, testOfPattern } from '../../../lib/site/routes';
import { postWith, siteWith } from '../../setup/posts';

const PAGES = path.resolve(__dirname, '../../../pages');

/** The routes of the files in pages/ that getStaticProps renders, as Next names them. */
const routesOfFiles = () =>
  readdirSync(PAGES, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.tsx'))
    .filter((name) =>
      /export const getStaticProps\b/.test(readFileSync(path.join(PAGES, name), 'utf8')),
    )
    .map((name) => `/${name.replace(/\.tsx$/, '').replace(/(?:^|\/)index$/, '')}`);

/** A site with a page of every pattern. */
const site = () =>
  siteWith([
    ...Array.from({ length: 10 }, (_, n) =>
      postWith(`post-${n}`, {
        category: 'Guide',
        alsoIn: [['Local', 'guide/local']],
        tags: ['a'],
        author: 'Ada',
      }),
    ),
    postWith('about', { page: true, aliases: [{ path: '/old/about' }] }),
  ]);

/** The catch-all, and the pattern that it serves beside its own. */
const CATCH_ALL = '/[...path]';
const SERVED_BY_CATCH_ALL = '/[slug]';

test('each pattern has its file, and each file its pattern', () => {
  expect([...routesOfFiles(), SERVED_BY_CATCH_ALL].sort()).toEqual([...PATTERNS].sort());
});

test('each path of a site belongs to one file, and each pattern has a path', () => {
  const used = new Set<string>();
  for (const where of site().pages.keys()) {
    const patterns = PATTERNS.filter((pattern) => testOfPattern(pattern)?.(where));
    const files = new Set(patterns.map((one) => (one === SERVED_BY_CATCH_ALL ? CATCH_ALL : one)));
    expect([where, [...files]]).toEqual([where, [expect.any(String)]]);
    for (const pattern of patterns) used.add(pattern);
  }
  expect([...used].sort()).toEqual([...PATTERNS].sort());
});

test('the catch-all has what no other route has', () => {
  const isCaught = testOfPattern(CATCH_ALL);
  for (const where of ['/about', '/2026/11/22/hello', '/blog', '/tag/a/b', '/category']) {
    expect([where, isCaught?.(where)]).toEqual([where, true]);
  }
  for (const where of [
    '/',
    '/category/a/b',
    '/blog/hello',
    '/tag/a',
    '/404',
    '/topics',
    '/search',
    '/feed.xml',
  ]) {
    expect([where, isCaught?.(where)]).toEqual([where, false]);
  }
});

test('the names in the brackets of a pattern do not matter, and its form does', () => {
  expect(testOfPattern('/blog/[id]')?.('/blog/hello')).toBe(true);
  for (const none of ['/[...x]/y', '/blog', '/feed.xml', '/blog/[slug]/x']) {
    expect(testOfPattern(none)).toBeUndefined();
  }
});

test.each([
  ...['404', '500', '_next', 'api', 'cards', 'console', 'index', 'search', 'topics', 'feed.xml'],
])('no standalone page may take /%s', (slug) => {
  expect(isReserved(slug)).toBe(true);
  expect(isReserved(slug.toUpperCase())).toBe(true);
  expect(isReserved(`${slug}s`)).toBe(false);
});

test('what lies below a folder is its own, and the folder is not', () => {
  for (const folder of ['author', 'blog', 'category', 'sitemap', 'tag']) {
    expect([folder, isReserved(folder)]).toEqual([folder, false]);
  }
  for (const path of [
    'api/a/b',
    'cards/a.png',
    'console/purge',
    'tag/a',
    'author/a/page/2',
    'sitemap/1.xml',
  ]) {
    expect([path, isReserved(...path.split('/'))]).toEqual([path, true]);
  }
  expect(isReserved('blog', 'hello')).toBe(false);
});

test('lists are told from posts', () => {
  for (const list of [
    '/',
    '/topics',
    '/404',
    '/blog/page/1',
    '/tag/a/page/2',
    '/category/a/b',
    '/author/a',
  ]) {
    expect([list, isAtList(list)]).toEqual([list, true]);
  }
  for (const post of ['/blog/topics', '/about', '/topics/a', '/2026/11/a', '/tags/a']) {
    expect([post, isAtList(post)]).toEqual([post, false]);
  }
});
