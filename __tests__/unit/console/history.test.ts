/** The history of purges in real files: what a crash, a full file, a second writer and strange entries leave of it. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { History } from '../../../lib/console/history';
import { fileHistory } from '../../../lib/console/history-file';
import type { PurgeRecord } from '../../../lib/console/record';

let dir: string;
beforeEach(async () => {
  dir = path.join(await mkdtemp(path.join(tmpdir(), 'history-')), 'history');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(path.dirname(dir), { recursive: true, force: true });
});

/** Opens the history of the folder as another process would. */
const open = () => new History(fileHistory(() => dir));

/** A purge, the `minute`th of a day. */
function purge(id: string, minute = 0, more: Partial<PurgeRecord> = {}): PurgeRecord {
  return {
    id,
    at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    instance: 'site-1',
    caller: { address: '127.0.0.1', secret: 'current', sender: 'curl' },
    named: { paths: ['/blog/named'], tags: [] },
    status: 200,
    result: 'regenerated',
    changed: [],
    pages: [{ path: `/blog/${id}`, result: 'regenerated', because: ['named'], ms: 1 }],
    counts: { regenerated: 1, removed: 0, failed: 0, absent: 0 },
    reasons: { named: 1 },
    unchanged: 0,
    ms: 2,
    ...more,
  };
}

const idsIn = async (history: History) => (await history.all()).map(({ id }) => id);
const fileOf = (number: number) =>
  path.join(dir, `purges-${String(number).padStart(6, '0')}.jsonl`);
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `p${from + index}`);

/** Fills files with purges of these ids, a thousand in each, as the history itself would. */
async function fill(ids: string[], first = 1): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let at = 0; at < ids.length; at += 1000) {
    const lines = ids.slice(at, at + 1000).map((id) => `\n${JSON.stringify(purge(id))}`);
    await writeFile(fileOf(first + at / 1000), lines.join(''));
  }
}

test('what is kept is there for the next process, as a whole', async () => {
  const history = open();
  expect(await history.all()).toEqual([]);
  const records = ['a', 'b', 'c'].map((id, index) => purge(id, index));
  await Promise.all(records.map((record) => history.add(record)));
  for (const one of [history, open()]) {
    expect(await idsIn(one)).toEqual(['a', 'b', 'c']);
    expect(await one.one('b')).toEqual(records[1]);
    expect(await one.one('none')).toBeUndefined();
    expect(await one.find({ most: 10 })).toEqual({ purges: records.toReversed(), hasMore: false });
    expect(one.lost).toEqual({ count: 0, reason: '', torn: 0 });
  }
});

test('a file that is cut at any byte of its last lines loses those lines only, and what follows is whole', async () => {
  const history = open();
  for (const id of ['a', 'b', 'ü']) await history.add(purge(id));
  const whole = readFileSync(fileOf(1));
  const ends = [...whole.toString('latin1').matchAll(/\n/g)].map(({ index }) => index);
  const [, beginOfB = 0] = ends;
  for (let bytes = beginOfB; bytes <= whole.length; bytes += 1) {
    writeFileSync(fileOf(1), whole);
    truncateSync(fileOf(1), bytes);
    const after = open();
    await after.add(purge('next'));
    // A line is whole once its last byte is there.
    const left = ['a', 'b', 'ü'].filter((_, index) => bytes >= (ends[index + 1] ?? whole.length));
    const isTorn = bytes < whole.length && bytes > (ends[left.length] ?? 0) + 1;
    expect({ bytes, ids: await idsIn(after), torn: after.lost.torn }).toEqual({
      bytes,
      ids: [...left, 'next'],
      torn: isTorn ? 1 : 0,
    });
  }
});

test('a line that is still being written is neither read nor taken for a torn one', async () => {
  const [writer, reader] = [open(), open()];
  await writer.add(purge('a'));
  const line = `\n${JSON.stringify(purge('b'))}`;
  appendFileSync(fileOf(1), line.slice(0, 40));
  for (let looks = 0; looks < 2; looks += 1) expect(await idsIn(reader)).toEqual(['a']);
  appendFileSync(fileOf(1), line.slice(40));
  expect(await idsIn(reader)).toEqual(['a', 'b']);
  expect(reader.lost.torn).toBe(0);
});

