/** One purge as a tree. */
import { treeOf } from '../../../lib/console/purge-tree';

const page = (path: string, because: string[]) => ({
  path,
  because,
  result: 'regenerated' as const,
  ms: 1,
});

test('each page is below its first reason, once, and names the others', () => {
  const { reasons, further } = treeOf({
    pages: [
      page('/blog/one', ['named', 'post:one']),
      page('/', ['posts', 'post:one']),
      page('/archive', ['posts']),
      page('/tag/a', []),
    ],
    changed: ['post:one', 'posts'],
  });
  expect(
    reasons.map(({ reason, pages }) => [
      reason,
      pages.map(({ path, others }) => [path, ...others]),
    ]),
  ).toEqual([
    ['named', [['/blog/one', 'post:one'], ['/tag/a']]],
    ['posts', [['/', 'post:one'], ['/archive']]],
  ]);
  expect(further).toEqual(['post:one']);
});

test('a purge of nothing is an empty tree', () => {
  expect(treeOf({ pages: [], changed: [] })).toEqual({ reasons: [], further: [] });
});
