/** Posts for tests that need no files. */
import { hash, type Post } from '../../lib/post';
import { siteOf, type Site } from '../../lib/site';

export const ORIGIN = 'https://blog.example';

/** A published blog post. */
export const postWith = (slug: string, fields: Partial<Post> = {}): Post => ({
  slug,
  file: `posts/${slug}.mdx`,
  title: slug,
  date: '2026-01-01T00:00:00.000Z',
  tags: [],
  draft: false,
  page: false,
  body: slug,
  bodyHash: hash(slug),
  ...fields,
});

/** The site of these posts. */
export const siteWith = (posts: Post[]): Site => siteOf(posts, Date.parse('2026-11-22'), ORIGIN);
