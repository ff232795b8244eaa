/**
 * The history of the purges of one process, in files of `DATA_DIR/history`: a line each, appended in one write that
 * begins with the line end, so that a line that a crash or a full disk tore spoils no other. Several processes may
 * write, as while one release replaces another. A full file is followed by the next one, and the oldest are removed.
 */
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../config';
import { codeOf } from '../message-of';
import type { HistoryPlace } from '../store/place';

/** Purges of one file, and files that are kept beside the one that is written: 10,000 at least. */
const MOST_OF_A_FILE = 1000;
const MOST_FILES = 10;

const FILE = /^purges-(\d{6,12})\.jsonl$/;
const nameOf = (number: number): string => `purges-${String(number).padStart(6, '0')}.jsonl`;

/** Bytes that are read at a time. */
const CHUNK = 256 * 1024;
/** A line that is longer is no purge, and is not held in memory: see `record.ts` for what a purge may have. */
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/** Opens the history of the data folder, which is looked up at each use. */
export function fileHistory(
  dirOf = () => path.join(environment().dataDir, 'history'),
): HistoryPlace {
  /** The file that is written, and how many lines it has; undefined until that was looked up. */
  let last: { number: number; lines: number } | undefined;
  /**
   * The highest number that was seen. Where the files were removed, the next one gets a higher number, so that
   * readers of the old ones take nothing in it for what they have read.
   */
  let highest = 0;

  const numbersIn = async (dir: string): Promise<number[]> => {
    const numbers = await numbersOf(dir);
    highest = Math.max(highest, numbers.at(-1) ?? 0);
    return numbers;
  };

  /** Looks at what there is, begins the next file where one is full, and removes the oldest. */
  const prepare = async (): Promise<{ number: number; lines: number }> => {
    const dir = dirOf();
    // The folder may have been removed since.
    mkdirSync(dir, { recursive: true });
    if (last && last.lines < MOST_OF_A_FILE && isNewest(dir, last.number)) return last;
    const numbers = await numbersIn(dir);
    const number = numbers.at(-1) ?? highest + 1;
    const lines = await countLines(path.join(dir, nameOf(number)));
    last = lines < MOST_OF_A_FILE ? { number, lines } : { number: number + 1, lines: 0 };
    highest = Math.max(highest, last.number);
    const oldest = last.number - MOST_FILES;
    for (const one of numbers.filter((each) => each < oldest)) {
      await rm(path.join(dir, nameOf(one)), { force: true });
    }
    return last;
  };

  return {
    append: async (texts) => {
      const current = await prepare();
      const file = path.join(dirOf(), nameOf(current.number));
      appendFileSync(file, texts.map((text) => `\n${text}`).join(''));
      current.lines += texts.length;
    },

    async *after(ref) {
      const begin = ref === undefined ? undefined : partsOf(ref);
      const dir = dirOf();
      for (const number of await numbersIn(dir)) {
        if (begin && number < begin.number) continue;
        const from = begin?.number === number ? begin.end : 0;
        yield* linesOf(path.join(dir, nameOf(number)), number, from);
      }
    },

    read: async (ref) => {
      const { number, begin, end } = partsOf(ref);
      return readBetween(path.join(dirOf(), nameOf(number)), begin, end);
    },
  };
}

/** Where an entry lies: its file, and its first byte and the one behind its last. */
interface Parts {
  number: number;
  begin: number;
  end: number;
}

const partsOf = (ref: string): Parts => {
  const [number = 0, begin = 0, end = 0] = ref.split(':').map(Number);
  return { number, begin, end };
};

/** The numbers of the files in the order in which they were begun. Throws if that cannot be known. */
async function numbersOf(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch((error) => noneIfGone(error, []));
  const numbers = names.flatMap((name) => FILE.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

/** Whether a file is there, and another process has not begun the next one meanwhile. */
const isNewest = (dir: string, number: number): boolean =>
  isThere(path.join(dir, nameOf(number))) && !isThere(path.join(dir, nameOf(number + 1)));

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

/** What there is of what was removed; any other error is thrown. */
function noneIfGone<T>(error: unknown, none: T): T {
  if (codeOf(error) === 'ENOENT') return none;
  throw error;
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const portion of linesOf(file, 0, 0)) lines += portion.length;
  return lines;
}

/** The whole lines of a file from a byte on: those of one chunk at a time. A line that is too long is empty. */
async function* linesOf(
  file: string,
  number: number,
  from: number,
): AsyncIterable<{ ref: string; text: string }[]> {
  const handle = await open(file, 'r').catch((error) => noneIfGone(error, undefined));
  if (!handle) return;
  try {
    const chunk = Buffer.alloc(CHUNK);
    /** The line that is being read: where it begins, what was read of it, and how many bytes that is. */
    let line = { begin: from, parts: Array<Buffer>(), bytes: 0 };
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, line.begin + line.bytes);
      const entries: { ref: string; text: string }[] = [];
      const endLine = () => {
        const { begin, parts, bytes } = line;
        const end = begin + bytes;
        const text = bytes > MOST_LINE_BYTES ? '' : Buffer.concat(parts).toString('utf8');
        if (bytes > 0) entries.push({ ref: `${number}:${begin}:${end}`, text });
        line = { begin: end + 1, parts: [], bytes: 0 };
      };
      let at = 0;
      while (at < bytesRead) {
        const found = chunk.subarray(0, bytesRead).indexOf('\n', at);
        const end = found < 0 ? bytesRead : found;
        line.bytes += end - at;
        if (line.bytes > MOST_LINE_BYTES) line.parts = [];
        else line.parts.push(Buffer.from(chunk.subarray(at, end)));
        at = end + 1;
        if (found >= 0) endLine();
      }
      // The last line has no end of its own: it is whole, or torn, and told apart when it is parsed.
      if (bytesRead === 0) endLine();
      if (entries.length > 0) yield entries;
      if (bytesRead === 0) return;
    }
  } finally {
    await handle.close();
  }
}

async function readBetween(file: string, begin: number, end: number): Promise<string | undefined> {
  const length = end - begin;
  const handle = await open(file, 'r').catch((error) => noneIfGone(error, undefined));
  if (!handle) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, begin);
    return bytesRead === length ? buffer.toString('utf8') : undefined;
  } finally {
    await handle.close();
  }
}
