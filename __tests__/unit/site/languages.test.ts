/** A second language: a site within the site, below its code, and links between translations. */
import { feedsOfChanges } from '../../../lib/readers/feed';
import { sitemapOf } from '../../../lib/readers/sitemap';
import { postOf } from '../../../lib/site/recall';
import { isReserved, testOfFile, testOfPattern } from '../../../lib/site/routes';
import type { Site } from '../../../lib/site/site';
import type { View, ViewOf } from '../../../lib/site/views';
import { parsePost } from '../../../lib/source/post';
import { warningsOfTranslations } from '../../../lib/source/translations';
import { placeOf } from '../../../lib/source/walk';
import type { Post } from '../../../lib/source/post';
import { ORIGIN, postWith, siteWith } from '../../setup/posts';

jest.mock('../../setup/site.config.mjs', () => jest.requireActual('../../setup/two-languages'));

const turkish = (slug: string, fields: Partial<Post> = {}) =>
  postWith(slug, {
    language: 'tr',
    path: `/tr/${fields.page ? '' : 'blog/'}${slug}`,
    ...fields,
  });

function viewAt<K extends View['kind']>(of: Site, path: string, kind: K): ViewOf<K> {
  const view = of.pages.get(path)?.view;
  const is = (one: View): one is ViewOf<K> => one.kind === kind;
  if (!view || !is(view)) throw new Error(`${path} is no ${kind} but ${view?.kind}`);
  return view;
}

const FIELDS = { category: 'Fruit', tags: ['red'], author: 'Ada' };
const apple = postWith('apple', { ...FIELDS, translationKey: 'apple' });
const pear = postWith('pear', { ...FIELDS, date: '2026-02-01T00:00:00.000Z' });
const elma = turkish('elma', { ...FIELDS, translationKey: 'apple' });
const armut = turkish('armut', { ...FIELDS, date: '2026-03-01T00:00:00.000Z' });
const site = siteWith([apple, pear, elma, armut]);

test('each language has its own home, lists, archive and topics', () => {
  const below = [...site.pages.keys()].filter((path) => path.startsWith('/tr'));
  expect(below.sort()).toEqual([
    '/tr',
    '/tr/archive',
    '/tr/archive/2026',
    '/tr/author/ada',
    '/tr/blog/armut',
    '/tr/blog/elma',
    '/tr/category/fruit',
    '/tr/tag/red',
    '/tr/topics',
  ]);
  const titlesAt = (path: string) => {
    const view = site.pages.get(path)?.view;
    return view && 'posts' in view ? view.posts.map(({ title }) => title) : undefined;
  };
  expect(titlesAt('/')).toEqual(['pear', 'apple']);
  expect(titlesAt('/tr')).toEqual(['armut', 'elma']);
  expect(titlesAt('/tr/category/fruit')).toEqual(['armut', 'elma']);
  expect(titlesAt('/tag/red')).toEqual(['pear', 'apple']);
  expect(titlesAt('/tr/author/ada')).toEqual(['armut', 'elma']);
  expect(viewAt(site, '/tr/topics', 'topics')).toMatchObject({
    title: 'Konular',
    categories: [{ path: '/tr/category/fruit', count: 2 }],
  });
});

test('neighbours, related posts, topics and author of a post stay within its language', () => {
  const { newer, older, related, post, section } = viewAt(site, '/tr/blog/armut', 'post');
  expect([newer, older?.path, related.map(({ path }) => path)]).toEqual([
    undefined,
    '/tr/blog/elma',
    ['/tr/blog/elma'],
  ]);
  expect(post).toMatchObject({
    category: { path: '/tr/category/fruit' },
    tags: [{ path: '/tr/tag/red' }],
    author: { path: '/tr/author/ada' },
  });
  expect(section).toBe('tr');
});

test('translations name each other, and themselves', () => {
  const expected = [
    { path: '/blog/apple', title: 'apple', language: 'en' },
    { path: '/tr/blog/elma', title: 'elma', language: 'tr' },
  ];
  expect(viewAt(site, '/blog/apple', 'post').translations).toMatchObject(expected);
  expect(viewAt(site, '/tr/blog/elma', 'post').translations).toMatchObject(expected);
  expect(viewAt(site, '/blog/pear', 'post').translations).toBeUndefined();
});

test('a new translation changes the pages that show it, and no others', () => {
  const before = siteWith([apple, pear, armut]);
  const changed = [...site.pages.keys()].filter(
    (path) => before.pages.get(path)?.revision !== site.pages.get(path)?.revision,
  );
  expect(changed.sort()).toEqual(
    [
      '/blog/apple',
      ...['/tr', '/tr/archive', '/tr/archive/2026', '/tr/author/ada', '/tr/blog/armut'],
      ...['/tr/blog/elma', '/tr/category/fruit', '/tr/tag/red', '/tr/topics'],
    ].sort(),
  );
  expect(site.pages.get('/blog/apple')?.dependencies).toHaveProperty('post:elma');
});

test('of two posts of one language with one key the older one is the translation', () => {
  const twin = turkish('elma-2', { translationKey: 'apple', date: '2026-05-01T00:00:00.000Z' });
  const of = siteWith([apple, elma, twin]);
  expect(viewAt(of, '/blog/apple', 'post').translations?.map(({ path }) => path)).toEqual([
    '/blog/apple',
    '/tr/blog/elma',
  ]);
  expect(viewAt(of, '/tr/blog/elma-2', 'post').translations).toBeUndefined();
  expect(warningsOfTranslations([apple, elma, twin])).toMatchObject([
    { file: 'posts/elma-2.mdx', message: expect.stringContaining('posts/elma.mdx has "apple"') },
  ]);
});