test.each([
  ['no JSON', 'nonsense'],
  ['bytes that a crash left', '\0'.repeat(5000)],
  ['JSON that is no record', '{"id":"x","pages":[]}'],
  ['a record of another form', JSON.stringify({ ...purge('x'), pages: [null] })],
  ['a time that is none', JSON.stringify({ ...purge('x'), at: 'yesterday' })],
  ['a line that is longer than any purge', `"${'x'.repeat(9_000_000)}"`],
])('%s between two purges is counted, and left out', async (_, text) => {
  await open().add(purge('a'));
  appendFileSync(fileOf(1), `\n${text}`);
  const history = open();
  await history.add(purge('b'));
  for (let looks = 0; looks < 2; looks += 1) {
    expect(await idsIn(history)).toEqual(['a', 'b']);
    expect(history.lost.torn).toBe(1);
  }
  expect((await history.find({ most: 10 })).purges.map(({ id }) => id)).toEqual(['b', 'a']);
});

describe('files', () => {
  test('a full one is followed by the next, and the last 10,000 purges stay', async () => {
    await fill(names(0, 10_000));
    const history = open();
    await history.add(purge('p10000'));
    expect((await readdir(dir)).sort()).toEqual(
      names(1, 12).map((_, at) => path.basename(fileOf(at + 1))),
    );
    // Again, when the tenth full file is followed by an eleventh: only then the first goes.
    await fill(names(10_000, 11_000), 11);
    const later = open();
    await later.add(purge('p11000'));
    const ids = await idsIn(later);
    expect(ids).toHaveLength(10_000);
    expect([ids[0], ids.at(-1)]).toEqual(['p1001', 'p11000']);
    expect(await readdir(dir)).not.toContain(path.basename(fileOf(1)));
    expect(await later.one('p1001')).toBeDefined();
  });

  test('a restart removes nothing of the last 10,000', async () => {
    await fill(names(0, 10_005));
    const history = open();
    await history.add(purge('p10005'));
    const ids = await idsIn(history);
    expect([ids.length, ids[0]]).toEqual([10_000, 'p6']);
    expect(await history.one('p6')).toBeDefined();
  });

  test('files of other names are left alone', async () => {
    await mkdir(dir, { recursive: true });
    const others = ['notes.txt', 'purges-1.jsonl', `purges-${'9'.repeat(30)}.jsonl`];
    for (const name of others) await writeFile(path.join(dir, name), 'x');
    const history = open();
    await history.add(purge('a'));
    expect(await idsIn(history)).toEqual(['a']);
    expect(await readdir(dir)).toEqual(expect.arrayContaining(others));
  });
});

test('two that write at once spoil nothing, and each reads what the other wrote', async () => {
  await fill(names(0, 990));
  const [a, b] = [open(), open()];
  const added: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    // The one begins a file while the other thinks that the one before has room.
    const ofB = names(0, 4).map((name) => `b${round}-${name}`);
    added.push(`a${round}`, ...ofB);
    await Promise.all([a.add(purge(`a${round}`)), ...ofB.map((id) => b.add(purge(id)))]);
    await Promise.all([a.all(), b.all()]);
  }
  expect((await readdir(dir)).length).toBe(2);
  for (const history of [a, b, open()]) {
    const ids = await idsIn(history);
    expect(ids.filter((id) => added.includes(id)).sort()).toEqual([...added].sort());
    expect(history.lost).toEqual({ count: 0, reason: '', torn: 0 });
  }
});

