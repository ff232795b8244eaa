/** Who is signed in to the console: cookies, and the tokens of its forms. */
import { destinationOf } from '../../../lib/console/guard';
import { isOfThisSite, losesCookies } from '../../../lib/console/connection';
import {
  isFormOf,
  secretsOfConsole,
  SESSION_SECONDS,
  sessionOf,
  setCookie,
  signIn,
} from '../../../lib/console/session';

const SECRET = 'a secret of some length';
const OTHER = 'another secret, as long';
const NOW = Date.parse('2026-11-28T12:00:00Z');

const cookieOf = (secret: string, secrets = [secret]) => signIn(secret, secrets, NOW) ?? '';

test('the secret signs in for eight hours', () => {
  const cookie = cookieOf(SECRET);
  expect(sessionOf(cookie, [SECRET], NOW)).toEqual({
    expiresMs: NOW + 8 * 3600 * 1000,
    formToken: expect.stringMatching(/^[\da-f]{64}$/),
  });
  const last = NOW + SESSION_SECONDS * 1000 - 1;
  expect(sessionOf(cookie, [SECRET], last)).toBeDefined();
  expect(sessionOf(cookie, [SECRET], last + 1)).toBeUndefined();
});

test.each([undefined, '', 'wrong', `${SECRET} `, [SECRET], { secret: SECRET }])(
  '%j signs nobody in',
  (given) => expect(signIn(given, [SECRET], NOW)).toBeUndefined(),
);

test('a short secret opens nothing, and one that is not set neither', () => {
  const short = 'fifteen letters';
  expect(short).toHaveLength(15);
  for (const secrets of [[], [''], [short], [short, SECRET]]) {
    expect(secretsOfConsole(secrets)).toEqual([]);
    for (const secret of secrets) expect(signIn(secret, secrets, NOW)).toBeUndefined();
    expect(sessionOf(cookieOf(SECRET), secrets, NOW)).toBeUndefined();
  }
  expect(secretsOfConsole([SECRET, short])).toEqual([SECRET]);
  expect(secretsOfConsole([`${short}!`])).toEqual([`${short}!`]);
});

test('a cookie of the previous secret is valid while that one is', () => {
  const cookie = cookieOf(OTHER);
  expect(sessionOf(cookie, [SECRET, OTHER], NOW)).toBeDefined();
  expect(sessionOf(cookie, [SECRET], NOW)).toBeUndefined();
  // With the previous one alone nobody stays in once it is gone.
  const late = cookieOf(OTHER, [SECRET, OTHER]);
  expect(sessionOf(late, [SECRET], NOW)).toBeUndefined();
});

test('no part of a cookie can be changed', () => {
  const cookie = cookieOf(SECRET);
  const [expires = '', nonce = '', signature = ''] = cookie.split('.');
  const flipped = (text: string) => (text.startsWith('0') ? '1' : '0') + text.slice(1);
  for (const forged of [
    `${Number(expires) + 1}.${nonce}.${signature}`,
    `0${expires}.${nonce}.${signature}`,
    `${expires}.${flipped(nonce)}.${signature}`,
    `${expires}.${nonce}.${flipped(signature)}`,
    `${expires}.${nonce}.${signature.toUpperCase()}`,
    `${expires}.${nonce}.${signature}\n`,
    `${expires}.${nonce}`,
    `${expires}.${nonce}.`,
    cookie + cookie,
    '',
    'a.b.c',
    'x'.repeat(10_000),
  ]) {
    expect([forged, sessionOf(forged, [SECRET], NOW)]).toEqual([forged, undefined]);
  }
  expect(sessionOf(cookie, [SECRET], NOW)).toBeDefined();
});

test('the signature of a form is none of a cookie', () => {
  const cookie = cookieOf(SECRET);
  const { formToken = '' } = sessionOf(cookie, [SECRET], NOW) ?? {};
  const [expires, nonce, signature] = cookie.split('.');
  expect(formToken).not.toBe(signature);
  expect(sessionOf(`${expires}.${nonce}.${formToken}`, [SECRET], NOW)).toBeUndefined();
});

test('a form is of the session whose token it carries, and of no other', () => {
  const [mine, theirs] = [cookieOf(SECRET), cookieOf(SECRET)].map((cookie) =>
    sessionOf(cookie, [SECRET], NOW),
  );
  if (!mine || !theirs) throw new Error('Nobody is signed in');
  expect(isFormOf(mine, mine.formToken)).toBe(true);
  for (const token of [
    theirs.formToken,
    '',
    undefined,
    [mine.formToken],
    `${mine.formToken}0`,
    'é'.repeat(64),
  ]) {
    expect(isFormOf(mine, token)).toBe(false);
  }
});

test('the cookie holds no secret, and browsers hand it to nobody else', () => {
  const cookie = setCookie(cookieOf(SECRET));
  expect(cookie).toMatch(
    /^__Host-evergreen-console=\d+\.[\da-f]{32}\.[\da-f]{64}; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict$/,
  );
  expect(setCookie(undefined)).toContain('evergreen-console=; Path=/; Max-Age=0; ');
});

test.each<[unknown, string]>([
  ['/console', '/console'],
  ['/console/purges?result=failed&page=2', '/console/purges?result=failed&page=2'],
  ['/console?x=//y', '/console?x=//y'],
  ...[
    undefined,
    ['/console/purges'],
    '',
    '/',
    '/blog/hello',
    '/consoles',
    '//console.example/console',
    '/\\console.example',
    'https://console.example/console',
    '/console/../blog/hello',
    '/console/%2e%2e/blog',
    '/console\\..\\..\\x',
    '/console/\nSet-Cookie:x',
    '/console/a b',
  ].map((to): [unknown, string] => [to, '/console']),
])('a sign-in with to=%j leads to %s', (to, where) => {
  expect(destinationOf(to)).toBe(where);
});

test.each([
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://blog.example' }, true],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://blog.example' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{}, true],
  [{ origin: 'https://blog.example' }, true],
  [{ origin: 'http://inside:3000' }, true],
  [{ origin: 'https://public.example', 'x-forwarded-host': 'public.example' }, true],
  [{ origin: 'https://evil.example' }, false],
  [{ origin: 'null' }, false],
  [{ origin: 'https://blog.example.evil.example' }, false],
])('a form with %j is of this site: %s', (headers, expected) => {
  expect(isOfThisSite({ host: 'inside:3000', ...headers }, 'https://blog.example')).toBe(expected);
});

test.each([
  [{ host: 'blog.example', 'x-forwarded-proto': 'http' }, 'http://localhost:3000', true],
  [{ host: 'blog.example', 'x-forwarded-proto': 'https' }, 'http://localhost:3000', false],
  [{ host: 'blog.example' }, 'https://blog.example', false],
  [{ host: '10.0.0.7:3000' }, 'https://blog.example', true],
  [{ host: 'localhost:3000' }, 'http://localhost:3000', false],
  [{ host: '127.0.0.1:3000' }, 'http://localhost:3000', false],
  [{ host: '[::1]:3000' }, 'http://localhost:3000', false],
  [{ host: 'localhost.example' }, 'http://localhost:3000', true],
])('a browser at %j of %s loses the cookie: %s', (headers, siteUrl, expected) => {
  expect(losesCookies(headers, siteUrl)).toBe(expected);
});
