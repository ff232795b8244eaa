/**
 * From what the sources hold to what can be shown: of each post whose body renders that version, of each
 * other one the last good version, if there is one. So nothing is listed that has no page.
 */
import { problemOf, type Bodies } from '../body/body';
import type { Progress } from './check-progress';
import { keepIfSame, type Post, type Problem } from '../source/post';
import { pathOfPost, pathsOfProblem } from '../site/paths';
import { timeSlices } from '../slices';

/** What can be shown; give it to the next call. */
export interface UsablePosts {
  /** The same array as before when no post changed. */
  posts: Post[];
  problems: Problem[];
  /** Posts whose bodies have no verdict yet, by path: listed as soon as they have a good one. */
  unchecked: ReadonlyMap<string, Post>;
  /** The last good versions of what is held back, by file; undefined where none is known. */
  held: ReadonlyMap<string, Post | undefined>;
}

/** What to do with bodies that have no verdict. */
export interface Manner {
  /**
   * `now`: each is rendered before the call returns. `later`: if they are but a few, and none of them
   * waits already. `never`: all count as good until they change.
   */
  check: 'now' | 'later' | 'never';
  /** How many are a few. */
  few?: number;
  /** Finds the post that the stored page of one of these paths shows; `file` is where it came from. */
  recall: (paths: string[], file: string) => Promise<Post | undefined>;
  /** Is called after each body that was rendered: see `Bodies.checkAll`. */
  told?: Progress;
}

/** Something that is not shown as it is: it has its last good version, or is nowhere. */
interface Held {
  file: string;
  /** Where its page may be. */
  paths: string[];
  /** The post, where it may turn out to be good. */
  unchecked?: Post;
}

/** Bodies that visitors wait for: rendered within half a second. */
const FEW = 20;

/** Sorts out what the sources hold. */
export async function usablePosts(
  found: { posts: Post[]; problems: Problem[] },
  previous: UsablePosts | undefined,
  bodies: Pick<Bodies, 'checkAll' | 'hasNoVerdict' | 'verdicts'>,
  { check, few = FEW, recall, told }: Manner,
): Promise<UsablePosts> {
  const { verdicts } = bodies;
  verdicts.read();
  const unknown = found.posts.filter((post) => bodies.hasNoVerdict(post));
  const areMany = unknown.length > few;
  const isWaiting = (post: Post): boolean =>
    check === 'later' && (areMany || previous?.unchecked.has(pathOfPost(post)) === true);
  const lastGoodOf = lastGoodIn(previous);
  const isTrusted = (post: Post): boolean =>
    check === 'never' && (!previous || lastGoodOf(post.file)?.post?.bodyHash === post.bodyHash);
  const failures = await bodies.checkAll(
    unknown.filter((post) => !isWaiting(post) && !isTrusted(post)),
    told,
  );

  const problems = [...found.problems];
  const toHold = found.problems.map((problem): Held => ({
    file: problem.file,
    paths: pathsOfProblem(problem),
  }));
  const shown: Post[] = [];
  for (const post of found.posts) {
    const verdict = verdicts.on(post.bodyHash);
    const problem = failures.get(post) ?? (verdict && !post.draft && problemOf(post, verdict));
    const { file } = post;
    if (problem) {
      problems.push(problem);
      toHold.push({ file, paths: [pathOfPost(post)] });
    } else if (verdict === undefined && !post.draft && !isTrusted(post)) {
      toHold.push({ file, paths: [pathOfPost(post)], unchecked: post });
    } else shown.push(post);
  }

  const unchecked = new Map<string, Post>();
  const held = new Map<string, Post | undefined>();
  if (toHold.length === 0) {
    return { posts: keepIfSame(shown, previous?.posts), problems, unchecked, held };
  }
  const byPath = new Map(shown.map((post) => [pathOfPost(post), post]));
  const files = new Set(shown.map(({ file }) => file));
  const yieldInTime = timeSlices();
  for (const { file, paths, unchecked: post } of toHold) {
    await yieldInTime();
    // WordPress may show a post as it was, which is a problem and a post.
    if (files.has(file) || held.has(file)) continue;
    const known = lastGoodOf(file);
    const earlier = known ? known.post : await recall(paths, file);
    if (post && earlier?.bodyHash === post.bodyHash) {
      // Its page is stored, so it was rendered.
      verdicts.note(post.bodyHash, null);
      byPath.set(pathOfPost(post), post);
      files.add(file);
      continue;
    }
    if (post) unchecked.set(pathOfPost(post), post);
    held.set(file, earlier);
    // Another post may be there now.
    if (earlier && !byPath.has(pathOfPost(earlier))) byPath.set(pathOfPost(earlier), earlier);
  }
  return { posts: keepIfSame([...byPath.values()], previous?.posts), problems, unchecked, held };
}

/** Finds the last good version of what came from a file; undefined if nothing is known of the file. */
function lastGoodIn(
  previous: UsablePosts | undefined,
): (file: string) => { post: Post | undefined } | undefined {
  // Made when it is first asked for: most loads never do.
  let shown: ReadonlyMap<string, Post> | undefined;
  return (file) => {
    if (!previous) return undefined;
    if (previous.held.has(file)) return { post: previous.held.get(file) };
    shown ??= new Map(previous.posts.map((post) => [post.file, post]));
    const post = shown.get(file);
    return post && { post };
  };
}
