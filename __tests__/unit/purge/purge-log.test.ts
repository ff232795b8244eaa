/** What calls leave in the log: a line each, 1 KB at most, and one line a minute for those throttled. */
import path from 'node:path';
import type { NextApiRequest, NextApiResponse } from 'next';
import { createMocks, type RequestOptions } from 'node-mocks-http';
import { logPurge } from '../../../lib/purge/purge-log';
import handler from '../../../pages/api/revalidate';
import { awayFromBuild } from '../../setup/away-from-build';

const SECRET = 'a-secret-of-the-tests';
const MINUTE_MS = 60_000;
const before = process.env;

const POSTS_DIR = path.resolve('__tests__/posts');
awayFromBuild();

let log: jest.SpyInstance;
beforeEach(() => {
  process.env = { ...before, MY_SECRET_TOKEN: SECRET, POSTS_DIR };
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
  process.env = before;
  jest.restoreAllMocks();
});

let calls = 0;

async function call(
  options: RequestOptions,
  address = `203.0.113.${(calls += 1)}`,
  failure?: string,
): Promise<number> {
  const { req, res } = createMocks<NextApiRequest, NextApiResponse>({
    socket: { remoteAddress: address } as unknown as RequestOptions['socket'],
    ...options,
  });
  res.revalidate = failure ? () => Promise.reject(new Error(failure)) : async () => undefined;
  await handler(req, res);
  return res.statusCode;
}

const lines = (): string[] => log.mock.calls.map(([line]) => line);
const records = () => lines().map((line) => JSON.parse(line));

const headers = { authorization: `Bearer ${SECRET}` };
const post = (body: object, more = {}): RequestOptions => ({
  method: 'POST',
  headers: { ...headers, ...more },
  body,
});
const LONG = 'x'.repeat(12_000);
/** Two, four and six bytes in a line of JSON, and more than one UTF-16 unit. */
const ODD = 'é"\u0001😀'.repeat(3000);
const names = (of: (n: number) => string) => Array.from({ length: 9000 }, (_, n) => of(n));

const CALLS: [what: string, options: RequestOptions, status: number, failure?: string][] = [
  ['a stranger with a long address', { headers: { 'x-forwarded-for': LONG } }, 401],
  ['a stranger with an odd address', { headers: { 'x-forwarded-for': ODD } }, 401],
  ['a long path that is refused', post({ path: `/api/${LONG}` }), 400],
  ['many paths', post({ paths: names((n) => `/blog/p${n}`) }), 200],
  ['many paths that are no pages', post({ paths: names((n) => `/api/${n}`) }), 400],
  ['a long tag', post({ tag: LONG }), 200],
  ['many odd tags', post({ tags: names((n) => ODD.slice(0, n % 100)) }), 200],
  ['a long error', post({ path: '/about' }), 500, LONG],
  ['an odd error', post({ path: '/about' }), 500, ODD],
  ['many pages that fail', post({ paths: names((n) => `/blog/p${n}`).slice(0, 99) }), 500, ODD],
  [
    'all of it',
    post(
      { paths: names((n) => `/blog/p${n}${'a'.repeat(900)}`).slice(0, 900), tags: [ODD, LONG] },
      { 'x-forwarded-for': ODD },
    ),
    500,
    LONG,
  ],
];

test.each(CALLS)('%s leaves a line of 1 KB at most', async (_, options, status, failure = '') => {
  expect(await call(options, undefined, failure)).toBe(status);
  const [line = '', ...more] = lines();
  expect(more).toEqual([]);
  expect(Buffer.byteLength(`${line}\n`)).toBeLessThanOrEqual(1024);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    event: 'purge',
    at: expect.any(String),
    address: expect.stringContaining('203.0.113.'),
    status,
    result: expect.any(String),
    ms: expect.any(Number),
  });
});

