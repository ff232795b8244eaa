/** The contract of the endpoint, row by row. What concerns caching is in truth-of-the-200.test.ts. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { NextApiRequest, NextApiResponse } from 'next';
import { createMocks, type RequestOptions } from 'node-mocks-http';
import handler from '../../../pages/api/revalidate';
import { awayFromBuild } from '../../setup/away-from-build';

const SECRET = 'a-secret-of-the-tests';
const POSTS_DIR = path.resolve('__tests__/posts');
awayFromBuild();
const before = process.env;

let log: jest.SpyInstance;
beforeEach(() => {
  process.env = { ...before, MY_SECRET_TOKEN: SECRET, POSTS_DIR };
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  process.env = before;
  jest.restoreAllMocks();
});

let calls = 0;

/** Calls the handler; each call comes from an address of its own, so that none is throttled. */
async function call(
  options: RequestOptions,
  revalidate: (path: string) => Promise<void> = async () => undefined,
) {
  calls += 1;
  const address = `192.0.2.${calls}`;
  const { req, res } = createMocks<NextApiRequest, NextApiResponse>({
    socket: { remoteAddress: address } as unknown as RequestOptions['socket'],
    ...options,
  });
  return answer(req, res, revalidate);
}

/** Calls the handler with a body that nobody has parsed yet, as Next hands it over. */
async function send(text: string | Buffer, headers: Record<string, string>, query = {}) {
  const { res } = createMocks<NextApiRequest, NextApiResponse>();
  calls += 1;
  const stream = Object.assign(Readable.from([Buffer.from(text)]), {
    method: 'POST',
    headers,
    query,
    socket: { remoteAddress: `192.0.2.${calls}` },
  });
  return answer(stream as unknown as NextApiRequest, res, async () => undefined);
}

async function answer(
  req: NextApiRequest,
  res: ReturnType<typeof createMocks<NextApiRequest, NextApiResponse>>['res'],
  revalidate: (path: string) => Promise<void>,
) {
  const mock = jest.fn(revalidate);
  res.revalidate = mock;
  await handler(req, res);
  const text: string = res._getData();
  const isJson = String(res.getHeader('Content-Type')).includes('json');
  return {
    status: res.statusCode,
    body: isJson ? JSON.parse(text) : text,
    headers: res.getHeaders(),
    paths: mock.mock.calls.map(([path]) => path),
  };
}

const classic = (path?: string | string[], secret: string | string[] = SECRET) => ({
  query: { secret, ...(path === undefined ? {} : { path }) },
});

describe('the classic call', () => {
  test.each(['GET', 'POST'] as const)('%s regenerates the path, with one call', async (method) => {
    expect(await call({ method, ...classic('/blog/my-post') })).toMatchObject({
      status: 200,
      body: { revalidated: true },
      headers: { 'cache-control': 'no-store' },
      paths: ['/blog/my-post'],
    });
  });

  test('answers with nothing but the promise', async () => {
    expect((await call(classic('/'))).body).toEqual({ revalidated: true });
  });

  test('answers 500 as text when the page could not be regenerated', async () => {
    const failing = () => Promise.reject(new Error('Failed'));
    expect(await call(classic('/blog/my-post'), failing)).toMatchObject({
      status: 500,
      body: 'Error revalidating',
      paths: ['/blog/my-post'],
    });
  });

  test.each([[undefined], [''], ['  ']])('answers 400 to the path %j', async (path) => {
    expect(await call(classic(path))).toMatchObject({
      status: 400,
      body: { message: 'Path parameter is required' },
      paths: [],
    });
  });

  test.each([
    '/api/x',
    '//evil.com',
    'blog/x',
    'http://evil.com/blog/a',
    '/feed.xml.gz',
    '/x/..%2f..%2fetc',
    '/blog/%00',
    '/_next/data',
    '/no/such/route',
    `/${'a'.repeat(9000)}`,
  ])('answers 400 to %s, and Next never hears of it', async (path) => {
    const { status, body, paths } = await call(classic(path));
    expect({ status, paths }).toEqual({ status: 400, paths: [] });
    expect(body).toEqual({ message: expect.stringContaining('is not a page of this site: ') });
  });

  test('takes the full address of a page, here and as the caller reached us', async () => {
    const options = classic('http://localhost:3000/blog/a/');
    expect((await call(options)).paths).toEqual(['/blog/a']);
    const headers = { host: 'internal:8080' };
    expect((await call({ ...classic('http://internal:8080/about'), headers })).paths).toEqual([
      '/about',
    ]);
  });

  test('takes a permalink as the post that it ends in', async () => {
    expect((await call(classic('/2026/11/22/hello-world/'))).paths).toEqual(['/blog/hello-world']);
    expect((await call(classic('/hello-world/'))).paths).toEqual(['/blog/hello-world']);
    expect((await call(classic('/nobody/'))).paths).toEqual(['/nobody']);
  });
});

