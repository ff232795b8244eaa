/**
 * The outbox of one process, in a file: what the edges have not confirmed to have dropped.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../replace-file';
import type { Outbox } from '../store/place';

/** Where it is: in the build, since another one begins with other pages. */
export const OUTBOX_FILE = path.join('.next', 'server', 'owed-to-edges');

/** Opens an outbox in a file, whose first line names the edges, and each other one a path. */
export function openOutbox(file: string): Outbox {
  const [known, ...paths] = linesOf(file);
  // Nothing is known, which the first line says.
  if (known === undefined) writeFileSync(file, '\n');
  const pending = new Map<string, number>();
  let changes = 0;
  let confirmed = known;
  const note = (path: string) => pending.set(path, (changes += 1));
  for (const path of paths) note(path);

  return {
    add: (news) => {
      const unknown = news.filter((path) => !pending.has(path));
      if (unknown.length > 0) appendFileSync(file, unknown.map((path) => `${path}\n`).join(''));
      for (const path of news) note(path);
    },
    read: async (edges) => ({
      changes: new Map(pending),
      all: confirmed !== edges,
      generation: '',
    }),
    acknowledge: (edges, done) => {
      for (const [path, change] of done) if (pending.get(path) === change) pending.delete(path);
      confirmed = edges;
      // A crash leaves either what was pending or what is.
      replaceFile(file, [edges, ...pending.keys()].map((line) => `${line}\n`).join(''));
    },
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
