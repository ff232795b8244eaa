/**
 * Paths from outside: which page of this site a caller means. Nothing else reaches `res.revalidate`,
 * which takes much that is no page and calls it regenerated.
 */
import { RESERVED, SLUG_FORM as SLUG } from '../source/post';
import { pathOf } from '../site/site';

/** What a path may mean, or why it means nothing here. */
export type CheckedPath =
  | {
      /** The path, if it has the form of one of our routes. */
      page?: string;
      /** The post, or the category, that it names where it is a permalink of WordPress. */
      post?: string;
      alwaysFresh?: undefined;
      problem?: undefined;
    }
  /** Computed for each request: no purge is needed. */
  | { alwaysFresh: true; page?: undefined; post?: undefined; problem?: undefined }
  | { problem: string; alwaysFresh?: undefined };

const MAX_LENGTH = 1024;

const OWN = `(?:${RESERVED.join('|')})`;

/** The routes in `pages/` whose pages getStaticProps renders. */
const LIST_OR_POST = new RegExp(
  `^/(?:|404|topics|blog/${SLUG}|blog/page/${SLUG}|(?:category|tag)/${SLUG}(?:/page/${SLUG})?)$`,
  'u',
);
const STANDALONE = new RegExp(`^/(?!${OWN}$)${SLUG}$`, 'iu');
/** `/hello-world/`, `/2026/11/22/hello-world/`: whatever a site's permalinks looked like. */
const PERMALINK = new RegExp(`^/(?!api/|${OWN}$)(?:${SLUG}/)*${SLUG}$`, 'iu');

const COMPUTED = /^\/(?:feed\.xml|sitemap\.xml|sitemap\/[^/]+\.xml|search|robots\.txt)$/;

/** True for a path that `pages/` computes for each request: feed, sitemap, search. */
export const isComputed = (path: string): boolean => COMPUTED.test(path);

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
  if (LIST_OR_POST.test(clean)) return { page };
  if (!PERMALINK.test(clean)) return no('none of its routes has this form');
  // A category's permalink holds those above it; its page here doesn't.
  const route = segments[0] === 'category' ? 'category' : 'blog';
  const post = pathOf(route, segments.at(-1) ?? '');
  return STANDALONE.test(clean) ? { page, post } : { post };
}

/** WordPress renames what it moves to the trash; visitors know it by its former name. */
export const withoutTrash = (path: string): string => path.replace(/__trashed$/, '');

/**
 * The page that a checked path means; undefined if it can only be a permalink, and nothing has that
 * slug. `isKnown` tells whether the site has a page, or visitors are still served one.
 */
export function resolvePath(
  { page, post }: { page?: string; post?: string },
  isKnown: (path: string) => boolean,
): string | undefined {
  if (post === undefined || (page !== undefined && isKnown(page))) return page;
  return isKnown(post) ? post : page;
}

/** The routes as `pages/` names them, each with the form of its paths. */
const ROUTES: [string, string][] = [
  ['/', ''],
  ['/404', '404'],
  ['/topics', 'topics'],
  ['/[slug]', '(?!(?:404|topics)$)[^/]+'],
  ['/blog/[slug]', 'blog/[^/]+'],
  ['/blog/page/[number]', 'blog/page/[^/]+'],
  ['/category/[category]', 'category/[^/]+'],
  ['/category/[category]/page/[number]', 'category/[^/]+/page/[^/]+'],
  ['/tag/[tag]', 'tag/[^/]+'],
  ['/tag/[tag]/page/[number]', 'tag/[^/]+/page/[^/]+'],
];

/** A test of paths, or why a pattern is none. */
export type CheckedPattern =
  | { matches: (path: string) => boolean; problem?: undefined }
  | { matches?: undefined; problem: string };

/** True for `/blog/[slug]`, a route, and for `/blog/*`, a prefix. */
export const isPattern = (input: string): boolean => /[[\]*]/.test(input);

/** Checks a pattern. The name in the brackets of a route does not matter. */
export function checkPattern(input: string): CheckedPattern {
  if (input.length > MAX_LENGTH) {
    return { problem: noPage(input, `it is longer than ${MAX_LENGTH} characters`) };
  }
  const nameless = (route: string) => route.replace(/\[[^\]/]*\]/g, '[]');
  const route = ROUTES.find(([name]) => nameless(name) === nameless(input));
  const form = route && new RegExp(`^/${route[1]}$`);
  if (form) return { matches: (path) => form.test(path) };
  const prefix = /^(\/(?:(?:blog|category|tag)\/(?:[^/*[\]]+\/)*)?)\*$/.exec(input)?.[1];
  if (prefix !== undefined) return { matches: (path) => path.startsWith(prefix) };
  const names = ROUTES.map(([name]) => name).filter(isPattern);
  return {
    problem: noPage(input, `the patterns are /*, /blog/* and the like, ${names.join(', ')}`),
  };
}