describe('where the folder is taken away', () => {
  test('by removing it: the next purges are kept, and read by those who had read the others', async () => {
    const [writer, reader] = [open(), open()];
    for (const id of ['a', 'b']) await writer.add(purge(id));
    expect(await idsIn(reader)).toEqual(['a', 'b']);
    await rm(dir, { recursive: true });
    for (const id of ['c', 'd']) await writer.add(purge(id));
    expect(await idsIn(reader)).toEqual(['a', 'b', 'c', 'd']);
    expect((await reader.find({ most: 10 })).purges.map(({ id }) => id)).toEqual(['d', 'c']);
    expect(await idsIn(open())).toEqual(['c', 'd']);
    expect(writer.lost).toEqual({ count: 0, reason: '', torn: 0 });
  });

  test.each([
    ['by a file in its place', () => dir],
    ['by a file in the place of the data folder', () => path.dirname(dir)],
  ])('%s: purges go on, and what is lost is counted and said once', async (_, place) => {
    const error = jest.spyOn(console, 'error').mockImplementation();
    await rm(place(), { recursive: true, force: true });
    await writeFile(place(), 'a file');
    const history = open();
    await Promise.all([history.add(purge('a')), history.add(purge('b'))]);
    await history.add(purge('c'));
    expect(history.lost).toEqual({
      count: 3,
      reason: expect.stringMatching(/EEXIST|ENOTDIR/),
      torn: 0,
    });
    expect(error).toHaveBeenCalledTimes(1);
    // It says that it cannot be read, and not that there was no purge.
    await expect(history.all()).rejects.toThrow('ENOTDIR');

    await rm(place());
    await history.add(purge('d'));
    expect(await idsIn(history)).toEqual(['d']);
    expect(history.lost.count).toBe(3);
  });
});

describe('what is asked for', () => {
  const wordpress = { address: '10.0.0.1', secret: 'previous', sender: 'WordPress' } as const;
  let history: History;
  beforeEach(async () => {
    history = open();
    await history.add(purge('a', 0));
    await history.add(purge('b', 1, { result: 'failed', status: 500, caller: wordpress }));
    await history.add(purge('c', 2, { caller: wordpress }));
    await history.add(purge('d', 3, { result: 'refused', status: 400, pages: [] }));
    await history.add(purge('e', 4, { named: { paths: ['/blog/c'], tags: [] } }));
  });
  const found = async (query: Partial<Parameters<History['find']>[0]>) =>
    (await history.find({ most: 10, ...query })).purges.map(({ id }) => id).join('');
  const atMinute = (minute: number) => Date.UTC(2026, 0, 1, 0, minute);

  test.each([
    [{}, 'edcba'],
    [{ result: 'failed' as const }, 'b'],
    [{ sender: 'WordPress' }, 'cb'],
    [{ sender: 'WordPress', result: 'regenerated' as const }, 'c'],
    [{ sender: 'wordpress' }, ''],
    [{ sinceMs: atMinute(2) }, 'edc'],
    [{ untilMs: atMinute(2) }, 'ba'],
    [{ sinceMs: atMinute(1), untilMs: atMinute(3) }, 'cb'],
    [{ path: '/blog/c' }, 'ec'],
    [{ path: '/blog' }, ''],
    [{ path: '/blog/named' }, 'dcba'],
    [{ before: 'c' }, 'ba'],
    [{ before: 'a' }, ''],
  ])('%j: %s', async (query, ids) => {
    expect(await found(query)).toBe(ids);
  });

  test('portions, one after the other, are all of it', async () => {
    const seen: string[] = [];
    let before: string | undefined;
    for (let portions = 0; portions < 3; portions += 1) {
      const { purges, hasMore } = await history.find({ most: 2, before });
      seen.push(...purges.map(({ id }) => id));
      before = purges.at(-1)?.id;
      expect(hasMore).toBe(portions < 2);
      // Who leafs through it is not disturbed by what comes meanwhile.
      await history.add(purge(`later-${portions}`, 10));
    }
    expect(seen.join('')).toBe('edcba');
  });

  test('a before that is no purge of the history is refused', async () => {
    await expect(history.find({ most: 2, before: 'none' })).rejects.toMatchObject({ status: 400 });
  });

  test('a path that is longer than a record has it is found all the same', async () => {
    const long = `/blog/${'%E3%81%82'.repeat(60)}`;
    const cut = `${long.slice(0, 239)}…`;
    const page = { path: cut, result: 'regenerated' as const, because: ['named'], ms: 1 };
    await history.add(purge('long', 5, { pages: [page] }));
    expect(await found({ path: long })).toBe('long');
  });
});
