/** Which purges of the history a query asks for. Throws a sentence for what cannot be used. */
import createError from 'http-errors';
import { z } from 'zod';
import { checkPath } from '../purge/paths';
import type { HistoryQuery } from './history';
import { asRecorded, type PurgeRecord } from './record';

/** What became of a purge. */
export const RESULTS = [
  'regenerated',
  'failed',
  'refused',
] as const satisfies readonly PurgeRecord['result'][];

/** Purges of one answer. */
const MOST = 200;
const MOST_BY_DEFAULT = 50;
/** Characters of a value. */
const LONGEST = 2048;

const text = z.string().max(LONGEST, { error: `must have at most ${LONGEST} characters` });

const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time in ISO 8601, such as 2026-11-28T19:00:00Z, or a day',
  })
  .transform((value) => Date.parse(value));

const Query = z.strictObject(
  {
    id: text.optional(),
    path: text
      .startsWith('/', { error: 'must be a path, which begins with a slash' })
      .transform(asPage)
      .optional(),
    result: z.enum(RESULTS, { error: `must be one of ${RESULTS.join(', ')}` }).optional(),
    sender: text.optional(),
    since: time.optional(),
    until: time.optional(),
    before: text.optional(),
    limit: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, { error: `must be a whole number from 1 to ${MOST}` })
      .transform(Number)
      .refine((value) => value <= MOST, { error: `must be a whole number from 1 to ${MOST}` })
      .default(MOST_BY_DEFAULT),
    // The secret may be among them: see `findSecret`.
    secret: z.unknown().optional(),
    token: z.unknown().optional(),
  },
  {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `${String(keys?.[0]).slice(0, 40)} is no filter: there are id, path, result, sender, since, until, before and limit`
        : undefined,
  },
);

/** One purge by its id, or those that fit. */
export type PurgesQuery = { id: string } | HistoryQuery;

/** Reads a query, as Next hands it over. Throws 400. */
export function purgesQuery(query: Record<string, unknown>): PurgesQuery {
  const { success, data, error } = Query.safeParse(query);
  if (!success) {
    const [issue] = error.issues;
    const name = issue?.path[0];
    const isList = name !== undefined && Array.isArray(query[String(name)]);
    const message = isList ? 'is given more than once' : issue?.message;
    throw createError(400, [name, message].filter((part) => part !== undefined).join(' '));
  }
  const { id, path, result, sender, since, until, before, limit } = data;
  if (id !== undefined) return { id };
  return { path, result, sender, sinceMs: since, untilMs: until, before, most: limit };
}

/** A path as records have it, such as without the slash at its end; what is no page stays as it is. */
function asPage(path: string): string {
  const checked = checkPath(path, []);
  const page = checked.problem === undefined ? (checked.page ?? checked.catchAll) : undefined;
  return asRecorded(page ?? path);
}
