/** What the console's list of purges shows: the purges that are asked for, and pictures of all where none is singled out. */
import type { ParsedUrlQuery } from 'node:querystring';
import { withoutPasswords } from '../without-passwords';
import { unreadable, type History, type PurgeSummary } from './history';
import { readListQuery, type ListFields } from './list-query';
import { byHour, picturesOf, type Pictures } from './pictures';
import type { PurgeRecord } from './record';
import type { Renders } from './renders';

/** The visits of an hour that waited for a render. */
export interface Waits {
  startMs: number;
  visits: number;
  longestMs: number;
}

/** What the page is made of. */
export interface PurgeList {
  fields: ListFields;
  /** What kept the purges from being listed. */
  problem?: { message: string; status: number };
  pictures?: Pictures & { waits: Waits[] };
  purges: PurgeRecord[];
  /** The id that the next portion comes before. */
  next?: string;
  /** Of all purges, to choose from. */
  senders: string[];
  /** Purges that are kept. */
  kept: number;
  lost: { count: number; reason: string; torn: number };
}

/** Senders that are offered. */
const MOST_SENDERS = 50;

/** Reads the list. A history that cannot be read is said, and not thrown. */
export async function purgeList(
  { history, renders }: { history: History; renders: Pick<Renders, 'waits'> },
  written: ParsedUrlQuery,
  nowMs: number,
): Promise<PurgeList> {
  const { fields, query, problem } = readListQuery(written);
  const isWhole = Object.values(fields).every((text) => text === '');
  const nothing = { fields, purges: [], senders: [], kept: 0 };
  try {
    const all = await history.all();
    const { purges, hasMore } = query ? await history.find(query) : { purges: [], hasMore: false };
    return {
      fields,
      problem: problem === undefined ? undefined : { message: problem, status: 400 },
      pictures: isWhole ? { ...picturesOf(all, nowMs), waits: waitsOf(renders, nowMs) } : undefined,
      purges,
      next: hasMore ? purges.at(-1)?.id : undefined,
      senders: sendersOf(all),
      kept: all.length,
      lost: lossOf(history),
    };
  } catch (error) {
    const problem = { message: unreadable(error), status: 503 };
    return { ...nothing, problem, lost: lossOf(history) };
  }
}

const lossOf = ({ lost }: History): PurgeList['lost'] => ({
  ...lost,
  reason: withoutPasswords(lost.reason),
});

const sendersOf = (all: readonly PurgeSummary[]): string[] =>
  [...new Set(all.map(({ sender }) => sender))].sort().slice(0, MOST_SENDERS);

function waitsOf(renders: Pick<Renders, 'waits'>, nowMs: number): Waits[] {
  return byHour(renders.waits(), nowMs).map(({ startMs, entry }) => ({
    startMs,
    visits: entry?.visits ?? 0,
    longestMs: entry?.longestMs ?? 0,
  }));
}
