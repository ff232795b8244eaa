import { describeProblem } from '../../../../lib/source/post';
import type { Article } from '../../../../lib/source/wordpress/article';
import { copyOf, type Library } from '../../../../lib/source/wordpress/library';
import { postsOf } from '../../../../lib/source/wordpress/posts';
import { Author } from '../../../../lib/source/wordpress/rest';
import { siteOf } from '../../../../lib/site/site';
import { ADDRESS, articleWith, AT, byId, termWith } from '../../../setup/wordpress-articles';

const library = (articles: Article[], fields: Partial<Library> = {}): Library => ({
  ...copyOf(),
  articles: byId(articles),
  authors: byId([{ id: 1, name: 'Ada', slug: 'ada', link: '', description: '' }]),
  ...fields,
});

const load = (articles: Article[], fields?: Partial<Library>) => {
  const { posts, problems } = postsOf(library(articles, fields), ADDRESS);
  return { posts: [...posts.values()], problems: problems.map(describeProblem) };
};

test.each([
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['T%C3%BCrk%C3%A7e', 'türkçe'],
  ['UPPER-Case', 'upper-case'],
  ['snake_case', 'snake-case'],
  ['a--b', 'a-b'],
  ['100%', '100'],
  ['%e6%97', 'post-1'],
  ['%f0%9f%8e%89', 'post-1'],
])('the slug %s is the path of %s', (slug, expected) => {
  expect(load([articleWith(1, { slug })])).toMatchObject({
    posts: [{ slug: expected }],
    problems: [],
  });
});

test.each([
  ['ada', 'ada'],
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['ada_king', 'ada-king-1'],
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
  expect(load(hidden)).toEqual({ posts: [], problems: [] });
});

test('a page and a post may share a slug; two posts may not, nor a page and a route', () => {
  const shared = { slug: 'about' };
  const { posts, problems } = load([
    articleWith(1, shared),
    articleWith(2, { ...shared, type: 'page' }),
    articleWith(3, { ...shared, type: 'page' }),
    articleWith(4, { slug: 'blog', type: 'page' }),
    articleWith(5, { slug: 'blog' }),
  ]);
  expect(posts.map(({ slug, page }) => ({ slug, page }))).toEqual([
    { slug: 'about', page: false },
    { slug: 'about', page: true },
    { slug: 'blog', page: false },
  ]);
  expect(problems).toEqual([
    expect.stringMatching(/^WordPress page 3 .*: has the same slug as WordPress page 2 /),
    expect.stringMatching(/^WordPress page 4 .*: \/blog belongs to the site itself/),
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
  const { posts } = postsOf(library([articleWith(1), articleWith(2)]), ADDRESS);
  const again = postsOf(
    library([articleWith(1), articleWith(2, { title: { rendered: 'Other' } })]),
    ADDRESS,
    posts,
  );
  expect(again.posts.get(1)).toBe(posts.get(1));
  expect(again.posts.get(2)).not.toBe(posts.get(2));
});
