/** One purge as a tree: below the edit the reasons of its pages, which are content or being named, and below each its pages. Pure. */
import type { PurgeRecord, RecordedPage } from './record';

/** A page below its first reason; `others` are its further ones. */
export interface TreePage extends Omit<RecordedPage, 'because'> {
  others: string[];
}

/** A reason and its pages: the tag of content that changed, or `named`. */
export interface TreeReason {
  reason: string;
  pages: TreePage[];
}

/** What a purge did, by reason. */
export interface PurgeTree {
  /** In the order of their first page. */
  reasons: TreeReason[];
  /** The tags that are no page's first reason. */
  further: string[];
}

/** Returns the pages of a purge below their first reasons. */
export function treeOf({ pages, changed }: Pick<PurgeRecord, 'pages' | 'changed'>): PurgeTree {
  const byReason = new Map<string, TreePage[]>();
  for (const { because, ...page } of pages) {
    const [reason = 'named', ...others] = because;
    const below = byReason.get(reason) ?? [];
    below.push({ ...page, others });
    byReason.set(reason, below);
  }
  return {
    reasons: [...byReason].map(([reason, below]) => ({ reason, pages: below })),
    further: changed.filter((tag) => !byReason.has(tag)),
  };
}
