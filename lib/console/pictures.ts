/** What the pictures of the console show of the history: purges by the hour and by the day, in UTC. Pure. */
import type { PurgeSummary } from './history';
import type { PurgeRecord } from './record';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far the pictures reach back, the hour and the day that are under way included. */
export const HOURS = 48;
export const DAYS = 30;

/** An hour or a day. */
export interface Period {
  /** Its beginning, in ms since 1970. */
  startMs: number;
  /** Purges by their result. */
  purges: Record<PurgeRecord['result'], number>;
  /** Pages that failed. */
  failedPages: number;
  /** What half of the purges took at most, and 99 in 100; absent where none was carried out. */
  times?: { p50: number; p99: number };
}

/** Periods in their order, without a gap. */
export interface Periods {
  unit: 'hour' | 'day';
  list: Period[];
}

/** What all pictures of the history show. */
export interface Pictures {
  hours: Periods;
  days: Periods;
  /** Pages of the last days by the kind of their first reason, most first. */
  reasons: { reason: string; pages: number }[];
}

/** Adds the purges up for the pictures. */
export function picturesOf(summaries: readonly PurgeSummary[], nowMs: number): Pictures {
  const reasons = new Map<string, number>();
  const firstMs = beginOf(nowMs, DAY_MS, DAYS);
  for (const summary of summaries) {
    if (summary.atMs < firstMs) continue;
    for (const [reason, pages] of Object.entries(summary.reasons)) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + pages);
    }
  }
  return {
    hours: { unit: 'hour', list: periodsOf(summaries, nowMs, HOUR_MS, HOURS) },
    days: { unit: 'day', list: periodsOf(summaries, nowMs, DAY_MS, DAYS) },
    reasons: [...reasons]
      .map(([reason, pages]) => ({ reason, pages }))
      .sort((a, b) => b.pages - a.pages || (a.reason < b.reason ? -1 : 1)),
  };
}

/** Values for each of the last hours, `undefined` where there is none. */
export function byHour<Entry extends { hourMs: number }>(
  entries: readonly Entry[],
  nowMs: number,
): { startMs: number; entry?: Entry }[] {
  const byStart = new Map(entries.map((entry) => [entry.hourMs, entry]));
  const beginMs = beginOf(nowMs, HOUR_MS, HOURS);
  return Array.from({ length: HOURS }, (_, at) => {
    const startMs = beginMs + at * HOUR_MS;
    return { startMs, entry: byStart.get(startMs) };
  });
}

/**
 * The value that a share of the values do not exceed, by the nearest rank: one that was measured, and of few values the
 * highest. `sorted` is not empty.
 */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

/** Where the first of the last periods begins. Days of ms since 1970 are days in UTC. */
const beginOf = (nowMs: number, lengthMs: number, count: number): number =>
  (Math.floor(nowMs / lengthMs) - count + 1) * lengthMs;

function periodsOf(
  summaries: readonly PurgeSummary[],
  nowMs: number,
  lengthMs: number,
  count: number,
): Period[] {
  const beginMs = beginOf(nowMs, lengthMs, count);
  const periods = Array.from({ length: count }, (_, at): Period & { took: number[] } => ({
    startMs: beginMs + at * lengthMs,
    purges: { regenerated: 0, failed: 0, refused: 0 },
    failedPages: 0,
    took: [],
  }));
  for (const { atMs, result, counts, ms } of summaries) {
    const period = periods[Math.floor((atMs - beginMs) / lengthMs)];
    if (!period) continue;
    period.purges[result] += 1;
    period.failedPages += counts.failed;
    // A refusal takes no time that says anything of purges.
    if (result !== 'refused') period.took.push(ms);
  }
  return periods.map(({ took, ...period }) => {
    if (took.length === 0) return period;
    took.sort((a, b) => a - b);
    return { ...period, times: { p50: percentile(took, 0.5), p99: percentile(took, 0.99) } };
  });
}
