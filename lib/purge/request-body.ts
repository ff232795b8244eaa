/**
 * The body of a request: read within bounds, and parsed. It may come from a stranger, so nothing here
 * costs more than reading it once.
 */
import { Busboy } from '@fastify/busboy';
import createError, { type HttpError } from 'http-errors';
import type { NextApiRequest } from 'next';
import getRawBody from 'raw-body';
import { isFields, type Fields } from '../secret';
import { TimeOut, within } from '../within';

/** How large a body may be, and the sentence that refuses a larger one. */
export interface BodyLimit {
  bytes: number;
  tooLarge: string;
}

/** For a caller whose secret is known to be right. */
export const KNOWN_CALLER: BodyLimit = {
  bytes: 1024 * 1024,
  tooLarge: 'The body is larger than 1 MB; name fewer pages at a time, or a pattern such as /*',
};

/** For a caller who has shown no secret yet: it may be in the body. */
export const STRANGER: BodyLimit = {
  bytes: 64 * 1024,
  tooLarge:
    'The body is larger than 64 KB, and no secret came before it; with the secret in a header or in the address it may be 1 MB',
};

/** How long a whole body may take to arrive. */
const ARRIVES_WITHIN_MS = 10_000;
/** Fields of a query or a form, and parts of a form with files among them. */
const MOST_FIELDS = 1000;

/** What the header of one part of a form may be: three short lines in practice. */
const PART_LIMITS = { headerPairs: 32, headerSize: 8 * 1024 };

/** A body as its sender meant it: the fields of a form, the members of a JSON object. */
export interface Body {
  form: Fields;
  json: Fields;
  /** Why its JSON cannot be used, for callers with the right secret. */
  problem?: HttpError;
}

const EMPTY: Body = { form: {}, json: {} };

/**
 * Reads the body of a request. Throws 413 if it is too large or has too many fields, 408 if it does not
 * arrive in time, and 400 if it is no such form as its type says.
 */
export async function readBody(req: NextApiRequest, limit: BodyLimit): Promise<Body> {
  const type = String(req.headers['content-type'] ?? '');
  const parsed: unknown = req.body;
  if (parsed !== undefined) {
    if (!isFields(parsed)) return EMPTY;
    return FORM.test(type) ? fromForm(parsed) : { form: {}, json: parsed };
  }
  if (req.method === 'GET') return EMPTY;

  const bytes = await readBytes(req, limit);
  const text = bytes.toString('utf8').trim();
  // WordPress declares a JSON text that it is handed as a form, unless told otherwise.
  if (/\bjson\b/i.test(type) || /^[{[]/.test(text)) {
    return text === '' ? EMPTY : fromJson(text, 'The body', {});
  }
  return FORM.test(type) ? fromForm(await parseForm(bytes, type)) : EMPTY;
}

/**
 * Ends the connection of a request that was answered before its body had arrived, if the body takes
 * too long. Not at once: a caller who is still sending might never see the answer.
 */
export function endLateBody(req: NextApiRequest): void {
  if (req.complete !== false || req.destroyed) return;
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, ARRIVES_WITHIN_MS).unref();
  req.once('close', () => clearTimeout(timer));
}

/** Throws 413 if the query of an address has too many fields. Next leaves out the 1,001st. */
export function checkQuery(url: string): void {
  const start = url.indexOf('?');
  if (start >= 0) checkFields(occurrences(url, '&', start) + 1, 'The query');
}

async function readBytes(req: NextApiRequest, { bytes, tooLarge }: BodyLimit): Promise<Buffer> {
  const length = req.headers['content-length'];
  try {
    return await within(getRawBody(req, { limit: bytes, length }), ARRIVES_WITHIN_MS);
  } catch (error) {
    if (error instanceof TimeOut) {
      const seconds = ARRIVES_WITHIN_MS / 1000;
      const message = `The body did not arrive within ${seconds} seconds; send the request once more`;
      throw createError(408, message, { headers: { Connection: 'close' } });
    }
    throw isTooLarge(error) ? createError(413, tooLarge) : error;
  }
}

/** As raw-body names it. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'entity.too.large';

const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
const PARTS = /^multipart\//i;

/** Of a form with parts: what RFC 2046 allows, 70 characters at most. */
const BOUNDARY = /;\s*boundary=(?:"([\w'()+,\-./:=? ]{1,70})"|([\w'()+,\-./:=?]{1,70}))\s*(?:;|$)/i;

/**
 * Urlencoded or with parts; a field that comes twice is a list, and files are left alone. The fields
 * are counted before anything is made of them: ten thousand empty parts take a tenth of a second.
 */
async function parseForm(bytes: Buffer, type: string): Promise<Fields> {
  if (!PARTS.test(type)) {
    checkFields(occurrences(bytes, '&') + 1, 'The form');
    return collectFields(bytes, type);
  }
  const found = BOUNDARY.exec(type);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw notThatForm();
  // The last one ends the form.
  checkFields(occurrences(bytes, `--${boundary}`) - 1, 'The form');
  return collectFields(bytes, `multipart/form-data; boundary="${boundary}"`);
}

function collectFields(bytes: Buffer, type: string): Promise<Fields> {
  return new Promise((resolve, reject) => {
    // Without a prototype: the names are the sender's.
    const fields: Record<string, string | string[]> = Object.create(null);
    try {
      const parser = new Busboy({ headers: { 'content-type': type }, limits: PART_LIMITS });
      parser.on('field', (name, value) => {
        const before = fields[name];
        if (Array.isArray(before)) before.push(value);
        else fields[name] = before === undefined ? value : [before, value];
      });
      parser.on('file', (_, file) => file.resume());
      parser.on('error', () => reject(notThatForm()));
      parser.on('finish', () => resolve(fields));
      parser.end(bytes);
    } catch {
      reject(notThatForm());
    }
  });
}

const notThatForm = () =>
  createError(400, 'The body is not the form that its Content-Type declares');

function checkFields(count: number, what: string): void {
  if (count <= MOST_FIELDS) return;
  const most = MOST_FIELDS.toLocaleString('en');
  const message = `${what} has more than ${most} fields; name several pages in one, separated by commas, as paths`;
  throw createError(413, message);
}

function occurrences(text: string | Buffer, part: string, from = 0): number {
  let count = 0;
  for (let at = text.indexOf(part, from); at >= 0; at = text.indexOf(part, at + part.length)) {
    count += 1;
  }
  return count;
}

/** GitHub and Slack send their JSON as the field `payload` of a form. */
function fromForm(form: Fields): Body {
  const { payload } = form;
  if (typeof payload !== 'string' || !/^\s*\{/.test(payload)) return { form, json: {} };
  return fromJson(payload, 'The field payload', form);
}

const EXAMPLE = 'a JSON object, such as {"paths": ["/blog/my-post"]}';

/** Does not quote the text, as the parser does: the secret may be in it. */
function fromJson(text: string, what: string, form: Fields): Body {
  try {
    const json: unknown = JSON.parse(text);
    if (isFields(json)) return { form, json };
    return { form, json: {}, problem: createError(400, `${what} must be ${EXAMPLE}`) };
  } catch (error) {
    const [where = ''] = /at position \d+/.exec(String(error)) ?? [];
    const message = [`${what} is not JSON`, where, `send ${EXAMPLE}`].filter(Boolean).join(', ');
    return { form, json: {}, problem: createError(400, message) };
  }
}
