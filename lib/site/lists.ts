/** Lists of posts: their order, what they group by, and how they are cut into pages. */
import type { Name, Post } from '../source/post';
import { slugOfName, textOfName } from './paths';

/** Posts on a full page of a list. */
export const PAGE_SIZE = 10;

/**
 * Cuts a list, newest first, into full pages numbered from the oldest post, which never change when
 * a post is added, and a head that shows the rest and one full page.
 */
export function paginate(list: Post[]): { head: Post[]; full: Post[][] } {
  const count = Math.floor(list.length / PAGE_SIZE);
  const rest = list.length % PAGE_SIZE;
  const full = Array.from({ length: count }, (_, index) => {
    const end = list.length - index * PAGE_SIZE;
    return list.slice(end - PAGE_SIZE, end);
  });
  return { head: list.slice(0, count > 0 ? rest + PAGE_SIZE : rest), full };
}

/** The order of the site's lists; of one date, by slug. */
export const newestFirst = (a: Post, b: Post): number =>
  a.date === b.date ? bySlug(a, b) : a.date < b.date ? 1 : -1;

/** The order of standalone pages. Not localeCompare: it must not depend on the machine's locale. */
export const bySlug = (a: Post, b: Post): number =>
  a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0;

/** The posts of one category, tag or author, newest first, each as its index among all posts. */
export interface Group {
  name: string;
  members: number[];
}

/**
 * Groups posts, newest first, by the slugs of the names that each has; names without a slug are left out,
 * and the oldest post decides how the name is written.
 */
export function groupBy(namesOfPosts: readonly (readonly Name[])[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const [index, names] of namesOfPosts.entries()) {
    for (const one of names) {
      const slug = slugOfName(one);
      if (slug === '') continue;
      const name = textOfName(one);
      let group = groups.get(slug);
      if (!group) groups.set(slug, (group = { name, members: [] }));
      group.name = name;
      if (group.members.at(-1) !== index) group.members.push(index);
    }
  }
  return groups;
}

/** The posts of these indexes. */
export function postsAt(indexes: readonly number[], posts: readonly Post[]): Post[] {
  const found: Post[] = [];
  for (const index of indexes) {
    const post = posts[index];
    if (post) found.push(post);
  }
  return found;
}
