/**
 * The guard against a source that has lost its posts, as a volume that is not mounted has: a snapshot with
 * fewer than half as many posts as are stored is adopted only after somebody confirmed it.
 */
import { type Post, type Problem } from '../source/post';
import { hash } from '../hash';
import { MISSING_PATH, pathOfPost, pathsOfProblem } from '../site/paths';
import type { Store } from '../store/store';

/** With fewer posts stored, any number may be removed. */
const LEAST_STORED = 10;

/** A snapshot that is not adopted. */
export class RemovalsRefused extends Error {
  readonly confirm = 'removals';

  constructor(found: number, stored: number) {
    super(
      `${stored} posts are stored, and the sources hold only ${found}, so most would be removed. ` +
        'If a folder is not mounted, or a WordPress is not the right one, repair that. If they are to ' +
        'be removed, confirm it: confirm=removals in the call, or npm run purge -- --confirm-removals',
    );
  }
}

/**
 * Throws `RemovalsRefused` if adopting what was found would remove most of the stored posts, unless this
 * call or an earlier one, on any instance, confirmed that for just these posts. `mostStored` is a bound
 * of what is stored, if one is known; returns the next one, so that the store is asked seldom.
 */
export async function refuseMassRemoval(
  found: { posts: Post[]; problems: Problem[] },
  confirms: boolean,
  mostStored: number | undefined,
  store: Pick<Store, 'storedAtMost' | 'storedAtStart' | 'versions'>,
): Promise<number> {
  // Not by way of the paths: it is asked at each load.
  const count = found.posts.filter(({ draft }) => !draft).length + found.problems.length;
  const bound = mostStored ?? (await store.storedAtMost());
  if (2 * count >= bound) return Math.max(bound, count);
  const stored = await countStoredPosts(store);
  if (stored >= LEAST_STORED && 2 * count < stored) {
    const snapshot = hash(pathsOf(found).sort().join('\n'));
    if (confirms) await store.versions.confirmRemovals(snapshot);
    else if (!(await store.versions.areRemovalsConfirmed(snapshot))) {
      throw new RemovalsRefused(count, stored);
    }
  }
  return Math.max(stored, count);
}

/** Where the posts that were found have their pages; one that has a problem may have its last good one. */
const pathsOf = ({ posts, problems }: { posts: Post[]; problems: Problem[] }): string[] => [
  ...posts.filter(({ draft }) => !draft).map(pathOfPost),
  ...problems.flatMap((problem) => pathsOfProblem(problem).slice(0, 1)),
];

async function countStoredPosts(store: Pick<Store, 'storedAtStart'>): Promise<number> {
  let count = 0;
  for (const [path, { revision, dependencies }] of await store.storedAtStart()) {
    // A page shows itself first.
    const [own = ''] = Object.keys(dependencies);
    if (revision !== null && path !== MISSING_PATH && /^(?:post|page):/.test(own)) count += 1;
  }
  return count;
}
