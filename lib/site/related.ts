/** Related posts. */
import type { Group } from './lists';

const RELATED = 3;
/** How many older posts of each tag are looked at: bounds the work of one page. */
const CANDIDATES = 10;

/**
 * For each of `count` posts, newest first and all known by their indexes, the older ones that share the
 * most tags with it: older only, so that a new post changes none.
 */
export function relatedPosts(count: number, tags: Iterable<Group>): number[][] {
  const candidates = Array.from({ length: count }, (): number[] => []);
  for (const { members } of tags) {
    for (const [position, index] of members.entries()) {
      candidates[index]?.push(...members.slice(position + 1, position + 1 + CANDIDATES));
    }
  }
  // How many tags each candidate shares with the post at hand; zero before the next. A map for each of
  // thousands of posts would take twice as long.
  const shared = new Uint32Array(count);
  const sharedBy = (index: number): number => shared[index] ?? 0;
  return candidates.map((others) => {
    const distinct: number[] = [];
    for (const other of others) {
      if (sharedBy(other) === 0) distinct.push(other);
      shared[other] = sharedBy(other) + 1;
    }
    const related = distinct.sort((a, b) => sharedBy(b) - sharedBy(a) || a - b).slice(0, RELATED);
    for (const other of others) shared[other] = 0;
    return related;
  });
}
