/** Which purges a visitor of the console asks for, from the query of an address. Says what cannot be understood. */
import type { ParsedUrlQuery } from 'node:querystring';
import type { HistoryQuery } from './history';
import type { PurgeRecord } from './record';

/** Purges on one page. */
export const MOST_LISTED = 50;
/** Characters of a field: more than any id, sender or path of the history has. */
const MOST_CHARACTERS = 1024;

export const RESULTS = [
  'regenerated',
  'failed',
  'refused',
] as const satisfies readonly PurgeRecord['result'][];

/** The fields as they were written; empty where nothing was. */
export interface ListFields {
  result: string;
  sender: string;
  path: string;
  /** A day in UTC: `2026-11-28`. */
  since: string;
  before: string;
}

/** What the fields mean, or why they mean nothing. */
export type ListQuery =
  | { fields: ListFields; query: HistoryQuery; problem?: undefined }
  | { fields: ListFields; query?: undefined; problem: string };

/** Reads the query of the list of purges. */
export function readListQuery(written: ParsedUrlQuery): ListQuery {
  const fields = {
    result: fieldOf(written.result),
    sender: fieldOf(written.sender),
    path: fieldOf(written.path),
    since: fieldOf(written.since),
    before: fieldOf(written.before),
  };
  const { sender, path, since, before } = fields;
  const no = (problem: string) => ({ fields: shortened(fields), problem });
  const long = Object.entries(fields).find(([, text]) => text.length > MOST_CHARACTERS);
  if (long) return no(`${long[0]} is longer than ${MOST_CHARACTERS} characters.`);
  const result = RESULTS.find((one) => one === fields.result);
  if (fields.result !== '' && !result) return no(`Result must be one of ${RESULTS.join(', ')}.`);
  if (path !== '' && !path.startsWith('/'))
    return no('A path begins with a slash, as /blog/my-post does.');
  const sinceMs = since === '' ? undefined : msOfDay(since);
  if (Number.isNaN(sinceMs)) return no('Since must be a day, such as 2026-11-28.');
  const query = {
    result,
    sender: sender || undefined,
    path: path || undefined,
    sinceMs,
    before: before || undefined,
    most: MOST_LISTED,
  };
  return { fields, query };
}

/** The query of an address with these fields, the empty ones left out. */
export function listAddress(fields: Partial<ListFields>): string {
  const given = Object.entries(fields).filter(([, text]) => text !== '');
  const query = new URLSearchParams(given).toString();
  return query === '' ? '/console/purges' : `/console/purges?${query}`;
}

/** A field that was written twice counts once. */
const fieldOf = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim();

/** NaN for what is no day. */
function msOfDay(day: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return NaN;
  const ms = Date.parse(`${day}T00:00:00Z`);
  // 31 February is taken for a day in March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? NaN : ms;
}

const shortened = (fields: ListFields): ListFields => ({
  result: fields.result.slice(0, MOST_CHARACTERS),
  sender: fields.sender.slice(0, MOST_CHARACTERS),
  path: fields.path.slice(0, MOST_CHARACTERS),
  since: fields.since.slice(0, MOST_CHARACTERS),
  before: fields.before.slice(0, MOST_CHARACTERS),
});
