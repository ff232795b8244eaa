/**
 * The secret: where callers put it, and whether it is the right one.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import createError, { type HttpError } from 'http-errors';
import { LRUCache } from 'lru-cache';

/** What a request says, as Node and Next hand it over: a repeated field is a list. */
export type Fields = Record<string, unknown>;

/** True for an object with members, and for no list. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The headers that senders use, besides `Authorization`. */
const HEADERS = ['x-webhook-secret', 'x-vercel-revalidation-secret', 'x-revalidation-secret'];

/** Calls without the right secret that one address may make within the window. */
const REFUSED_PER_WINDOW = 60;
const WINDOW_MS = 60_000;

type Refused = LRUCache<string, { count: number }>;

const KEY = Symbol.for('evergreen.refused');
const shared: typeof globalThis & { [KEY]?: Refused } = globalThis;

/**
 * Such calls by address; bounded, so that many addresses cannot fill the memory. Next bundles each API route with a
 * copy of this module: an address is not to have as many guesses as there are routes.
 */
const refused: Refused = (shared[KEY] ??= new LRUCache({ max: 10_000, ttl: WINDOW_MS }));

/** The secret in headers or query, the first that is there; undefined if none is. */
export function findSecret(headers: Fields, query: Fields): unknown {
  const bearer = /^Bearer +(.*)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const candidates = [bearer, ...HEADERS.map((name) => headers[name]), query.secret, query.token];
  return candidates.find((candidate) => candidate !== undefined);
}

/**
 * Throws 401 unless `given` is one of `secrets`, and 429 for an address that guesses. With no secret
 * configured nobody is let in; the right secret always is.
 */
export function authorise(given: unknown, secrets: readonly string[], address: string): void {
  if (!isRight(given, secrets)) throw throttled(invalidToken(), address);
}

/** The refusal of a secret that is wrong or missing. */
export const invalidToken = (): HttpError => createError(401, 'Invalid token');

/**
 * Counts a refusal of a caller who has shown no right secret, whatever the reason. Returns the error to
 * throw: the one given, or 429 once the address has had too many.
 */
export function throttled(error: unknown, address: string): unknown {
  const calls = refused.get(address) ?? { count: 0 };
  if (calls.count === 0) refused.set(address, calls);
  calls.count += 1;
  if (calls.count <= REFUSED_PER_WINDOW) return error;
  return createError(429, 'Too many invalid tokens from this address; wait a minute', {
    headers: { 'Retry-After': String(WINDOW_MS / 1000) },
  });
}

/** Compares with each secret in constant time; hashing makes the lengths equal. */
export function isRight(given: unknown, secrets: readonly string[]): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return secrets.map((secret) => timingSafeEqual(digest(given), digest(secret))).includes(true);
}

/** Takes the secrets out of a text that leaves the server, as they are and as a URL writes them. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  formsOf(secrets).reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);

/** True if a secret is in a JSON text, in any of the forms that `withoutSecrets` takes out of one. */
export const holdsSecret = (jsonText: string, secrets: readonly string[]): boolean =>
  formsOf(secrets).some((form) => jsonText.includes(inJson(form)));

const formsOf = (secrets: readonly string[]): string[] =>
  secrets.flatMap((secret) => [secret, encodeURIComponent(secret), inJson(secret)]);

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