test('what a tutorial would test holds', async () => {
  process.env.MY_SECRET_TOKEN = 'test-token';
  const { req, res } = createMocks<NextApiRequest, NextApiResponse>({
    method: 'POST',
    query: { secret: 'test-token', path: '/blog/my-post' },
  });
  res.revalidate = jest.fn().mockResolvedValue(undefined);
  await handler(req, res);
  expect(res._getStatusCode()).toBe(200);
  expect(JSON.parse(res._getData())).toEqual({ revalidated: true });
  expect(res.revalidate).toHaveBeenCalledWith('/blog/my-post');
  expect(res.revalidate).toHaveBeenCalledTimes(1);
});

test.each([
  ['returns nothing', () => undefined, 200],
  [
    'throws',
    () => {
      throw new Error('Failed');
    },
    500,
  ],
])('a mock of res.revalidate that %s will do', async (_, mock, status) => {
  const { req, res } = createMocks<NextApiRequest, NextApiResponse>(classic('/blog/my-post'));
  res.revalidate = jest.fn().mockImplementation(mock);
  await handler(req, res);
  expect(res._getStatusCode()).toBe(status);
  expect(res.revalidate).toHaveBeenCalledTimes(1);
});

describe('the method', () => {
  test.each(['HEAD', 'PATCH', 'DELETE', 'OPTIONS'] as const)('%s is a 405', async (method) => {
    expect(await call({ method, ...classic('/') })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST, PUT', 'cache-control': 'no-store' },
      paths: [],
    });
  });

  test('PUT is as good as POST', async () => {
    expect((await call({ method: 'PUT', ...classic('/') })).status).toBe(200);
  });
});

