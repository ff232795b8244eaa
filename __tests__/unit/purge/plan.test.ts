import { planOf, type Targets } from '../../../lib/purge/plan';
import type { Stored } from '../../../lib/store/place';
import { type Post } from '../../../lib/source/post';
import { hash } from '../../../lib/hash';
import { siteOf, type Site } from '../../../lib/site/site';
import { KnownText } from '../../../lib/text';

const NOTHING: Targets = { paths: [], patterns: [], tags: [], changed: false };
const CHANGED = { ...NOTHING, changed: true };

const post = (n: number, fields: Partial<Post> = {}): Post => ({
  slug: `p${n}`,
  file: `posts/p${n}.mdx`,
  title: `Title ${n}`,
  date: new Date(Date.UTC(2026, 0, n)).toISOString(),
  tags: [],
  category: 'Guide',
  draft: false,
  page: false,
  text: new KnownText(`${n}`),
  bodyHash: hash(`${n}`),
  ...fields,
});
const posts = [1, 2, 3, 4].map((n) => post(n));
const site = (all: Post[], origin = 'https://blog.example') =>
  siteOf(all, Date.parse('2026-11-22'), origin);

/** As if every page of a site had been visited. */
const storedFrom = (of: Site): Map<string, Stored> =>
  new Map(
    [...of.pages].map(([path, { revision, dependencies }]) => [path, { revision, dependencies }]),
  );

const plan = (before: Site, after: Site, targets: Targets) =>
  planOf(storedFrom(before), after, new Set(before.pages.keys()), targets);

const edit = (n: number, fields: Partial<Post>) =>
  posts.map((p) => (p.slug === `p${n}` ? { ...p, ...fields } : p));

test('nothing changed: nothing to do', () => {
  expect(plan(site(posts), site(posts), CHANGED)).toEqual({ pages: [], unchanged: 10 });
});

test('a body concerns its page alone', () => {
  const after = site(edit(2, { bodyHash: hash('other') }));
  expect(plan(site(posts), after, CHANGED)).toEqual({
    pages: [{ path: '/blog/p2', because: ['post:p2'] }],
    unchanged: 9,
  });
});

test('a title concerns the lists and the neighbours too, because of the post', () => {
  const { pages } = plan(site(posts), site(edit(2, { title: 'Edited' })), CHANGED);
  expect(pages.map(({ path }) => path).sort()).toEqual([
    '/',
    '/404',
    '/archive',
    '/archive/2026',
    '/blog/p1',
    '/blog/p2',
    '/blog/p3',
    '/category/guide',
  ]);
  for (const { because } of pages) expect(because).toEqual(['post:p2']);
});

test('what is named comes first, then the own page of what was edited', () => {
  const first = (targets: Targets) => {
    const { pages } = plan(site(posts), site(edit(2, { title: 'Edited' })), targets);
    return pages.slice(0, 2).map(({ path }) => path);
  };
  expect(first(CHANGED)[0]).toBe('/blog/p2');
  expect(first({ ...CHANGED, paths: ['/category/guide'] })).toEqual([
    '/category/guide',
    '/blog/p2',
  ]);
});

test('a post that moves to a new category concerns both, and the new list is planned', () => {
  const { pages } = plan(site(posts), site(edit(2, { category: 'Notes' })), CHANGED);
  expect(pages).toContainEqual({ path: '/category/guide', because: ['post:p2'] });
  expect(pages).toContainEqual({ path: '/category/notes', because: ['category:notes'] });
  expect(pages.map(({ path }) => path)).not.toContain('/blog/p3');
});

test('a page that is gone is planned, because of itself', () => {
  const { pages } = plan(site(posts), site(posts.slice(1)), CHANGED);
  expect(pages).toContainEqual({ path: '/blog/p1', because: ['post:p1'] });
});

test('a page that nobody visited is not rendered for its own sake, a new one is', () => {
  const before = site(posts);
  const stored = storedFrom(before);
  stored.delete('/blog/p1');
  const after = site([...posts, post(5)]);
  const planned = planOf(stored, after, new Set(before.pages.keys()), CHANGED).pages;
  expect(planned.map(({ path }) => path).sort()).toEqual([
    '/',
    '/404',
    '/archive',
    '/archive/2026',
    '/blog/p4',
    '/blog/p5',
    '/category/guide',
    '/topics',
  ]);
});

test('a page that is stored as removed is unchanged while it is gone, and planned when it is back', () => {
  const stored = storedFrom(site(posts.slice(1)));
  stored.set('/blog/p1', { revision: null, dependencies: {} });
  const gone = site(posts.slice(1));
  expect(planOf(stored, gone, new Set(gone.pages.keys()), CHANGED).pages).toEqual([]);
  const back = planOf(stored, site(posts), new Set(gone.pages.keys()), CHANGED).pages;
  expect(back.map(({ path }) => path)).toContain('/blog/p1');
});

test('another address of the site concerns every page', () => {
  const { pages } = plan(site(posts), site(posts, 'https://other.example'), CHANGED);
  expect(pages).toHaveLength(10);
  for (const { because } of pages) expect(because).toEqual(['site']);
});

test('named paths come first and once; what changed keeps its reason beside', () => {
  const after = site(edit(2, { bodyHash: hash('other') }));
  const targets = { ...CHANGED, paths: ['/about', '/blog/p2'] };
  expect(plan(site(posts), after, targets).pages).toEqual([
    { path: '/about', because: ['named'] },
    { path: '/blog/p2', because: ['named', 'post:p2'] },
  ]);
});

test('a pattern names the pages of the site and those that are still stored', () => {
  const patterns = [(path: string) => path.startsWith('/blog/')];
  const { pages } = plan(site(posts), site(posts.slice(1)), { ...NOTHING, patterns });
  expect(pages.map(({ path }) => path)).toEqual(['/blog/p4', '/blog/p3', '/blog/p2', '/blog/p1']);
});

test('a tag names the pages that show its content, or showed it when they were stored', () => {
  const after = site(edit(1, { category: 'Notes' }));
  const { pages } = plan(site(posts), after, { ...NOTHING, tags: ['category:notes', 'none'] });
  expect(pages).toEqual([
    { path: '/', because: ['category:notes'] },
    { path: '/category/notes', because: ['category:notes'] },
    { path: '/topics', because: ['category:notes'] },
    { path: '/blog/p1', because: ['category:notes'] },
  ]);
  const former = plan(site(posts), after, { ...NOTHING, tags: ['category:guide'] }).pages;
  expect(former.map(({ path }) => path)).toContain('/blog/p1');
  expect(plan(site(posts), after, { ...NOTHING, tags: ['none'] }).pages).toEqual([]);
});
