/** What stands around the text of every page, and at the head of the home page. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Navigation } from '../../../components/navigation';
import { Owner } from '../../../components/owner';
import { PostLines } from '../../../components/post-list';
import { SITE } from '../../../lib/site/site-config';

describe('the name of the site', () => {
  const owner = SITE.owner;
  afterEach(() => {
    SITE.owner = owner;
  });

  test('is shown on the home page where a picture stands beside it, and otherwise in the header alone', () => {
    SITE.owner = {};
    expect(renderToStaticMarkup(createElement(Owner))).toContain(
      `<h1 class="sr-only">${SITE.name}</h1>`,
    );
    SITE.owner = { picture: '/me.jpg' };
    expect(renderToStaticMarkup(createElement(Owner))).toContain(`<h1>${SITE.name}</h1>`);
  });
});

test('the navigation marks the page that it is on, also in a menu', () => {
  const topics = { title: 'Topics', href: '/topics' };
  const about = { title: 'About', href: '/about' };
  const items = [topics, { title: 'More', below: [about] }];
  const at = (here?: string) => renderToStaticMarkup(createElement(Navigation, { items, here }));
  expect(at('/topics').match(/<a [^>]*aria-current="page"[^>]*>/g)).toEqual([
    '<a href="/topics" aria-current="page">',
  ]);
  expect(at('/about').match(/<a [^>]*aria-current="page"[^>]*>/g)).toEqual([
    '<a href="/about" aria-current="page">',
  ]);
  expect(at('/blog/one')).not.toContain('aria-current');
  expect(at()).not.toContain('aria-current');
  const nowhere = createElement(Navigation, { items: [{ title: 'Nowhere' }] });
  expect(renderToStaticMarkup(nowhere)).not.toContain('aria-current');
});

test('a post in a list has its topic and its day in one line', () => {
  const post = {
    path: '/blog/one',
    title: 'One',
    date: '2026-11-22',
    category: { path: '/category/a', title: 'A' },
  };
  const html = renderToStaticMarkup(createElement(PostLines, { posts: [post] }));
  expect(html).toContain(
    '<p class="meta"><a href="/category/a">A</a> · <time dateTime="2026-11-22">22 November 2026</time></p>',
  );
});
