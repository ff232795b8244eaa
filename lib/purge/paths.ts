/**
 * Paths from outside: which page of this site a caller means. Nothing else reaches `res.revalidate`,
 * which takes much that is no page and calls it regenerated.
 */
import { namesPage, type Lead } from '../site/other-addresses';
import { pathOf } from '../site/paths';
import {
  FOLDERS,
  isComputed,
  isOfNamedRoute,
  isReserved,
  PATTERNS,
  testOfPattern,
} from '../site/routes';
import type { Site } from '../site/site';
import { hasSegmentForm, hasSlugForm } from '../site/slugs';

/** What a path may mean, or why it means nothing here. */
export type CheckedPath =
  | {
      /** The path, if it has the form of one of our routes. */
      page?: string;
      /** The path, if only the catch-all has its form: a page where it is known to be one. */
      catchAll?: string;
      /** The post, or the category, that it names where it is a permalink of WordPress. */
      post?: string;
      /** The query by which WordPress names something at the address of the home page: `/?p=12`. */
      query?: URLSearchParams;
      alwaysFresh?: undefined;
      problem?: undefined;
    }
  /** Computed for each request: no purge is needed. */
  | {
      alwaysFresh: true;
      page?: undefined;
      catchAll?: undefined;
      post?: undefined;
      query?: undefined;
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
 * Checks a path, or a full address at one of `hosts`. A trailing slash, a fragment, and a query that names
 * nothing are dropped, and percent-encoding is made uniform.
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

  const [, query = ''] = /^[^?#]*\?([^#]*)/s.exec(path) ?? [];
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
  if (clean === '/' || clean === '/index.php') {
    const named = new URLSearchParams(query);
    if (namesPage(named)) return { query: named };
  }
  if (clean !== '/' && !segments.every(hasSegmentForm)) return no(NO_ROUTE);
  const isOfSlugs = segments.every(hasSlugForm);
  const last = segments.at(-1) ?? '';
  if (clean === '/' || (isOfSlugs && isOfNamedRoute(clean))) {
    // Of a source without slugs of its own: the address holds what is above the category, its page doesn't.
    const isBelow = segments[0] === 'category' && segments.length > 2;
    return isBelow ? { page, post: pathOf('category', last) } : { page };
  }
  if (!isOfNamedRoute(clean) && isReserved(...segments)) return no(NO_ROUTE);
  // What is no slug may be an address that a source has for something, and nothing else.
  const post = pathOf('blog', last.replace(/\.html?$/, ''));
  if (!isOfSlugs) return { catchAll: page, post };
  return segments.length === 1 ? { page, post } : { catchAll: page, post };
}

/** WordPress renames what it moves to the trash; visitors know it by its name from before. */
export const withoutTrash = (path: string): string => path.replace(/__trashed$/, '');

/**
 * The pages that a checked path means: the page at it, or the one that visitors are led to from it, with the
 * redirect if that is stored. Of a query that names nothing it is the home page. None if it can only be a permalink, and nothing has that slug. `isKnown` tells
 * whether the site has a page, or visitors are still served one; `wasKnown` whether it is stored, if only as
 * removed.
 */
export function resolvePath(
  { page, catchAll, post, query }: Exclude<CheckedPath, { problem: string }>,
  site: Pick<Site, 'pages' | 'leadOf' | 'leadOfQuery'>,
  isKnown: (path: string) => boolean,
  wasKnown: (path: string) => boolean,
): string[] {
  // What is gone has no number any more: who names it asks for what changed.
  if (query) return [pageOfLead(site.leadOfQuery(query), site) ?? '/'];
  const written = page ?? catchAll;
  if (written !== undefined && site.pages.has(written)) return [written];
  const target = written === undefined ? undefined : pageOfLead(site.leadOf(written), site);
  const known = [page, catchAll, post].find((path) => path !== undefined && isKnown(path));
  const removed = catchAll !== undefined && wasKnown(catchAll) ? catchAll : undefined;
  const own = known ?? (target === undefined ? (page ?? removed) : undefined);
  return [...new Set([target, own].filter((path) => path !== undefined))];
}

/** The page that visitors are led to, if that is one: a search is none. */
const pageOfLead = (lead: Lead | undefined, { pages }: Pick<Site, 'pages'>): string | undefined =>
  lead && pages.has(lead.to) ? lead.to : undefined;

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