test('a translation of nothing is shown, and its author is told', () => {
  const lone = turkish('yalnız', { translationKey: 'lone' });
  expect(viewAt(siteWith([lone]), '/tr/blog/yalnız', 'post').translations).toBeUndefined();
  expect(warningsOfTranslations([lone])).toMatchObject([
    { field: 'translationKey', message: expect.stringContaining('no other post has "lone"') },
  ]);
});

test('a post may have the slug of its translation', () => {
  const of = siteWith([postWith('merhaba'), turkish('merhaba')]);
  expect([...of.posts.keys()].sort()).toEqual(['/blog/merhaba', '/tr/blog/merhaba']);
});

test('the code is reserved, and all that the site has below it', () => {
  expect([isReserved('tr'), isReserved('tr', 'topics'), isReserved('tr', 'feed.xml')]).toEqual([
    ...[true, true, true],
  ]);
  expect([isReserved('tr', 'hakkimda'), isReserved('de')]).toEqual([false, false]);
});

test('purges name its pages by patterns, and the catch-all serves them', () => {
  expect(testOfPattern('/tr/blog/[slug]')?.('/tr/blog/elma')).toBe(true);
  expect(testOfPattern('/blog/[slug]')?.('/tr/blog/elma')).toBe(false);
  expect(testOfPattern('/[...path]')?.('/tr/blog/elma')).toBe(false);
  expect(testOfFile('/[...path]')?.('/tr/blog/elma')).toBe(true);
  expect(testOfFile('/[...path]')?.('/tr')).toBe(true);
});

test('each language has its feeds, and the sitemap names the translations', async () => {
  expect(feedsOfChanges(site, ['/tr/blog/elma'])).toEqual(
    expect.arrayContaining(['/tr/feed.xml', '/tr/category/fruit/feed.xml', '/tr/tag/red/feed.xml']),
  );
  const sitemap = await sitemapOf(site, ORIGIN);
  expect(sitemap).toContain(
    `<loc>${ORIGIN}/tr/blog/elma</loc><lastmod>2026-01-01T00:00:00.000Z</lastmod>` +
      `<xhtml:link rel="alternate" hreflang="en" href="${ORIGIN}/blog/apple"/>` +
      `<xhtml:link rel="alternate" hreflang="tr" href="${ORIGIN}/tr/blog/elma"/>`,
  );
  expect(sitemap).toContain(`<xhtml:link rel="alternate" hreflang="tr" href="${ORIGIN}/tr"/>`);
});

test('a feed has the posts of its language alone', () => {
  expect(site.postsIn('tr').newest.map(({ slug }) => slug)).toEqual(['armut', 'elma']);
  expect(site.newest.map(({ slug }) => slug)).toEqual(['pear', 'apple']);
});

test('a post that is recalled from its page stays in its language', () => {
  const page = site.pages.get('/tr/blog/elma');
  const recalled = postOf(viewAt(site, '/tr/blog/elma', 'post'), 'posts/elma.mdx');
  const again = siteWith([apple, pear, recalled, armut]);
  expect(again.pages.get('/tr/blog/elma')?.revision).toBe(page?.revision);
});

describe('the language of a file', () => {
  const parsed = (name: string, head = '') => {
    const { slug, naming } = placeOf(name);
    const text = `---\ntitle: A\ndate: 2026-01-01\n${head}---\n\nText`;
    return parsePost(`posts/${name}`, slug, text, naming);
  };

  test.each([
    ['elma.mdx', 'lang: tr\n', '/tr/blog/elma', 'tr'],
    ['elma.mdx', 'language: tr-TR\n', '/tr/blog/elma', 'tr-TR'],
    ['elma.mdx', 'lang: tr_TR\n', '/tr/blog/elma', 'tr-TR'],
    ['elma.mdx', 'lang: de\n', undefined, 'de'],
    ['elma.tr.mdx', '', '/tr/blog/elma', 'tr'],
    ['tr/elma.mdx', '', '/tr/blog/elma', 'tr'],
    ['elma/index.tr.md', '', '/tr/blog/elma', 'tr'],
    ['en/elma.mdx', '', undefined, undefined],
    ['v1.2.md', '', undefined, undefined],
    ['hakkimda.tr.mdx', 'page: true\n', '/tr/hakkimda', 'tr'],
  ])('of %s with %j: at %s, in %s', (name, head, path, language) => {
    const { post } = parsed(name, head);
    expect([post?.path, post?.language]).toEqual([path, language]);
  });

  test('files that differ in nothing but their language are translations', () => {
    const keys = ['elma.md', 'elma.tr.md', 'tr/elma.md', 'en/elma.md'].map(
      (name) => parsed(name).post?.translationKey,
    );
    expect(new Set(keys).size).toBe(1);
    expect(parsed('armut.md').post?.translationKey).not.toBe(keys[0]);
    expect(parsed('elma.tr.md', 'translationKey: own\n').post?.translationKey).toBe('own');
  });

  test('that is none is told, and the post stays', () => {
    const { post, warnings } = parsed('elma.mdx', 'lang: klingonish\n');
    expect(post).toMatchObject({ slug: 'elma' });
    expect(post?.language).toBeUndefined();
    expect(warnings).toMatchObject([{ line: 4, field: 'lang', kind: 'a language that is none' }]);
  });

  test('a standalone page takes no address of the site below a code', () => {
    expect(parsed('topics.tr.mdx', 'page: true\n').problem?.message).toContain(
      '/tr/topics belongs to the site itself',
    );
  });
});
