/** What stands around the text of a post. */
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Article } from '../../../components/article';
import { elementsWith, PostContents } from '../../../components/post-contents';
import { PostAuthor } from '../../../components/post-author';
import { PostMeta } from '../../../components/post-meta';
import { PostSeries } from '../../../components/post-series';
import { PostTranslations } from '../../../components/post-translations';
import { SITE } from '../../../lib/site/site-config';
import type { PostView } from '../../../lib/site/views';

const VIEW: PostView = {
  kind: 'post',
  title: 'Two',
  url: 'https://blog.example/blog/two',
  body: { slug: 'two', hash: 'a' },
  post: {
    path: '/blog/two',
    title: 'Two',
    date: '2026-11-22',
    updated: '2026-11-23',
    category: { path: '/category/a', title: 'A' },
    alsoIn: [{ path: '/category/b', title: 'B' }],
    author: { title: 'Ada Lovelace', path: '/author/ada-lovelace' },
    tags: [],
  },
  series: {
    name: 'Snow',
    posts: [
      { path: '/blog/one', title: 'One' },
      { path: '/blog/two', title: 'Two' },
    ],
  },
  translations: [
    { path: '/blog/two', title: 'Two', language: 'en' },
    { path: '/tr/blog/iki', title: 'İki', language: 'tr' },
  ],
  related: [],
};

const html = (part: ReactElement, view: Pick<PostView, 'language' | 'direction'> = {}) =>
  renderToStaticMarkup(createElement(Article, { view, children: part }));

const HEADINGS = ['a', 'b', 'c'].map((id) => ({ id, title: id, depth: 2 }));

test('the meta is one line, in the language of the text', () => {
  const meta = createElement(PostMeta, { post: VIEW.post, minutes: 3 });
  const text = (written: string) => written.replace(/<[^>]*>/g, '').replaceAll('\u00A0', ' ');
  expect(text(html(meta))).toBe(
    '22 November 2026 · updated 23 November 2026 · 3 min read · A, B · Ada Lovelace',
  );
  expect(text(html(meta, { language: 'de' }))).toBe(
    '22. November 2026 · aktualisiert am 23. November 2026 · 3 Min. Lesezeit · A, B · Ada Lovelace',
  );
});

test.each([
  [{}, '<article>'],
  [{ language: 'de' }, '<article lang="de" dir="ltr">'],
  [{ language: 'ar' }, '<article lang="ar" dir="rtl">'],
  [{ direction: 'rtl' as const }, '<article dir="rtl">'],
])('the article says its language where that is another than the page’s: %j', (view, begin) => {
  expect(html(createElement('p'), view)).toBe(`${begin}<p></p></article>`);
});

test('a series is told with the part, which does not link to itself', () => {
  const got = html(createElement(PostSeries, { view: VIEW }));
  expect(got).toContain('<summary>Part 2 of 2: Snow</summary>');
  expect(got).toContain('<a href="/blog/one">One</a>');
  expect(got).toContain('<b aria-current="page">Two</b>');
  expect(html(createElement(PostSeries, { view: { ...VIEW, series: undefined } }))).toBe(
    '<article></article>',
  );
});

test('a text links to the others in their languages, and not to itself', () => {
  const got = html(createElement(PostTranslations, { view: VIEW }));
  expect(got.match(/<a /g)).toHaveLength(1);
  expect(got).toContain('lang="tr" hrefLang="tr" rel="alternate">Türkçe: İki</a>');
  const alone = { ...VIEW, translations: VIEW.translations?.slice(0, 1) };
  expect(html(createElement(PostTranslations, { view: alone }))).toBe('<article></article>');
});

test('contents are folded, and have their module, where there is enough to say', () => {
  const got = html(createElement(PostContents, { headings: HEADINGS }));
  expect(got).toContain('<page-contents><details><summary id="page.contents">Contents</summary>');
  expect(elementsWith({ elements: ['copy-button'], headings: HEADINGS })).toEqual([
    'copy-button',
    'page-contents',
  ]);
  expect(elementsWith({ elements: [], headings: HEADINGS.slice(1) })).toEqual([]);
  expect(html(createElement(PostContents, { headings: HEADINGS.slice(1) }))).toBe(
    '<article></article>',
  );
});

describe('an author', () => {
  afterEach(() => {
    delete SITE.authors;
    delete SITE.author;
  });

  test('is shown as the owner describes them, and otherwise not at all', () => {
    const box = createElement(PostAuthor, { author: VIEW.post.author });
    expect(html(box)).toBe('<article></article>');
    SITE.authors = {
      'Ada Lovelace': {
        about: 'Computes.',
        picture: '/ada.jpg',
        links: [{ title: 'Elsewhere', href: 'https://social.example/@ada' }],
      },
    };
    const got = html(box);
    expect(got).toContain('<a href="/author/ada-lovelace">Ada Lovelace</a>');
    expect(got).toContain('<p>Computes.</p>');
    expect(got).toContain('<img src="/ada.jpg" alt="" width="72" height="72" loading="lazy"/>');
    expect(got).toContain('<a href="https://social.example/@ada" rel="me">Elsewhere</a>');
    expect(html(createElement(PostAuthor, {}))).toBe('<article></article>');
    SITE.author = 'Ada Lovelace';
    expect(html(createElement(PostAuthor, {}))).toContain('<b>Ada Lovelace</b>');
    expect(html(createElement(PostAuthor, { author: { title: 'constructor' } }))).toBe(
      '<article></article>',
    );
  });
});
