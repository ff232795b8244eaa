/**
 * The history of the purges of one process, in files of `DATA_DIR/history`: a line each, appended in one write that
 * begins with the line end, so that a line that a crash or a full disk tore spoils no other. Several processes may
 * write, as while one release replaces another. A full file is followed by the next one, and the oldest are removed.
 */
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../config';
import type { HistoryPlace } from '../store/place';

/** Purges of one file, and files that are kept beside the one that is written: 10,000 at least. */
const MOST_OF_A_FILE = 1000;
const MOST_FILES = 10;

const FILE = /^purges-(\d{6,})\.jsonl$/;
const nameOf = (number: number): string => `purges-${String(number).padStart(6, '0')}.jsonl`;

/** Bytes that are read at a time. */
const CHUNK = 256 * 1024;

/** Opens the history of the data folder, which is looked up at each use. */
export function fileHistory(
  dirOf = () => path.join(environment().dataDir, 'history'),
): HistoryPlace {
  /** The file that is written, and how many lines it has; undefined until that was looked up. */
  let last: { number: number; lines: number } | undefined;

  /** Looks at what there is, begins the next file where one is full, and removes the oldest. */
  const prepare = async (): Promise<{ number: number; lines: number }> => {
    const dir = dirOf();
    // The folder may have been removed since.
    mkdirSync(dir, { recursive: true });
    if (last && last.lines < MOST_OF_A_FILE && isThere(path.join(dir, nameOf(last.number)))) {
      return last;
    }
    const numbers = await numbersIn(dir);
    const number = numbers.at(-1) ?? 1;
    const lines = await countLines(path.join(dir, nameOf(number)));
    last = lines < MOST_OF_A_FILE ? { number, lines } : { number: number + 1, lines: 0 };
    const kept = numbers.filter((one) => one > number - MOST_FILES);
    for (const one of numbers.slice(0, numbers.length - kept.length)) {
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

async function numbersIn(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch(() => []);
  return names.flatMap((name) => Number(FILE.exec(name)?.[1] ?? [])).sort((a, b) => a - b);
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const portion of linesOf(file, 0, 0)) lines += portion.length;
  return lines;
}

/** The whole lines of a file from a byte on: those of one chunk at a time. */
async function* linesOf(
  file: string,
  number: number,
  from: number,
): AsyncIterable<{ ref: string; text: string }[]> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return;
  try {
    let begin = from;
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK, begin + rest.length);
      const isLast = bytesRead === 0;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const entries: { ref: string; text: string }[] = [];
      let at = 0;
      while (at < bytes.length) {
        const found = bytes.indexOf('\n', at);
        // The last line has no end of its own: it is whole, or torn, and told apart by whoever parses it.
        if (found < 0 && !isLast) break;
        const end = found < 0 ? bytes.length : found;
        if (end > at) {
          const text = bytes.toString('utf8', at, end);
          entries.push({ ref: `${number}:${begin + at}:${begin + end}`, text });
        }
        at = end + 1;
      }
      if (entries.length > 0) yield entries;
      if (isLast) return;
      begin += Math.min(at, bytes.length);
      rest = Buffer.from(bytes.subarray(at));
    }
  } finally {
    await handle.close();
  }
}

async function readBetween(file: string, begin: number, end: number): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(end - begin),
      0,
      end - begin,
      begin,
    );
    return bytesRead === end - begin ? buffer.toString('utf8') : undefined;
  } finally {
    await handle.close();
  }
}
