/** Posts for tests that need no files. */
import { hash } from '../../lib/hash';
import { KnownText } from '../../lib/text';
import type { Post, Problem, Warning, Written } from '../../lib/source/post';
import type { Aliases } from '../../lib/site/other-addresses';
import { siteOf, type Site } from '../../lib/site/site';

export const ORIGIN = 'https://blog.example';

/** What a load found besides posts, where that is nothing. */
export const NOTHING_ELSE = {
  problems: [] as Problem[],
  warnings: [] as Warning[],
  aliases: new Map() as Aliases,
  dueAtMs: Infinity,
};

/** A published blog post. */
export const postWith = (
  slug: string,
  { body = slug, ...fields }: Partial<Written> = {},
): Post => ({
  slug,
  file: `posts/${slug}.mdx`,
  title: slug,
  date: '2026-01-01T00:00:00.000Z',
  tags: [],
  draft: false,
  page: false,
  text: new KnownText(body),
  bodyHash: hash(body),
  ...fields,
});

/** A post as WordPress's REST API answers it. */
export const restPost = (id: number, link: string, fields: object = {}) => ({
  id,
  type: 'post',
  status: 'publish',
  slug: `post-${id}`,
  link,
  date_gmt: '2026-01-01T10:00:00',
  modified_gmt: '2026-01-01T10:00:00',
  title: { rendered: `Post ${id}` },
  excerpt: { rendered: '' },
  content: { rendered: '<p>Text</p>', protected: false },
  author: 1,
  categories: [],
  tags: [],
  featured_media: 0,
  ...fields,
});

/** The site of these posts. */
export const siteWith = (posts: Post[]): Site => siteOf(posts, Date.parse('2026-11-22'), ORIGIN);
