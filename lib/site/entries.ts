/** Posts as pages show them: links, redirects, entries of lists, and the head of a post's own page. */
import type { Post } from '../source/post';
import { pathOf, pathOfPost, slugOfAuthor } from './paths';
import { slugOf } from './slugs';
import type { AuthorLink, Link, PostEntry, PostSummary, RedirectView } from './views';

/** A link to a post. */
export const linkToPost = (post: Post): Link => ({ path: pathOfPost(post), title: post.title });

const linkToList = (kind: string, name: string): Link => ({
  path: pathOf(kind, slugOf(name)),
  title: name,
});

function linkToAuthor(post: Post): AuthorLink | undefined {
  if (post.author === undefined) return undefined;
  const slug = slugOfAuthor(post);
  return { title: post.author, path: slug === '' ? undefined : pathOf('author', slug) };
}

/** What leads from another address of a post to its path. */
export const redirectTo = (path: string): RedirectView => ({
  kind: 'redirect',
  to: path,
  permanent: true,
});

/** A post as lists show it. */
export const entryOf = (post: Post): PostEntry => ({
  ...linkToPost(post),
  date: post.date.slice(0, 10),
  summary: post.summary,
  category: post.category === undefined ? undefined : linkToList('category', post.category),
});

/** A post as its own page shows it. */
export function summaryOf(post: Post): PostSummary {
  const tags = new Map(post.tags.map((name) => [slugOf(name), linkToList('tag', name)]));
  return {
    ...entryOf(post),
    updated: post.updated?.slice(0, 10),
    author: linkToAuthor(post),
    alsoIn: post.alsoIn?.map((name) => linkToList('category', name)),
    tags: [...tags.values()],
    image: post.image,
  };
}
