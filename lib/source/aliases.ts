/** Aliases that collide with each other or with a page, which only all posts together show. Pure. */
import { pathOfPost } from '../site/paths';
import type { Post, Problem } from './post';

/**
 * Sets aside the posts that have an alias which is the address of a post, or an earlier post's alias.
 * Drafts are not on the site, and neither are their aliases.
 */
export function checkAliases(all: Post[]): { posts: Post[]; problems: Problem[] } {
  if (!all.some(({ aliases }) => aliases)) return { posts: all, problems: [] };
  const taken = new Map(
    all
      .filter(({ draft }) => !draft)
      .map((post) => [pathOfPost(post), `the address of ${post.file}`]),
  );
  const posts: Post[] = [];
  const problems: Problem[] = [];
  for (const post of all) {
    const problem = post.draft ? undefined : collisionOf(post, taken);
    if (problem) problems.push(problem);
    else posts.push(post);
  }
  return { posts, problems };
}

/** The first alias of a post that is taken; if there is none, its aliases are taken from now on. */
function collisionOf(
  { slug, page, file, aliases = [] }: Post,
  taken: Map<string, string>,
): Problem | undefined {
  const own = new Map<string, string>();
  for (const { path, line } of aliases) {
    const by = taken.get(path) ?? own.get(path);
    if (by !== undefined) {
      const message = `${decodeURIComponent(path)} is already ${by}; remove one of them`;
      return { slug, page, file, line, field: 'aliases', message };
    }
    own.set(path, `an alias of ${file}`);
  }
  for (const [path, by] of own) taken.set(path, by);
  return undefined;
}
