import { showComments, type ShownComment } from '../../../lib/body/comments';
import type { Comment } from '../../../lib/source/post';

const BASE = 'https://wp.example/';

const comment = (id: number, fields: Partial<Comment> = {}): Comment => ({
  id,
  parent: 0,
  author: 'Ada',
  date: '2026-01-01T10:00:00.000Z',
  day: '2026-01-01',
  html: `<p>${id}</p>`,
  ...fields,
});
const htmlOf = async (html: string) => (await showComments([comment(1, { html })], BASE))[0]?.html;

test.each([
  ['a script', '<p>a<script>alert(1)</script></p>', '<p>a</p>'],
  ['a frame', '<p>a<iframe src="https://evil.example/"></iframe></p>', '<p>a</p>'],
  ['a style', '<style>p{}</style><p style="position:fixed" class="comments">a</p>', '<p>a</p>'],
  ['an identifier', '<p id="page.text">a</p><p id="comment-1">b</p>', '<p>a</p><p>b</p>'],
  ['a tracker', '<p>a<img src="https://evil.example/t.gif" width="1"></p>', '<p>a</p>'],
  ['a film', '<video src="https://evil.example/t.mp4" poster="x"></video>a', 'a'],
  ['a heading', '<h1>a</h1><table><tr><td>b</td></tr></table>', 'ab'],
  ['a form', '<form action="//evil.example"><input name="a">b</form>', 'b'],
  ['a handler', '<b onclick="x()">a</b>', '<b>a</b>'],
  ['a script address', '<a href="javascript:alert(1)">a</a>', '<a rel="nofollow ugc">a</a>'],
  ['one in disguise', '<a href=" jav&#x0A;ascript:alert(1)">a</a>', '<a rel="nofollow ugc">a</a>'],
  [
    'a link that wants to count',
    '<a href="/b/" rel="dofollow me" target="_blank">a</a>',
    '<a href="https://wp.example/b/" rel="nofollow ugc">a</a>',
  ],
  ['an unbalanced tag', '</li></ol></section><em>a', '<em>a</em>'],
  [
    'text',
    '<p>a &lt;b&gt; &amp; <code>c</code><br>d</p>',
    '<p>a &#x3C;b> &#x26; <code>c</code><br>d</p>',
  ],
])('of %s stays what is text', async (_, html, expected) => {
  expect(await htmlOf(html)).toBe(expected);
});

test.each([
  ['deep', '<blockquote>'.repeat(5000) + 'a<script>alert(1)</script>'],
  ['bloated', `${'<b>'.repeat(8000)}${'<p>a'.repeat(8000)}`],
])('a comment that is %s is its words alone', async (_, html) => {
  const shown = await htmlOf(html);
  expect(shown).toMatch(/^<p>[^<>]*a[^<>]*<\/p>$/);
});

const idsOf = (shown: ShownComment[]): unknown[] =>
  shown.map(({ id, replies }) => (replies.length > 0 ? [id, idsOf(replies)] : id));

test('answers stand below what they answer, in their order', async () => {
  const answers = [1, 0, 2, 1, 3].map((parent, index) => comment(index + 1, { parent }));
  const [first, ...others] = answers;
  expect(
    idsOf(await showComments([comment(9), ...others, comment(1, { ...first, parent: 0 })], BASE)),
  ).toEqual([9, [2, [[3, [5]]]], [1, [4]]]);
});

test.each([
  ['is missing', [comment(1, { parent: 7 }), comment(2, { parent: 1 })], [[1, [2]]]],
  ['is itself', [comment(1, { parent: 1 })], [1]],
  [
    'answers it in turn',
    [comment(1, { parent: 2 }), comment(2, { parent: 1 }), comment(3, { parent: 1 })],
    [1, 2, 3],
  ],
])('a comment whose parent %s is shown', async (_, comments, expected) => {
  const shown = idsOf(await showComments(comments, BASE));
  expect(shown.flat(Infinity)).toEqual(expected.flat(Infinity));
  expect(shown).toEqual(expected);
});

test('answers of answers stop moving to the right', async () => {
  const chain = Array.from({ length: 500 }, (_, index) => comment(index + 1, { parent: index }));
  const depthOf = (shown: ShownComment[]): number =>
    shown.length === 0 ? 0 : 1 + Math.max(...shown.map(({ replies }) => depthOf(replies)));
  const shown = await showComments(chain, BASE);
  expect(depthOf(shown)).toBe(5);
  expect(idsOf(shown).flat(Infinity)).toHaveLength(500);
});
