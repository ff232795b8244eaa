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
  return candidates.map((others) => {
    const shared = new Map<number, number>();
    for (const other of others) shared.set(other, (shared.get(other) ?? 0) + 1);
    return [...shared]
      .sort(([a, countA], [b, countB]) => countB - countA || a - b)
      .slice(0, RELATED)
      .map(([other]) => other);
  });
}
