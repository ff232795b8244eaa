/** Posts that belong together because their authors say so: the parts of a series, and translations. */
import type { Post } from '../source/post';
import { newestFirst } from './lists';
import { SITE } from './site-config';
import { slugOf } from './slugs';

/** Posts by what they have in common. */
export type Kin = ReadonlyMap<string, readonly Post[]>;

/** No series has more parts that are shown. */
const MOST_PARTS = 100;

/** The series with several parts among posts, newest first, by the slugs of their names; the first part first. */
export function seriesOf(posts: readonly Post[]): Kin {
  const parts = new Map<string, Post[]>();
  for (const post of posts) {
    if (post.series) push(parts, slugOf(post.series.name), post);
  }
  const found = new Map<string, readonly Post[]>();
  for (const [slug, list] of parts) {
    if (list.length < 2) continue;
    // As lists have them, but the oldest first, unless their authors number them.
    list.reverse().sort((a, b) => partOf(a) - partOf(b));
    found.set(slug, list.slice(0, MOST_PARTS));
  }
  return found;
}

const partOf = ({ series }: Post): number => series?.part ?? Number.MAX_SAFE_INTEGER;

/** The parts of a post's series, itself among them; none if it is the only one. */
export const partsAround = ({ series }: Post, all: Kin): readonly Post[] =>
  (series && all.get(slugOf(series.name))) ?? [];

/** The language of a post. */
export const languageOf = ({ language }: Pick<Post, 'language'>): string =>
  language ?? SITE.language;

/**
 * The posts of each key, one of each language, in the order of the languages' codes. Where two of one language
 * have one key, the older one has it, so that a new post takes no translation from another.
 */
export function translationsOf(posts: readonly Post[]): Kin {
  const byKey = new Map<string, Post[]>();
  for (const post of posts) {
    if (post.translationKey !== undefined) push(byKey, post.translationKey, post);
  }
  const found = new Map<string, readonly Post[]>();
  for (const [key, list] of byKey) {
    const first = new Map(list.sort(newestFirst).map((post) => [languageOf(post), post]));
    if (first.size < 2) continue;
    const codes = [...first.keys()].sort();
    found.set(
      key,
      codes.flatMap((code) => first.get(code) ?? []),
    );
  }
  return found;
}

/** A post and its translations; none if it has none, or another post of its language has its key. */
export function translationsAround(post: Post, all: Kin): readonly Post[] {
  const { translationKey } = post;
  const posts = translationKey === undefined ? undefined : all.get(translationKey);
  return posts?.includes(post) ? posts : [];
}

function push(map: Map<string, Post[]>, key: string, post: Post): void {
  const list = map.get(key);
  if (list) list.push(post);
  else map.set(key, [post]);
}
