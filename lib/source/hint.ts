/**
 * Hints: what is known to have changed, for sources that would rather not look at everything.
 */

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
    }
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

/** One hint for several: no hint is one that says that anything may have changed. */
export const mergeHints = (a: Hint | undefined, b: Hint | undefined): Hint | undefined =>
  a && b ? [...a, ...b] : undefined;
