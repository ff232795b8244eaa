/**
 * The files beside posts that posts show or link to: found by how the text writes them, and named by their content,
 * so that a page with a changed picture is another page.
 */
import { realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findData, writeData } from '../data-dir';
import { addressOfFile, endingOf, TYPES } from '../file-addresses';
import { pictureSize } from '../picture-size';
import { isSame, lookOf, SETTLED_AFTER_MS, type Look } from './look';
import type { Ref } from './post';

/** A file beside a post. */
export interface FileBeside {
  ref: Ref;
  look: Look;
  /** Whether the file had been still for so long that its look can be trusted. */
  settled: boolean;
  /** Its name in the data folder. */
  kept: string;
  /** Where it lies. */
  full: string;
}

/** A file that is found, or why one is refused; undefined if there is none. */
export type Found =
  { file: FileBeside; why?: undefined } | { file?: undefined; why: string } | undefined;

/** A larger file belongs into `public/`, or elsewhere. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Finds files of one folder in one load; of those of the load before only what moved is read. */
export function filesBeside(
  folder: string,
  before: ReadonlyMap<string, FileBeside> = new Map(),
): { find: (name: string) => Promise<Found>; found: ReadonlyMap<string, FileBeside> } {
  const found = new Map<string, FileBeside>();
  const refused = new Map<string, Found>();
  let root: string | undefined;
  const look = async (name: string): Promise<Found> => {
    const ending = endingOf(name);
    if (ending === undefined || name.includes('\0')) return undefined;
    const full = `${folder}/${name}`;
    const stats = statSync(full, { throwIfNoEntry: false });
    if (!stats?.isFile()) return undefined;
    const known = before.get(name);
    if (known?.settled && isSame(stats, known.look)) return { file: known };
    root ??= realpathSync(folder);
    if (!realpathSync(full).startsWith(root + path.sep)) {
      return { why: 'is a link that leads out of the posts folder, and is not shown' };
    }
    if (stats.size > MOST_BYTES) {
      const most = MOST_BYTES / 1024 / 1024;
      return {
        why: `has more than ${most} MB, and is not shown; make it smaller, or put it into public/`,
      };
    }
    const readAtMs = Date.now();
    const bytes = await readFile(full);
    const settled = Math.max(stats.mtimeMs, stats.ctimeMs) < readAtMs - SETTLED_AFTER_MS;
    const { to, kept } = addressOfFile(bytes, path.posix.basename(name).normalize('NFC'));
    if (known?.kept === kept) return { file: { ...known, look: lookOf(stats), settled } };
    if (findData('files', kept) === undefined) writeData('files', kept, bytes);
    const ref: Ref = { to, ...(TYPES[ending]?.startsWith('image/') && sizeOf(bytes)) };
    return { file: { ref, look: lookOf(stats), settled, kept, full } };
  };
  return {
    found,
    find: async (name) => {
      const known = found.get(name);
      if (known) return { file: known };
      if (refused.has(name)) return refused.get(name);
      let answer: Found;
      try {
        answer = await look(name);
      } catch {
        // It is gone by now, or may not be read.
        answer = {
          why: 'cannot be read, and is not shown; let the user that runs the site read it',
        };
      }
      if (answer?.file) found.set(name, answer.file);
      else refused.set(name, answer);
      return answer;
    },
  };
}

function sizeOf(bytes: Uint8Array): Pick<Ref, 'width' | 'height'> {
  try {
    return pictureSize(bytes);
  } catch {
    return {};
  }
}
