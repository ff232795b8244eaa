/** The data folder: what it keeps, what it removes, and what it says where it cannot be written. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { appendData, readData, readDataFrom, sweepData, trim, writeData } from '../../lib/data-dir';

let folder: string;
let error: jest.SpyInstance;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'data-'));
  process.env.DATA_DIR = folder;
  error = jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
  delete process.env.DATA_DIR;
  error.mockRestore();
  await rm(folder, { recursive: true, force: true });
});

const inRoom = (name = '') => path.join(folder, 'v1/bodies', name);

/** Writes a file that was used so many minutes ago. */
async function writeUsed(name: string, bytes: number, minutes: number) {
  await mkdir(inRoom(), { recursive: true });
  await writeFile(inRoom(name), 'x'.repeat(bytes));
  const then = new Date(Date.now() - minutes * 60_000);
  await utimes(inRoom(name), then, then);
}

test('what is written is read, and nothing else lies beside it', async () => {
  expect(readData('bodies', 'a.json')).toBeUndefined();
  writeData('bodies', 'a.json', 'first');
  writeData('bodies', 'a.json', 'second');
  expect(readData('bodies', 'a.json')).toBe('second');
  expect(await readdir(inRoom())).toEqual(['a.json']);
  expect(error).not.toHaveBeenCalled();
});

test('lines are read from where the last reading ended', () => {
  appendData('verdicts', 'a.jsonl', 'one');
  const first = readDataFrom('verdicts', 'a.jsonl', 0);
  expect(String(first)).toBe('\none');
  appendData('verdicts', 'a.jsonl', 'two');
  expect(String(readDataFrom('verdicts', 'a.jsonl', first?.length ?? 0))).toBe('\ntwo');
  expect(readDataFrom('verdicts', 'a.jsonl', 8)).toBeUndefined();
});

test.each(['../a.json', '/a.json', '.a.json', 'a/b.json', 'a', ''])(
  'the name %p leads nowhere',
  (name) => {
    expect(() => writeData('bodies', name, 'text')).toThrow('is no name for a data file');
    expect(existsSync(path.join(folder, 'v1'))).toBe(false);
  },
);

test('a file that was read goes later than one that was not', async () => {
  await writeUsed('old.json', 10, 30);
  await writeUsed('older-but-read.json', 10, 60);
  await writeUsed('new.json', 10, 1);
  readData('bodies', 'older-but-read.json');
  trim(inRoom(), 20);
  expect((await readdir(inRoom())).sort()).toEqual(['new.json', 'older-but-read.json']);
  trim(inRoom(), 20);
  expect(await readdir(inRoom())).toHaveLength(2);
});

test('a sweep removes other formats, and nothing that is none', async () => {
  await mkdir(path.join(folder, 'v0/bodies'), { recursive: true });
  await mkdir(path.join(folder, 'mine'));
  writeData('bodies', 'a.json', 'text');
  sweepData();
  expect((await readdir(folder)).sort()).toEqual(['mine', 'v1']);
  expect(readData('bodies', 'a.json')).toBe('text');
  expect((await readdir(path.join(folder, 'v1'))).sort()).toEqual([
    'bodies',
    'files',
    'search',
    'texts',
    'verdicts',
  ]);
});

test('a folder that cannot be written is reported once, with the reason', async () => {
  await rm(folder, { recursive: true });
  await writeFile(folder, 'A file stands in its place.');
  writeData('bodies', 'a.json', 'text');
  appendData('verdicts', 'a.jsonl', 'line');
  sweepData();
  expect(readData('bodies', 'a.json')).toBeUndefined();
  expect(error.mock.calls).toEqual([
    [expect.stringMatching(`^The data folder ${folder} cannot be written \\(E.*DATA_DIR\\.$`)],
  ]);
});
