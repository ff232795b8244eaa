/**
 * Changes that WordPress does not show yet, as behind a cache of its REST API: waits for them, and tells
 * those that stay away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { postsIn, type Hint, type PostChange } from '../changes';
import { mayBe } from './follow';
import { KINDS, type Library } from './library';
import { readArticles, type Reader } from './reader';

/** A change that WordPress does not show yet, and what it shows. */
export interface Late {
  change: PostChange;
  message: string;
}

/**
 * Reads posts again until WordPress shows them as the changes tell, after each of these pauses; returns
 * those that it doesn't show so.
 */
export async function waitForChanges(
  reader: Reader,
  changes: Hint,
  waitsMs: readonly number[],
): Promise<Late[]> {
  const { library } = reader;
  const lateNow = () => postsIn(changes).flatMap((change) => lateOf(change, library) ?? []);
  let late = lateNow();
  for (const waitMs of waitsMs) {
    if (late.length === 0) break;
    await pause(waitMs);
    for (const kind of KINDS) {
      const ids = late.flatMap(({ change: { id, page } }) =>
        mayBe(library, kind, id, page) ? [id] : [],
      );
      await readArticles(reader, kind, ids, { embed: true });
    }
    late = lateNow();
  }
  return late;
}

function lateOf(change: PostChange, { articles }: Library): Late | undefined {
  const { id, modified: wanted, gone } = change;
  const article = articles.get(id);
  if (gone) {
    // What was published again since then has a later date.
    const isGone =
      !article || article.hidden || (wanted !== undefined && article.modified > wanted);
    return isGone
      ? undefined
      : { change, message: 'WordPress still shows it, though the request says that it is gone' };
  }
  if (wanted === undefined || (article && article.modified >= wanted)) return undefined;
  const shown = article ? `that of ${article.modified}` : 'nothing';
  const message = `WordPress shows ${shown}, not the version of ${wanted} that the request names`;
  return { change, message };
}
