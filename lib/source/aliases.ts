/** Aliases that collide with each other or with a page, which only all posts together show. Pure. */
import { pathOfPost } from '../site/paths';
import type { Alias, Post, Warning } from './post';

/**
 * Leaves out aliases that are the address of a post, or an earlier post's alias: a redirect less must not cost the
 * post. Drafts are not on the site, and neither are their aliases.
 */
export function checkAliases(all: Post[]): { posts: Post[]; warnings: Warning[] } {
  const warnings: Warning[] = [];
  if (!all.some(({ aliases, draft }) => aliases && !draft)) return { posts: all, warnings };
  const taken = new Map<string, string>();
  for (const post of all) {
    if (!post.draft) taken.set(pathOfPost(post), `the address of ${post.file}`);
  }
  const posts = all.map((post) => {
    const { slug, page, file, aliases = [], draft } = post;
    if (draft) return post;
    const kept = aliases.filter(({ path, line }) => {
      const by = taken.get(path);
      taken.set(path, by ?? `an alias of ${file}`);
      if (by === undefined) return true;
      const isOwn = path === pathOfPost(post);
      const message = isOwn
        ? `${decodeURIComponent(path)} is the post's own address, which would lead in a circle; remove it`
        : `${decodeURIComponent(path)} is already ${by}, and leads there; remove one of them`;
      const kind = 'an alias that is taken';
      warnings.push({ slug, page, file, line, field: 'aliases', kind, message });
      return false;
    });
    return kept.length === aliases.length ? post : withAliases(post, kept);
  });
  return { posts: warnings.length === 0 ? all : posts, warnings };
}

/** Posts with fewer aliases, by what they were: the same at each load, so that nothing changes. */
const reduced = new WeakMap<Post, Post>();

function withAliases(post: Post, aliases: Alias[]): Post {
  const before = reduced.get(post);
  const isSame =
    before &&
    (before.aliases ?? []).length === aliases.length &&
    aliases.every((alias, index) => alias === before.aliases?.[index]);
  if (isSame) return before;
  const made = { ...post, aliases: aliases.length > 0 ? aliases : undefined };
  reduced.set(post, made);
  return made;
}
