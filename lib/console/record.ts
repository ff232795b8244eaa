/**
 * The record of one purge, as the history keeps it: who called, what was named, what had changed, what became
 * of each page and why, and how long each step took. Pure: it is bounded here, whatever a caller sends.
 */
import { z } from 'zod';
import { cut } from '../cut';
import type { Change } from '../source/changes';
import type { Caller } from '../purge/caller';
import type { Outcome } from '../purge/response';
import type { PageReport, PurgeReport, Steps } from '../purge/report';

/** One page of a purge. */
export type RecordedPage = PageReport;

/** How many pages came to each result. */
export type Counts = Record<PageReport['result'], number>;

/** One purge. Texts are cut, lists hold the first hundred, and say how many more there were. */
export interface PurgeRecord {
  /** Sorts by the time of arrival; no other purge has it. */
  id: string;
  /** When the call had arrived, in ISO 8601. */
  at: string;
  /** The instance that carried it out. */
  instance: string;
  caller: Caller;
  /** What the caller named, as it was written. */
  named: { paths: string[]; tags: string[]; more?: number; changed?: true; confirm?: 'removals' };
  /** What the caller said has changed, such as `post 12` or `post:hello`. */
  told?: string[];
  /** The status of the answer. */
  status: number;
  result: 'regenerated' | 'failed' | 'refused';
  /** Why it failed or was refused. */
  error?: string;
  /** The content whose change was found, by tag. */
  changed: string[];
  pages: RecordedPage[];
  /** Pages beyond those. */
  morePages?: number;
  /** Of all pages. */
  counts: Counts;
  /** All pages by what their first reason is: `named`, `post`, `page`, `tag`, `category`, `author`, `posts`, `site`. */
  reasons: Record<string, number>;
  /** Stored pages that were left as they are. */
  unchanged: number;
  /** Edges that were told, and why one did not take it. */
  edges?: { told: number; failure?: string };
  steps?: Steps;
  /** From the call's arrival to its answer. */
  ms: number;
}

/** Names, pages and tags that a record lists one by one. */
const MOST_LISTED = 100;
const MOST_REASONS = 5;
/** Characters of a text: an address, and a sentence. */
const MOST_NAME = 240;
const MOST_SENTENCE = 400;

/** What there is to say of a purge besides its outcome. */
export interface RecordedCall {
  caller: Caller;
  arrivedMs: number;
  id: string;
  instance: string;
  ms: number;
}

/** Makes the record of a purge that was carried out, or refused after its caller was let in. */
export function recordOf(
  { request, report, error, answer }: Outcome,
  call: RecordedCall,
): PurgeRecord {
  const { caller, arrivedMs, id, instance, ms } = call;
  const { paths = [], tags = [], changed = false, confirm, hint } = request ?? {};
  const message = error instanceof Error ? error.message : report?.message;
  return {
    id,
    at: new Date(arrivedMs).toISOString(),
    instance,
    caller: {
      ...caller,
      address: cut(caller.address, MOST_NAME),
      forwardedFor: caller.forwardedFor && cut(caller.forwardedFor, MOST_NAME),
      agent: caller.agent && cut(caller.agent, MOST_NAME),
    },
    named: {
      paths: firstOf(paths),
      tags: firstOf(tags),
      more: moreThan(paths) + moreThan(tags) || undefined,
      changed: changed || undefined,
      confirm,
    },
    told: hint && firstOf(hint.map(wordsOf)),
    status: answer.status,
    result: answer.status >= 500 ? 'failed' : answer.status >= 400 ? 'refused' : 'regenerated',
    error: message && cut(message, MOST_SENTENCE),
    ...(report ? ofPages(report.pages) : NO_PAGES),
    unchanged: report?.unchanged ?? 0,
    edges: report?.edges && {
      ...report.edges,
      failure: report.edges.failure && cut(report.edges.failure, MOST_SENTENCE),
    },
    steps: report?.steps,
    ms,
  };
}

/** A path as records have it. */
export const asRecorded = (path: string): string => cut(path, MOST_NAME);

/** What every reader of the history takes for granted. Another release may have written more, or less besides. */
const Recorded = z.looseObject({
  id: z.string(),
  at: z.iso.datetime(),
  instance: z.string(),
  caller: z.looseObject({ address: z.string(), secret: z.string(), sender: z.string() }),
  named: z.looseObject({ paths: z.array(z.string()), tags: z.array(z.string()) }),
  status: z.number(),
  result: z.enum(['regenerated', 'failed', 'refused']),
  changed: z.array(z.string()),
  pages: z.array(
    z.looseObject({
      path: z.string(),
      result: z.enum(['regenerated', 'removed', 'failed', 'absent']),
      because: z.array(z.string()),
      ms: z.number(),
    }),
  ),
  counts: z.looseObject({
    regenerated: z.number(),
    removed: z.number(),
    failed: z.number(),
    absent: z.number(),
  }),
  reasons: z.record(z.string(), z.number()),
  unchanged: z.number(),
  ms: z.number(),
});

/** Reads a record from the history; undefined for a text that a crash has torn, or that is no record. */
export function parseRecord(text: string): PurgeRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is PurgeRecord => Recorded.safeParse(value).success;

/** What a record says of all pages. */
type OfPages = Pick<PurgeRecord, 'changed' | 'pages' | 'morePages' | 'counts' | 'reasons'>;

/** Calls of a burst that ask for the same share a list, which may be long. */
const known = new WeakMap<PurgeReport['pages'], OfPages>();

function ofPages(all: PurgeReport['pages']): OfPages {
  const made = known.get(all);
  if (made) return made;
  const pages = all.filter((page) => 'result' in page);
  const ofThese = {
    changed: firstOf([...new Set(pages.flatMap(({ because }) => because.filter(isContent)))]),
    pages: pages.slice(0, MOST_LISTED).map(({ path, result, because, ms, error }) => ({
      path: cut(path, MOST_NAME),
      result,
      because: because.slice(0, MOST_REASONS).map((reason) => cut(reason, MOST_NAME)),
      ms,
      error: error && cut(error, MOST_SENTENCE),
    })),
    morePages: moreThan(pages) || undefined,
    counts: countsOf(pages),
    reasons: reasonsOf(pages),
  };
  known.set(all, ofThese);
  return ofThese;
}

const NO_PAGES: OfPages = { changed: [], pages: [], counts: countsOf([]), reasons: {} };

/** Of which kind the first reason of a page is. */
export const kindOfReason = (because: readonly string[]): string =>
  because[0]?.replace(/:.*$/s, '') ?? 'named';

const isContent = (reason: string): boolean => reason !== 'named';

function countsOf(pages: readonly PageReport[]): Counts {
  const counts: Counts = { regenerated: 0, removed: 0, failed: 0, absent: 0 };
  for (const { result } of pages) counts[result] += 1;
  return counts;
}

function reasonsOf(pages: readonly PageReport[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { because } of pages) {
    const kind = kindOfReason(because);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** What a caller says has changed, in a few words. */
function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'post':
      return `${change.page ? 'page' : 'post'} ${change.slug ?? change.id}`;
    case 'term':
      return `${change.taxonomy} ${change.id}`;
    case 'author':
      return `author ${change.id}`;
    case 'slug':
      return `post:${change.slug}`;
    default:
      return change.kind;
  }
}

const firstOf = (list: readonly string[]): string[] =>
  list.slice(0, MOST_LISTED).map((text) => cut(text, MOST_NAME));

const moreThan = (list: readonly unknown[]): number => Math.max(0, list.length - MOST_LISTED);
