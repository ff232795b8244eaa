import { NO_FACTS } from '../../../lib/site/facts';
import { checkPath, checkPattern, resolvePath } from '../../../lib/purge/paths';
import { siteOf } from '../../../lib/site/site';
import { ORIGIN, postWith } from '../../setup/posts';

const check = (path: string) => checkPath(path, ['blog.example']);

test.each([
  ['/', '/'],
  ['/blog/my-post', '/blog/my-post'],
  ['/blog/my-post/', '/blog/my-post'],
  ['/blog/t%C3%BCrk%C3%A7e', '/blog/t%C3%BCrk%C3%A7e'],
  ['/blog/türkçe', '/blog/t%C3%BCrk%C3%A7e'],
  ['/blog/t%c3%bcrk%c3%a7e', '/blog/t%C3%BCrk%C3%A7e'],
  ['/blog/cafe\u0301', '/blog/caf%C3%A9'],
  ['/blog/page/2', '/blog/page/2'],
  ['/blog/My-Post', '/blog/My-Post'],
  ['/category/guide', '/category/guide'],
  ['/tag/next/page/3', '/tag/next/page/3'],
  ['/about', '/about'],
  ['/topics', '/topics'],
  // What an unknown address shows is a page too.
  ['/404', '/404'],
  ['/blog/a?utm=1', '/blog/a'],
  ['/blog/a#b', '/blog/a'],
  ['https://blog.example/blog/a/', '/blog/a'],
  ['https://blog.example', '/'],
])('%s is the page %s', (input, page) => {
  expect(check(input)).toMatchObject({ page });
});

test.each([
  ['/hello-world/', { page: '/hello-world', post: '/blog/hello-world' }],
  ['/2026/11/22/hello-world/', { catchAll: '/2026/11/22/hello-world', post: '/blog/hello-world' }],
  ['/news/hello-world', { catchAll: '/news/hello-world', post: '/blog/hello-world' }],
  // Next's routes are in lower case.
  ['/BLOG/hello-world', { catchAll: '/BLOG/hello-world', post: '/blog/hello-world' }],
  ['/category/above/below/', { page: '/category/above/below', post: '/category/below' }],
  // No slugs, but perhaps addresses that WordPress has for something.
  ['/2026/hello-world.html', { catchAll: '/2026/hello-world.html', post: '/blog/hello-world' }],
  ['/index.php/2026/hello', { catchAll: '/index.php/2026/hello', post: '/blog/hello' }],
  ['/blog/a_b', { catchAll: '/blog/a_b', post: '/blog/a_b' }],
  ['/rss.xml', { catchAll: '/rss.xml', post: '/blog/rss.xml' }],
  ['/?p=12', { query: new URLSearchParams('p=12') }],
  ['https://blog.example/?page_id=2&x=1', { query: new URLSearchParams('page_id=2&x=1') }],
  [
    '/2026/11/22/hello-world__trashed/',
    { catchAll: '/2026/11/22/hello-world', post: '/blog/hello-world' },
  ],
  ['/blog/hello-world__trashed', { page: '/blog/hello-world' }],
])('%s may be a permalink', (input, meanings) => {
  expect(check(input)).toEqual(meanings);
});

test.each([
  ['/api/x', 'none of its routes'],
  ['/api/revalidate?secret=x', 'none of its routes'],
  ['/api', 'none of its routes'],
  ['/API/x', 'none of its routes'],
  ['/Index', 'none of its routes'],
  ['/blog/a\n', 'control character'],
  ['//evil.com', 'two slashes'],
  ['/\\evil.com', 'backslash'],
  ['blog/x', 'begins with a slash'],
  ['http://evil.com/blog/a', 'another origin'],
  ['https://blog.example.evil.com/blog/a', 'another origin'],
  ['https://blog.example@evil.com/blog/a', 'another origin'],
  ['https://', 'another origin'],
  ['javascript:alert(1)', 'begins with a slash'],
  ['/blog/x%2f..%2f..%2fetc', 'encoded slash'],
  ['/blog/x%5C..', 'backslash'],
  ['/blog/%252e%252e', 'none of its routes'],
  ['/blog/..', 'none of its routes'],
  ['/blog/../about', 'none of its routes'],
  ['/./blog/a', 'none of its routes'],
  ['/blog/%00', 'control character'],
  ['/blog/a\nb', 'control character'],
  ['/blog/%zz', 'percent-encoding'],
  ['/blog/[slug]', 'none of its routes'],
  ['/blog//a', 'none of its routes'],
  ['/x//a', 'none of its routes'],
  ['/blog/a b', 'none of its routes'],
  ['/blog/a%22b', 'none of its routes'],
  ['/cards/a.png', 'none of its routes'],
  ['/console', 'none of its routes'],
  ['/console/purge', 'none of its routes'],
  ['/blog/__trashed', 'none of its routes'],
  ['/_next/data/x.json', 'none of its routes'],
  ['/index', 'none of its routes'],
  ['/500', 'none of its routes'],
  [`/blog/${'a'.repeat(9000)}`, 'longer than 1024'],
])('%s is no page', (input, why) => {
  expect(check(input)).toEqual({
    problem: expect.stringMatching(
      /^(?:".*"|A path of 9006 characters) is not a page of this site: /s,
    ),
  });
  expect(check(input).problem).toContain(why);
});

