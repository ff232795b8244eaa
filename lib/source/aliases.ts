/** Aliases that collide with each other or with a page, which only all posts together show. Pure. */
import { pathOfPost } from '../site/paths';
import type { Post, Problem } from './post';

/**
 * Sets aside the posts that have an alias which is the address of a post, or an earlier post's alias.
 * Drafts are not on the site, and neither are their aliases.
 */
export function checkAliases(all: Post[]): { posts: Post[]; problems: Problem[] } {
  const withAliases = all.filter(({ aliases, draft }) => aliases && !draft);
  if (withAliases.length === 0) return { posts: all, problems: [] };
  const taken = new Map<string, string>();
  for (const post of all) {
    if (!post.draft) taken.set(pathOfPost(post), `the address of ${post.file}`);
  }
  const problems = new Map<Post, Problem>();
  for (const post of withAliases) {
    const problem = collisionOf(post, taken);
    if (problem) problems.set(post, problem);
  }
  return {
    posts: problems.size === 0 ? all : all.filter((post) => !problems.has(post)),
    problems: [...problems.values()],
  };
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
