/** The record of a purge: bounded whatever a caller sends, and without a secret. */
import { History } from '../../../lib/console/history';
import { Ledger } from '../../../lib/console/ledger';
import { parseRecord, recordOf, type PurgeRecord } from '../../../lib/console/record';
import type { Caller } from '../../../lib/purge/caller';
import type { PurgeRequest } from '../../../lib/purge/purge-request';
import type { PurgeReport } from '../../../lib/purge/report';
import type { Outcome } from '../../../lib/purge/response';

const before = process.env;
afterEach(() => {
  process.env = before;
});

const CALLER: Caller = { address: '127.0.0.1', secret: 'current', sender: 'curl' };
const CALL = { caller: CALLER, arrivedMs: 0, id: 'id', instance: 'site-1', ms: 5 };
const REQUEST: PurgeRequest = {
  paths: ['/blog/a'],
  tags: [],
  changed: false,
  dryRun: false,
  classic: false,
};
const REPORT: PurgeReport = { revalidated: true, pages: [], unchanged: 0, ms: 4 };

const outcome = (request: Partial<PurgeRequest>, report: Partial<PurgeReport> = {}): Outcome => ({
  request: { ...REQUEST, ...request },
  report: { ...REPORT, ...report },
  answer: { status: 200, headers: {}, body: {} },
});

const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));

test('of 10,000 pages a hundred are listed, and all are counted', () => {
  const pages = many(10_000, (index) => ({
    path: `/blog/${index}`,
    result: index < 9000 ? ('regenerated' as const) : ('failed' as const),
    because: [index % 2 ? 'post:x' : 'named'],
    ms: 1,
  }));
  const record = recordOf(outcome({}, { pages }), CALL);
  expect(record.pages).toHaveLength(100);
  expect(record.morePages).toBe(9900);
  expect(record.counts).toEqual({ regenerated: 9000, failed: 1000, removed: 0, absent: 0 });
  expect(record.reasons).toEqual({ named: 5000, post: 5000 });
});

test('whatever is long is cut, so that a record fits into a line', () => {
  // Six bytes each in JSON, and nothing that a hundred thousand characters of a caller could add to.
  const long = '\u0001'.repeat(100_000);
  const page = {
    path: long,
    result: 'failed' as const,
    because: many(50, () => `tag:${long}`),
    ms: 1,
    error: long,
  };
  const record = recordOf(
    {
      ...outcome(
        {
          paths: many(10_000, (index) => index + long.slice(0, 1000)),
          tags: many(500, (index) => index + long),
          hint: many(500, (index) => ({ kind: 'slug' as const, slug: index + long })),
        },
        { pages: many(10_000, () => page), message: long, edges: { told: 1, failure: long } },
      ),
      error: new Error(long),
    },
    {
      ...CALL,
      caller: { ...CALLER, address: long, forwardedFor: long, agent: long },
    },
  );
  expect(record.named).toMatchObject({ more: 9900 + 400 });
  const text = JSON.stringify(record);
  expect(text.length).toBeLessThan(3 * 1024 * 1024);
  // What is cut is still a record.
  expect(parseRecord(text)).toEqual(JSON.parse(text));
});

test('markup stays a text, and a cut leaves no half of a character', () => {
  const markup = '</script><img src=x onerror=alert(1)>';
  const record = recordOf(outcome({ paths: [markup, '😀'.repeat(200)] }), {
    ...CALL,
    caller: { ...CALLER, agent: markup },
  });
  expect(record.caller.agent).toBe(markup);
  expect(record.named.paths[0]).toBe(markup);
  expect(record.named.paths[1]).toMatch(/^(?:😀)+\uFFFD?…$/u);
});

test('what the history is told holds no secret', async () => {
  const secret = 'the-secret/of the test';
  process.env = { ...before, MY_SECRET_TOKEN: secret };
  const kept: string[] = [];
  const heard: PurgeRecord[] = [];
  const history = new History({
    append: async (texts) => void kept.push(...texts),
    after: async function* () {},
    read: async () => undefined,
  });
  const page = {
    path: `/blog/${encodeURIComponent(secret)}`,
    result: 'failed' as const,
    because: ['named'],
    ms: 1,
    error: `cannot read ${secret}`,
  };
  const ledger = new Ledger({
    purges: { run: async () => ({ ...REPORT, revalidated: false, pages: [page] }) },
    history,
    now: Date.now,
  });
  ledger.onPurge((record) => heard.push(record));
  await ledger.purge({
    caller: { ...CALLER, agent: secret },
    read: () => ({ ...REQUEST, paths: [`/blog/${secret}`], tags: [secret] }),
    hosts: [],
    revalidate: async () => undefined,
    started: performance.now(),
  });
  expect(kept).toHaveLength(1);
  for (const text of [...kept, JSON.stringify(heard)]) {
    expect(text).toContain('[secret]');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(encodeURIComponent(secret));
  }
});
