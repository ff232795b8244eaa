/**
 * The data folder: what must outlive a build. Only time depends on it: what is missing or torn is made
 * again, and a folder that cannot be written is reported once.
 *
 * Any number of processes may write at a time. A file appears whole, by a rename; lines are appended to
 * one, each in one write that begins with the line end, so that a torn line spoils no other. Each format
 * of the contents has a folder of its own, so that none is taken for another.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environment } from './config';
import { messageOf } from './message-of';
import { replaceFile } from './replace-file';

/** Names the format: count it up with a change of what the files below contain. */
const FORMAT = 'v1';
const ANY_FORMAT = /^v\d+$/;

const MIB = 1024 ** 2;

/**
 * The rooms of the folder, and the bytes that each may take. Beyond them those files are removed that
 * were used least recently.
 */
const MOST_BYTES = {
  /** A compiled body has some 30 KB: those of 10,000 posts, and as many texts from before an edit. */
  bodies: 1024 * MIB,
  /** A verdict has some 80 bytes: those of 400,000 texts. */
  verdicts: 32 * MIB,
  /** The files beside posts, as they were when a page that shows them was made. */
  files: 2048 * MIB,
  /** The index of the search has about 1 KB a post: that of 100,000, and that of the build before. */
  search: 256 * MIB,
  /** The texts of WordPress, some 5 KB each: those of 100,000 posts, and as many from before an edit. */
  texts: 1024 * MIB,
};

/** A folder in the data folder. */
export type Room = keyof typeof MOST_BYTES;

/** Files that a process writes before it sweeps again. */
const SWEEP_AFTER = 256;

/** No dot at the beginning, no separator: nothing leads out of a room. */
const SAFE_NAME = /^[a-z\d][a-z\d-]*\.[a-z\d]+$/i;

/** Of this process: how many files were written, and whether a failure was reported. */
const state = { written: 0, reported: false };

/** Returns the text of a file, which counts as used; undefined if it cannot be read. */
export function readData(room: Room, name: string): string | undefined {
  const file = fileOf(room, name);
  try {
    const text = readFileSync(/* turbopackIgnore: true */ file, 'utf8');
    markUsed(file);
    return text;
  } catch {
    return undefined;
  }
}

/** Returns what a file contains from a byte on, undefined if that is nothing. From 0, it counts as used. */
export function readDataFrom(room: Room, name: string, begin: number): Buffer | undefined {
  let descriptor;
  try {
    const file = fileOf(room, name);
    descriptor = openSync(/* turbopackIgnore: true */ file, 'r');
    if (begin === 0) markUsed(file);
    const length = fstatSync(descriptor).size - begin;
    if (length <= 0) return undefined;
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, begin));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Where a file lies, which counts as used; undefined if it is not there. */
export function findData(room: Room, name: string): string | undefined {
  const file = fileOf(room, name);
  if (!existsSync(/* turbopackIgnore: true */ file)) return undefined;
  markUsed(file);
  return file;
}

/** Writes a file whole, or not at all; returns whether it did. */
export function writeData(room: Room, name: string, text: string | Uint8Array): boolean {
  const file = fileOf(room, name);
  try {
    inItsFolder(file, () => replaceFile(file, text, `${file}.${process.pid}.tmp`));
  } catch (error) {
    report(error);
    return false;
  }
  state.written += 1;
  if (state.written % SWEEP_AFTER === 0) sweepData();
  return true;
}

/** Removes a file that is of no use. */
export function removeData(room: Room, name: string): void {
  try {
    rmSync(fileOf(room, name), { force: true });
  } catch (error) {
    report(error);
  }
}

/** The same of what may be large, in pieces, while others go on. */
export async function writeDataInPieces(
  room: Room,
  name: string,
  pieces: readonly Uint8Array[],
): Promise<void> {
  const file = fileOf(room, name);
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(/* turbopackIgnore: true */ beside, pieces);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    report(error);
  }
}

/** Reads a file, which counts as used, while others go on; undefined if that cannot be done. */
export async function readDataWhole(room: Room, name: string): Promise<Buffer | undefined> {
  const file = fileOf(room, name);
  try {
    const bytes = await readFile(/* turbopackIgnore: true */ file);
    markUsed(file);
    return bytes;
  } catch {
    return undefined;
  }
}

/** Appends a line to a file. */
export function appendData(room: Room, name: string, line: string): void {
  const file = fileOf(room, name);
  try {
    inItsFolder(file, () => appendFileSync(/* turbopackIgnore: true */ file, `\n${line}`));
  } catch (error) {
    report(error);
  }
}

/** Writes a file, and where that fails again after having made its folder: most times it is there. */
function inItsFolder(file: string, write: () => void): void {
  try {
    write();
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
    write();
  }
}

/**
 * Removes contents of other formats, and from each room what it has too much of. Makes the folder where
 * it is missing: a build has one for an image to copy, whatever the build finds.
 */
export function sweepData(): void {
  const folder = environment().dataDir;
  try {
    for (const room of roomNames()) {
      mkdirSync(path.join(folder, FORMAT, room), { recursive: true });
      trim(path.join(folder, FORMAT, room), MOST_BYTES[room]);
    }
    for (const name of readdirSync(/* turbopackIgnore: true */ folder)) {
      if (!ANY_FORMAT.test(name) || name === FORMAT) continue;
      rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    report(error);
  }
}

/** Removes files of a folder, least recently used first, until the others have that many bytes. */
export function trim(folder: string, mostBytes: number): void {
  const files = readdirSync(/* turbopackIgnore: true */ folder).flatMap((name) => {
    const file = path.join(folder, name);
    // Another process may have removed it.
    const stats = statSync(/* turbopackIgnore: true */ file, { throwIfNoEntry: false });
    return stats ? [{ file, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
  });
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const one of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= mostBytes) return;
    rmSync(one.file, { force: true });
    bytes -= one.bytes;
  }
}

const roomNames = (): Room[] => ['bodies', 'verdicts', 'files', 'search', 'texts'];

function fileOf(room: Room, name: string): string {
  if (!SAFE_NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a data file`);
  return path.join(environment().dataDir, FORMAT, room, name);
}

/** Many file systems do not note when a file is read, so the time of its last change is set instead. */
function markUsed(file: string): void {
  const now = new Date();
  try {
    utimesSync(/* turbopackIgnore: true */ file, now, now);
  } catch {
    // On a disk that is only read nothing is removed.
  }
}

/** False if something could not be written since this process started. */
export const isDataKept = (): boolean => !state.reported;

function report(error: unknown): void {
  if (state.reported) return;
  state.reported = true;
  const reason = messageOf(error);
  console.error(
    `The data folder ${environment().dataDir} cannot be written (${reason}), so what is found out ` +
      'about posts is found out again at each start. Make it writable, or set DATA_DIR.',
  );
}
