/** Posts as pages show them: links, redirects, entries of lists, and the head of a post's own page. */
import type { Name, Post } from '../source/post';
import { prefixOf, sectionOf } from './languages';
import { pathOf, pathOfList, pathOfPost, slugOfAuthor, slugOfName, textOfName } from './paths';
import type {
  AuthorLink,
  DiscussionView,
  Link,
  PostEntry,
  PostSummary,
  RedirectView,
} from './views';

/** A link to a post. */
export function linkToPost(post: Post): Link {
  const path = pathOfPost(post);
  const link = { path, title: post.title };
  // Permalinks may end in something else than the slug, by which the post's tag calls it.
  const isNamed = post.page && path !== '/';
  return isNamed || path.endsWith(`/${encodeURIComponent(post.slug)}`)
    ? link
    : { ...link, slug: post.slug };
}

/** What the paths of the lists begin with that show a post. */
export const prefixOfPost = ({ language }: Pick<Post, 'language'>): string =>
  prefixOf(sectionOf(language));

const linkToList = (post: Post, kind: string, name: Name): Link => ({
  path: pathOfList(prefixOfPost(post), kind, slugOfName(name)),
  title: textOfName(name),
});

function linkToAuthor(post: Post): AuthorLink | undefined {
  if (post.author === undefined) return undefined;
  const slug = slugOfAuthor(post);
  return {
    title: post.author,
    path: slug === '' ? undefined : prefixOfPost(post) + pathOf('author', slug),
  };
}

/** What leads from another address to a path: 308, or 301 from where something was before it moved. */
export const redirectTo = (path: string, status: 301 | 308 = 308): RedirectView => ({
  kind: 'redirect',
  to: path,
  status,
});

/** The whole address under which search engines are to know a post, where that is another page than its own. */
export const canonicalOf = ({ canonical }: Post, origin: string): string | undefined =>
  canonical === undefined ? undefined : new URL(canonical, origin).href;

/** The day of a post as its author has it. */
export const dayOf = ({ date, day }: Pick<Post, 'date' | 'day'>): string =>
  day ?? date.slice(0, 10);

/** A post as lists show it. */
export const entryOf = (post: Post): PostEntry => ({
  ...linkToPost(post),
  date: dayOf(post),
  summary: post.summary ?? post.excerpt,
  category: post.category === undefined ? undefined : linkToList(post, 'category', post.category),
  unpublished: post.unpublished,
});

/** What readers wrote about a post, without their texts. */
export const discussionOf = ({ discussion }: Post): DiscussionView | undefined => {
  if (!discussion) return undefined;
  const { hash, more, readAt, writeAt } = discussion;
  return { hash, more, readAt, writeAt };
};

/** A post as its own page shows it. */
export function summaryOf(post: Post): PostSummary {
  const tags = new Map(post.tags.map((name) => [slugOfName(name), linkToList(post, 'tag', name)]));
  return {
    ...entryOf(post),
    updated: post.updatedDay ?? post.updated?.slice(0, 10),
    author: linkToAuthor(post),
    alsoIn: post.alsoIn?.map((name) => linkToList(post, 'category', name)),
    tags: [...tags.values()],
    image: post.image,
  };
}
