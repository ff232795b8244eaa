/**
 * What is answered without Next, against what Next answers: the same, for as long as the page is the one
 * that is stored and expected.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { areAnsweredAlike } from '../../lib/store/alike';
import { startSite, until, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite(
    {
      hello: 'Text of hello.',
      türkçe: 'Text in Turkish.',
      changing: 'Text of changing.',
      short: 'Text of short.',
    },
    { REVALIDATE_SECONDS: '3600' },
  );
});
afterAll(() => site?.close());

/** As it was sent: nothing is unpacked, and no header is added. */
interface Sent {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

const send = (where: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Sent> =>
  new Promise((resolve, reject) => {
    request(`${site.url}${where}`, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });

/** A request that is left to Next, which makes nothing of the header. */
const byNext = (where: string, headers: Record<string, string> = {}) =>
  send(where, { ...headers, 'x-matched-nothing': '1' });

/** Next never says how long a compressed page is. */
const isWithoutNext = ({ headers }: Sent) =>
  headers['content-encoding'] !== undefined && headers['content-length'] !== undefined;

/** Visits a page until it is answered without Next: until all posts are listed, lists change by themselves. */
const warmUp = (where: string) =>
  until(async () => isWithoutNext(await send(where, { 'Accept-Encoding': 'gzip' })));

const comparable = ({ status, headers, body }: Sent) => {
  const { date, ...same } = headers;
  expect(date).toBeDefined();
  return { status, headers: same, body: body.toString() };
};

test.each(['/', '/blog/hello', '/blog/t%C3%BCrk%C3%A7e', '/archive', '/topics'])(
  '%s is the same without Next: status, each header, each byte',
  async (where) => {
    await warmUp(where);
    expect(comparable(await send(where))).toEqual(comparable(await byNext(where)));

    const gzip = await send(where, { 'Accept-Encoding': 'gzip' });
    const ofNext = await byNext(where, { 'Accept-Encoding': 'gzip' });
    expect([isWithoutNext(gzip), isWithoutNext(ofNext)]).toEqual([true, false]);
    const { 'content-length': length, ...headers } = comparable(gzip).headers;
    expect(length).toBe(String(gzip.body.length));
    const { 'transfer-encoding': chunked, ...others } = comparable(ofNext).headers;
    expect(chunked).toBe('chunked');
    expect(headers).toEqual(others);
    expect(gunzipSync(gzip.body).equals(gunzipSync(ofNext.body))).toBe(true);

    const br = await send(where, { 'Accept-Encoding': 'gzip, deflate, br, zstd' });
    expect(br.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br.body).equals(gunzipSync(gzip.body))).toBe(true);

    const etag = String(gzip.headers.etag);
    const known = comparable(await send(where, { 'If-None-Match': etag }));
    const { vary, ...rest } = known.headers;
    // Which Next leaves out here, against RFC 9110.
    expect(vary).toBe('Accept-Encoding');
    const knownOfNext = comparable(await byNext(where, { 'If-None-Match': etag }));
    expect({ ...known, headers: rest }).toEqual(knownOfNext);
    expect([known.status, known.body]).toEqual([304, '']);
  },
);

test.each([
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', undefined],
  ['deflate', undefined],
  ['*', 'br'],
  ['identity', undefined],
  ['x'.repeat(2000), undefined],
])('who takes %j is sent %s', async (accepted, sent) => {
  await warmUp('/blog/hello');
  const { headers, body, status } = await send('/blog/hello', { 'Accept-Encoding': accepted });
  expect([status, headers['content-encoding']]).toEqual([200, sent]);
  const text = sent === 'br' ? brotliDecompressSync(body) : sent ? gunzipSync(body) : body;
  expect(text.toString()).toContain('Text of hello.');
});

test('after a purge nobody is sent the page from before, in any encoding or by its ETag', async () => {
  const where = '/blog/changing';
  const accepts = ['br', 'gzip', 'identity'].map((one) => ({ 'Accept-Encoding': one }));
  for (const round of [1, 2, 3]) {
    await warmUp(where);
    const before = await Promise.all(accepts.map((accept) => send(where, accept)));
    expect(before.slice(0, 2).map(isWithoutNext)).toEqual([true, true]);
    await site.write('changing', `Text of round ${round}.`);
    expect((await site.purge(where)).status).toBe(200);
    const etag = String(before[0]?.headers.etag);
    for (const accept of accepts) {
      const { status, body } = await send(where, { ...accept, 'If-None-Match': etag });
      const text =
        accept['Accept-Encoding'] === 'br' && body[0] !== 0x1f && body[0] !== 0x3c
          ? brotliDecompressSync(body)
          : body[0] === 0x1f
            ? gunzipSync(body)
            : body;
      expect([status, text.toString().includes(`Text of round ${round}.`)]).toEqual([200, true]);
    }
  }
  await warmUp(where);
  await site.remove('changing');
  expect((await site.purge(where)).status).toBe(200);
  expect((await send(where)).status).toBe(404);
});

test('what is no plain visit is left to Next', async () => {
  await warmUp('/blog/hello');
  const gzip = { 'Accept-Encoding': 'gzip' };
  expect(isWithoutNext(await send('/blog/hello', gzip))).toBe(true);
  const buildId = await readFile(path.join(site.dir, '.next/BUILD_ID'), 'utf8');
  for (const [where, headers] of [
    ['/blog/hello?x=1', {}],
    ['/blog/%68ello', {}],
    ['/blog/hello', { Cookie: 'a=b; __prerender_bypass=0123' }],
    ['/blog/hello', { 'Content-Length': '0' }],
    ['/blog/hello', { 'x-prerender-revalidate': '0123' }],
    [`/_next/data/${buildId}/blog/hello.json`, {}],
    ['/feed.xml', {}],
  ] satisfies [string, Record<string, string>][]) {
    const sent = await send(where, { ...gzip, ...headers });
    expect([where, sent.status, isWithoutNext(sent)]).toEqual([where, 200, false]);
  }
  expect((await send('/blog/hello', gzip, 'HEAD')).body.length).toBe(0);
  expect((await send('/blog/hello', { ...gzip, Cookie: '_ga=GA1' })).headers).toHaveProperty(
    'content-length',
  );
});

test('a page that is too old is rendered by Next, and answered without it again afterwards', async () => {
  const old = await startSite({ hello: 'Text of hello.' }, { REVALIDATE_SECONDS: '1' });
  const current = site;
  site = old;
  try {
    const states = new Set<string>();
    const end = Date.now() + 20_000;
    let last = '';
    while (Date.now() < end && !(states.has('STALE') && states.has('without'))) {
      const sent = await send('/blog/hello', { 'Accept-Encoding': 'gzip' });
      expect(sent.status).toBe(200);
      last = isWithoutNext(sent) ? 'without' : String(sent.headers['x-nextjs-cache']);
      states.add(last);
    }
    expect([...states]).toEqual(expect.arrayContaining(['STALE', 'without']));
    expect(Number(await old.renders('hello'))).toBeGreaterThan(1);
  } finally {
    site = current;
    await old.close();
  }
});

describe('where visitors of one address may be answered differently, all is left to Next', () => {
  const ROUTES = 'routes-manifest.json';
  const MIDDLEWARE = 'server/middleware-manifest.json';
  const FUNCTIONS = 'server/functions-config-manifest.json';

  /** The manifests of the build, one of them changed. */
  const alikeWith = async (name: string, change: (manifest: string) => string | undefined) => {
    const dir = await mkdtemp(path.join(tmpdir(), 'manifests-'));
    try {
      await mkdir(path.join(dir, 'server'));
      for (const one of [ROUTES, MIDDLEWARE, FUNCTIONS]) {
        const text = await readFile(path.join(site.dir, '.next', one), 'utf8');
        const changed = one === name ? change(text) : text;
        if (changed !== undefined) await writeFile(path.join(dir, one), changed);
      }
      return areAnsweredAlike(dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  };

  /** As Next writes a rule of the configuration. */
  const rule = (condition: object) => (manifest: string) => {
    const { headers, ...rest } = JSON.parse(manifest);
    return JSON.stringify({ ...rest, headers: [...headers, { source: '/x', ...condition }] });
  };

  test.each<[string, string, (manifest: string) => string | undefined, boolean]>([
    ['as it was built', ROUTES, (manifest) => manifest, true],
    ['a rule for a query', ROUTES, rule({ has: [{ type: 'query', key: 'a' }] }), true],
    ['a rule for a cookie', ROUTES, rule({ has: [{ type: 'cookie', key: 'a' }] }), false],
    ['a rule for its absence', ROUTES, rule({ missing: [{ type: 'cookie', key: 'a' }] }), false],
    ['a rule for a host', ROUTES, rule({ has: [{ type: 'host', value: 'a' }] }), false],
    ['middleware', MIDDLEWARE, () => '{"version":3,"middleware":{"/":{}}}', false],
    ['in Node.js', FUNCTIONS, () => '{"version":1,"functions":{"/_middleware":{}}}', false],
    ['a manifest that is gone', FUNCTIONS, () => undefined, false],
    ['of another form', ROUTES, () => '{"headers":1}', false],
  ])('%s', async (_what, name, change, alike) => {
    expect(await alikeWith(name, change)).toBe(alike);
  });
});
