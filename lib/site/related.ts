/** Related posts. */
import type { Post } from '../source/post';
import type { Group } from './lists';
import { slugOf } from './slugs';

const RELATED = 3;
/** How many older posts of each tag are looked at: bounds the work of one page. */
const CANDIDATES = 10;

/**
 * Older posts that share the most tags with the one at `index`: older only, so that a new post changes
 * none.
 */
export function relatedTo(index: number, posts: Post[], tags: ReadonlyMap<string, Group>): Post[] {
  const candidates: number[] = [];
  for (const slug of new Set(posts[index]?.tags.map(slugOf))) {
    const members = tags.get(slug)?.members ?? [];
    const next = firstAfter(members, index);
    candidates.push(...members.slice(next, next + CANDIDATES));
  }
  const shared = new Map<number, number>();
  for (const other of candidates) shared.set(other, (shared.get(other) ?? 0) + 1);
  return [...shared]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, RELATED)
    .flatMap(([other]) => posts[other] ?? []);
}

/** The index in an ascending list of the first number that is greater; the list's length if none is. */
function firstAfter(list: number[], number: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
