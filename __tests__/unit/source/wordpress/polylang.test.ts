/** A WordPress with Polylang: the language and the translations of posts and terms, as its REST fields have them. */
import { pathOfPost } from '../../../../lib/site/paths';
import { siteOf } from '../../../../lib/site/site';
import { articleOf } from '../../../../lib/source/wordpress/article';
import { copyOf, type Library } from '../../../../lib/source/wordpress/library';
import { postsOf, type PostsOptions } from '../../../../lib/source/wordpress/posts';
import { RestPost, Stub, Term } from '../../../../lib/source/wordpress/rest';
import { ORIGIN, restPost } from '../../../setup/posts';

jest.mock('../../../setup/site.config.mjs', () =>
  jest.requireActual('../../../setup/two-languages'),
);

const ADDRESS = 'https://wp.example';
const NOW = Date.parse('2026-11-22');

const article = (id: number, path: string, fields: object = {}) =>
  articleOf(RestPost.parse(restPost(id, `${ADDRESS}/${path}/`, fields)), ADDRESS, NOW);

const term = (id: number, slug: string, lang: string) =>
  Term.parse({
    ...{ id, slug, lang, name: slug, taxonomy: 'category', description: `About ${slug}` },
    link: `${ADDRESS}/${lang === 'en' ? '' : `${lang}/`}category/${slug}/`,
  });

const ENGLISH = { slug: 'apple', lang: 'en', translations: { en: 1, tr: 2 }, categories: [7] };
const TURKISH = { slug: 'elma', lang: 'tr', translations: { en: 1, tr: 2 }, categories: [8] };

const libraryOf = (...articles: ReturnType<typeof article>[]): Library => ({
  ...copyOf(),
  articles: new Map(articles.map((one) => [one.id, one])),
  categories: new Map([term(7, 'fruit', 'en'), term(8, 'meyve', 'tr')].map((one) => [one.id, one])),
});

const library = libraryOf(article(1, 'apple', ENGLISH), article(2, 'tr/elma', TURKISH));

const read = (of: Library, options: PostsOptions = {}) => {
  const { posts, pathOfKey, descriptions } = postsOf(of, ADDRESS, options);
  return { posts: [...posts.values()], pathOfKey, descriptions };
};

test('posts stand below the code of their language, with links to their translations', () => {
  const { posts } = read(library);
  expect(posts.map(pathOfPost)).toEqual(['/blog/apple', '/tr/blog/elma']);
  const { pages } = siteOf(posts, NOW, ORIGIN);
  expect(pages.get('/blog/apple')?.view).toMatchObject({
    translations: [{ path: '/blog/apple' }, { path: '/tr/blog/elma', language: 'tr' }],
  });
  expect(pages.has('/tr/category/meyve')).toBe(true);
  expect(pages.has('/category/meyve')).toBe(false);
});

test.each([
  ['with the language in them', 'tr/2026/elma', '/tr/2026/elma'],
  ['without it', '2026/elma', '/tr/2026/elma'],
])('permalinks %s lead below the code, too', (_, path, expected) => {
  const of = libraryOf(article(2, path, TURKISH));
  expect(read(of, { postsAt: 'permalinks' }).posts.map(pathOfPost)).toEqual([expected]);
});

test('addresses of WordPress lead to the pages of the language', () => {
  const { pathOfKey, descriptions } = read(library);
  expect(pathOfKey.get('/tr/elma')).toBe('/tr/blog/elma');
  expect(pathOfKey.get('/tr')).toBe('/tr');
  expect(pathOfKey.get('/tr/category/meyve')).toBe('/tr/category/meyve');
  expect(descriptions.get('/tr/category/meyve')).toBe('About meyve');
});

test('a page below another stands below the code of its language', () => {
  const page = (id: number, slug: string, fields: object = {}) =>
    article(id, `tr/${slug}`, { type: 'page', slug, lang: 'tr', ...fields });
  const of = libraryOf(page(5, 'biz'), page(6, 'iletisim', { parent: 5 }));
  expect(read(of).posts.map(pathOfPost)).toEqual(['/tr/biz', '/tr/biz/iletisim']);
});

test('a post that was read before its translation was written is linked all the same', () => {
  const before = { ...ENGLISH, translations: { en: 1 } };
  const { posts } = read(libraryOf(article(1, 'apple', before), article(2, 'tr/elma', TURKISH)));
  expect(posts[0]?.translationKey).toBe(posts[1]?.translationKey);
});

test.each<[string, object]>([
  ['there is no Polylang', {}],
  ['the language is none', { lang: 'klingonish', translations: { klingonish: 1 } }],
  ['the fields are of other types', { lang: 7, translations: ['x'] }],
])('where %s, a post stands among those of the site', (_, fields) => {
  const [post] = read(libraryOf(article(1, 'apple', { slug: 'apple', ...fields }))).posts;
  expect(post && pathOfPost(post)).toBe('/blog/apple');
  expect([post?.language, post?.translationKey]).toEqual([undefined, undefined]);
});

test('a new translation is seen at the interval: it changes what tells whether to read again', () => {
  const stub = (translations: object) =>
    Stub.parse(restPost(1, `${ADDRESS}/apple/`, { lang: 'en', translations }));
  expect(stub({ en: 1 })).not.toEqual(stub({ en: 1, tr: 2 }));
});
