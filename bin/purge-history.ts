/** The history of purges as `npm run purge` prints it: the last ones, or those that a page was in. */
import type { PurgeRecord } from '../lib/console/record';
import { refusal, WRONG_USE, type CallSite } from './purge-site';
import { Stop } from './stop';

/** What is asked of the history. */
export interface HistoryCommand {
  /** Only purges of this page, and what became of it. */
  why?: string;
  limit: number;
  json?: boolean;
}

/** What `GET /api/purges` answers. */
interface Answer {
  /** The path as records have it, if one was asked for. */
  path?: string;
  purges: PurgeRecord[];
  lost: { count: number; reason: string; torn: number };
}

/** Purges that are printed unless a number is given, and the most that one answer has. */
export const LINES = 20;
const MOST_LINES = 200;

/** Reads `--limit`. Throws `Stop` for what is no number of purges. */
export function limitIn(text: string | undefined): number {
  if (text === undefined) return LINES;
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_LINES) return limit;
  throw new Stop(`--limit must be a whole number from 1 to ${MOST_LINES}.`, WRONG_USE);
}

/** Asks a site for its history; returns the lines to print. */
export async function historyOf(
  site: string,
  call: CallSite,
  { why, limit, json }: HistoryCommand,
): Promise<string[]> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(why !== undefined && { path: why }),
  });
  const called = await call(`/api/purges?${query}`);
  if (!isAnswer(called.answer)) throw refusal(site, called, 'no history');
  const { path, purges, lost } = called.answer;
  if (json) return [JSON.stringify(called.answer, null, 2)];
  const rows =
    path === undefined ? purges.map(rowOf) : purges.flatMap((one) => rowOfPage(one, path));
  const lines = rows.length > 0 ? columns(rows) : [noneOf(path)];
  return [...lines.map(printable), ...lossOf(lost)];
}

const isAnswer = (answer: object | undefined): answer is Answer =>
  answer !== undefined && 'purges' in answer && Array.isArray(answer.purges) && 'lost' in answer;

/** When, who, what was named, what became of it, how many pages, how long, and why it failed. */
function rowOf({ at, caller, named, result, counts, ms, error = '' }: PurgeRecord): string[] {
  const names = [...named.paths, ...named.tags];
  const more = names.length - 1 + (named.more ?? 0);
  const what =
    names[0] === undefined ? 'what changed' : `${names[0]}${more > 0 ? ` +${more}` : ''}`;
  const pages = counts.regenerated + counts.removed + counts.failed + counts.absent;
  const count = pages === 1 ? '1 page' : `${pages} pages`;
  return [timeOf(at), caller.sender, what, result, count, `${ms} ms`, error];
}

/** When, what became of the page, why, by whom, and why it failed. */
const rowOfPage = ({ at, caller, pages }: PurgeRecord, path: string): string[][] =>
  pages
    .filter((page) => page.path === path)
    .map(({ result, because, ms, error = '' }) => [
      timeOf(at),
      result,
      because.join(', '),
      `by ${caller.sender}`,
      `${ms} ms`,
      error,
    ]);

function noneOf(path: string | undefined): string {
  return path === undefined
    ? 'No purge is in the history.'
    : `No purge that is in the history lists ${path}: of one with many pages, a hundred are listed.`;
}

function lossOf({ count, reason, torn }: Answer['lost']): string[] {
  const kept = count === 1 ? '1 purge' : `${count} purges`;
  const read = torn === 1 ? '1 entry' : `${torn} entries`;
  return [
    ...(count > 0 ? [`${kept} since the start could not be kept: ${reason}`] : []),
    ...(torn > 0
      ? [`${read} of the history cannot be read: a crash or a full disk cut them.`]
      : []),
  ];
}

/** In the reader's own time. */
const timeOf = (at: string): string => new Date(at).toLocaleString('sv-SE');

function columns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Callers wrote some of it: nothing in it may move the cursor, or end the line. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD');
