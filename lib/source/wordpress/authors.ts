/**
 * What a post tells of its author, by the user whom WordPress names. Pure.
 */
import { isSlug, slugOf } from '../../site/slugs';
import type { Post } from '../post';
import { decoded } from './addresses';
import type { Author } from './rest';

/**
 * The slug of an author. WordPress gives each user another one, so that two of one name have a page each.
 * Where it cannot be a slug here, the user's number tells it from those that it becomes equal to.
 */
export function slugOfUser({ id, slug: written }: Author): string {
  const slug = decoded(written);
  return isSlug(slug) ? slug : `${slugOf(slug) || 'author'}-${id}`;
}

/** What a post tells of its author. */
export function authorFieldsOf(
  author: Author | undefined,
): Pick<Post, 'author' | 'authorSlug' | 'authorAbout'> {
  if (!author) return {};
  return {
    author: author.name,
    authorSlug: slugOfUser(author),
    authorAbout: author.description || undefined,
  };
}
