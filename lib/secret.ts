/**
 * The secret: where callers put it, and whether it is the right one.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import createError from 'http-errors';
import { LRUCache } from 'lru-cache';

/** What a request says, as Node and Next hand it over: a repeated field is a list. */
export type Fields = Record<string, unknown>;

/** The headers that senders use, besides `Authorization`. */
const HEADERS = ['x-webhook-secret', 'x-vercel-revalidation-secret', 'x-revalidation-secret'];

/** Wrong secrets that one address may send within the window. */
const WRONG_PER_WINDOW = 60;
const WINDOW_MS = 60_000;

/** Wrong secrets by address; bounded, so that many addresses cannot fill the memory. */
const wrong = new LRUCache<string, { count: number }>({ max: 10_000, ttl: WINDOW_MS });

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
export function authorise(given: unknown, secrets: string[], address: string): void {
  if (isOneOf(given, secrets)) return;
  const attempts = wrong.get(address) ?? { count: 0 };
  if (attempts.count === 0) wrong.set(address, attempts);
  attempts.count += 1;
  if (attempts.count > WRONG_PER_WINDOW) {
    throw createError(429, 'Too many invalid tokens from this address; wait a minute', {
      headers: { 'Retry-After': String(WINDOW_MS / 1000) },
    });
  }
  throw createError(401, 'Invalid token');
}

/** Compares with each secret in constant time; hashing makes the lengths equal. */
function isOneOf(given: unknown, secrets: string[]): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return secrets.map((secret) => timingSafeEqual(digest(given), digest(secret))).includes(true);
}

/** Takes the secrets out of a text that leaves the server, as they are and as a URL writes them. */
export const withoutSecrets = (text: string, secrets: string[]): string =>
  secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
