/** From what WordPress tells of itself to the site's facts: the menu most of all. */
import { factsOf } from '../../../../lib/source/wordpress/facts';
import { copyOf, type Library } from '../../../../lib/source/wordpress/library';
import { postsOf } from '../../../../lib/source/wordpress/posts';
import { articleOf } from '../../../../lib/source/wordpress/article';
import { RestPost } from '../../../../lib/source/wordpress/rest';
import type { MenuItem, Told } from '../../../../lib/source/wordpress/told';

const ADDRESS = 'https://wp.example';

const article = (id: number, slug: string, fields: object = {}) =>
  articleOf(
    RestPost.parse({
      id,
      type: 'page',
      status: 'publish',
      slug,
      link: `${ADDRESS}/${slug}/`,
      modified_gmt: '2026-01-01T00:00:00',
      date_gmt: '2026-01-01T00:00:00',
      title: { rendered: `Title of ${slug}` },
      excerpt: { rendered: '' },
      content: { rendered: '', protected: false },
      ...fields,
    }),
    ADDRESS,
    Date.parse('2026-11-22'),
  );

const term = (id: number, slug: string, taxonomy: string) => ({
  id,
  slug,
  taxonomy,
  name: slug,
  link: `${ADDRESS}/${taxonomy}/${slug}/`,
});

const library: Library = {
  ...copyOf(),
  articles: new Map(
    [
      article(1, 'home', { link: `${ADDRESS}/` }),
      article(2, 'about'),
      article(3, 'a-post', { type: 'post', categories: [7], sticky: true }),
      article(4, 'secret', { content: { rendered: '', protected: true } }),
      article(5, 'blog'),
      article(6, 'search'),
    ].map((one) => [one.id, one]),
  ),
  categories: new Map([
    [7, term(7, 'used', 'category')],
    [8, term(8, 'empty', 'category')],
  ]),
  tags: new Map(),
  authors: new Map(),
  images: new Map(),
};

let number = 100;
const item = (fields: Partial<MenuItem>): MenuItem => ({
  id: (number += 1),
  parent: 0,
  title: '',
  type: 'custom',
  object: '',
  objectId: 0,
  url: '',
  listed: false,
  ...fields,
});
const toPage = (objectId: number, fields: Partial<MenuItem> = {}) =>
  item({ type: 'post_type', object: 'page', objectId, ...fields });

function read(told: Told, withIdentity = true) {
  const published = postsOf(library, ADDRESS, told);
  return factsOf({ told, library, published, address: ADDRESS, withIdentity });
}

const navigation = (...menu: MenuItem[]) => {
  const { facts, warnings } = read({ name: 'Site', menu });
  return { items: facts.identity?.navigation, warnings: warnings.map(({ message }) => message) };
};

test('items lead to what they name by its number, under its title or their own', () => {
  const { items, warnings } = navigation(
    toPage(1),
    toPage(2, { title: 'Us' }),
    item({ type: 'post_type', object: 'post', objectId: 3 }),
    item({ type: 'taxonomy', object: 'category', objectId: 7 }),
  );
  expect(items).toEqual([
    { title: 'Title of home', href: '/' },
    { title: 'Us', href: '/about' },
    { title: 'Title of a-post', href: '/blog/a-post' },
    { title: 'used', href: '/category/used' },
  ]);
  expect(warnings).toEqual([]);
});

test.each<[string, Partial<MenuItem>]>([
  ['a page that is not there', { type: 'post_type', object: 'page', objectId: 99 }],
  ['a page with a password', { type: 'post_type', object: 'page', objectId: 4 }],
  ['a page whose address is the site’s own', { type: 'post_type', object: 'page', objectId: 6 }],
  ['a category without posts', { type: 'taxonomy', object: 'category', objectId: 8 }],
  ['a tag that is not there', { type: 'taxonomy', object: 'post_tag', objectId: 8 }],
  ['an address of WordPress at which there is nothing', { url: `${ADDRESS}/nothing/` }],
  ['a path that neither has', { url: '/nothing/' }],
  ['a script', { url: 'javascript:alert(1)' }],
  ['no address', { url: 'http://[' }],
  ['nowhere', { url: '#' }],
])('an item that leads to %s is left out, with a warning', (_, fields) => {
  const { items, warnings } = navigation(toPage(2), item({ title: 'Bad', ...fields }));
  expect(items).toEqual([{ title: 'Title of about', href: '/about' }]);
  expect(warnings).toHaveLength(1);
});

