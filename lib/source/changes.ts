/**
 * What a purge tells a source of what changed, for sources that would rather not look at everything. Pure.
 */
import { spelledOurWay } from '../site/slugs';

/** One thing that changed, as its sender names it. */
export type Change =
  | {
      kind: 'post';
      /** Its number in the source. */
      id: number;
      /** Whether it is a standalone page, where that is known. */
      page?: boolean;
      slug?: string;
      /** The version that the sender has seen: when it was modified, in ISO 8601 and UTC. */
      modified?: string;
      /** True if it is not published any more. */
      gone?: boolean;
      /** What WordPress shows of it to strangers, as its REST API would; unchecked. */
      shown?: unknown;
      /** The highest number of the news that it came with. */
      upTo?: number;
    }
  /** The numbers of what a WordPress tells of in one call; see `wordpress/news.ts`. */
  | { kind: 'news'; site: string; numbers: readonly number[] }
  | { kind: 'slug'; slug: string }
  | { kind: 'term'; taxonomy: 'category' | 'post_tag'; id: number }
  | { kind: 'author'; id: number }
  | { kind: 'site' }
  /** The form of addresses: any may have changed. */
  | { kind: 'addresses' };

/**
 * What changed, as far as is known. Empty: nothing is known to have changed, and what is fresh enough
 * need not be looked at again. No hint at all: anything may have changed.
 */
export type Hint = readonly Change[];

/** A change of a post that is named by its number. */
export type PostChange = Extract<Change, { kind: 'post' }>;

/** The posts among these changes that are named by their numbers. */
export const postsIn = (changes: Hint): PostChange[] =>
  changes.filter((change) => change.kind === 'post');

/** The slugs among these changes. */
export const slugsIn = (changes: Hint): string[] =>
  changes.flatMap((one) => (one.kind === 'slug' ? [spelledOurWay(one.slug)] : []));

/** The terms of a taxonomy among these changes. */
export const termsIn = (changes: Hint, taxonomy: 'category' | 'post_tag'): number[] =>
  changes.flatMap((one) => (one.kind === 'term' && one.taxonomy === taxonomy ? [one.id] : []));

/** The authors among these changes. */
export const authorsIn = (changes: Hint): number[] =>
  changes.flatMap((one) => (one.kind === 'author' ? [one.id] : []));

/** The highest of the numbers of some news. */
export const highestOf = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number));

/** One hint for several: no hint is one that says that anything may have changed. */
export const mergeHints = (...hints: (Hint | undefined)[]): Hint | undefined =>
  hints.every((hint) => hint !== undefined) ? hints.flat() : undefined;
