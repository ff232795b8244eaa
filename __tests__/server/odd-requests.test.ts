/** Requests that no browser makes, at a real server without an edge in front. */
import { oddityOf } from '../../lib/odd-requests';
import { sendRaw } from '../setup/raw';
import { startSite, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite({ plain: 'Plain text.' });
});
afterAll(() => site?.close());

test.each([
  'OPTIONS * HTTP/1.1',
  'GET * HTTP/1.1',
  'GET http://evil.example/ HTTP/1.1',
  'GET http://evil.example/blog/plain HTTP/1.1',
  'GET HTTPS://evil.example//x HTTP/1.1',
  'GET /_next/image?url=/%5Cevil.example&w=720&q=75 HTTP/1.1',
  'GET /_next/image?url=%2F%25&w=720&q=75 HTTP/1.1',
])('%s is refused with a sentence, and leaves nothing in the log', async (line) => {
  const before = site.log();
  const { status, headers, body } = await sendRaw(site.url, line);
  expect(status).toBe(400);
  expect(headers.location).toBeUndefined();
  expect(headers['cache-control']).toBe('no-store');
  expect(body).toMatch(/^The .* must .*\.\s*$/m);
  expect(site.log()).toBe(before);
  expect((await site.visit('/blog/plain')).text).toContain('Plain text.');
});

test.each([
  'GET //evil.example/ HTTP/1.1',
  'GET ///evil.example HTTP/1.1',
  'GET /\\evil.example HTTP/1.1',
  'GET /\\/evil.example/.. HTTP/1.1',
  'GET /.//evil.example HTTP/1.1',
  'GET //evil.example/%2e%2e HTTP/1.1',
  'GET /%5cevil.example HTTP/1.1',
  'GET /evil.example// HTTP/1.1',
  'GET /blog/plain/?x=//evil.example HTTP/1.1',
])('%s leads to no other host', async (line) => {
  const { status, headers } = await sendRaw(site.url, line, {
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
  });
  expect([308, 404]).toContain(status);
  expect(new URL(headers.location ?? '/', site.url).host).toBe(new URL(site.url).host);
});

test.each([
  ['TRACE / HTTP/1.1', 405],
  ['DELETE /blog/plain HTTP/1.1', 405],
  ['CONNECT evil.example:443 HTTP/1.1', 0],
  ['GET /blog/% HTTP/1.1', 400],
  ['GET /blog/%ff HTTP/1.1', 400],
  ['GET /cards/% HTTP/1.1', 400],
  ['GET /blog/%00 HTTP/1.1', 404],
  ['GET blog/plain HTTP/1.1', 400],
  [`GET /${'a'.repeat(20_000)} HTTP/1.1`, 431],
])('%s is answered with %d, and not with an error in the log', async (line, status) => {
  const before = site.log();
  expect((await sendRaw(site.url, line)).status).toBe(status);
  expect(site.log()).toBe(before);
});

test.each([
  ['/', undefined],
  ['/blog/t%C3%BCrk%C3%A7e?utm_source=x', undefined],
  ['/search?q=//', undefined],
  ['//evil.example', undefined],
  ['/_next/image', undefined],
  // A file of public/ that no build makes and no `npm run init` removes.
  ['/_next/image?url=%2Fspeculation-rules.json&w=720&q=75', undefined],
  ['/_next/image?w=720&q=75&url=%2Fspeculation-rules.json', undefined],
  ['/_next/image?url=%2Fa%2520b%2F%25C3%25A4%252B.png', /a file in public/],
  ['/_next/image?url=%2F.env', /a file in public/],
  ['/_next/image?url=%2F_next%2Fstatic%2Fmedia%2Fx.png', /a file in public/],
  ['/_next/image?url=%2F.%2Ficon-192.png&w=720&q=75', /^The url of an image must be the path/],
  ['/_next/image?url=%2Fx%2F..%2Ficon-192.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2F%2566igures%2Freading.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2Ffigures%252Freading.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2Ficon-192.png%2F', /^The url of an image must be the path/],
  ['/_next/image?url=%2Fa%20b.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2Fa%25c3%25a4.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2Fa%250a.png', /^The url of an image must be the path/],
  ['/_next/image?url=%2Fa.png&url=%2F.%2Fa.png', /^The url of an image must be the path/],
  ['/x/../_next/image?url=%2F.%2Fa.png', /^The url of an image must be the path/],
  ['/_next/%2e/image?url=%2F.%2Fa.png', /^The url of an image must be the path/],
  ['*', /^The address/],
  ['http://n/', /^The address/],
])('%s: %s', (address, reason) => {
  if (reason === undefined) expect(oddityOf(address)).toBeUndefined();
  else expect(oddityOf(address)).toMatch(reason);
});