test('a list that does not fit is followed by how many more there are', async () => {
  const paths = names((n) => `/blog/p${n}`);
  await call(post({ paths, tags: ['post:a', 'post:b'] }), undefined, 'The disk is full');
  const [record] = records();
  expect(record).toMatchObject({
    path: expect.arrayContaining(['/blog/p0']),
    tags: ['post:a', 'post:b'],
    error: '/blog/p0: The disk is full',
  });
  expect(record.path.length + record.pathMore).toBe(9000);
  expect(record.pages.length + record.pagesMore).toBe(9000);
  expect(record).not.toHaveProperty('tagsMore');
  expect(record.pages[0]).toMatchObject({ path: '/blog/p0', result: 'failed', because: ['named'] });
});

test('what fits is whole', async () => {
  await call(post({ paths: ['/', '/about'] }, { 'x-forwarded-for': '198.51.100.7' }));
  expect(records()).toEqual([
    {
      event: 'purge',
      at: expect.any(String),
      address: expect.any(String),
      forwardedFor: '198.51.100.7',
      status: 200,
      path: ['/', '/about'],
      tags: [],
      result: 'regenerated',
      ms: expect.any(Number),
      pages: ['/', '/about'].map((path) => ({
        path,
        result: 'regenerated',
        because: ['named'],
        ms: expect.any(Number),
      })),
    },
  ]);
});

test('a secret is not cut in half, but taken out before', async () => {
  for (let start = 0; start < 400; start += 1) {
    await call({ headers: { 'x-forwarded-for': 'x'.repeat(start) + SECRET + LONG } });
  }
  // Whatever fits before the cut, four characters of it would be seen in one of them.
  for (const line of lines()) expect(line).not.toContain(SECRET.slice(0, 4));
});

describe('calls that are throttled', () => {
  const guess = (address: string) => call({ query: { secret: 'guess' } }, address);

  test('are one line a minute and address, with a count', async () => {
    const [a, b] = ['192.0.2.1', '192.0.2.2'];
    for (let n = 0; n < 200; n += 1) await guess(a);
    for (let n = 0; n < 61; n += 1) await guess(b);
    // The sixty of each that were refused one by one.
    expect(lines()).toHaveLength(120);
    log.mockClear();
    jest.advanceTimersByTime(MINUTE_MS);
    const [ofA, ofB, ...more] = records().sort((x, y) => (x.address < y.address ? -1 : 1));
    expect([ofA, ofB, more]).toEqual([
      {
        event: 'purge',
        at: expect.any(String),
        address: a,
        status: 429,
        result: 'refused',
        calls: 140,
      },
      expect.objectContaining({ address: b, status: 429, calls: 1 }),
      [],
    ]);
    log.mockClear();
    jest.advanceTimersByTime(10 * MINUTE_MS);
    expect(lines()).toEqual([]);
  });

  test('by more addresses than are remembered are told of at once', async () => {
    const addresses = Array.from({ length: 1100 }, (_, n) => `2001:db8::${n.toString(16)}`);
    const answer = { status: 429, headers: {}, body: '' };
    for (const address of [...addresses, ...addresses.slice(-500)]) {
      const { req } = createMocks<NextApiRequest, NextApiResponse>({
        socket: { remoteAddress: address } as unknown as RequestOptions['socket'],
      });
      logPurge(req, { answer }, 0);
    }
    const throttled = () => records().filter(({ status }) => status === 429);
    expect(throttled()).toHaveLength(100);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(new Set(throttled().map(({ address }) => address))).toEqual(new Set(addresses));
    expect(throttled().reduce((sum, { calls }) => sum + calls, 0)).toBe(1600);
  });

  test('hold no process up', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    for (let n = 0; n < 62; n += 1) await guess('192.0.2.3');
    const minutes = timers.mock.calls.flatMap(([, ms], index) =>
      ms === MINUTE_MS ? [timers.mock.results[index]?.value] : [],
    );
    expect(minutes.map((timer) => timer.hasRef())).toEqual([false]);
  });
});