describe('the secret', () => {
  const query = { path: '/' };
  const places: [string, RequestOptions][] = [
    ['a Bearer token', { query, headers: { authorization: `Bearer ${SECRET}` } }],
    ['a Bearer token, lower case', { query, headers: { authorization: `bearer ${SECRET}` } }],
    ['x-webhook-secret', { query, headers: { 'x-webhook-secret': SECRET } }],
    [
      'x-vercel-revalidation-secret',
      { query, headers: { 'x-vercel-revalidation-secret': SECRET } },
    ],
    ['x-revalidation-secret', { query, headers: { 'x-revalidation-secret': SECRET } }],
    ['query secret', { query: { path: '/', secret: SECRET } }],
    ['query token', { query: { path: '/', token: SECRET } }],
    [
      'a query beside Basic authentication of a proxy',
      { query: { path: '/', secret: SECRET }, headers: { authorization: 'Basic eDp5' } },
    ],
  ];

  test.each(places)('may be %s', async (_, options) => {
    expect(await call(options)).toMatchObject({ status: 200, paths: ['/'] });
  });

  test('may be a form field', async () => {
    const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(`secret=${SECRET}&path=/about`, urlencoded)).paths).toEqual(['/about']);
    const parts = ['secret', SECRET, 'path', '/about'];
    const text = [0, 2]
      .map(
        (i) =>
          `--b\r\nContent-Disposition: form-data; name="${parts[i]}"\r\n\r\n${parts[i + 1]}\r\n`,
      )
      .concat('--b--\r\n')
      .join('');
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    expect((await send(text, multipart)).paths).toEqual(['/about']);
    const noBoundary = { 'content-type': 'multipart/form-data' };
    expect((await send(text, noBoundary)).status).toBe(400);
  });

  test('may be a member of a JSON body, as Prismic sends it', async () => {
    const type = { 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'api-update', secret: SECRET, path: '/about' });
    expect((await send(body, type)).paths).toEqual(['/about']);
    expect((await send(body, {})).paths).toEqual(['/about']);
    // Something changed, if it says nothing else.
    expect((await send(JSON.stringify({ secret: SECRET }), type)).status).toBe(200);
  });

  test('may be in the JSON of a form field payload, or beside it', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
    const payload = (value: object) => ({ payload: JSON.stringify(value) });
    const inside = form(payload({ secret: SECRET, path: '/about' }));
    expect((await send(inside, type)).paths).toEqual(['/about']);
    const beside = form({ secret: SECRET, ...payload({ ref: 'refs/heads/main' }) });
    expect(await send(beside, type)).toMatchObject({ status: 200, body: { revalidated: true } });
    expect((await send(form(payload({ secret: 'wrong', path: '/about' })), type)).status).toBe(401);
    expect((await send(form({ payload: '{"secret":' }), type)).status).toBe(401);
    // Not JSON: a field like any other, which names nothing.
    const text = form({ secret: SECRET, payload: 'text' });
    expect(await send(text, type)).toMatchObject({
      status: 400,
      body: { message: 'Path parameter is required' },
    });
    const broken = form({ secret: SECRET, payload: '{"ref":' });
    expect(await send(broken, type)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('The field payload is not JSON') },
    });
  });

  const refused: [string, RequestOptions][] = [
    ['wrong', classic('/', 'wrong')],
    ['missing', { query }],
    ['empty', classic('/', '')],
    ['repeated', classic('/', [SECRET, SECRET])],
    ['over-long', classic('/', 'x'.repeat(100_000))],
    ['a prefix', classic('/', SECRET.slice(0, -1))],
    ['an empty Bearer token', { query: classic('/').query, headers: { authorization: 'Bearer ' } }],
    [
      'wrong in the header and right in the query',
      { ...classic('/'), headers: { 'x-webhook-secret': 'wrong' } },
    ],
    ['wrong in a JSON body', { method: 'POST', query, body: { secret: 'wrong' } }],
    ['a list in a JSON body', { method: 'POST', query, body: { secret: [SECRET] } }],
    [
      'wrong in the header and right in a JSON body',
      {
        method: 'POST',
        query,
        headers: { 'x-webhook-secret': 'wrong' },
        body: { secret: SECRET },
      },
    ],
  ];

  test.each(refused)('that is %s is a 401', async (_, options) => {
    expect(await call(options)).toMatchObject({
      status: 401,
      body: { message: 'Invalid token' },
      headers: { 'cache-control': 'no-store' },
      paths: [],
    });
  });

  test('that is not configured authorises nobody', async () => {
    for (const unset of [undefined, '']) {
      if (unset === undefined) delete process.env.MY_SECRET_TOKEN;
      else process.env.MY_SECRET_TOKEN = unset;
      for (const secret of ['', 'undefined', SECRET]) {
        expect((await call(classic('/', secret))).status).toBe(401);
      }
      expect((await call({ query })).status).toBe(401);
    }
  });

  test('that is being rotated out still counts', async () => {
    process.env.MY_SECRET_TOKEN_PREVIOUS = 'the-former-secret';
    expect((await call(classic('/', 'the-former-secret'))).status).toBe(200);
    expect((await call(classic('/'))).status).toBe(200);
    expect((await call(classic('/', 'another'))).status).toBe(401);
  });

  test('is checked before the path: a stranger learns nothing', async () => {
    expect((await call(classic('/api/x', 'wrong'))).status).toBe(401);
    expect((await call(classic(undefined, 'wrong'))).status).toBe(401);
  });

  describe('that is wrong again and again', () => {
    // The log tells of them a minute later.
    beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
    afterEach(() => {
      jest.runOnlyPendingTimers();
      jest.useRealTimers();
    });

    test('may be guessed sixty times a minute from one address; the right one is never throttled', async () => {
      const socket = { remoteAddress: '198.51.100.1' } as unknown as RequestOptions['socket'];
      const statuses: number[] = [];
      for (let guesses = 0; guesses < 62; guesses += 1) {
        statuses.push((await call({ ...classic('/', `guess ${guesses}`), socket })).status);
      }
      expect(statuses.slice(0, 60)).toEqual(Array(60).fill(401));
      expect(statuses.slice(60)).toEqual([429, 429]);
      expect((await call({ ...classic('/'), socket })).status).toBe(200);
      expect((await call(classic('/', 'wrong'))).status).toBe(401);
    });

    test('is not the only thing that is counted: so is whatever else a stranger is refused for', async () => {
      const socket = { remoteAddress: '198.51.100.2' } as unknown as RequestOptions['socket'];
      const statuses: number[] = [];
      for (let refusals = 0; refusals < 61; refusals += 1) {
        statuses.push((await call({ method: 'DELETE', socket })).status);
      }
      expect(statuses).toEqual([...Array(60).fill(405), 429]);
      expect((await call({ method: 'DELETE', ...classic('/'), socket })).status).toBe(405);
    });
  });

  test('is in no message about a body that cannot be read, not even in part', async () => {
    const headers = { 'content-type': 'application/json', 'x-webhook-secret': SECRET };
    const { status, body } = await send(`{"path": "/", "secret": "${SECRET}" x}`, headers);
    expect(status).toBe(400);
    for (let n = 0; n < SECRET.length - 4; n += 1) {
      expect(body.message).not.toContain(SECRET.slice(n, n + 5));
    }
  });

  test('is in no answer and in no log line', async () => {
    const secret = 'päss/wörd "16+"';
    process.env.MY_SECRET_TOKEN = secret;
    const failing = () => Promise.reject(new Error(`cannot fetch ?secret=${secret}`));
    const answers = [
      await call(classic(`/api/${secret}`, secret)),
      await call({ query: { secret, path: `/api/${encodeURIComponent(secret)}`, report: '1' } }),
      await call({ query: { secret, path: '/', report: '1' } }, failing),
      await call(classic('/', secret), failing),
    ];
    const everything = JSON.stringify([answers, log.mock.calls]);
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(everything).not.toContain(form);
      expect(everything).not.toContain(JSON.stringify(form).slice(1, -1));
    }
    expect(everything).toContain('[secret]');
  });
});

