/** What the console shows of purges and of a page: whatever texts callers and authors sent. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { PageProof } from '../../../components/console/page-proof';
import { PurgeFilters } from '../../../components/console/purge-filters';
import { PurgeLines } from '../../../components/console/purge-lines';
import { Purge } from '../../../components/console/purge-tree';
import type { Proof } from '../../../lib/console/freshness';
import type { PurgeRecord, RecordedPage } from '../../../lib/console/record';

const MARKUP = `"><img src=x onerror=alert(1)>'&`;
const ESCAPED = '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#x27;&amp;';

const page = (path: string, because: string[], more: Partial<RecordedPage> = {}): RecordedPage => ({
  path,
  result: 'regenerated',
  because,
  ms: 12,
  ...more,
});

const purge = (more: Partial<PurgeRecord> = {}): PurgeRecord => ({
  id: 'abc-1',
  at: '2026-11-28T18:00:05.000Z',
  instance: 'web-1',
  caller: { address: '10.0.0.1', agent: 'curl/8', secret: 'current', sender: 'curl' },
  named: { paths: ['/blog/one'], tags: [] },
  status: 200,
  result: 'regenerated',
  changed: ['post:one', 'tag:a', 'author:b'],
  pages: [
    page('/blog/one', ['named', 'post:one']),
    page('/', ['post:one']),
    page('/tag/a', ['tag:a', 'post:one']),
  ],
  counts: { regenerated: 3, removed: 0, failed: 0, absent: 0 },
  reasons: { named: 1, post: 1, tag: 1 },
  unchanged: 4,
  steps: { waited: 1, read: 5, planned: 2, regenerated: 20, told: 3 },
  ms: 31,
  ...more,
});

const proof = (more: Partial<Proof> = {}): Proof => ({
  path: '/blog/one',
  fresh: 'yes',
  expected: { revision: 'r1' },
  stored: { revision: 'r1', renderedAt: '2026-11-28T17:00:00.000Z', reason: 'purge', ms: 9 },
  checks: [{ what: 'What is stored is what the site wants', ok: true, detail: 'Both are r1.' }],
  shows: [{ tag: 'post:one', isSame: true }],
  shownBy: { paths: ['/'], more: 0 },
  edges: [],
  ...more,
});

const drawPurge = (record: PurgeRecord) =>
  renderToStaticMarkup(createElement(Purge, { purge: record, formToken: 'the-token' }));
const drawLines = (record: PurgeRecord) =>
  renderToStaticMarkup(createElement(PurgeLines, { purges: [record] }));
const drawProof = (answer: Proof) =>
  renderToStaticMarkup(createElement(PageProof, { proof: answer, askedAtMs: 0 }));
/** The text of a page of HTML. */
const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const evil = purge({
  id: MARKUP,
  instance: MARKUP,
  caller: {
    address: MARKUP,
    forwardedFor: MARKUP,
    agent: MARKUP,
    secret: 'current',
    sender: MARKUP,
  },
  named: { paths: [`/${MARKUP}`], tags: [MARKUP] },
  told: [MARKUP],
  changed: [`post:${MARKUP}`],
  pages: [page(`/${MARKUP}`, [`post:${MARKUP}`], { result: 'failed', error: MARKUP })],
  error: MARKUP,
  edges: { told: 1, failure: MARKUP },
  reasons: { [MARKUP]: 1 },
  morePages: 2,
});

const evilProof = proof({
  path: `/${MARKUP}`,
  fresh: 'no',
  checks: [{ what: 'Its post can be used', ok: false, detail: `Title ${MARKUP}` }],
  shows: [{ tag: MARKUP, isSame: false }],
  shownBy: { paths: [`/${MARKUP}`], more: 0 },
  edges: [{ edge: MARKUP, ok: false, owed: true, error: MARKUP }],
});

test.each([
  ['a purge', drawPurge(evil), 9],
  ['a list of purges', drawLines(evil), 6],
  ['a proof', drawProof(evilProof), 7],
  [
    'the filters',
    renderToStaticMarkup(
      createElement(PurgeFilters, {
        fields: { result: '', sender: MARKUP, path: MARKUP, since: MARKUP, before: '' },
        senders: [MARKUP],
      }),
    ),
    3,
  ],
])('markup is text in %s', (_, html, times) => {
  expect(html).not.toContain('<img');
  expect(html.split(ESCAPED).length - 1).toBeGreaterThanOrEqual(times);
  // Addresses carry it encoded.
  for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).not.toContain('<');
});

