/** Which purges a visitor of the console asks for: the fields of its form, read as `/api/purges` reads its query. */
import type { ParsedUrlQuery } from 'node:querystring';
import { isHttpError } from 'http-errors';
import type { HistoryQuery } from './history';
import { purgesQuery } from './purges-query';

/** Purges on one page. */
export const MOST_LISTED = 50;
/** Characters of a field that are shown again. */
const MOST_CHARACTERS = 1024;

/** The fields as they were written; empty where nothing was. */
export type ListFields = Record<'result' | 'sender' | 'path' | 'since' | 'before', string>;

/** What the fields mean, or why they mean nothing. */
export type ListQuery =
  | { fields: ListFields; query: HistoryQuery; problem?: undefined }
  | { fields: ListFields; query?: undefined; problem: string };

/** Reads the query of the list of purges. */
export function readListQuery(written: ParsedUrlQuery): ListQuery {
  const whole = fieldsOf((name) => fieldOf(written[name]));
  const fields = fieldsOf((name) => whole[name].slice(0, MOST_CHARACTERS));
  try {
    const query = purgesQuery({ ...givenOf(whole), limit: String(MOST_LISTED) });
    // Nobody asks for one by its id here.
    return 'id' in query ? { fields, problem: 'No purge fits' } : { fields, query };
  } catch (error) {
    if (!isHttpError(error)) throw error;
    return { fields, problem: `${error.message}.` };
  }
}

/** The query of an address with these fields, the empty ones left out. */
export function listAddress(fields: Partial<ListFields>): string {
  const query = new URLSearchParams(givenOf(fields)).toString();
  return query === '' ? '/console/purges' : `/console/purges?${query}`;
}

const fieldsOf = (textOf: (name: keyof ListFields) => string): ListFields => ({
  result: textOf('result'),
  sender: textOf('sender'),
  path: textOf('path'),
  since: textOf('since'),
  before: textOf('before'),
});

const givenOf = (fields: Partial<ListFields>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''));

/** A field of a query, without spaces around it; one that was written twice counts once. */
export const fieldOf = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim();