describe('several paths', () => {
  const authorization = `Bearer ${SECRET}`;
  const post = (body: object) => call({ method: 'POST', headers: { authorization }, body });

  test.each([
    ['a list', { paths: ['/', '/about'] }],
    ['an object, as PHP writes a list with gaps', { paths: { 0: '/', 2: '/about' } }],
    ['path as a list', { path: ['/', '/about'] }],
  ])('may be %s in JSON', async (_, body) => {
    expect(await post(body)).toMatchObject({
      status: 200,
      paths: ['/', '/about'],
      body: {
        revalidated: true,
        pages: [
          { path: '/', result: 'regenerated', because: ['named'], ms: expect.any(Number) },
          { path: '/about', result: 'regenerated', because: ['named'], ms: expect.any(Number) },
        ],
        ms: expect.any(Number),
      },
    });
  });

  test('may be separated by commas, in a query and in a form', async () => {
    const query = { secret: SECRET, paths: '/, /about,' };
    expect((await call({ query })).paths).toEqual(['/', '/about']);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(`secret=${SECRET}&paths=/,/about`, form)).paths).toEqual(['/', '/about']);
  });

  test('may be a repeated path', async () => {
    expect((await call(classic(['/', '/about', '/']))).paths).toEqual(['/', '/about']);
  });

  test('are regenerated once each, however they are written', async () => {
    expect((await post({ paths: ['/about', '/about/', '/about?x'] })).paths).toEqual(['/about']);
  });

  test('that are no pages of this site are named, and the others regenerated', async () => {
    expect(await post({ paths: ['/', '/wp-json/x.y', '/no/such/post'] })).toMatchObject({
      status: 200,
      paths: ['/'],
      body: { ignored: ['/wp-json/x.y', '/no/such/post'] },
    });
    expect((await post({ paths: ['/a.b', '/no/such/post'] })).status).toBe(400);
  });

  test('of which one fails are a 500 that says which, and why', async () => {
    const failing = async (path: string) => {
      if (path === '/about') throw new Error('The disk is full');
    };
    const options = { method: 'POST' as const, headers: { authorization } };
    const { status, body } = await call({ ...options, body: { paths: ['/', '/about'] } }, failing);
    expect(status).toBe(500);
    expect(body).toMatchObject({
      revalidated: false,
      message: '/about: The disk is full',
      pages: [{ result: 'regenerated' }, { result: 'failed', error: 'The disk is full' }],
    });
    expect(body).not.toHaveProperty('errors');
  });

  test('report=1 has the classic call answer in full', async () => {
    const { body } = await call({ query: { secret: SECRET, path: '/about/', report: '1' } });
    expect(body).toMatchObject({ revalidated: true, path: '/about/', pages: [{ path: '/about' }] });
  });

  test('slug in the query is a path, with or without its slash', async () => {
    for (const slug of ['/blog/x', 'blog/x']) {
      expect(await call({ query: { secret: SECRET, slug } })).toMatchObject({
        body: { revalidated: true },
        paths: ['/blog/x'],
      });
    }
  });
});

const EVERYTHING = [
  ...['/', '/category/guide', '/tag/a', '/topics', '/blog/hello-world', '/about'],
  ...['/archive/2026', '/archive'],
];

