import { hintOf, hintOfPaths } from '../../../lib/purge/hint';
import { mergeHints } from '../../../lib/source/changes';

test('reads what our plugin sends', () => {
  const changes = [
    {
      kind: 'post',
      type: 'page',
      id: 12,
      slug: 'x',
      formerSlug: 'y',
      modified: '2026-11-22T10:00:00',
      status: 'publish',
    },
    { kind: 'post', type: 'post', id: 13, status: 'gone' },
    { kind: 'term', taxonomy: 'post_tag', id: 3 },
    { kind: 'author', id: 1 },
    { kind: 'site' },
    { kind: 'addresses' },
  ];
  expect(hintOf({ source: 'wordpress', changes })).toEqual([
    {
      kind: 'post',
      id: 12,
      page: true,
      slug: 'x',
      modified: '2026-11-22T10:00:00.000Z',
      gone: false,
    },
    { kind: 'post', id: 13, page: false, gone: true },
    ...changes.slice(2),
  ]);
});

test.each([
  [
    { postId: 12, paths: ['/'] },
    { kind: 'post', id: 12 },
  ],
  [{ post_id: '12' }, { kind: 'post', id: 12 }],
  [
    { contentType: 'post', contentId: 42 },
    { kind: 'post', id: 42, page: false },
  ],
  [
    { contentType: 'page', contentId: 42 },
    { kind: 'post', id: 42, page: true },
  ],
  [
    { contentType: 'tag', contentId: 4 },
    { kind: 'term', taxonomy: 'post_tag', id: 4 },
  ],
  [
    { contentType: 'author', contentId: 4 },
    { kind: 'author', id: 4 },
  ],
  [
    { term_id: 7, taxonomy: 'category' },
    { kind: 'term', taxonomy: 'category', id: 7 },
  ],
  [
    { object_id: 9, term_id: 7, taxonomy: 'category' },
    { kind: 'post', id: 9 },
  ],
  [{ user_id: 7 }, { kind: 'author', id: 7 }],
])('reads what others send: %j', (body, change) => {
  expect(hintOf(body)).toEqual([change]);
});

test.each([
  [{}],
  [undefined],
  [{ contentType: 'menu', contentId: 1 }],
  [{ contentType: 'media', contentId: 1 }],
  [{ contentType: 'unknown', contentId: 1 }],
  [{ contentType: 'all' }],
  // More than 4,000 changes at once.
  [{ source: 'wordpress', changes: [] }],
  [{ term_id: 7, taxonomy: 'colour' }],
  [{ post_id: 0 }],
  [{ post_id: -1 }],
  [{ source: 'wordpress', changes: [{ kind: 'menu' }] }],
  [{ source: 'wordpress', changes: [{ kind: 'post', type: 'post', id: 1, modified: 'now' }] }],
  [{ changes: [], post_id: 1 }],
])('takes what it does not know for anything: %j', (body) => {
  expect(hintOf(body)).toBeUndefined();
});

test('a path names the post that it may be, and a list none', () => {
  expect(hintOfPaths(['/blog/hello__trashed', '/2026/11/22/%E6%97%A5/'])).toEqual([
    { kind: 'slug', slug: 'hello' },
    { kind: 'slug', slug: '日' },
  ]);
  for (const path of [
    '/',
    '',
    '/blog/*',
    '/blog/[slug]',
    '/category/x',
    '/tag/x/page/2',
    '/topics',
    '/%',
    // Numbers, which may stand for any post.
    '/archives/12',
    '/index.php?p=12',
    '/?p=12',
  ]) {
    expect(hintOfPaths(['/blog/hello', path])).toBeUndefined();
  }
  expect(hintOfPaths(['/2026/hello.html'])).toEqual([{ kind: 'slug', slug: 'hello' }]);
  // Nothing is looked up for what is computed for each request.
  expect(hintOfPaths(['/feed.xml', '/blog/hello', '/search?q=x', '/sitemap/1.xml/'])).toEqual([
    { kind: 'slug', slug: 'hello' },
  ]);
  expect(hintOfPaths([])).toBeUndefined();
});

test('several hints are one, unless one of them is none', () => {
  const [a, b] = [[{ kind: 'site' } as const], [{ kind: 'author', id: 1 } as const]];
  expect(mergeHints(a, b)).toEqual([...a, ...b]);
  expect(mergeHints(a, undefined)).toBeUndefined();
  expect(mergeHints([], a)).toEqual(a);
});