test('quotes what it was given, within bounds', () => {
  const { problem } = check('/blog/a\u0007"');
  expect(problem).toBe(
    '"/blog/a\\u0007\\"" is not a page of this site: it contains a control character',
  );
  expect(check(`x${'y'.repeat(5000)}`).problem?.length).toBeLessThan(100);
});

test.each(['/feed.xml', '/sitemap.xml/', '/sitemap/12.xml', '/search?q=a#b', '/robots.txt'])(
  '%s is computed for each request',
  (input) => {
    expect(check(input)).toEqual({ alwaysFresh: true });
    expect(check(`https://blog.example${input}`)).toEqual({ alwaysFresh: true });
  },
);

test('a pattern is read only up to a length', () => {
  expect(checkPattern('['.repeat(1_000_000)).problem).toContain('longer than 1024');
});

describe('a permalink', () => {
  const known = (...paths: string[]) => {
    const set = new Set(paths);
    return (path: string) => set.has(path);
  };
  const aliases = new Map([
    ['/2026/aliased', { to: '/blog/hello' }],
    ['/?p=12', { to: '/blog/hello' }],
  ]);
  const facts = { ...NO_FACTS, aliases };
  const empty = siteOf([], 0, ORIGIN, undefined, facts);
  const withPosts = siteOf(
    [postWith('hello'), postWith('hello', { page: true })],
    Date.now(),
    ORIGIN,
    undefined,
    facts,
  );
  const resolve = (
    checked: Parameters<typeof resolvePath>[0],
    isKnown = known(),
    was = known(),
    site = empty,
  ) => resolvePath(checked, site, isKnown, was);
  const both = { page: '/hello', post: '/blog/hello' };
  const below = { catchAll: '/2026/hello', post: '/blog/hello' };

  test('is the standalone page where there is one', () => {
    expect(resolve(both, known(), known(), withPosts)).toEqual(['/hello']);
    expect(resolve(both, known('/hello', '/blog/hello'))).toEqual(['/hello']);
  });

  test('is the page at its path where there is one', () => {
    expect(resolve(below, known('/2026/hello', '/blog/hello'))).toEqual(['/2026/hello']);
  });

  test('is the post otherwise', () => {
    expect(resolve(both, known('/blog/hello'))).toEqual(['/blog/hello']);
    expect(resolve(below, known('/blog/hello'), known('/2026/hello'))).toEqual(['/blog/hello']);
    expect(resolve(below, known(), known(), withPosts)).toEqual(['/blog/hello']);
  });

  test('is what the alias leads to, and the redirect where that is stored', () => {
    const alias = { catchAll: '/2026/aliased', post: '/blog/aliased' };
    expect(resolve(alias, known(), known(), withPosts)).toEqual(['/blog/hello']);
    const stored = known('/2026/aliased');
    expect(resolve(alias, stored, stored, withPosts)).toEqual(['/blog/hello', '/2026/aliased']);
    const query = new URLSearchParams('p=12');
    expect(resolve({ query }, known(), known(), withPosts)).toEqual(['/blog/hello']);
    expect(resolve({ query: new URLSearchParams('p=13') })).toEqual(['/']);
  });

  test('of nothing is the page that is gone, or nothing', () => {
    expect(resolve(both)).toEqual(['/hello']);
    expect(resolve(below, known(), known('/2026/hello'))).toEqual(['/2026/hello']);
    expect(resolve(below)).toEqual([]);
  });

  test('does not apply to paths of other routes', () => {
    expect(resolve({ page: '/tag/hello' }, known('/blog/hello'))).toEqual(['/tag/hello']);
  });
});
