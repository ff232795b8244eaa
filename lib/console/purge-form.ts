/**
 * What the console's forms ask for: a purge by what is named, and the names of a plan in an address. Parsed once, here,
 * into what `/api/revalidate` makes of a form.
 */
import createError from 'http-errors';
import { findTargets, type PurgeRequest } from '../purge/purge-request';
import type { Fields } from '../secret';
import type { PurgeRecord } from './record';

/** What a form names, in the order in which it was written. */
export interface Named {
  paths: string[];
  tags: string[];
  changed: boolean;
  confirm: boolean;
}

/** An address longer than this is refused by servers and proxies. */
const LONGEST_QUERY = 6000;

/** What a form or an address names; one name a line, or one in each field. */
export const namedIn = ({ path, tag, changed, confirm }: Fields): Named => ({
  paths: linesOf(path),
  tags: linesOf(tag),
  changed: changed === '1',
  confirm: confirm === 'removals',
});

/** True for a form in which nothing was named. */
export const isEmpty = ({ paths, tags, changed, confirm }: Named): boolean =>
  paths.length + tags.length === 0 && !changed && !confirm;

/** The query by which an address names the same. Throws 413 if no address could hold it. */
export function queryOf({ paths, tags, changed, confirm }: Named): string {
  const query = new URLSearchParams([
    ...paths.map((path) => ['path', path]),
    ...tags.map((tag) => ['tag', tag]),
    ...(changed ? [['changed', '1']] : []),
    ...(confirm ? [['confirm', 'removals']] : []),
  ]).toString();
  if (query.length <= LONGEST_QUERY) return query;
  const message =
    'That is too much for a plan; name fewer pages, a pattern such as /blog/[slug], or whatever changed';
  throw createError(413, message);
}

/** The purge, or its plan. Throws 400 if nothing is named, and 413 if it is too much. */
export function requestOf({ paths, tags, changed, confirm }: Named, dryRun: boolean): PurgeRequest {
  const form = {
    path: paths,
    tag: tags,
    ...(changed && { changed: '1' }),
    ...(confirm && { confirm: 'removals' }),
    ...(dryRun && { dryRun: '1' }),
  };
  return findTargets({}, { form, json: {} });
}

/**
 * What to name so that the failed pages of a purge are tried once more: these pages, and whatever changed where the
 * record lists only some of them; what was named before where it came to no page.
 */
export function retryOf({ pages, counts, named }: PurgeRecord): Named {
  const paths = pages.filter(({ result }) => result === 'failed').map(({ path }) => path);
  if (paths.length > 0) {
    return { paths, tags: [], changed: counts.failed > paths.length, confirm: false };
  }
  const changed = named.changed === true || named.more !== undefined;
  return { paths: named.paths, tags: named.tags, changed, confirm: false };
}

/** The lines of one field or of several, without those that are empty. */
const linesOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value])
    .filter((one) => typeof one === 'string')
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '');
