/**
 * Asks WordPress's REST API, and doubts what it says: time-outs, retries, limits, and answers checked.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pRetry from 'p-retry';
import { z } from 'zod';
import type { WordPressLogin } from '../../config';
import { fetchFailure } from '../../fetch-failure';
import { messageOf } from '../../message-of';

/** One reply. */
export interface Reply<T> {
  data: T;
  /** How many there are in all, and on how many pages, if it is a list and tells. */
  total?: number;
  pages?: number;
  /** The server's clock when it answered, in ms since 1970. */
  atMs: number;
}

export type Parameters = Record<string, string | number>;

/**
 * Asks for a route such as `posts`; one that is not WordPress's own begins with a slash: `/evergreen/v1/site`.
 * Throws a sentence that says what is wrong.
 */
export type Ask = <T>(
  route: string,
  parameters: Parameters,
  schema: z.ZodType<T>,
  headers?: Record<string, string>,
) => Promise<Reply<T>>;

/** What a client puts up with. */
export interface Limits {
  /** For one answer to arrive in whole. */
  timeoutMs: number;
  /** How often it asks again, and the pause before that, which then grows fourfold. */
  retries: number;
  pauseMs: number;
  /** The longest that it waits because it is told to. */
  mostPauseMs: number;
  mostBytes: number;
}

export const LIMITS: Limits = {
  timeoutMs: 15_000,
  retries: 2,
  pauseMs: 250,
  mostPauseMs: 5000,
  mostBytes: 16 * 1024 * 1024,
};

/** Why an answer is of no use. */
export class WordPressFailure extends Error {
  constructor(
    message: string,
    readonly why: {
      /** True if the same question may be answered well a moment later. */
      passing?: boolean;
      /** After how long it may be asked again. */
      retryAfterMs?: number;
      status?: number;
      /** WordPress's own name for it, such as `rest_forbidden`. */
      code?: string;
      notJson?: boolean;
      tooLarge?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/**
 * Where the REST API is: the first works whatever the permalinks are, but some hosts keep it shut; the
 * second needs pretty ones.
 */
const ROOTS = ['/?rest_route=/wp/v2/', '/wp-json/wp/v2/'];

/** The root that answered, by the address of a WordPress. */
const knownRoots = new Map<string, string>();

/** How a client asks. */
interface Manner {
  limits: Limits;
  headers: Record<string, string>;
}

/**
 * A client of the WordPress at `address`, which has no trailing slash. With a login it sees what that
 * user sees.
 */
export function openWordPress(address: string, limits = LIMITS, login?: WordPressLogin): Ask {
  const manner: Manner = {
    limits,
    headers: {
      Accept: 'application/json',
      'Cache-Control': 'no-cache',
      ...(login && { Authorization: basicOf(login) }),
    },
  };
  return async (route, parameters, schema, headers) => {
    const asked = { ...manner, headers: { ...manner.headers, ...headers } };
    const known = knownRoots.get(address);
    let failure: unknown;
    for (const root of known === undefined ? ROOTS : [known]) {
      try {
        const answer = await askPatiently(address, root, route, parameters, schema, asked);
        knownRoots.set(address, root);
        return answer;
      } catch (error) {
        // The first root tells more: most WordPresses have both.
        failure ??= error;
        if (!(error instanceof WordPressFailure && error.why.notJson)) break;
      }
    }
    throw failure;
  };
}

const basicOf = ({ user, password }: WordPressLogin): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function askPatiently<T>(
  address: string,
  root: string,
  route: string,
  parameters: Parameters,
  schema: z.ZodType<T>,
  manner: Manner,
): Promise<Reply<T>> {
  const { retries, pauseMs, mostPauseMs } = manner.limits;
  const where = route.startsWith('/') ? root.replace('/wp/v2/', route) : root + route;
  const url = addressOf(address + where, parameters);
  try {
    return await pRetry(() => askOnce(url, schema, manner), {
      retries,
      minTimeout: pauseMs,
      factor: 4,
      // Not all at the same moment, where several were turned away together.
      randomize: true,
      shouldRetry: async ({ error }) => {
        const { passing, retryAfterMs = 0 } = whyOf(error);
        if (!passing || retryAfterMs > mostPauseMs) return false;
        await pause(retryAfterMs);
        return true;
      },
    });
  } catch (error) {
    const cause = messageOf(error);
    const sentence = `WordPress at ${address} cannot be read: ${route}: ${cause}`;
    throw new WordPressFailure(sentence, whyOf(error));
  }
}

const whyOf = (error: unknown): WordPressFailure['why'] =>
  error instanceof WordPressFailure ? error.why : {};

function addressOf(url: string, parameters: Parameters): string {
  const all = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(all).toString();
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

async function askOnce<T>(url: string, schema: z.ZodType<T>, manner: Manner): Promise<Reply<T>> {
  const { response, text } = await read(url, manner);
  const { status, headers } = response;
  const value = parse(text);
  if (!response.ok) {
    const reason =
      value === undefined
        ? ''
        : `: ${memberOf(value, 'message')?.slice(0, 200) ?? 'without a reason'}`;
    const retryAfterMs = waitIn(headers.get('retry-after'));
    const wait =
      retryAfterMs === undefined ? '' : `, to be asked again in ${retryAfterMs / 1000} s`;
    throw new WordPressFailure(`it answered ${status}${reason}${wait}`, {
      passing: status === 429 || status >= 500,
      retryAfterMs,
      status,
      code: memberOf(value, 'code'),
      notJson: value === undefined && status < 429,
    });
  }
  if (value === undefined) {
    const isHtml = /^\s*</.test(text);
    throw new WordPressFailure(
      isHtml
        ? 'it answered with a page of HTML instead of JSON; is the REST API open there?'
        : 'its answer is no whole JSON',
      { passing: !isHtml, notJson: isHtml },
    );
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new WordPressFailure(`its answer has another form: ${where}: ${issue?.message}`);
  }
  return {
    data: checked.data,
    total: countIn(headers.get('x-wp-total')),
    pages: countIn(headers.get('x-wp-totalpages')),
    atMs: Date.parse(headers.get('date') ?? '') || Date.now(),
  };
}

async function read(
  url: string,
  { limits, headers }: Manner,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > limits.mostBytes) {
        throw new WordPressFailure(`its answer is larger than ${limits.mostBytes} bytes`, {
          tooLarge: true,
        });
      }
      chunks.push(chunk);
    }
    return { response, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    if (error instanceof WordPressFailure) throw error;
    throw new WordPressFailure(fetchFailure(error, limits.timeoutMs), { passing: true });
  }
}

function parse(text: string): unknown {
  try {
    // Some plugins put a byte-order mark before it.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value ?? undefined;
  } catch {
    return undefined;
  }
}

/** A text in WordPress's account of a failure. */
function memberOf(value: unknown, name: 'code' | 'message'): string | undefined {
  const failure = z.record(z.string(), z.unknown()).safeParse(value).data;
  return failure && name in failure ? String(failure[name]) : undefined;
}

const countIn = (header: string | null): number | undefined =>
  header !== null && /^\d+$/.test(header) ? Number(header) : undefined;

/** Seconds, or a date. */
function waitIn(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
