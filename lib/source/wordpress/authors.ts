/**
 * What a post tells of its author, by the user whom WordPress names. Pure.
 */
import type { Post } from '../post';
import { slugIn } from './addresses';
import type { Author } from './rest';

/** The slug of an author. WordPress gives each user another one, so that two of one name have a page each. */
export const slugOfUser = ({ id, slug }: Author): string => slugIn(slug) || `author-${id}`;

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
