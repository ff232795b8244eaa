/**
 * From an HTTP request to what it asks for: who calls, and which paths. Parses once, at the edge.
 */
import { Busboy } from '@fastify/busboy';
import createError from 'http-errors';
import type { NextApiRequest } from 'next';
import getRawBody from 'raw-body';
import { hintOf, hintOfPaths } from './hint';
import type { PurgeInput } from './purge';
import { authorise, findSecret, type Fields } from './secret';

/** A request that was let in, and what it asks for. */
export interface PurgeRequest extends PurgeInput {
  /** One path in the query and nothing else: answered with the shortest of answers. */
  classic: boolean;
}

const METHODS = ['GET', 'POST', 'PUT'];
const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * Reads a request. Throws 405, 401, 429, 413 or 400; the secret comes first, so that a stranger
 * learns nothing about paths.
 */
export async function readPurgeRequest(
  req: NextApiRequest,
  secrets: string[],
): Promise<PurgeRequest> {
  if (!METHODS.includes(req.method ?? '')) {
    throw createError(405, 'Method not allowed', { headers: { Allow: METHODS.join(', ') } });
  }
  const address = req.socket.remoteAddress ?? 'unknown';
  const secret = findSecret(req.headers, req.query);
  if (secret !== undefined) authorise(secret, secrets, address);
  // Only a form may carry the secret in the body, so only then is a stranger's body read at all.
  const body = await readBody(req, secret === undefined);
  if (secret === undefined) authorise(body.form.secret, secrets, address);
  return findTargets(req.query, body);
}

/** What the parts of a request ask for. Throws 400 if that is nothing. */
function findTargets(query: Fields, { form, json }: Body): PurgeRequest {
  const inQuery = [
    ...namesIn(query, 'path'),
    // gregrickaby's plugin: may lack the leading slash.
    ...namesIn(query, 'slug').map((slug) => (slug.startsWith('/') ? slug : `/${slug}`)),
  ];
  const others = [
    ...namesIn(query, 'paths', ','),
    ...namesIn(form, 'path'),
    ...namesIn(form, 'paths', ','),
    ...namesIn(json, 'path'),
    ...namesIn(json, 'paths'),
  ];
  const parts = [query, form, json];
  const tags = parts.flatMap((part) => [
    ...namesIn(part, 'tag'),
    ...namesIn(part, 'tags', part === json ? undefined : ','),
  ]);
  const isSet = (name: string) =>
    parts.some((part) => ['', '1', 'true'].includes(String(part[name] ?? 'not set')));

  const paths = [...new Set([...inQuery, ...others])];
  const namesNothing = paths.length === 0 && tags.length === 0;
  // What a JSON body of another form tells, its sender knows; that something changed is enough. A
  // sender that makes its body a query is known by its fields only.
  const told = namesNothing && !hasFields(json) ? hintOf(query) : hintOf(json);
  const tellsMore = hasFields(json) || GRAPHQL_FIELD in query;
  const tells = paths.length === 0 && told !== undefined;
  const changed = isSet('changed') || tells || (namesNothing && tellsMore);
  if (namesNothing && !changed) throw createError(400, 'Path parameter is required');
  const dryRun = isSet('dryRun');
  const alone = inQuery.length === 1 && others.length + tags.length === 0 && !changed && !dryRun;
  return {
    paths,
    tags: [...new Set(tags)],
    changed,
    dryRun,
    hint: told ?? (tags.length > 0 || changed ? undefined : hintOfPaths(paths)),
    classic: alone && query.report !== '1',
  };
}

const hasFields = (part: Fields): boolean => Object.keys(part).length > 0;

/** WPGraphQL webhooks: in each query. */
const GRAPHQL_FIELD = '_webhook_meta[event_type]';

const A_PATH = 'path, or a list of paths, such as "/blog/my-post"';
const A_TAG = 'tag, or a list of tags, such as "post:my-post"';
const EXAMPLES: Record<string, string> = {
  path: A_PATH,
  paths: A_PATH,
  slug: A_PATH,
  tag: A_TAG,
  tags: A_TAG,
};

/** One value, a list, or an object of values (as PHP writes a list with gaps). */
function namesIn(part: Fields, field: string, separator?: string): string[] {
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
      .map((item) => item.replace(/^ +| +$/g, ''))
      .filter((item) => item !== '')
  );
}

interface Body {
  form: Fields;
  json: Fields;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readBody(req: NextApiRequest, onlyForm: boolean): Promise<Body> {
  const type = String(req.headers['content-type'] ?? '');
  const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type);
  const empty = { form: {}, json: {} };
  const parsed: unknown = req.body;
  if (parsed !== undefined) {
    if (!isFields(parsed)) return empty;
    return isForm ? { form: parsed, json: {} } : { form: {}, json: parsed };
  }
  if (req.method === 'GET' || (onlyForm && !isForm)) return empty;

  const bytes = await getRawBody(req, {
    limit: BODY_LIMIT_BYTES,
    length: req.headers['content-length'],
  });
  const text = bytes.toString('utf8').trim();
  // WordPress declares a JSON text that it is handed as a form, unless told otherwise.
  if (/\bjson\b/i.test(type) || /^[{[]/.test(text)) {
    return { form: {}, json: text === '' ? {} : parseJson(text) };
  }
  if (!isForm) return empty;
  return { form: await parseForm(bytes, type), json: {} };
}

/** Urlencoded or multipart; a field that comes twice is a list, and files are left alone. */
function parseForm(bytes: Buffer, type: string): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      reject(createError(400, 'The body is not the form that its Content-Type declares'));
    };
    // Without a prototype: the names are the sender's.
    const fields: Record<string, string | string[]> = Object.create(null);
    try {
      const parser = new Busboy({ headers: { 'content-type': type } });
      parser.on('field', (name, value) => {
        const before = fields[name];
        fields[name] = before === undefined ? value : [before, value].flat();
      });
      parser.on('file', (_, file) => file.resume());
      parser.on('error', fail);
      parser.on('finish', () => resolve(fields));
      parser.end(bytes);
    } catch {
      fail();
    }
  });
}

function parseJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw createError(400, `The body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isFields(value)) {
    throw createError(400, 'The body must be a JSON object, such as {"paths": ["/blog/my-post"]}');
  }
  return value;
}
