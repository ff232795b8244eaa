/**
 * Who is signed in to the console: what its cookie holds, and the token of its forms. Both are signed with keys that
 * are derived from the secret, so nothing is kept on the server, and neither gives the secret away. Pure.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { SECRET_CHARACTERS } from '../config';
import { isRight } from '../secret';

/** By its name browsers take it from this host alone, over TLS. */
export const SESSION_COOKIE = '__Host-evergreen-console';

/** Eight hours: a day's work. */
export const SESSION_SECONDS = 8 * 3600;

/** One sign-in, as long as it is valid. */
export interface Session {
  /** What each form of the console carries, in the field `token`. */
  formToken: string;
  expiresMs: number;
}

/**
 * The secrets that open the console: none while the current one is so short that it could be guessed from what it
 * signed. The console is closed then.
 */
export function secretsOfConsole(secrets: readonly string[]): readonly string[] {
  const isLong = ({ length }: string) => length >= SECRET_CHARACTERS;
  return isLong(secrets[0] ?? '') ? secrets.filter(isLong) : [];
}

/** Signs in with one of `secrets`: the value of the cookie; undefined if that is none of them. */
export function signIn(
  given: unknown,
  secrets: readonly string[],
  nowMs: number,
): string | undefined {
  const secret = secretsOfConsole(secrets).find((one) => isRight(given, [one]));
  if (secret === undefined) return undefined;
  const expiresMs = nowMs + SESSION_SECONDS * 1000;
  const signed = `${expiresMs}.${randomBytes(16).toString('hex')}`;
  return `${signed}.${signatureOf(signed, secret, 'session')}`;
}

/** The session of a cookie; undefined if it was signed with none of `secrets`, or has expired. */
export function sessionOf(
  cookie: string | undefined,
  secrets: readonly string[],
  nowMs: number,
): Session | undefined {
  const [, signed, expires, signature] = COOKIE.exec(cookie ?? '') ?? [];
  if (signed === undefined || signature === undefined) return undefined;
  const secret = secretsOfConsole(secrets).find((one) =>
    isSame(signature, signatureOf(signed, one, 'session')),
  );
  const expiresMs = Number(expires);
  if (secret === undefined || expiresMs <= nowMs) return undefined;
  return { formToken: signatureOf(signed, secret, 'forms'), expiresMs };
}

/** Whether a form carries the token of this session. */
export const isFormOf = ({ formToken }: Session, token: unknown): boolean =>
  typeof token === 'string' && isSame(token, formToken);

/** What sets the cookie, or removes it where there is no value. */
export const setCookie = (value: string | undefined): string =>
  [
    `${SESSION_COOKIE}=${value ?? ''}`,
    'Path=/',
    `Max-Age=${value === undefined ? 0 : SESSION_SECONDS}`,
    'Secure',
    'HttpOnly',
    'SameSite=Strict',
  ].join('; ');

/** When it expires, a number that no other has, and the signature of both. */
const COOKIE = /^((\d{1,16})\.[\da-f]{32})\.([\da-f]{64})$/;

/** Another key for each use, so that a cookie is no token, nor the signature of anything else. */
function signatureOf(text: string, secret: string, use: 'session' | 'forms'): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `evergreen console ${use}`, 32));
  return createHmac('sha256', key).update(text).digest('hex');
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [given, right].map((text) => Buffer.from(text));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}
