/** What the pictures of the console show of the history. */
import type { PurgeSummary } from '../../../lib/console/history';
import { byHour, DAYS, HOURS, percentile, picturesOf } from '../../../lib/console/pictures';

const NOW = Date.parse('2026-11-28T18:30:00Z');
const at = (time: string) => Date.parse(time);

const purge = (time: string, more: Partial<PurgeSummary> = {}): PurgeSummary => ({
  id: time,
  ref: time,
  atMs: at(time),
  status: 200,
  result: 'regenerated',
  ms: 20,
  sender: 'curl',
  counts: { regenerated: 1, removed: 0, failed: 0, absent: 0 },
  reasons: { post: 1 },
  ...more,
});

/** The periods with a purge, by their beginning. */
const shown = (list: ReturnType<typeof picturesOf>['hours']['list']) =>
  list.flatMap(({ startMs, purges: { regenerated, failed, refused } }) => {
    const sum = regenerated + failed + refused;
    return sum > 0 ? [[new Date(startMs).toISOString().slice(0, 16), sum]] : [];
  });

test('an hour and a day begin at their first millisecond, in UTC', () => {
  const { hours, days } = picturesOf(
    [
      purge('2026-11-27T23:59:59.999Z'),
      purge('2026-11-28T00:00:00.000Z'),
      purge('2026-11-28T00:59:59.999Z'),
      purge('2026-11-28T01:00:00.000Z'),
    ],
    NOW,
  );
  expect(shown(hours.list)).toEqual([
    ['2026-11-27T23:00', 1],
    ['2026-11-28T00:00', 2],
    ['2026-11-28T01:00', 1],
  ]);
  expect(shown(days.list)).toEqual([
    ['2026-11-27T00:00', 1],
    ['2026-11-28T00:00', 3],
  ]);
});

test('the pictures end with the hour and the day that are under way, and leave out what is older', () => {
  const { hours, days, reasons } = picturesOf(
    [
      purge('2026-10-29T23:59:59.999Z'),
      purge('2026-10-30T00:00:00.000Z'),
      purge('2026-11-26T18:59:59.999Z'),
      purge('2026-11-26T19:00:00.000Z'),
      purge('2026-11-28T18:30:00.000Z'),
    ],
    NOW,
  );
  expect(hours.list).toHaveLength(HOURS);
  expect(days.list).toHaveLength(DAYS);
  expect(hours.list.at(-1)?.startMs).toBe(at('2026-11-28T18:00:00Z'));
  expect(shown(hours.list)).toEqual([
    ['2026-11-26T19:00', 1],
    ['2026-11-28T18:00', 1],
  ]);
  expect(shown(days.list)).toEqual([
    ['2026-10-30T00:00', 1],
    ['2026-11-26T00:00', 2],
    ['2026-11-28T00:00', 1],
  ]);
  expect(reasons).toEqual([{ reason: 'post', pages: 4 }]);
});

test('an empty history has periods without purges and without times', () => {
  const { hours, days, reasons } = picturesOf([], NOW);
  expect(shown([...hours.list, ...days.list])).toEqual([]);
  expect([...hours.list, ...days.list].every(({ times }) => times === undefined)).toBe(true);
  expect(reasons).toEqual([]);
});

test('purges are counted by result, pages that failed beside them, and reasons over all purges', () => {
  const { days } = picturesOf(
    [
      purge('2026-11-28T01:00:00Z'),
      purge('2026-11-28T02:00:00Z', { result: 'refused' }),
      purge('2026-11-28T03:00:00Z', {
        result: 'failed',
        counts: { regenerated: 1, removed: 0, failed: 3, absent: 0 },
      }),
    ],
    NOW,
  );
  expect(days.list.at(-1)).toMatchObject({
    purges: { regenerated: 1, failed: 1, refused: 1 },
    failedPages: 3,
  });
  const { reasons } = picturesOf(
    [
      purge('2026-11-28T01:00:00Z', { reasons: { named: 2, tag: 1 } }),
      purge('2026-11-28T02:00:00Z', { reasons: { tag: 4, author: 2 } }),
    ],
    NOW,
  );
  expect(reasons).toEqual([
    { reason: 'tag', pages: 5 },
    { reason: 'author', pages: 2 },
    { reason: 'named', pages: 2 },
  ]);
});

test('a percentile is a time that was measured; of few purges p99 is the longest', () => {
  expect(percentile([7], 0.5)).toBe(7);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([1, 9], 0.5)).toBe(1);
  expect(percentile([1, 9], 0.99)).toBe(9);
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([...hundred, 101], 0.99)).toBe(100);
});

test('the times of a period are those of its own purges, in any order, without refusals', () => {
  const { hours } = picturesOf(
    [
      purge('2026-11-28T17:59:00Z', { ms: 5000 }),
      purge('2026-11-28T18:01:00Z', { ms: 300 }),
      purge('2026-11-28T18:02:00Z', { ms: 9 }),
      purge('2026-11-28T18:03:00Z', { ms: 40, result: 'failed' }),
      purge('2026-11-28T18:04:00Z', { ms: 0, result: 'refused' }),
    ],
    NOW,
  );
  expect(hours.list.at(-1)?.times).toEqual({ p50: 40, p99: 300 });
  expect(hours.list.at(-2)?.times).toEqual({ p50: 5000, p99: 5000 });
  expect(hours.list.at(-3)?.times).toBeUndefined();
});

test('what is counted by the hour elsewhere is put into the same hours', () => {
  const waits = [
    { hourMs: at('2026-11-20T00:00:00Z'), visits: 9 },
    { hourMs: at('2026-11-28T18:00:00Z'), visits: 2 },
  ];
  const hours = byHour(waits, NOW);
  expect(hours).toHaveLength(HOURS);
  expect(hours.filter(({ entry }) => entry)).toEqual([
    { startMs: at('2026-11-28T18:00:00Z'), entry: waits[1] },
  ]);
});
