/** Which purges the query of an address asks for. */
import { listAddress, readListQuery } from '../../../lib/console/list-query';

test('fields that are empty or missing ask for everything', () => {
  const { query } = readListQuery({ result: '', sender: ' ', other: 'x' });
  expect(query).toEqual({ most: 50 });
});

test('all fields are read, and a field that is written twice counts once', () => {
  const { query } = readListQuery({
    result: 'failed',
    sender: ['Ghost', 'curl'],
    path: ' /blog/one ',
    since: '2026-11-28',
    before: 'abc-1',
  });
  expect(query).toEqual({
    result: 'failed',
    sender: 'Ghost',
    path: '/blog/one',
    sinceMs: Date.parse('2026-11-28T00:00:00Z'),
    before: 'abc-1',
    most: 50,
  });
});

test.each([
  [{ result: 'done' }, 'result must be one of regenerated, failed, refused.'],
  [{ path: 'blog/one' }, 'path must be a path, which begins with a slash.'],
  [{ since: 'yesterday' }, /^since must be a time in ISO 8601, .* or a day[.]$/],
  [{ since: '2026-02-31' }, /^since must be a time/],
  [{ since: '2026-13-01' }, /^since must be a time/],
  [{ path: `/${'a'.repeat(9_000)}` }, 'path must have at most 2048 characters.'],
])('%j is refused with a sentence', (written, problem) => {
  const read = readListQuery(written);
  expect(read.problem).toMatch(problem);
  expect(read.query).toBeUndefined();
});

test('what is too long is given back cut', () => {
  expect(readListQuery({ sender: 'x'.repeat(9_000) }).fields.sender).toHaveLength(1024);
});

test('an address holds the fields that are not empty', () => {
  expect(listAddress({ result: '', path: '/a b&c', before: 'x' })).toBe(
    '/console/purges?path=%2Fa+b%26c&before=x',
  );
  expect(listAddress({ result: '', sender: '' })).toBe('/console/purges');
});
