/** What is wrong and was told of, for one process, in a file of the data folder. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { environment } from '../config';
import { codeOf } from '../message-of';
import { replaceFile } from '../replace-file';
import type { NoticePlace } from '../store/place';

/** Opens the file, which is looked up, and read, at each use: there is little of it, and seldom. */
export function fileNotices(
  fileOf = () => path.join(environment().dataDir, 'notices.json'),
): NoticePlace {
  const read = (): Set<string> => new Set(keysIn(fileOf()));
  const write = (keys: ReadonlySet<string>): void => {
    const file = fileOf();
    mkdirSync(path.dirname(file), { recursive: true });
    replaceFile(file, JSON.stringify([...keys]), `${file}.${process.pid}.tmp`);
  };
  return {
    open: async (keys) => {
      const known = read();
      const news = keys.filter((key) => !known.has(key));
      if (news.length > 0) write(new Set([...known, ...news]));
      return news;
    },
    close: async (keys) => {
      const known = read();
      const gone = keys.filter((key) => known.delete(key));
      if (gone.length > 0) write(known);
      return gone;
    },
    all: async () => [...read()],
  };
}

/** The keys in a file. One that is not there, or is none of ours, has none; throws if it cannot be read. */
function keysIn(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(/* turbopackIgnore: true */ file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const keys: unknown = JSON.parse(text);
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}
