/**
 * Paths from outside: which page of this site a caller means. Nothing else reaches `res.revalidate`,
 * which takes much that is no page and calls it regenerated.
 */
import { pathOf } from '../site/paths';
import {
  FOLDERS,
  isComputed,
  isOfNamedRoute,
  isReservedPath,
  PATTERNS,
  testOfPattern,
} from '../site/routes';
import { hasSlugForm } from '../site/slugs';

/** What a path may mean, or why it means nothing here. */
export type CheckedPath =
  | {
      /** The path, if it has the form of one of our routes. */
      page?: string;
      /** The path, if only the catch-all has its form: a page where it is known to be one. */
      catchAll?: string;
      /** The post, or the category, that it names where it is a permalink of WordPress. */
      post?: string;
      alwaysFresh?: undefined;
      problem?: undefined;
    }
  /** Computed for each request: no purge is needed. */
  | {
      alwaysFresh: true;
      page?: undefined;
      catchAll?: undefined;
      post?: undefined;
      problem?: undefined;
    }
  | { problem: string; alwaysFresh?: undefined };

const MAX_LENGTH = 1024;

const NO_ROUTE = 'none of its routes has this form';

/** The sentence that refuses a path. It repeats the path whole, or not at all: see `redact`. */
export function noPage(input: string, why: string): string {
  const tooLong = input.length > MAX_LENGTH;
  const which = tooLong ? `A path of ${input.length} characters` : JSON.stringify(input);
  return `${which} is not a page of this site: ${why}`;
}

/**
 * Checks a path, or a full address at one of `hosts`. A trailing slash, a query and a fragment are
 * dropped, and percent-encoding is made uniform.
 */
export function checkPath(input: string, hosts: string[]): CheckedPath {
  const no = (why: string) => ({ problem: noPage(input, why) });

  if (input.length > MAX_LENGTH) return no(`it is longer than ${MAX_LENGTH} characters`);
  let path = input;
  if (/^https?:\/\//i.test(input)) {
    const host = URL.canParse(input) ? new URL(input).host : '';
    if (!hosts.includes(host)) return no('it belongs to another origin');
    path = input.slice(input.indexOf('//') + 2).replace(/^[^/?#]*/, '') || '/';
  }
  if (!path.startsWith('/')) return no('a path begins with a slash');
  if (path.startsWith('//')) return no('it begins with two slashes, which names another origin');

  path = path.replace(/[?#].*$/s, '');
  if (/%2f|%5c|\\/i.test(path)) return no('it contains an encoded slash or a backslash');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).normalize('NFC');
  } catch {
    return no('its percent-encoding is broken');
  }
  if (/\p{Cc}/u.test(decoded)) return no('it contains a control character');

  const segments = withoutTrash(decoded.replace(/\/$/, '')).split('/').slice(1);
  const clean = `/${segments.join('/')}`;
  if (isComputed(clean)) return { alwaysFresh: true };
  const page = pathOf(...segments);
  if (!segments.every(hasSlugForm)) return no(NO_ROUTE);
  if (isOfNamedRoute(clean)) return { page };
  if (isReservedPath(segments)) return no(NO_ROUTE);
  // A category's permalink holds those above it; its page here doesn't.
  const route = segments[0] === 'category' ? 'category' : 'blog';
  const post = pathOf(route, segments.at(-1) ?? '');
  return segments.length === 1 ? { page, post } : { catchAll: page, post };
}

/** WordPress renames what it moves to the trash; visitors know it by its name from before. */
export const withoutTrash = (path: string): string => path.replace(/__trashed$/, '');

/**
 * The page that a checked path means; undefined if it can only be a permalink, and nothing has that
 * slug. `isKnown` tells whether the site has a page, or visitors are still served one; `wasKnown`
 * whether it is stored, if only as removed.
 */
export function resolvePath(
  { page, catchAll, post }: { page?: string; catchAll?: string; post?: string },
  isKnown: (path: string) => boolean,
  wasKnown: (path: string) => boolean,
): string | undefined {
  const known = [page, catchAll, post].find((path) => path !== undefined && isKnown(path));
  const removed = catchAll !== undefined && wasKnown(catchAll) ? catchAll : undefined;
  return known ?? page ?? removed;
}

/** A test of paths, or why a pattern is none. */
export type CheckedPattern =
  | { matches: (path: string) => boolean; problem?: undefined }
  | { matches?: undefined; problem: string };

/** `/*`, and `/blog/*` or `/blog/page/*` for each folder. */
const PREFIX = new RegExp(`^(/(?:(?:${FOLDERS.join('|')})/(?:[^/*[\\]]+/)*)?)\\*$`);

/** True for `/blog/[slug]`, a route, and for `/blog/*`, a prefix. */
export const isPattern = (input: string): boolean => /[[\]*]/.test(input);

/** Checks a pattern. The name in the brackets of a route does not matter. */
export function checkPattern(input: string): CheckedPattern {
  if (input.length > MAX_LENGTH) {
    return { problem: noPage(input, `it is longer than ${MAX_LENGTH} characters`) };
  }
  const matches = testOfPattern(input);
  if (matches) return { matches };
  const prefix = PREFIX.exec(input)?.[1];
  if (prefix !== undefined) return { matches: (path) => path.startsWith(prefix) };
  const names = PATTERNS.filter(isPattern);
  return {
    problem: noPage(input, `the patterns are /*, /blog/* and the like, ${names.join(', ')}`),
  };
}
