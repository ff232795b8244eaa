/**
 * From an HTTP request to what it asks for: who calls, and which paths. Parses once, at the edge.
 */
import createError from 'http-errors';
import type { NextApiRequest } from 'next';
import { callerOf, type Caller } from './caller';
import { hintOf, hintOfPaths } from './hint';
import type { PurgeInput } from './report';
import { checkQuery, KNOWN_CALLER, readBody, STRANGER, type Body } from './request-body';
import { findSecret, invalidToken, isRight, throttled, type Fields } from '../secret';
import { otherFields, type NameField } from './sender-shapes';

/** A request that was let in, and what it asks for. */
export interface PurgeRequest extends PurgeInput {
  /** One path in the query and nothing else: answered with the shortest of answers. */
  classic: boolean;
}

const METHODS = ['GET', 'POST', 'PUT'];
/** Paths and tags that one call may name. */
const MOST_NAMES = 10_000;

/** A request whose caller was let in. */
export interface Admitted {
  caller: Caller;
  /** What it asks for. Throws 400 if that is nothing, or cannot be read, and 413 if it is too much. */
  read: () => PurgeRequest;
}

/**
 * Lets a caller in. Throws 405, 401, 429, 408, 413 or 400; the secret comes before all else that the request
 * says, so that a stranger learns nothing about paths.
 */
export async function admit(req: NextApiRequest, secrets: readonly string[]): Promise<Admitted> {
  const shown = findSecret(req.headers, req.query);
  const isKnown = isRight(shown, secrets);
  let body: Body;
  let secret = shown;
  try {
    if (!METHODS.includes(req.method ?? '')) {
      throw createError(405, 'Method not allowed', { headers: { Allow: METHODS.join(', ') } });
    }
    if (shown !== undefined && !isKnown) throw invalidToken();
    // Some senders can write the secret into the body only, so a little of a stranger's is read.
    body = await readBody(req, isKnown ? KNOWN_CALLER : STRANGER);
    if (!isKnown) secret = body.form.secret ?? body.json.secret;
    if (!isKnown && !isRight(secret, secrets)) throw invalidToken();
  } catch (error) {
    throw isKnown ? error : throttled(error, req.socket.remoteAddress ?? 'unknown');
  }
  return {
    caller: callerOf(req, body, secret, secrets),
    read: () => {
      if (body.problem) throw body.problem;
      checkQuery(req.url ?? '');
      return findTargets(req.query, body);
    },
  };
}

/** What the parts of a request ask for. Throws 400 if that is nothing, and 413 if it is too much. */
export function findTargets(query: Fields, { form, json }: Body): PurgeRequest {
  const othersFields = otherFields(json);
  const inJson = (field: NameField) => (othersFields.has(field) ? [] : namesIn(json, field));
  const inQuery = [
    ...namesIn(query, 'path'),
    // gregrickaby's plugin: may lack the leading slash.
    ...namesIn(query, 'slug').map((slug) => (slug.startsWith('/') ? slug : `/${slug}`)),
  ];
  const others = [
    ...namesIn(query, 'paths', ','),
    ...namesIn(form, 'path'),
    ...namesIn(form, 'paths', ','),
    ...inJson('path'),
    ...inJson('paths'),
  ];
  const tags = [
    ...[query, form].flatMap((part) => [...namesIn(part, 'tag'), ...namesIn(part, 'tags', ',')]),
    ...inJson('tag'),
    ...inJson('tags'),
  ];
  checkCount(inQuery.length + others.length + tags.length);
  const parts = [query, form, json];
  const isSet = (name: string) => parts.some((part) => SET.includes(part[name]));
  const confirm = confirmationIn(parts);

  const paths = [...new Set([...inQuery, ...others])];
  const namesNothing = paths.length === 0 && tags.length === 0;
  // What a JSON body of another form tells, its sender knows; that something changed is enough. A
  // sender that makes its body a query is known by its fields only.
  const hasJson = hasFields(json);
  // An empty body is not read for a hint: the schemas take longer than all else in a classic call.
  const told = hasJson ? hintOf(json) : namesNothing ? hintOf(query) : undefined;
  const tellsMore = hasJson || GRAPHQL_FIELD in query;
  const tells = paths.length === 0 && (told !== undefined || othersFields.size > 0);
  const asks = isSet('changed') || (namesNothing && (tellsMore || confirm !== undefined));
  const changed = asks || tells;
  if (namesNothing && !changed) throw createError(400, 'Path parameter is required');
  const dryRun = isSet('dryRun');
  const alone = inQuery.length === 1 && others.length + tags.length === 0 && !changed && !dryRun;
  return {
    paths,
    tags: [...new Set(tags)],
    changed,
    dryRun,
    confirm,
    hint: told ?? (tags.length > 0 || changed ? undefined : hintOfPaths(paths)),
    classic: alone && query.report !== '1',
  };
}

/** What switches `changed` and `dryRun` on; an object, however deep, does not. */
const SET: readonly unknown[] = ['', '1', 'true', 1, true];

function checkCount(named: number): void {
  if (named <= MOST_NAMES) return;
  const [count, most] = [named, MOST_NAMES].map((number) => number.toLocaleString('en'));
  const advice = 'name fewer at a time, a pattern such as /*, or changed=1';
  throw createError(413, `${count} paths and tags are named, and ${most} may be: ${advice}`);
}

function confirmationIn(parts: Fields[]): PurgeRequest['confirm'] {
  const given = parts.flatMap((part) => part.confirm ?? []);
  if (given.some((value) => value !== 'removals')) {
    throw createError(400, 'confirm must be "removals", or be left out');
  }
  return given.length > 0 ? 'removals' : undefined;
}

const hasFields = (part: Fields): boolean => Object.keys(part).length > 0;

/** WPGraphQL webhooks: in each query. */
const GRAPHQL_FIELD = '_webhook_meta[event_type]';

const A_PATH = 'path, or a list of paths, such as "/blog/my-post"';
const A_TAG = 'tag, or a list of tags, such as "post:my-post"';
const EXAMPLES: Record<NameField | 'slug', string> = {
  path: A_PATH,
  paths: A_PATH,
  slug: A_PATH,
  tag: A_TAG,
  tags: A_TAG,
};

/** One value, a list, or an object of values (as PHP writes a list with gaps). */
function namesIn(part: Fields, field: keyof typeof EXAMPLES, separator?: string): string[] {
  const value = part[field];
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'object'
      ? Object.values(value)
      : [value];
  return (
    list
      .flatMap((item) => {
        if (typeof item !== 'string') {
          throw createError(400, `${field} must be a ${EXAMPLES[field]}`);
        }
        return separator === undefined ? item : item.split(separator);
      })
      // Spaces only: a line end in a path is a fault that the caller should hear of.
      .map(withoutSpaces)
      .filter((item) => item !== '')
  );
}

/** Goes over the text once, which a regular expression for spaces at its end does not. */
function withoutSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ') start += 1;
  while (end > start && text[end - 1] === ' ') end -= 1;
  return text.slice(start, end);
}
