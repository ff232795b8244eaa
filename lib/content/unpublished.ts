/** What an author sees in development, and visitors never: drafts, and posts whose date has not come. */
import type { Post } from '../source/post';

/** A time that no post is after: that of the last date that JavaScript has in four digits. */
export const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** All posts as if they were published; those that are not carry a mark. Pure. */
export function withUnpublished(posts: readonly Post[], now: number): Post[] {
  const nowDate = new Date(now).toISOString();
  return posts.map((post) => {
    const why = post.draft ? 'draft' : post.date > nowDate ? 'scheduled' : undefined;
    return why === undefined ? post : { ...post, draft: false, unpublished: why };
  });
}