describe('targets besides paths, where nothing is known of what is stored', () => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const ask = (query: Record<string, string | string[]>) => call({ query, headers });

  test.each([
    ['/*', EVERYTHING],
    ['/blog/*', ['/blog/hello-world']],
    ['/blog/[slug]', ['/blog/hello-world']],
    ['/blog/[anything]', ['/blog/hello-world']],
    ['/[slug]', ['/about']],
    ['/tag/[tag]', ['/tag/a']],
    ['/category/[category]/page/[number]', []],
    ['/tag/none/*', []],
  ])('the pattern %s names %j', async (path, paths) => {
    expect(await ask({ path, report: '1' })).toMatchObject({ status: 200, paths });
  });

  test.each(['/foo/[slug]', '/wp-content/*', '/blog/[slug]/x', '*', '/blog*', '/blog/[', '/api/*'])(
    'the pattern %s is a 400',
    async (path) => {
      const { status, body, paths } = await ask({ path });
      expect({ status, paths }).toEqual({ status: 400, paths: [] });
      expect(body.message).toContain('is not a page of this site: the patterns are');
    },
  );

  test('a tag names the pages that show its content, and is echoed', async () => {
    expect(await ask({ tag: 'page:about' })).toMatchObject({
      body: {
        revalidated: true,
        tag: 'page:about',
        pages: [
          { path: '/about', because: ['page:about'] },
          { path: '/', because: ['page:about'] },
        ],
      },
      paths: ['/about', '/'],
    });
    expect((await ask({ tags: 'page:about,tag:a' })).paths).toEqual([
      '/about',
      '/',
      '/tag/a',
      '/topics',
      '/blog/hello-world',
    ]);
    const body = { tags: ['tag:a'] };
    expect((await call({ method: 'POST', headers, body })).paths).toContain('/tag/a');
  });

  test('a tag that nothing carries is a 200 with nothing to do', async () => {
    expect(await ask({ tag: 'post:none' })).toMatchObject({
      status: 200,
      body: { revalidated: true, pages: [] },
      paths: [],
    });
  });

  test('changed may be any page', async () => {
    expect((await ask({ changed: '1' })).paths).toEqual(EVERYTHING);
    const body = { contentType: 'post', contentId: 42 };
    expect((await call({ method: 'POST', headers, body })).paths).toEqual(EVERYTHING);
    expect((await call({ method: 'POST', headers, body: { key: 'x', path: '' } })).status).toBe(
      200,
    );
    expect((await call({ method: 'POST', headers, body: {} })).status).toBe(400);
  });

  test('a body that tells what changed asks for that, whatever tags it names', async () => {
    const body = { postId: 12, tags: ['post-12'] };
    const { paths } = await call({ method: 'POST', headers, body });
    expect(paths).toContain('/blog/hello-world');
  });

  test('a body that a sender made a query tells that something changed', async () => {
    const queries: Record<string, string>[] = [
      { post_id: '1' },
      { key: 'cG9zdDox', path: '', '_webhook_meta[event_type]': 'post_updated' },
    ];
    for (const query of queries) {
      expect(await ask(query)).toMatchObject({ status: 200, body: { pages: expect.any(Array) } });
    }
    expect((await ask({ key: 'cG9zdDox', path: '' })).status).toBe(400);
  });

  test.each([
    { tag: { current: { slug: 'x' }, previous: {} } },
    { id: 12, slug: 'x', tags: [5, 7] },
    { tags: [{ _ref: 't1' }] },
    { path: { alias: '/x' } },
    { path: { alias: '/x' }, tags: ['post:a'] },
    { object_kind: 'release', tag: 'v1.1' },
  ])('%j has our names in another meaning: something changed', async (body) => {
    const everything = (await ask({ changed: '1' })).paths;
    const { status, paths } = await call({ method: 'POST', headers, body });
    expect({ status, paths }).toEqual({ status: 200, paths: expect.arrayContaining(everything) });
  });

  test('a path that is named beside them is what is asked for', async () => {
    const body = { id: 12, path: '/about', tags: [5, 7] };
    expect((await call({ method: 'POST', headers, body })).paths).toEqual(['/about']);
  });

  test('dryRun renders nothing', async () => {
    expect(await ask({ path: '/about', dryRun: '1' })).toMatchObject({
      status: 200,
      body: {
        revalidated: false,
        dryRun: true,
        pages: [{ path: '/about', because: ['named'] }],
      },
      paths: [],
    });
  });
});

