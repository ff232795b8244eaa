/** The pictures of the console: what is drawn, and the tables beside it. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Pictures } from '../../../components/console/pictures';
import { durationOf } from '../../../components/console/words';
import type { PurgeSummary } from '../../../lib/console/history';
import { byHour, picturesOf } from '../../../lib/console/pictures';

const NOW = Date.parse('2026-11-28T18:30:00Z');
const HOUR_MS = 3_600_000;

/** Purges over three days whose numbers all differ. */
const SUMMARIES = Array.from({ length: 70 }, (_, at): PurgeSummary => ({
  id: String(at),
  ref: String(at),
  atMs: NOW - (at * at * HOUR_MS) / 60,
  status: 200,
  result: at % 7 === 0 ? 'failed' : at % 11 === 0 ? 'refused' : 'regenerated',
  ms: 5 + at * at * at,
  sender: 'curl',
  counts: { regenerated: 1, removed: 0, failed: at % 7 === 0 ? 1 : 0, absent: 0 },
  reasons: at % 2 === 0 ? { post: 2, posts: 1 } : { tag: 1 },
}));

function draw(summaries: readonly PurgeSummary[], visits = 0): string {
  const waited = visits > 0 ? [{ hourMs: Math.floor(NOW / HOUR_MS) * HOUR_MS, visits }] : [];
  const waits = byHour(waited, NOW).map(({ startMs, entry }) => ({
    startMs,
    visits: entry?.visits ?? 0,
    longestMs: entry ? 1234 : 0,
  }));
  return renderToStaticMarkup(createElement(Pictures, { ...picturesOf(summaries, NOW), waits }));
}

/** Each figure: its title, what is drawn, and the numbers of its table by row. */
const figuresOf = (html: string) =>
  [...html.matchAll(/<figure.*?<\/figure>/gs)].map(([figure]) => ({
    title: /<b>(.*?)<\/b>/.exec(figure)?.[1],
    drawn: [...figure.matchAll(/data-value="([\d.]+)"/g)].map(([, value]) => Number(value)),
    rows: [...figure.matchAll(/<tr><th scope="row">(.*?)<\/tr>/gs)].map(([, row = '']) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = '']) => cell),
    ),
    label: /role="img" aria-label="([^"]*)"/.exec(figure)?.[1],
    html: figure,
  }));

const figure = (html: string, title: string) => {
  const found = figuresOf(html).find((one) => one.title === title);
  if (!found) throw new Error(`There is no picture ${title}`);
  return found;
};

const countsIn = (rows: string[][], columns: number): number[] =>
  rows.flatMap((row) => row.slice(0, columns).map(Number)).filter((value) => value > 0);

test.each([
  ['Purges by hour', 3],
  ['Purges by day', 3],
  ['Purges that failed or were refused', 2],
  ['Visits that waited for a render', 1],
])('the table of %s has the numbers that are drawn', (title, columns) => {
  const { drawn, rows } = figure(draw(SUMMARIES, 17), title);
  expect(drawn.length).toBeGreaterThan(0);
  expect(countsIn(rows, columns)).toEqual(drawn);
});

test.each(['hour', 'day'])('the table of times by %s has the times that are drawn', (unit) => {
  const { drawn, rows } = figure(draw(SUMMARIES), `How long purges took, by ${unit}`);
  expect(rows.length).toBeGreaterThan(2);
  const columns = [1, 2].flatMap((at) => rows.map((row) => row[at]));
  expect(columns).toEqual(drawn.map(durationOf));
});

test('the table of reasons has the numbers that are drawn, most first', () => {
  const { drawn, rows } = figure(draw(SUMMARIES), 'Pages by reason');
  expect(drawn).toEqual([70, 35, 35]);
  expect(rows).toEqual([
    ['70', '50%'],
    ['35', '25%'],
    ['35', '25%'],
  ]);
});

test('each picture says in a sentence what it shows', () => {
  const html = draw(SUMMARIES, 17);
  expect(figuresOf(html).map(({ label }) => label)).toEqual(
    Array.from({ length: 7 }, () => expect.stringMatching(/^.{20,}\.$/)),
  );
  expect(figure(html, 'Visits that waited for a render').label).toBe(
    'Visits that waited for a render: 17 visits in the last 48 hours; most on 28 Nov, 18:00 UTC: 17.',
  );
});

test('an empty history is a sentence in the place of each picture', () => {
  const html = draw([]);
  expect(html).not.toContain('role="img"');
  expect(html).not.toContain('<table');
  expect(html.match(/<p class="nothing">/g)).toHaveLength(7);
});

test('one purge is drawn, however short it was', () => {
  const [first] = SUMMARIES;
  const html = draw(first ? [{ ...first, result: 'regenerated', ms: 0 }] : []);
  expect(figure(html, 'Purges by hour').drawn).toEqual([1]);
  expect(figure(html, 'How long purges took, by day').drawn).toEqual([0, 0]);
  expect(html).not.toMatch(/NaN|Infinity|undefined/);
});

test('nothing that the policy refuses, and no id twice', () => {
  const html = draw(SUMMARIES, 17);
  expect(html).not.toMatch(/ (style|on\w+)=/);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const used = [...html.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((id) => !ids.includes(id))).toEqual([]);
});
