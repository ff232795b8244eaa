/**
 * What a purge is asked for, and what became of it.
 */
import type { Hint } from '../source/changes';
import type { PlannedPage } from './plan';

/** What became of one page. */
export interface PageReport {
  path: string;
  /** `absent`: a path that was named, and never was a page as far as is known. */
  result: 'regenerated' | 'removed' | 'failed' | 'absent';
  /** Why the page was in the plan: `named`, or the content that changed. */
  because: string[];
  /** Milliseconds from its turn to its being stored. */
  ms: number;
  error?: string;
}

/** How long the steps of a purge took, in ms: those that it waited for, others' work included. */
export interface Steps {
  /** Until its batch began. */
  waited: number;
  /** The sources were read, and the site made of them. */
  read: number;
  /** What is stored was compared with the site. */
  planned: number;
  /** Pages were rendered and stored. */
  regenerated: number;
  /** The end of the purge, and the edges. */
  told: number;
}

/** What became of a purge. */
export interface PurgeReport {
  revalidated: boolean;
  dryRun?: boolean;
  /** The cause, if a page failed or an edge did not take what changed. */
  message?: string;
  pages: (PageReport | PlannedPage)[];
  /** Stored pages that were left as they are. */
  unchanged: number;
  /** What was named, but is no page of this site. */
  ignored?: string[];
  /** What the site does without, and why: never the reason of a failure. The first hundred. */
  warnings?: string[];
  /** What was named, as it was written, and is computed for each request. */
  alwaysFresh?: string[];
  ms: number;
  /** For the history, not for the caller; undefined if nothing had to be done. */
  steps?: Steps;
  /** The edges that were told, and why one did not take it; the same. */
  edges?: { told: number; failure?: string };
}

/** What a caller names, as it was written. */
export interface PurgeInput {
  /** Paths and patterns. */
  paths: string[];
  tags: string[];
  /** Asks for whatever changed, and for nothing by name. */
  changed: boolean;
  /** Asks for the plan only. */
  dryRun: boolean;
  /** What the caller says has changed. */
  hint?: Hint;
  /** Confirms that the sources lack most of the posts that are stored: see `lib/content/mass-removal.ts`. */
  confirm?: 'removals';
}
