import { NO_FACTS } from '../../../../lib/site/facts';
import { describeProblem } from '../../../../lib/source/post';
import type { Article } from '../../../../lib/source/wordpress/article';
import { copyOf, type Library } from '../../../../lib/source/wordpress/library';
import { postsOf } from '../../../../lib/source/wordpress/posts';
import { Author } from '../../../../lib/source/wordpress/rest';
import { pathOfPost } from '../../../../lib/site/paths';
import { siteOf } from '../../../../lib/site/site';
import { ADDRESS, articleWith, AT, byId, termWith } from '../../../setup/wordpress-articles';

const library = (articles: Article[], fields: Partial<Library> = {}): Library => ({
  ...copyOf(),
  articles: byId(articles),
  authors: byId([{ id: 1, name: 'Ada', slug: 'ada', link: '', description: '' }]),
  ...fields,
});

const load = (articles: Article[], fields?: Partial<Library>) => {
  const { posts, warnings } = postsOf(library(articles, fields), ADDRESS);
  return { posts: [...posts.values()], warnings: warnings.map(describeProblem) };
};

test.each([
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['T%C3%BCrk%C3%A7e', 'türkçe'],
  ['UPPER-Case', 'upper-case'],
  ['snake_case', 'snake_case'],
  ['a--b', 'a--b'],
  ['100%', '100'],
  ['%e6%97', 'post-1'],
  ['%f0%9f%8e%89', '🎉'],
])('the slug %s is the path of %s', (slug, expected) => {
  expect(load([articleWith(1, { slug })])).toMatchObject({
    posts: [{ slug: expected }],
    warnings: [],
  });
});

test.each([
  ['ada', 'ada'],
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['ada_king', 'ada_king'],
  ['', 'author-1'],
])('the author with the slug %s is at %s', (slug, authorSlug) => {
  const description = ' Writes\nabout &amp; on. ';
  const authors = byId([Author.parse({ id: 1, name: 'Ada', slug, link: '', description })]);
  expect(load([articleWith(1)], { authors }).posts).toMatchObject([
    { author: 'Ada', authorSlug, authorAbout: 'Writes about & on.' },
  ]);
});

test('what visitors must not see is no post', () => {
  const hidden = [
    articleWith(1, { status: 'private' }),
    articleWith(2, { status: 'draft' }),
    articleWith(3, { content: { rendered: '', protected: true } }),
  ];
  expect(load(hidden)).toEqual({ posts: [], warnings: [] });
});

test('a page and a post may share a slug; two posts may not, nor a page and a route', () => {
  const shared = { slug: 'about' };
  const { posts, warnings } = load([
    articleWith(1, shared),
    articleWith(2, { ...shared, type: 'page' }),
    articleWith(3, { ...shared, type: 'page' }),
    articleWith(4, { slug: 'search', type: 'page' }),
    articleWith(5, { slug: 'search' }),
    articleWith(6, { slug: 'blog', type: 'page' }),
  ]);
  expect(posts.map(({ slug, page }) => ({ slug, page }))).toEqual([
    { slug: 'about', page: false },
    { slug: 'about', page: true },
    { slug: 'search', page: false },
    { slug: 'blog', page: true },
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^WordPress page 3 .*: is left out: \/about is the address of WordPress page 2 /,
    ),
    expect.stringMatching(/^WordPress page 4 .*: is left out: \/search belongs to the site itself/),
  ]);
  const site = siteOf(posts, AT, ADDRESS);
  expect(site.posts.get('/about')?.page).toBe(true);
  expect(site.posts.get('/blog/about')?.page).toBe(false);
});

test('links to an author who has a post lead to their page here', () => {
  const [ada, bob] = [`${ADDRESS}/author/ada/`, `${ADDRESS}/author/bob/`];
  const rendered = `<a href="${ada}">Ada</a> <a href="${bob}">Bob</a>`;
  const authors = byId([
    { id: 1, name: 'Ada', slug: 'ada', link: ada, description: '' },
    { id: 2, name: 'Bob', slug: 'bob', link: bob, description: '' },
  ]);
  const content = { rendered, protected: false };
  const { posts } = load([articleWith(1, { content })], { authors });
  expect(posts[0]?.html?.links).toEqual({ [ada]: '/author/ada' });
});

test('links to what the site has follow it when it moves', () => {
  const written = `${ADDRESS}/2026/post-2/`;
  const content = {
    rendered: `<a href="${written}#a">2</a> <a href='/?p=2&#038;x'>?</a> <a href="/?p=2">2</a>
      <a href="${ADDRESS}/category/guide/">Guide</a> <a href="${ADDRESS}/category/empty/">None</a>
      <a href="https://elsewhere.example/2026/post-2/">Else</a> <a href="${ADDRESS}">Home</a>`,
    protected: false,
  };
  const categories = byId([termWith(1, 'Guide'), termWith(2, 'Empty')]);
  const [first, second] = [articleWith(1, { content }), articleWith(2, { categories: [1] })];
  const before = load([first, second], { categories }).posts[0];
  expect(before?.html?.links).toEqual({
    [written]: '/blog/post-2',
    '/?p=2': '/blog/post-2',
    [`${ADDRESS}/category/guide/`]: '/category/guide',
    [ADDRESS]: '/',
  });
  const moved = articleWith(2, { slug: 'moved', categories: [1] });
  const after = load([first, moved], { categories }).posts[0];
  expect(after?.html?.links['/?p=2']).toBe('/blog/moved');
  expect(after?.bodyHash).not.toBe(before?.bodyHash);
  const page = articleWith(2, { slug: 'moved', type: 'page' });
  expect(load([first, page], { categories }).posts[0]?.html?.links[written]).toBe('/moved');
});

