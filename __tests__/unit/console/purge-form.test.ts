/** What the console's forms ask for, and what a plan of it shows. */
import {
  isEmpty,
  namedIn,
  queryOf,
  requestOf,
  retryOf,
  type Named,
} from '../../../lib/console/purge-form';
import { planOf } from '../../../lib/console/purge-plan';
import type { PurgeRecord } from '../../../lib/console/record';

const NOTHING: Named = { paths: [], tags: [], changed: false, confirm: false };

test('names stand one a line, or one in each field', () => {
  expect(
    namedIn({ path: ' /a\r\n\r\n/b, c \n', tag: ['posts', 'tag:x\ntag:y'], changed: '1' }),
  ).toEqual({
    paths: ['/a', '/b, c'],
    tags: ['posts', 'tag:x', 'tag:y'],
    changed: true,
    confirm: false,
  });
  expect(namedIn({ confirm: 'removals' })).toEqual({ ...NOTHING, confirm: true });
  for (const form of [{}, { path: '' }, { path: { a: '/b' }, changed: 'on', confirm: '1' }]) {
    expect(isEmpty(namedIn(form))).toBe(true);
  }
});

test('an address names the same as the form', () => {
  const named = { paths: ['/a?b&c=#d', '/ü'], tags: ['tag:x y'], changed: true, confirm: true };
  const query = new URLSearchParams(queryOf(named));
  expect(
    namedIn({
      path: query.getAll('path'),
      tag: query.getAll('tag'),
      changed: query.get('changed'),
      confirm: query.get('confirm'),
    }),
  ).toEqual(named);
  expect(() => queryOf({ ...NOTHING, paths: ['x'.repeat(6000)] })).toThrow('too much for a plan');
});

test('a form is read as the purge endpoint reads one', () => {
  const named = { paths: ['/a', '/a'], tags: ['posts'], changed: false, confirm: false };
  expect(requestOf(named, true)).toMatchObject({
    paths: ['/a'],
    tags: ['posts'],
    changed: false,
    dryRun: true,
    confirm: undefined,
    classic: false,
  });
  expect(requestOf({ ...NOTHING, confirm: true }, false)).toMatchObject({
    changed: true,
    dryRun: false,
    confirm: 'removals',
  });
  expect(() => requestOf(NOTHING, false)).toThrow('Path parameter is required');
  const many = Array.from({ length: 10_001 }, (_, index) => `/${index}`);
  expect(() => requestOf({ ...NOTHING, paths: many }, false)).toThrow('10,001 paths and tags');
});

/** A record, as far as it matters for what is tried once more. */
const record = (
  fields: Pick<PurgeRecord, 'pages' | 'named'> & { failed: number },
): PurgeRecord => ({
  id: 'x-1',
  at: '2026-11-28T12:00:00.000Z',
  instance: 'one',
  caller: { address: '::1', secret: 'current', sender: 'curl' },
  status: 500,
  result: 'failed',
  changed: [],
  counts: { regenerated: 0, removed: 0, absent: 0, failed: fields.failed },
  reasons: {},
  unchanged: 0,
  ms: 1,
  ...fields,
});
const page = (path: string, result: 'failed' | 'regenerated') => ({
  path,
  result,
  because: [],
  ms: 1,
});

test.each([
  [
    'the failed pages',
    {
      pages: [page('/a', 'failed'), page('/b', 'regenerated')],
      failed: 1,
      named: { paths: ['/b'], tags: [] },
    },
    { paths: ['/a'] },
  ],
  [
    'and whatever changed, if more failed than are listed',
    { pages: [page('/a', 'failed')], failed: 9, named: { paths: ['/*'], tags: [] } },
    { paths: ['/a'], changed: true },
  ],
  [
    'what was named, if it came to no page',
    { pages: [], failed: 0, named: { paths: ['/a'], tags: ['posts'] } },
    { paths: ['/a'], tags: ['posts'] },
  ],
  [
    'and whatever changed, if that was asked for',
    { pages: [], failed: 0, named: { paths: [], tags: [], changed: true as const } },
    { changed: true },
  ],
  [
    'or if not all names are known',
    { pages: [], failed: 0, named: { paths: ['/a'], tags: [], more: 3 } },
    { paths: ['/a'], changed: true },
  ],
])('tries once more: %s', (_, fields, expected) => {
  expect(retryOf(record(fields))).toEqual({ ...NOTHING, ...expected });
});

test('a plan of many pages shows the first, and counts the rest', () => {
  const pages = Array.from({ length: 250 }, (_, index) => ({
    path: `/${index}`,
    because: Array(9).fill('posts'),
  }));
  const plan = planOf({ report: { revalidated: false, dryRun: true, pages, unchanged: 3, ms: 7 } });
  expect(plan).toMatchObject({ more: 50, unchanged: 3, ignored: [], alwaysFresh: [] });
  expect('pages' in plan && plan.pages).toHaveLength(200);
  expect('pages' in plan && plan.pages[0]?.because).toHaveLength(5);
  const refusal = Object.assign(new Error('Most would go'), { confirm: 'removals' });
  expect(planOf({ error: refusal })).toEqual({ problem: 'Most would go', isConfirmable: true });
  expect(planOf({ error: new Error('Away') })).toEqual({ problem: 'Away', isConfirmable: false });
});