test('a purge is a tree from the edit to the pages, each below its first reason', () => {
  const html = drawPurge(purge());
  const tree = textOf(/<ul class="tree">.*<\/ul>/s.exec(html)?.[0] ?? '');
  const order = [
    'Edit · named: /blog/one',
    'Named in the call 1 page',
    '/blog/one regenerated 12 ms also for post:one',
    'Because of post:one 1 page',
    '/ regenerated 12 ms',
    'Because of tag:a 1 page',
    '/tag/a regenerated 12 ms also for post:one',
    'Also a reason of pages above: author:b',
  ];
  const places = order.map((text) => tree.indexOf(text));
  expect(places.every((at) => at >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(html).toContain('href="/console/page?path=%2Fblog%2Fone"');
});

test('of many pages those that failed are seen, and the others are folded', () => {
  const pages = Array.from({ length: 40 }, (_, at) =>
    page(`/blog/p${at}`, ['site'], at === 39 ? { result: 'failed', error: 'No luck' } : {}),
  );
  const html = drawPurge(purge({ pages, changed: ['site'], morePages: 7, reasons: { site: 47 } }));
  const [open = '', folded = ''] = html.split('<summary>28 more pages</summary>');
  expect(open).toContain('No luck');
  expect(open.match(/regenerated<\/span>/g)).toHaveLength(11);
  expect(folded.match(/regenerated<\/span>/g)).toHaveLength(28);
  expect(textOf(html)).toContain('7 more pages , which the history does not list');
});

test('a purge that failed can be retried, and no other', () => {
  const failed = drawPurge(purge({ result: 'failed', status: 500 }));
  expect(failed).toContain('name="action" value="retry"');
  expect(failed).toContain('name="token" value="the-token"');
  expect(failed).toContain('name="id" value="abc-1"');
  expect(drawPurge(purge())).not.toContain('value="retry"');
  const ofNothing = purge({ result: 'failed', pages: [], named: { paths: [], tags: [] } });
  expect(drawPurge(ofNothing)).not.toContain('value="retry"');
});

test('the steps follow each other, and end where the last one does', () => {
  const html = drawPurge(purge());
  const bars = [...html.matchAll(/data-value="(\d+)" x="(\d+)"/g)].map((bar) => bar.slice(1, 3));
  expect(bars.map(([value]) => value)).toEqual(['1', '5', '2', '20', '3']);
  const begins = bars.map(([, x]) => Number(x));
  expect(begins).toEqual([...begins].sort((a, b) => a - b));
  expect(new Set(begins).size).toBe(5);
  expect(html).toContain('aria-label="Time by step: waited 1 ms, read 5 ms');
  expect(drawPurge(purge({ steps: undefined }))).toContain('There was nothing to do.');
});

test.each([
  ['yes', 'Fresh: yes'],
  ['no', 'Fresh: no'],
  ['unknown', 'Fresh: unknown'],
] as const)('an answer of %s is a word with a sign', (fresh, word) => {
  const html = drawProof(proof({ fresh }));
  const [, verdict = ''] = /<div class="verdict [a-z]+"><p>(.*?)<\/p>/s.exec(html) ?? [];
  expect(verdict).toMatch(/^<svg/);
  expect(textOf(verdict)).toContain(word);
});

test('what keeps a page from being fresh is said first', () => {
  const html = drawProof(
    proof({
      fresh: 'no',
      checks: [
        { what: 'Its post can be used', ok: true, detail: 'Yes.' },
        { what: 'Nothing else of it is being rendered', ok: false, detail: 'One is.' },
      ],
      edges: [
        { edge: 'http://a', ok: true, status: 200, bytes: 2048, age: 5, isSame: true, owed: false },
        { edge: 'http://b', ok: false, status: 200, bytes: 9, isSame: false, owed: true },
        { edge: 'http://c', ok: false, owed: false, error: 'connect ECONNREFUSED' },
      ],
    }),
  );
  const verdict = textOf(/<div class="verdict.*?<\/div>/s.exec(html)?.[0] ?? '');
  expect(verdict).toContain('Nothing else of it is being rendered: no. One is.');
  expect(verdict).toContain('http://b: It serves something other than what is stored');
  expect(verdict).toContain('It has not confirmed the last change yet.');
  expect(verdict).toContain('http://c: It cannot be asked: connect ECONNREFUSED.');
  expect(verdict).not.toContain('http://a');
  expect(textOf(html)).toContain(
    'It serves what is stored, byte for byte: status 200, 2,048 bytes, kept for 5 s.',
  );
});

test('a page that is not there, and one of which nothing is stored, are told apart', () => {
  const absent = textOf(drawProof(proof({ expected: { revision: null }, stored: undefined })));
  expect(absent).toContain('Expected no page Stored nothing is stored');
  const unvisited = textOf(drawProof(proof({ fresh: 'unknown', stored: undefined })));
  expect(unvisited).toContain('Expected r1 Stored nothing is stored');
});
