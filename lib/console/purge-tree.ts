/** One purge as a tree: below the edit the content that changed, and below that the pages that it was the reason of. Pure. */
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

/** Returns the reasons in the order of their first page; those that are no page's first reason come last. */
export function treeOf({ pages, changed }: Pick<PurgeRecord, 'pages' | 'changed'>): TreeReason[] {
  const byReason = new Map<string, TreePage[]>();
  for (const { because, ...page } of pages) {
    const [reason = 'named', ...others] = because;
    const below = byReason.get(reason) ?? [];
    below.push({ ...page, others });
    byReason.set(reason, below);
  }
  for (const tag of changed) if (!byReason.has(tag)) byReason.set(tag, []);
  return [...byReason].map(([reason, below]) => ({ reason, pages: below }));
}
