/** Verdicts that hold for a while only: who else hears of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Verdicts } from '../../../lib/body/verdicts';

const FILE = 'a.jsonl';
const SLOW = { message: 'it took longer than 10 s' };
const MINUTE_MS = 60_000;

const before = { ...process.env };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'verdicts-'));
  process.env.DATA_DIR = dir;
});
afterEach(() => {
  jest.useRealTimers();
  process.env = { ...before };
  rmSync(dir, { recursive: true });
});

const readByAnother = () => {
  const verdicts = new Verdicts(FILE);
  verdicts.read();
  return verdicts;
};

test('the processes of a build tell each other, for some minutes', () => {
  process.env.NEXT_PHASE = 'phase-production-build';
  new Verdicts(FILE).noteForNow('hash', SLOW);
  const other = readByAnother();
  expect(other.on('hash')).toEqual(SLOW);
  expect(other.forNow('hash')).toEqual(SLOW);
  jest.useFakeTimers({ now: Date.now() + 6 * MINUTE_MS });
  expect(other.on('hash')).toBeUndefined();
  expect(readByAnother().on('hash')).toBeUndefined();
});

test('a server keeps one for an hour, and tells nobody', () => {
  const verdicts = new Verdicts(FILE);
  verdicts.note('hash', null);
  verdicts.noteForNow('hash', SLOW);
  expect(verdicts.forNow('hash')).toEqual(SLOW);
  expect(readByAnother().on('hash')).toBeNull();
  jest.useFakeTimers({ now: Date.now() + 61 * MINUTE_MS });
  expect(verdicts.on('hash')).toBeUndefined();
});
