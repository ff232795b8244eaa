/**
 * The guard against a source that has lost its posts, as a volume that is not mounted has: a snapshot with
 * fewer than half as many posts as are stored is adopted only after somebody confirmed it. So is one with
 * pages alone, which a CMS shows whose posts are kept back.
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
  const arePages = [...found.posts, ...found.problems].every(({ page }) => page);
  const bound = mostStored ?? (await store.storedAtMost());
  if (2 * count >= bound && !(arePages && bound >= LEAST_STORED)) return Math.max(bound, count);
  const [stored, storedPosts] = await countStored(store);
  const areMostGone = stored >= LEAST_STORED && 2 * count < stored;
  if (areMostGone || (arePages && storedPosts >= LEAST_STORED)) {
    const snapshot = hash(pathsOf(found).sort().join('\n'));
    if (confirms) await store.versions.confirmRemovals(snapshot);
    else if (!(await store.versions.areRemovalsConfirmed(snapshot))) {
      throw areMostGone ? new RemovalsRefused(count, stored) : new RemovalsRefused(0, storedPosts);
    }
  }
  return Math.max(stored, count);
}

/** Where the posts that were found have their pages; one that has a problem may have its last good one. */
const pathsOf = ({ posts, problems }: { posts: Post[]; problems: Problem[] }): string[] => [
  ...posts.filter(({ draft }) => !draft).map(pathOfPost),
  ...problems.flatMap((problem) => pathsOfProblem(problem).slice(0, 1)),
];

/** How many posts and pages are stored, and how many of them are posts. */
async function countStored(store: Pick<Store, 'storedAtStart'>): Promise<[number, number]> {
  let pages = 0;
  let posts = 0;
  for (const [path, { revision, dependencies }] of await store.storedAtStart()) {
    if (revision === null || path === MISSING_PATH) continue;
    // A page shows itself first.
    const [own = ''] = Object.keys(dependencies);
    if (own.startsWith('post:')) posts += 1;
    if (own.startsWith('page:')) pages += 1;
  }
  return [posts + pages, posts];
}
