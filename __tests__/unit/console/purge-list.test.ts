/** The console's list of purges, over a real history in files. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { History } from '../../../lib/console/history';
import { fileHistory } from '../../../lib/console/history-file';
import { purgeList } from '../../../lib/console/purge-list';
import type { PurgeRecord } from '../../../lib/console/record';
import { Renders } from '../../../lib/console/renders';

const NOW = Date.parse('2026-11-28T18:30:00Z');
const renders = new Renders(() => NOW);

const record = (at: number): PurgeRecord => ({
  id: `id-${at}`,
  at: new Date(NOW - (10_000 - at) * 60_000).toISOString(),
  instance: 'web-1',
  caller: { address: '::1', secret: 'current', sender: at % 3 === 0 ? 'Ghost' : 'curl' },
  named: { paths: [`/blog/p${at % 10}`], tags: [] },
  status: at % 100 === 0 ? 500 : 200,
  result: at % 100 === 0 ? 'failed' : 'regenerated',
  changed: [],
  pages: [{ path: `/blog/p${at % 10}`, result: 'regenerated', because: ['named'], ms: 4 }],
  counts: { regenerated: 1, removed: 0, failed: 0, absent: 0 },
  reasons: { named: 1 },
  unchanged: 0,
  ms: 9,
});

let dir: string;
let history: History;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'purge-list-'));
  history = new History(fileHistory(() => dir));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ids = ({ purges }: { purges: PurgeRecord[] }) => purges.map(({ id }) => id);

test('ten thousand purges are listed newest first, fifty at a time, each once', async () => {
  await Promise.all(Array.from({ length: 10_000 }, (_, at) => history.add(record(at))));
  const first = await purgeList({ history, renders }, {}, NOW);
  expect(first).toMatchObject({ kept: 10_000, senders: ['Ghost', 'curl'], next: 'id-9950' });
  expect(ids(first)).toEqual(Array.from({ length: 50 }, (_, at) => `id-${9999 - at}`));
  const drawn = first.pictures?.days.list.reduce((sum, { purges }) => {
    const { regenerated, failed, refused } = purges;
    return sum + regenerated + failed + refused;
  }, 0);
  expect(drawn).toBe(10_000);

  const second = await purgeList({ history, renders }, { before: first.next }, NOW);
  expect(ids(second)[0]).toBe('id-9949');
  expect(second.pictures).toBeUndefined();

  const all: string[] = [];
  for (let before: string | undefined = ''; before !== undefined;) {
    const list = await purgeList({ history, renders }, { result: 'failed', before }, NOW);
    all.push(...ids(list));
    before = list.next;
  }
  expect(all).toEqual(Array.from({ length: 100 }, (_, at) => `id-${9900 - at * 100}`));

  const some = await purgeList({ history, renders }, { path: '/blog/p3', sender: 'Ghost' }, NOW);
  expect(ids(some).slice(0, 3)).toEqual(['id-9993', 'id-9963', 'id-9933']);
  const late = { since: '2026-11-28', path: '/blog/p0', result: 'failed' };
  const since = await purgeList({ history, renders }, late, NOW);
  expect(ids(since).at(-1)).toBe('id-8900');
});

test('an empty history has no purge, no further page, and pictures of nothing', async () => {
  const list = await purgeList({ history, renders }, {}, NOW);
  expect(list).toMatchObject({ purges: [], kept: 0, senders: [] });
  expect(list.next).toBeUndefined();
  expect(list.pictures?.reasons).toEqual([]);
});

test('a field that means nothing is said, and nothing is listed', async () => {
  await history.add(record(1));
  const list = await purgeList({ history, renders }, { since: 'soon' }, NOW);
  expect(list.problem).toEqual({ message: expect.stringContaining('since must be'), status: 400 });
  expect(list).toMatchObject({ purges: [], senders: ['curl'] });
});

test('an entry that a crash has torn is counted, and the others are listed', async () => {
  await history.add(record(1));
  await appendFile(path.join(dir, 'purges-000001.jsonl'), '\n{"id":"id-torn","at"');
  await history.add(record(2));
  const list = await purgeList({ history, renders }, {}, NOW);
  expect(ids(list)).toEqual(['id-2', 'id-1']);
  expect(list.lost.torn).toBe(1);
});

test('a history that cannot be read is said, without the password of its address', async () => {
  const unreachable = new History({
    append: () => Promise.reject(new Error('No connection to redis://me:pass@host')),
    async *after() {
      throw new Error('No connection to redis://me:pass@host');
    },
    read: () => Promise.resolve(undefined),
  });
  const log = jest.spyOn(console, 'error').mockImplementation();
  await unreachable.add(record(1));
  log.mockRestore();
  const list = await purgeList({ history: unreachable, renders }, {}, NOW);
  expect(list).toMatchObject({
    problem: {
      message: 'The history cannot be read: No connection to redis://…@host',
      status: 503,
    },
    lost: { count: 1, reason: 'No connection to redis://…@host' },
  });
});