test('an address counts as a browser reads it, however its characters are written', () => {
  const content = {
    rendered: `<a href="${ADDRESS}/2026/caf&eacute;/">a</a> <a href="&#47;2026&sol;caf&#xe9;/">b</a>`,
    protected: false,
  };
  const target = articleWith(2, { slug: 'café' }, `${ADDRESS}/2026/caf%C3%A9/`);
  expect(load([articleWith(1, { content }), target]).posts[0]?.html?.links).toEqual({
    [`${ADDRESS}/2026/café/`]: '/blog/caf%C3%A9',
    '/2026/café/': '/blog/caf%C3%A9',
  });
});

test('a post that is as it was is the same object', () => {
  const { posts, aliases } = postsOf(library([articleWith(1), articleWith(2)]), ADDRESS);
  const before = { postsById: posts, aliases };
  const edited = articleWith(2, { title: { rendered: 'Other' } });
  const again = postsOf(library([articleWith(1), edited]), ADDRESS, {}, before);
  expect(again.posts.get(1)).toBe(posts.get(1));
  expect(again.posts.get(2)).not.toBe(posts.get(2));
  expect(again.aliases).toBe(aliases);
  const renamed = articleWith(2, { slug: 'other' }, `${ADDRESS}/2026/other/`);
  const moved = postsOf(library([articleWith(1), renamed]), ADDRESS, {}, before);
  expect(moved.aliases).not.toBe(aliases);
});

const page = (id: number, slug: string, parent = 0, fields: object = {}) =>
  articleWith(id, { type: 'page', slug, parent, ...fields }, `${ADDRESS}/at/${slug}-${id}/`);

test('pages stand below their parents, wherever WordPress has them', () => {
  const { posts, warnings } = load([
    page(1, 'services'),
    page(2, 'pricing', 1),
    page(3, 'products'),
    page(4, 'pricing', 3),
    page(5, 'deep', 4),
    // Its parent is hidden, but known.
    page(6, 'secret', 0, { content: { rendered: '', protected: true } }),
    page(7, 'below', 6),
    // Nothing is known of its parent but what the address tells.
    page(8, 'lone', 99),
  ]);
  expect(posts.map(pathOfPost)).toEqual([
    '/services',
    '/services/pricing',
    '/products',
    '/products/pricing',
    '/products/pricing/deep',
    '/secret/below',
    '/at/lone-8',
  ]);
  expect(warnings).toEqual([]);
});

test('a page that is its own ancestor stands at the top, and its editor hears of it', () => {
  const { posts, warnings } = load([page(1, 'a', 2), page(2, 'b', 1), page(3, 'c', 2)]);
  expect(posts.map(pathOfPost)).toEqual(['/a', '/b', '/c']);
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toMatch(/^WordPress page 1 .*: is below itself/);
});

test('the day is that of the author, and the order goes by the instant', () => {
  const evening = {
    date: '2026-01-01T20:00:00',
    date_gmt: '2026-01-02T04:00:00',
    modified: '2026-01-02T17:00:00',
    modified_gmt: '2026-01-03T01:00:00',
  };
  expect(load([articleWith(1, evening)]).posts).toMatchObject([
    {
      date: '2026-01-02T04:00:00.000Z',
      day: '2026-01-01',
      updated: '2026-01-03T01:00:00.000Z',
      updatedDay: '2026-01-02',
    },
  ]);
});

test('posts may stand at the permalinks of WordPress, unless those are plain or belong to the site', () => {
  const articles = [
    articleWith(1, { slug: 'a' }, `${ADDRESS}/2026/11/27/a/`),
    articleWith(2, { slug: 'b' }, `${ADDRESS}/b.html`),
    articleWith(3, { slug: 'c' }, `${ADDRESS}/index.php/archives/3`),
    articleWith(4, { slug: 'd' }, `${ADDRESS}/?p=4`),
    articleWith(5, { slug: 'search' }, `${ADDRESS}/search/`),
  ];
  const { posts, aliases } = postsOf(library(articles), ADDRESS, { postsAt: 'permalinks' });
  expect([...posts.values()].map(pathOfPost)).toEqual([
    '/2026/11/27/a',
    '/b.html',
    '/archives/3',
    '/blog/d',
    '/blog/search',
  ]);
  expect(aliases.get('/blog/a')).toEqual({ to: '/2026/11/27/a' });
  const site = siteOf([...posts.values()], AT, ADDRESS, undefined, { ...NO_FACTS, aliases });
  const home = site.pages.get('/');
  expect(Object.keys(home?.dependencies ?? {})).toEqual(
    expect.arrayContaining(['post:a', 'post:b', 'post:c', 'post:d', 'post:search']),
  );
  expect(Object.keys(site.pages.get('/b.html')?.dependencies ?? {})[0]).toBe('post:b');
});

test.each([
  ['the post’s own', `${ADDRESS}/2026/post-1/`, undefined],
  ['that of another post', `${ADDRESS}/2026/post-2/#a`, '/blog/post-2'],
  ['one that the site does not have', `${ADDRESS}/nothing/`, undefined],
  ['another site’s', 'https://elsewhere.example/a', 'https://elsewhere.example/a'],
])('of a canonical address that is %s, %s, the site has %s', (_, canonical, expected) => {
  const { posts } = load([articleWith(1, { yoast_head_json: { canonical } }), articleWith(2)]);
  expect(posts[0]?.canonical).toBe(expected);
  const view = siteOf(posts, AT, 'https://blog.example').pages.get('/blog/post-1')?.view;
  const whole = expected?.startsWith('/') ? `https://blog.example${expected}` : expected;
  expect(view).toHaveProperty('canonical', whole);
});
