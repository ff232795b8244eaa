/** The contract of the endpoint, row by row. What concerns caching is in truth-of-the-200.test.ts. */
import { Readable } from 'node:stream';
import type { NextApiRequest, NextApiResponse } from 'next';
import { createMocks, type RequestOptions } from 'node-mocks-http';
import handler from '../pages/api/revalidate';

const SECRET = 'a-secret-of-the-tests';
const before = process.env;

let log: jest.SpyInstance;
beforeEach(() => {
  process.env = { ...before, MY_SECRET_TOKEN: SECRET, POSTS_DIR: '__tests__/posts' };
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
  const stream = Object.assign(Readable.from([Buffer.from(text)]), {
    method: 'POST',
    headers,
    query,
    socket: { remoteAddress: '192.0.2.0' },
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
    ['in a JSON body', { method: 'POST', query, body: { secret: SECRET } }],
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

describe('targets besides paths, where nothing is known of what is stored', () => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const ask = (query: Record<string, string | string[]>) => call({ query, headers });

  test.each([
    ['/*', ['/', '/category/guide', '/tag/a', '/topics', '/blog/hello-world', '/about']],
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
    const everything = ['/', '/category/guide', '/tag/a', '/topics', '/blog/hello-world', '/about'];
    expect((await ask({ changed: '1' })).paths).toEqual(everything);
    const body = { contentType: 'post', contentId: 42 };
    expect((await call({ method: 'POST', headers, body })).paths).toEqual(everything);
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

  test('of a stranger is not read', async () => {
    const { status } = await send('x'.repeat(2 * 1024 * 1024), {
      'content-type': 'application/json',
    });
    expect(status).toBe(401);
  });

  test('may name as many paths as it can hold', async () => {
    const paths = Array.from({ length: 60_000 }, (_, index) => `/blog/p${index}`);
    expect((await send(JSON.stringify({ paths }), json)).paths).toHaveLength(60_000);
    const more = Array.from({ length: 100_000 }, (_, index) => `/blog/p${index}`);
    const { status, body } = await send(JSON.stringify({ paths: more }), json);
    expect({ status, body }).toEqual({
      status: 413,
      body: { message: expect.stringContaining('larger than 1 MB') },
    });
  });

  test('may hold any junk: something changed', async () => {
    const junk = '{"a":'.repeat(5000) + '1' + '}'.repeat(5000);
    expect((await send(junk, json)).status).toBe(200);
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
    process.env.POSTS_DIR = '__tests__/no-such-folder';
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
  process.env.POSTS_DIR = '__tests__/no-such-folder';
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
