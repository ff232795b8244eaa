/** What `GET /api/purges` takes, and the sentence by which it refuses the rest. */
import { purgesQuery } from '../../../lib/console/purges-query';

const NOTHING = {
  path: undefined,
  result: undefined,
  sender: undefined,
  sinceMs: undefined,
  untilMs: undefined,
  before: undefined,
  most: 50,
};

test.each([
  [{}, {}],
  [{ secret: 'x' }, {}],
  [{ token: ['x', 'y'], limit: '200' }, { most: 200 }],
  [{ path: '/blog/a' }, { path: '/blog/a' }],
  // As reports have it.
  [{ path: '/blog/a/?utm=1' }, { path: '/blog/a' }],
  [{ path: '/blog/*' }, { path: '/blog/*' }],
  [
    { result: 'failed', sender: 'WordPress', before: 'id' },
    { result: 'failed', sender: 'WordPress', before: 'id' },
  ],
  [
    { since: '2026-01-01', until: '2026-01-01T12:00:00+02:00' },
    { sinceMs: Date.UTC(2026, 0, 1), untilMs: Date.UTC(2026, 0, 1, 10) },
  ],
])('%j', (query, asked) => {
  expect(purgesQuery(query)).toEqual({ ...NOTHING, ...asked });
});

test('an id asks for one purge', () => {
  expect(purgesQuery({ id: 'x' })).toEqual({ id: 'x' });
});

const NO_TIME = 'must be a time in ISO 8601, such as 2026-11-28T19:00:00Z, or a day';
const NO_LIMIT = 'limit must be a whole number from 1 to 200';
const REFUSED: [query: Record<string, unknown>, message: string][] = [
  [{ path: 'blog/a' }, 'path must be a path, which begins with a slash'],
  [{ path: ['/a', '/b'] }, 'path is given more than once'],
  [{ path: `/${'a'.repeat(3000)}` }, 'path must have at most 2048 characters'],
  [{ result: 'fine' }, 'result must be one of regenerated, failed, refused'],
  [{ since: 'yesterday' }, `since ${NO_TIME}`],
  [{ until: '2026-02-31' }, `until ${NO_TIME}`],
  [{ limit: '0' }, NO_LIMIT],
  [{ limit: '201' }, NO_LIMIT],
  [{ limit: '-1' }, NO_LIMIT],
  [{ limit: '1e2' }, NO_LIMIT],
  [{ limit: '1000000000000' }, NO_LIMIT],
  [
    { sendr: 'curl' },
    'sendr is no filter: there are id, path, result, sender, since, until, before and limit',
  ],
];

test.each(REFUSED)('%j is refused', (query, message) => {
  expect(() => purgesQuery(query)).toThrow(expect.objectContaining({ status: 400, message }));
});
