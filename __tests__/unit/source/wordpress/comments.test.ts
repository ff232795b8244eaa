import { siteOf } from '../../../../lib/site/site';
import { commentsByPost, commentsOf } from '../../../../lib/source/wordpress/comments';
import { copyOf } from '../../../../lib/source/wordpress/library';
import { postsOf } from '../../../../lib/source/wordpress/posts';
import { addArticles } from '../../../../lib/source/wordpress/reader';
import { RestComment, RestPost } from '../../../../lib/source/wordpress/rest';
import { restPost } from '../../../setup/posts';
import { ADDRESS, articleWith, AT, byId } from '../../../setup/wordpress-articles';

const raw = (id: number, fields: object = {}) => ({
  id,
  post: 1,
  parent: 0,
  author_name: 'Ada',
  author_url: '',
  date: '2026-01-02T01:00:00',
  date_gmt: `2026-01-01T10:00:${String(id % 60).padStart(2, '0')}`,
  content: { rendered: `<p>${id}</p>\n` },
  ...fields,
});
const comments = (...list: object[]) => list.map((one) => RestComment.parse(one));

/** The post as a site has it whose WordPress sends this of its comments. */
function read(evergreen_comments: unknown, fields: object = {}, isOpen = true) {
  const library = copyOf();
  const rest = RestPost.parse(
    restPost(1, `${ADDRESS}/2026/post-1/`, { evergreen_comments, ...fields }),
  );
  const ask = () => Promise.reject(new Error('Nothing is asked'));
  addArticles({ ask, address: ADDRESS, library }, { data: [rest], atMs: AT });
  return postsOf(library, ADDRESS, { isOpen }).posts.get(1);
}

test('a comment has its author, its day by the clock of WordPress, and its text', () => {
  const list = [
    raw(2, { author_name: 'A &amp; <b>B</b>', author_url: 'https://a.example/', parent: 1 }),
    raw(1, { author_name: '', author_url: 'javascript:alert(1)' }),
  ];
  expect(read({ total: 2, list })?.discussion).toMatchObject({
    comments: [
      { id: 1, parent: 0, author: 'Anonymous', day: '2026-01-02', html: '<p>1</p>' },
      { id: 2, parent: 1, author: 'A & B', url: 'https://a.example/' },
    ],
    more: 0,
  });
  expect(read({ total: 2, list })?.discussion?.comments[0]).not.toHaveProperty('url');
});

test.each([
  ['text', 'x'],
  ['a list', [raw(1)]],
  ['of no comments', { total: 'many', list: [null, 7, { id: 0 }, { text: 'x' }] }],
  ['null', null],
])('what is sent of comments that is %s is none, and the post is there', (_, sent) => {
  expect(read(sent)).toMatchObject({ title: 'Post 1', discussion: undefined });
});

test('a comment of which fields have another form is shown without them', () => {
  const odd = { id: 3, parent: 'x', author_name: 7, date: 1, date_gmt: null, content: 'x' };
  expect(read({ total: 1, list: [odd] })?.discussion?.comments).toEqual([
    {
      id: 3,
      parent: 0,
      author: 'Anonymous',
      date: expect.any(String),
      day: '1970-01-01',
      html: '',
    },
  ]);
});

test('only so many are shown, the oldest, and the others counted', () => {
  const list = comments(
    ...Array.from({ length: 600 }, (_, index) => raw(600 - index, { date_gmt: '' })),
  );
  const known = commentsOf(list, 1000);
  expect(known.comments.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  expect(known.more).toBe(500);
});

test.each([
  ['one of a megabyte', [1024 * 1024], 1],
  ['more than a page holds', Array.from({ length: 8 }, () => 60_000), 3],
])('%s leaves the others', (_, lengths, left) => {
  const long = lengths.map((length, n) =>
    raw(n + 2, { content: { rendered: 'x'.repeat(length) } }),
  );
  const { comments: shown, more } = commentsOf(comments(raw(1), ...long));
  expect(shown[0]?.id).toBe(1);
  expect(more).toBe(lengths.length - (shown.length - 1));
  expect(more).toBeGreaterThanOrEqual(left);
});

test('comments of many posts go to their posts', () => {
  const found = commentsByPost(comments(raw(1), raw(2, { post: 7 }), raw(3)));
  expect([...found].map(([post, { comments: list }]) => [post, list.map(({ id }) => id)])).toEqual([
    [1, [1, 3]],
    [7, [2]],
  ]);
});

test.each([
  ['open', true, { total: 501, list: [raw(1)] }, [true, true]],
  ['open', true, { total: 0, list: [] }, [false, true]],
  ['closed', true, { total: 501, list: [raw(1)] }, [true, false]],
  ['open', false, { total: 501, list: [raw(1)] }, [false, false]],
])('comments %s, WordPress open: %s', (comment_status, isOpen, sent, [read_, write]) => {
  const found = read(sent, { comment_status }, isOpen)?.discussion;
  expect(found?.readAt).toBe(read_ ? `${ADDRESS}/2026/post-1/#comments` : undefined);
  expect(found?.writeAt).toBe(write ? `${ADDRESS}/2026/post-1/#respond` : undefined);
});

test('a post without comments, where none can be written, has no discussion', () => {
  expect(
    read({ total: 0, list: [] }, { comment_status: 'open' }, false)?.discussion,
  ).toBeUndefined();
  expect(read(undefined, { comment_status: 'closed' })?.discussion).toBeUndefined();
});

test('a comment changes the page of its post, and no other', () => {
  const site = (...list: object[]) => {
    const library = {
      ...copyOf(),
      articles: byId([articleWith(1), articleWith(2), articleWith(3, { type: 'page' })]),
      comments: commentsByPost(comments(...list)),
    };
    const { posts } = postsOf(library, ADDRESS);
    return siteOf([...posts.values()], AT, ADDRESS);
  };
  const changed = (before: ReturnType<typeof site>, after: ReturnType<typeof site>) =>
    [...after.pages].flatMap(([path, page]) => {
      const was = before.pages.get(path);
      if (was?.revision === page.revision) return [];
      const tags = Object.keys(page.dependencies);
      return [[path, tags.filter((tag) => was?.dependencies[tag] !== page.dependencies[tag])]];
    });
  const none = site();
  expect(changed(none, site(raw(1)))).toEqual([['/blog/post-1', ['post:post-1']]]);
  expect(changed(site(raw(1)), site(raw(1, { content: { rendered: 'Edited' } })))).toEqual([
    ['/blog/post-1', ['post:post-1']],
  ]);
  expect(changed(none, site(raw(1, { post: 3 })))).toEqual([['/post-3', ['page:post-3']]]);
});
