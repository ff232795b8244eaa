/**
 * Asks WordPress's REST API, and doubts what it says: time-outs, retries, limits, and answers checked.
 * Finds out where the API is, and whether strangers may read it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pRetry from 'p-retry';
import { z } from 'zod';
import type { WordPressLogin } from '../../config';
import { fetchFailure } from '../../fetch-failure';
import { messageOf } from '../../message-of';
import { withoutSecrets } from '../../secret';

/** One reply. */
export interface Reply<T> {
  data: T;
  /** The user as whom it was asked, if not as a stranger. */
  as?: string;
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

/** What opens a WordPress that is not open to strangers. */
export interface Access {
  /** A user of WordPress, for its REST API. */
  login?: Readonly<WordPressLogin>;
  /** What the web server in front of it asks for, by HTTP basic authentication. */
  basicAuth?: Readonly<WordPressLogin>;
}

/** The same with a user. */
export type UserAccess = Access & Required<Pick<Access, 'login'>>;

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
      /** The user as whom it was asked, if not as a stranger. */
      as?: string;
      notJson?: boolean;
      tooLarge?: boolean;
      /** True if it is about the password of the web server in front of WordPress. */
      guarded?: boolean;
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

/** The URL of the root that answered, by the address of a WordPress. */
const knownRoots = new Map<string, string>();

/** Until when a WordPress that turned a stranger away is not asked as one again, in ms since 1970. */
const closedUntilMs = new Map<string, number>();
const CLOSED_FOR_MS = 10 * 60_000;

/** Carries the login where the password of the web server takes the place of it; our plugin reads it. */
const LOGIN_HEADER = 'X-Evergreen-Login';

/** Has our plugin let the user in, and then answer as it would to a stranger. */
const AS_FOR_STRANGERS = { 'X-Evergreen': 'public' };

/** Has it answer itself where it sends visitors on to this site. */
const NOT_TO_THE_SITE = { 'X-Evergreen': 'resolve' };

/** How a client asks. */
interface Manner {
  limits: Limits;
  headers: Record<string, string>;
  /** The user as whom it asks. */
  as?: string;
  /** Takes the passwords out of a text. */
  clean: (text: string) => string;
}

/**
 * A client of the WordPress at `address`, which has no trailing slash, for what is published there. It
 * asks as a stranger, and with the login only where the REST API as a whole turns strangers away.
 */
export function openWordPress(address: string, limits = LIMITS, access: Access = {}): Ask {
  const asStranger = askAs(address, mannerOf(limits, access));
  const { login } = access;
  if (!login) return asStranger;
  const asUser = askAs(address, mannerOf(limits, access, login, AS_FOR_STRANGERS));
  return async (route, parameters, schema, headers) => {
    const isKnownClosed = Date.now() < (closedUntilMs.get(address) ?? 0);
    const [first, second] = isKnownClosed ? [asUser, asStranger] : [asStranger, asUser];
    let refusal: unknown;
    try {
      return await first(route, parameters, schema, headers);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
    if (!isKnownClosed && !(await isClosed(asStranger, route))) throw refusal;
    const answer = await second(route, parameters, schema, headers).catch((error: unknown) => {
      // What it says to the user tells more.
      throw isKnownClosed ? refusal : error;
    });
    closedUntilMs.set(address, isKnownClosed ? 0 : Date.now() + CLOSED_FOR_MS);
    return answer;
  };
}

/** A client that always asks as the user, and so reads what only they may see. */
export const openAsUser = (address: string, access: UserAccess, limits = LIMITS): Ask =>
  askAs(address, mannerOf(limits, access, access.login));

/** A page of HTML may be how a plugin keeps strangers out, too. */
const isRefusal = (error: unknown): boolean => {
  const { status, notJson, guarded } = whyOf(error);
  return !guarded && (notJson === true || status === 401 || status === 403);
};

/**
 * True if the API as a whole is kept from strangers. Many keep only their users to themselves, and a login
 * must not show them; our plugin keeps what it tells from those who do not sign.
 */
async function isClosed(asStranger: Ask, refused: string): Promise<boolean> {
  if (!/^(?:users|\/)/.test(refused)) return true;
  return asStranger('posts', { per_page: 1, _fields: 'id' }, z.unknown()).then(
    () => false,
    isRefusal,
  );
}

function mannerOf(
  limits: Limits,
  { basicAuth, login }: Access,
  user?: Readonly<WordPressLogin>,
  more: Record<string, string> = {},
): Manner {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Cache-Control': 'no-cache',
    ...more,
  };
  const doorkeeper = basicAuth ?? user;
  if (doorkeeper) headers.Authorization = basicOf(doorkeeper);
  if (basicAuth) headers[LOGIN_HEADER] = user ? basicOf(user) : 'none';
  const secrets = [basicAuth, login, user].flatMap((one) => (one ? formsOf(one) : []));
  return { limits, headers, as: user?.user, clean: (text) => withoutSecrets(text, secrets) };
}

/** What a login is as a header. */
export const basicOf = (one: Readonly<WordPressLogin>): string => `Basic ${encodedOf(one)}`;
const encodedOf = ({ user, password }: Readonly<WordPressLogin>): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

/** How a password may appear in what WordPress says. It leaves out the spaces of those that it makes. */
const formsOf = (one: Readonly<WordPressLogin>): string[] => [
  encodedOf(one),
  one.password,
  one.password.replaceAll(' ', ''),
];

/** Asks at the root that answered last, and at the others where it is not there any more. */
function askAs(address: string, manner: Manner): Ask {
  return async (route, parameters, schema, headers) => {
    const asked = { ...manner, headers: { ...manner.headers, ...headers } };
    const known = knownRoots.get(address);
    const roots = ROOTS.map((root) => address + root).filter((root) => root !== known);
    let failure: unknown;
    for (const root of [known, ...roots, undefined]) {
      const found = root ?? (failure ? await announcedRoot(address, manner) : undefined);
      if (found === undefined) continue;
      try {
        const answer = await askPatiently(address, found, route, parameters, schema, asked);
        knownRoots.set(address, found);
        return answer;
      } catch (error) {
        // The first root tells more: most WordPresses have both.
        failure ??= error;
        if (!whyOf(error).notJson) break;
      }
    }
    throw failure;
  };
}

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
  const url = addressOf(where, parameters);
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
    const cause = manner.clean(messageOf(error));
    const what = manner.as === undefined ? route : `${route} as ${manner.as}`;
    const sentence = `WordPress at ${address} cannot be read: ${what}: ${cause}`;
    throw new WordPressFailure(sentence, { ...whyOf(error), as: manner.as });
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
    const told = memberOf(value, 'code');
    const code = told === undefined ? undefined : manner.clean(told);
    const message = manner.clean(memberOf(value, 'message') ?? 'without a reason');
    const said = value === undefined ? '' : `: ${message.slice(0, 200)}`;
    const guard = guardIn(response, code, said, manner);
    const reason = guard ?? said;
    const retryAfterMs = waitIn(headers.get('retry-after'));
    const wait =
      retryAfterMs === undefined ? '' : `, to be asked again in ${retryAfterMs / 1000} s`;
    throw new WordPressFailure(`it answered ${status}${reason}${wait}`, {
      passing: status === 429 || status >= 500,
      retryAfterMs,
      status,
      code,
      guarded: guard !== undefined,
      notJson: value === undefined && status < 429 && guard === undefined,
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
    as: manner.as,
    total: countIn(headers.get('x-wp-total')),
    pages: countIn(headers.get('x-wp-totalpages')),
    atMs: Date.parse(headers.get('date') ?? '') || Date.now(),
  };
}

/** WordPress's words for a login that it does not know. */
const UNKNOWN_LOGIN = ['invalid_username', 'invalid_email', 'incorrect_password'];

/** What is wrong with the password of the web server in front of WordPress, if that is why it refuses. */
function guardIn(
  { status, headers }: Response,
  code: string | undefined,
  said: string,
  { headers: sent, as }: Manner,
): string | undefined {
  const isSet = LOGIN_HEADER in sent;
  const isAsked =
    code === undefined && /^basic\b/i.test(headers.get('www-authenticate') ?? '') && status === 401;
  if (isAsked) {
    return isSet
      ? ': the web server in front of it does not take WORDPRESS_BASIC_AUTH'
      : ': the web server in front of it asks for a password: set WORDPRESS_BASIC_AUTH';
  }
  if (!isSet) return undefined;
  if (as !== undefined && (status === 401 || status === 403)) {
    return `${said}; beside WORDPRESS_BASIC_AUTH it sees the login only while its plugin Evergreen is active`;
  }
  // A stranger has no login, so it is the other password that WordPress looked at.
  return UNKNOWN_LOGIN.includes(code ?? '')
    ? ': it takes WORDPRESS_BASIC_AUTH for a login of its own: activate the plugin Evergreen in it, which tells them apart'
    : undefined;
}

async function read(
  url: string,
  { limits, headers }: Manner,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, {
      headers,
      // To another host fetch follows without the password, but not without our own header.
      redirect: LOGIN_HEADER in headers ? 'manual' : 'follow',
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

/** The API of this WordPress as its home page announces it, in the header or in the page. */
async function announcedRoot(address: string, manner: Manner): Promise<string | undefined> {
  const home = `${address}/`;
  const headers = { ...manner.headers, ...NOT_TO_THE_SITE };
  const page = await read(home, { ...manner, headers }).catch(() => undefined);
  if (!page) return undefined;
  const tag = /<link\b[^>]*\brel=["']https:\/\/api\.w\.org\/["'][^>]*>/i.exec(page.text)?.[0];
  const written =
    /<([^>]*)>\s*;[^,]*\brel="?https:\/\/api\.w\.org\//.exec(
      page.response.headers.get('link') ?? '',
    )?.[1] ?? /\bhref=["']([^"']*)["']/.exec(tag ?? '')?.[1];
  if (written === undefined || !URL.canParse(written, home)) return undefined;
  const { pathname, search } = new URL(written, home);
  // At our address of it: no password goes elsewhere, and WordPress may know itself by another name.
  return new URL(`${pathname}${search}`, home).href.replace(/\/*$/, '/wp/v2/');
}

const countIn = (header: string | null): number | undefined =>
  header !== null && /^\d+$/.test(header) ? Number(header) : undefined;

/** Seconds, or a date. */
function waitIn(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
