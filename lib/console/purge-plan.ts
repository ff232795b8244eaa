/** The plan of a purge for the console: what a dry run answers, cut to what a page can show. */
import type { PlannedPage } from '../purge/plan';
import { redact, type Outcome } from '../purge/response';
import { messageOf } from '../message-of';

/** What would be done, or why nothing would. `isConfirmable`: a confirmation of removals would get past it. */
export type PurgePlan =
  | {
      pages: PlannedPage[];
      /** Pages beyond those. */
      more: number;
      unchanged: number;
      ignored: string[];
      alwaysFresh: string[];
      ms: number;
    }
  | { problem: string; isConfirmable: boolean };

const MOST_PAGES = 200;
const MOST_NAMES = 50;
const MOST_REASONS = 5;

/** The plan that a dry run made. */
export function planOf({ report, error }: Pick<Outcome, 'report' | 'error'>): PurgePlan {
  if (!report) {
    const isConfirmable = error instanceof Error && 'confirm' in error;
    return redact({ problem: messageOf(error), isConfirmable });
  }
  const { pages, unchanged, ignored = [], alwaysFresh = [], ms } = report;
  return redact({
    pages: pages
      .slice(0, MOST_PAGES)
      .map(({ path, because }) => ({ path, because: because.slice(0, MOST_REASONS) })),
    more: Math.max(0, pages.length - MOST_PAGES),
    unchanged,
    ignored: ignored.slice(0, MOST_NAMES),
    alwaysFresh: alwaysFresh.slice(0, MOST_NAMES),
    ms,
  });
}
