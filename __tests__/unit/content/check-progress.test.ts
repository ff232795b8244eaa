/** What a build says of its check of posts while that lasts. */
import { checkProgress } from '../../../lib/content/check-progress';

const TOTAL = 10_000;

/** Checks so many bodies in each of so many seconds, and returns what was said, with the second. */
function linesOf({
  seconds,
  perSecond,
  tells = true,
}: Record<'seconds' | 'perSecond', number> & { tells?: boolean }) {
  const lines: [number, string][] = [];
  let nowMs = 0;
  let done = 0;
  let counts = 0;
  const told = checkProgress({
    say: (line) => lines.push([nowMs / 1000, line.trim()]),
    claim: () => tells,
    now: () => nowMs,
  });
  const countDone = () => {
    counts += 1;
    return done;
  };
  for (let second = 0; second < seconds; second += 1) {
    for (let step = 0; step < perSecond; step += 1) {
      nowMs += 1000 / perSecond;
      done += 1;
      told(TOTAL, countDone);
    }
  }
  return { lines, counts };
}

test('nothing is said of a check that takes two seconds', () => {
  expect(linesOf({ seconds: 2, perSecond: 5000 }).lines).toEqual([]);
});

test('a long check has a line every ten seconds, and counts for nothing else', () => {
  const { lines, counts } = linesOf({ seconds: 30, perSecond: 250 });
  expect(lines).toEqual([
    [3, 'Checking 10,000 posts: 7%'],
    [13, 'Checking 10,000 posts: 32%'],
    [23, 'Checking 10,000 posts: 57%'],
  ]);
  expect(counts).toBe(lines.length);
});

test('the other processes of the build say nothing', () => {
  expect(linesOf({ seconds: 30, perSecond: 250, tells: false })).toEqual({ lines: [], counts: 0 });
});
