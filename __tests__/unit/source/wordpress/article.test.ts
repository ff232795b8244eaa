import { isOutdated } from '../../../../lib/source/wordpress/article';
import { articleWith } from '../../../setup/wordpress-articles';

test.each([
  ['Fish &amp; chips &#8211; &lt;b&gt;', 'Fish & chips – <b>'],
  ['An <em>important</em>  title', 'An important title'],
  ['&nbsp;', 'It begins like this and goes on for…'],
  ['', 'It begins like this and goes on for…'],
])('the title %j is %j', (rendered, title) => {
  const excerpt = { rendered: '<p>It begins like this and goes on for ever and ever</p>' };
  expect(articleWith(1, { title: { rendered }, excerpt }).title).toBe(title);
});

test('a post without title and text has a name, too', () => {
  expect(articleWith(7, { title: { rendered: '' } }).title).toBe('post-7');
});

test('an excerpt is text, without the link to the post', () => {
  const rendered =
    '<p>Some words [&hellip;] <a class="more-link" href="x">Continue <span>reading</span></a></p>\n';
  expect(articleWith(1, { excerpt: { rendered } }).summary).toBe('Some words…');
});

test('an excerpt has no text of scripts and styles, and keeps what only looks like the link', () => {
  const rendered =
    '<style>p { a: b }</style><p data-a="<a class=more-link>">One<a class="button more-link">More</a> ' +
    '<script>x("</p>")</script><a class="no-more-links">two</a></p>';
  expect(articleWith(1, { excerpt: { rendered } }).summary).toBe('One two');
});

test('a post is read again when anything tells that it changed, or may have within its second', () => {
  const known = articleWith(1);
  expect(isOutdated(known, known.stub)).toBe(false);
  expect(isOutdated(known, { ...known.stub, categories: [4] })).toBe(true);
  expect(isOutdated(known, { ...known.stub, modified_gmt: '2026-01-01T10:00:01' })).toBe(true);
  expect(isOutdated(undefined, known.stub)).toBe(true);
  const fresh = articleWith(1, { modified_gmt: '2026-11-22T09:59:59' });
  expect(isOutdated(fresh, fresh.stub)).toBe(true);
});

test('a body knows its original where it may need a link to it, and no other does', () => {
  const originalOf = (rendered: string) =>
    articleWith(1, { content: { rendered, protected: false } }).original;
  expect(originalOf('<p>a</p><form><input></form>')).toBe('https://wp.example/2026/post-1/');
  expect(originalOf('<p>a form</p>')).toBeUndefined();
});