test.each([
  ['https://elsewhere.example/x?y#z', 'https://elsewhere.example/x?y#z'],
  [`${ADDRESS}`, '/'],
  [`${ADDRESS}/about/#team`, '/about#team'],
  [`${ADDRESS}/?page_id=2`, '/about'],
  ['/about/', '/about'],
  ['/topics', '/topics'],
  ['mailto:tea@example.com', 'mailto:tea@example.com'],
  [`${ADDRESS}/wp-content/uploads/menu.pdf`, `${ADDRESS}/wp-content/uploads/menu.pdf`],
])('the address %s becomes %s', (url, href) => {
  expect(navigation(item({ title: 'T', url }))).toEqual({
    items: [{ title: 'T', href }],
    warnings: [],
  });
});

test('what lies deeper than two levels stands in the second', () => {
  const top = item({ title: 'Top', url: '#' });
  const below = toPage(2, { parent: top.id });
  const deep = item({ title: 'Deep', url: 'https://deep.example/', parent: below.id });
  // An item whose parent is gone stands at the top, as in WordPress.
  const orphan = toPage(1, { parent: 1 });
  expect(navigation(orphan, top, below, deep)).toEqual({
    items: [
      { title: 'Title of home', href: '/' },
      {
        title: 'Top',
        below: [
          { title: 'Title of about', href: '/about' },
          { title: 'Deep', href: 'https://deep.example/' },
        ],
      },
    ],
    warnings: [],
  });
});

test('items that lie below each other are left out, and hold nothing up', () => {
  const one = toPage(1);
  const other = toPage(2, { parent: one.id });
  const { items, warnings } = navigation({ ...one, parent: other.id }, other, toPage(2));
  expect(items).toEqual([{ title: 'Title of about', href: '/about' }]);
  expect(warnings).toHaveLength(2);
});

test('what a list of all pages has and the site has not is told by the page itself', () => {
  const { items, warnings } = navigation(toPage(2, { listed: true }), toPage(99, { listed: true }));
  expect(items).toEqual([{ title: 'Title of about', href: '/about' }]);
  expect(warnings).toEqual([]);
});

test('the page of the posts is no page of its own, and may have the name of a folder', () => {
  const { facts } = read({ name: 'Site', postsPage: 5 });
  expect(facts.postsPage).toEqual({ path: '/blog', title: 'Title of blog' });
  const told = { name: 'Site', postsPage: 5 };
  const { posts, warnings } = postsOf(library, ADDRESS, told);
  expect([...posts.keys()]).toEqual([1, 2, 3]);
  expect(warnings.map(({ slug }) => slug)).toEqual(['search']);
  // Where something else answers there is no list, and none where the page is gone.
  expect(read({ name: 'Site', postsPage: 6 }).facts.postsPage).toBeUndefined();
  expect(read({ name: 'Site', postsPage: 99 }).facts.postsPage).toBeUndefined();
});

test('who prefers site.config.mjs has the structure of WordPress and not its name', () => {
  const told = { name: 'Site', language: 'tr', postsPage: 5, menu: [toPage(99)] };
  expect(read(told, false)).toEqual({
    facts: {
      postsPage: { path: '/blog', title: 'Title of blog' },
      sticky: ['/blog/a-post'],
      descriptions: new Map(),
      aliases: expect.any(Map),
    },
    warnings: [],
  });
});

test('a WordPress that tells nothing has no name', () => {
  expect(read({}).facts).toEqual({
    sticky: ['/blog/a-post'],
    aliases: expect.any(Map),
    descriptions: new Map(),
  });
});