describe('the body', () => {
  const json = { 'content-type': 'application/json', 'x-webhook-secret': SECRET };

  test('is taken as JSON where a sender forgot to say so', async () => {
    const form = { ...json, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('{"path":"/about"}', form)).paths).toEqual(['/about']);
  });

  test.each([
    ['{"path":', 'The body is not JSON'],
    ['["/"]', 'The body must be a JSON object'],
    ['"/"', 'The body must be a JSON object'],
    ['{"path": 1}', 'path must be a path, or a list of paths'],
    ['{"id": 1, "path": 1}', 'path must be a path, or a list of paths'],
    ['{"paths": [1, 2]}', 'paths must be a path, or a list of paths'],
    ['{"paths": [["/"]]}', 'paths must be a path, or a list of paths'],
    ['{"paths": [null]}', 'paths must be a path, or a list of paths'],
    ['{"paths": {"a": {"b": [{"c": []}]}}}', 'paths must be a path, or a list of paths'],
    ['{"tags": [1]}', 'tags must be a tag, or a list of tags'],
    ['', 'Path parameter is required'],
    ['{}', 'Path parameter is required'],
  ])('%s is a 400', async (text, message) => {
    const { status, body, paths } = await send(text, json);
    expect({ status, paths }).toEqual({ status: 400, paths: [] });
    expect(body.message).toContain(message);
  });

  test('over 1 MB is a 413', async () => {
    const text = JSON.stringify({ path: '/', more: 'x'.repeat(1024 * 1024) });
    expect(await send(text, json)).toMatchObject({
      status: 413,
      body: { message: expect.stringContaining('The body is larger than 1 MB') },
      paths: [],
    });
    const length = { ...json, 'content-length': String(2e9) };
    expect((await send('{}', length)).status).toBe(413);
  });

  test('may name 10,000 paths and tags', async () => {
    const paths = Array.from({ length: 9999 }, (_, index) => `/blog/p${index}`);
    const tags = ['post:a'];
    expect((await send(JSON.stringify({ paths, tags }), json)).status).toBe(200);
    for (const body of [
      { paths: [...paths, '/'], tags },
      { paths: { ...paths, 20000: '/', 20001: '/' } },
      { tags: Array(10_001).fill('post:a') },
    ]) {
      expect(await send(JSON.stringify(body), json)).toMatchObject({
        status: 413,
        body: { message: expect.stringContaining('10,001 paths and tags') },
        paths: [],
      });
    }
    const commas = { secret: SECRET, paths: Array(10_001).fill('/').join(',') };
    expect((await call({ query: commas })).status).toBe(413);
  });

  test('may hold a name with half a megabyte of spaces, which is read once', async () => {
    const text = JSON.stringify({ paths: ['/', `/a${' '.repeat(500_000)}b`] });
    expect(await send(text, json)).toMatchObject({ status: 200, paths: ['/'] });
  });

  test('may hold any junk: something changed', async () => {
    const junk = '{"a":'.repeat(5000) + '1' + '}'.repeat(5000);
    expect((await send(junk, json)).status).toBe(200);
    const deep = (field: string) => `{"${field}":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    for (const field of ['changed', 'dryRun', 'postId']) {
      expect((await send(deep(field), json)).status).toBe(200);
    }
    expect((await send('{"changed": {"toString": 1}}', json)).status).toBe(200);
  });
});

describe('the body of a caller who has shown no secret', () => {
  const json = { 'content-type': 'application/json' };
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
  const field = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const file = '--b\r\nContent-Disposition:form-data;name=f;filename=f\r\n\r\n\r\n';

  test.each([
    ['a field 5,000 times', 'a&'.repeat(5000), urlencoded],
    ['a field 1,001 times', 'a=1&'.repeat(1000) + 'a=1', urlencoded],
    ['no field 1,001 times', `${'&'.repeat(1001)}path=/`, urlencoded],
    ['1,001 fields of a form with parts', `${field('a', '').repeat(1001)}--b--\r\n`, multipart],
    ['1,001 files', `${file.repeat(1001)}--b--\r\n`, multipart],
    ['10,000 parts of nothing', '--b\r\n'.repeat(10_000), multipart],
    [
      '1,001 parts, the boundary in quotes',
      `${file.repeat(1001)}--b--\r\n`,
      { 'content-type': 'multipart/form-data; charset=utf-8; Boundary="b"' },
    ],
  ])('may not be %s, nor that of others', async (_, text, type) => {
    const refusal = {
      status: 413,
      body: { message: expect.stringContaining('1,000 fields') },
      paths: [],
    };
    expect(await send(text, type)).toMatchObject(refusal);
    expect(await send(text, { ...type, 'x-webhook-secret': SECRET })).toMatchObject(refusal);
  });

  test('may be 1,000 fields', async () => {
    const secret = `secret=${SECRET}&`;
    const paths = Array.from({ length: 999 }, (_, n) => `path=/blog/p${n}`).join('&');
    expect((await send(secret + paths, urlencoded)).paths).toHaveLength(999);
    const parts = `${field('secret', SECRET)}${field('path', '/').repeat(998)}${file}--b--\r\n`;
    expect((await send(parts, multipart)).paths).toEqual(['/']);
  });

  test('may be a form with a boundary of 70 characters, as the standard has it', async () => {
    const form = async (boundary: string) => {
      const text = `${field('secret', SECRET)}${field('path', '/about')}--b--\r\n`;
      const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      return send(text.replaceAll('--b', `--${boundary}`), type);
    };
    expect((await form('-'.repeat(69) + 'a')).paths).toEqual(['/about']);
    expect(await form('-'.repeat(70) + 'a')).toMatchObject({ status: 400, paths: [] });
  });

  test('may be 64 KB; a secret in a header lets in 1 MB', async () => {
    const fill = (length: number, text: string) => text + 'x'.repeat(length - text.length);
    const form = `secret=${SECRET}&path=/about&more=`;
    expect(await send(fill(64 * 1024, form), urlencoded)).toMatchObject({
      status: 200,
      paths: ['/about'],
    });
    const larger = fill(64 * 1024 + 1, form);
    for (const [text, type] of [
      [larger, urlencoded],
      [larger, { ...urlencoded, 'content-length': String(larger.length) }],
      ['x'.repeat(2 * 1024 * 1024), json],
    ] as const) {
      expect(await send(text, type)).toMatchObject({
        status: 413,
        body: { message: expect.stringContaining('The body is larger than 64 KB') },
        paths: [],
      });
    }
    const header = { ...urlencoded, 'x-webhook-secret': SECRET };
    expect((await send(larger, header)).paths).toEqual(['/about']);
    expect((await send(larger, urlencoded, { secret: SECRET })).paths).toEqual(['/about']);
  });

  test('is not read where a wrong secret has been shown', async () => {
    const text = Array(3).fill(Buffer.alloc(1024));
    const body = Readable.from(text);
    const { res } = createMocks<NextApiRequest, NextApiResponse>();
    const headers = { ...json, 'x-webhook-secret': 'wrong' };
    const socket = { remoteAddress: '192.0.2.250' };
    const req = Object.assign(body, { method: 'POST', headers, query: {}, socket });
    expect(
      (await answer(req as unknown as NextApiRequest, res, async () => undefined)).status,
    ).toBe(401);
    expect(body.readableDidRead).toBe(false);
  });

  test.each(['{"path":', '["/"]', '"/"', '1', '', '['.repeat(60_000)])(
    'is a 401 whatever is wrong with its JSON: %.20s',
    async (text) => {
      expect(await send(text, json)).toMatchObject({
        status: 401,
        body: { message: 'Invalid token' },
      });
    },
  );
});

test('a query of more than 1,000 fields is a 413: Next would leave some out', async () => {
  const url = (fields: number) => `/api/revalidate?${'path=/&'.repeat(fields - 1)}path=/about`;
  const query = { secret: SECRET, path: '/' };
  expect(await call({ url: url(1001), query })).toMatchObject({
    status: 413,
    body: { message: expect.stringContaining('1,000 fields') },
    paths: [],
  });
  expect((await call({ url: url(1000), query })).status).toBe(200);
  expect((await call({ url: url(1001), query: { ...query, secret: 'x' } })).status).toBe(401);
});

describe('a body that does not arrive', () => {
  const LIMIT_MS = 10_000;
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'],
    });
  });
  afterEach(() => jest.useRealTimers());

  /** Serves the handler, sends it the beginning of a request, and tells what came of it. */
  async function hold(head: string[], test: (received: () => string) => Promise<void>) {
    const server = createServer((req: IncomingMessage, res: ServerResponse) => {
      const query = Object.fromEntries(new URL(req.url ?? '', 'http://x').searchParams);
      const json = (body: unknown) => res.end(JSON.stringify(body));
      const status = (code: number) => Object.assign(res, { statusCode: code });
      const next = Object.assign(res, { status, json, send: (text: string) => res.end(text) });
      void handler(
        Object.assign(req, { query }) as unknown as NextApiRequest,
        next as unknown as NextApiResponse,
      );
    }).listen(0);
    await once(server, 'listening');
    const address = server.address();
    const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0);
    let received = '';
    let isClosed = false;
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (isClosed = true));
    socket.write([...head, 'Host: x', 'Content-Length: 100', '', 'secret='].join('\r\n'));
    try {
      await test(() => received);
      await turnsUntil(() => isClosed);
    } finally {
      socket.destroy();
      server.close();
      server.closeAllConnections();
    }
  }

  /** Waits in turns of the event loop: the timers are held. */
  async function turnsUntil(question: () => boolean): Promise<void> {
    for (let turn = 0; turn < 1_000_000 && !question(); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(question()).toBe(true);
  }

  const FORM = 'Content-Type: application/x-www-form-urlencoded';

  test('is a 408, and the end of the connection', async () => {
    await hold(['POST /api/revalidate HTTP/1.1', FORM], async (received) => {
      await turnsUntil(() => jest.getTimerCount() > 0);
      expect(received()).toBe('');
      jest.advanceTimersByTime(LIMIT_MS);
      await turnsUntil(() => received().includes('\r\n\r\n{'));
      expect(received()).toMatch(/^HTTP\/1\.1 408 /);
      expect(received()).toMatch(/^Connection: close\r$/im);
      expect(received()).toContain('10 seconds');
    });
    expect(JSON.parse(log.mock.calls[0]?.[0])).toMatchObject({ status: 408, result: 'refused' });
  });

  test('is no 408 where a wrong secret was refused before it, but the end of the connection', async () => {
    const head = ['POST /api/revalidate?secret=wrong HTTP/1.1', FORM];
    await hold(head, async (received) => {
      await turnsUntil(() => received().includes('Invalid token'));
      expect(received()).toMatch(/^HTTP\/1\.1 401 /);
      await turnsUntil(() => jest.getTimerCount() > 0);
      jest.advanceTimersByTime(LIMIT_MS);
    });
  });

  test('leaves no timer behind where it does arrive', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(`secret=${SECRET}&path=/about`, type)).paths).toEqual(['/about']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('confirm', () => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const post = (body: object) => call({ method: 'POST', headers, body });

  test('may be removals only', async () => {
    for (const query of [{ confirm: 'all' }, { confirm: '' }, { confirm: ['removals', 'x'] }]) {
      expect(await call({ headers, query: { path: '/', ...query } })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('confirm must be "removals"') },
        paths: [],
      });
    }
    expect((await post({ path: '/', confirm: true })).status).toBe(400);
    expect((await post({ path: '/', confirm: null })).status).toBe(200);
  });

  test('with nothing named asks for what changed', async () => {
    expect((await call({ headers, query: { confirm: 'removals' } })).paths).toEqual(EVERYTHING);
    expect((await post({ confirm: 'removals' })).paths).toEqual(EVERYTHING);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(`secret=${SECRET}&confirm=removals`, form)).paths).toEqual(EVERYTHING);
  });

  test('leaves the classic call what it is', async () => {
    const { query } = classic('/about');
    expect(await call({ query: { ...query, confirm: 'removals' } })).toMatchObject({
      body: { revalidated: true },
      paths: ['/about'],
    });
  });
});

describe('addresses that are computed for each request', () => {
  const ALWAYS = [
    '/feed.xml',
    '/sitemap.xml',
    '/sitemap/1.xml',
    '/search',
    '/robots.txt',
    '/feed.xml/',
    '/search?q=a',
    'http://localhost:3000/sitemap.xml',
  ];

  test.each(ALWAYS)('%s is a 200, and nothing is read', async (path) => {
    process.env.POSTS_DIR = `${POSTS_DIR}/no-such-folder`;
    expect(await call(classic(path))).toMatchObject({
      status: 200,
      body: { revalidated: true },
      paths: [],
    });
    const { body } = await call({ query: { secret: SECRET, path, report: '1' } });
    expect(body).toMatchObject({ revalidated: true, pages: [], alwaysFresh: [path] });
    expect(body).not.toHaveProperty('ignored');
  });

  test('may be named among pages, and among what is no page', async () => {
    const paths = ['/feed.xml', '/about', '/search/', '/api/x'];
    expect(await call({ query: { secret: SECRET, paths: paths.join(',') } })).toMatchObject({
      status: 200,
      paths: ['/about'],
      body: { alwaysFresh: ['/feed.xml', '/search/'], ignored: ['/api/x'] },
    });
    expect(await call({ query: { secret: SECRET, paths: '/feed.xml,/api/x' } })).toMatchObject({
      status: 200,
      paths: [],
      body: { revalidated: true, alwaysFresh: ['/feed.xml'], ignored: ['/api/x'] },
    });
    expect(await call({ query: { secret: SECRET, path: '/feed.xml', dryRun: '1' } })).toMatchObject(
      { status: 200, body: { revalidated: false, dryRun: true, alwaysFresh: ['/feed.xml'] } },
    );
  });

  test.each(['/feed.xml/x', '/sitemap', '/sitemap/a/b.xml', '/sitemap/..%2fx.xml', '/search/x'])(
    '%s is none',
    async (path) => {
      const { body } = await call({ query: { secret: SECRET, path, report: '1' } });
      expect(body).not.toHaveProperty('alwaysFresh');
    },
  );
});

test('a source that cannot be read is a 500 with its cause', async () => {
  process.env.POSTS_DIR = `${POSTS_DIR}/no-such-folder`;
  expect(await call(classic('/'))).toMatchObject({ status: 500, body: 'Error revalidating' });
  expect(await call({ query: { secret: SECRET, paths: '/' } })).toMatchObject({
    status: 500,
    body: { revalidated: false, message: expect.stringContaining('no-such-folder cannot be read') },
    paths: [],
  });
});

test('an environment that cannot be used is a 500 with its cause', async () => {
  process.env.REVALIDATE_SECONDS = 'soon';
  expect(await call(classic('/'))).toMatchObject({
    status: 500,
    body: { message: expect.stringContaining('REVALIDATE_SECONDS=soon') },
  });
});

test('each call writes one line of JSON', async () => {
  await call(classic('/about'));
  await call(classic('/api/x'));
  await call(classic('/', 'wrong'));
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([
    { event: 'purge', status: 200, path: '/about', result: 'regenerated', ms: expect.any(Number) },
    { event: 'purge', status: 400, path: ['/api/x'], result: 'refused' },
    { event: 'purge', status: 401, result: 'refused', address: expect.stringMatching(/^192/) },
  ]);
});
