import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { z } from 'zod';
import { loadWordPress } from '../../lib/source/wordpress/wordpress';
import { openWordPress, type Access, type Limits } from '../../lib/source/wordpress/client';
import { restPost } from '../setup/posts';

const LIMITS: Limits = {
  timeoutMs: 300,
  retries: 2,
  pauseMs: 2,
  mostPauseMs: 1100,
  mostBytes: 100_000,
};

type Handler = (req: IncomingMessage, res: ServerResponse, count: number) => void;

let server: Server;
let url: string;
let handler: Handler;
let count = 0;

beforeEach(async () => {
  count = 0;
  // A port of its own for each test: the client remembers where an API answered.
  server = createServer((req, res) => handler(req, res, (count += 1))).listen(0);
  await once(server, 'listening');
  const address = server.address();
  url = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const json = (res: ServerResponse, value: unknown, status = 200, headers = {}) => {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(JSON.stringify(value));
};
const page = (res: ServerResponse, status: number) => {
  res.writeHead(status, { 'Content-Type': 'text/html' });
  res.end('<!doctype html><title>Hello</title>');
};

const Ids = z.array(z.object({ id: z.number() }));
const ask = () => openWordPress(url, LIMITS)('posts', { per_page: 1 }, Ids);

test('tells how many there are', async () => {
  handler = (req, res) => {
    expect(req.url).toBe('/?rest_route=/wp/v2/posts&per_page=1');
    json(res, [{ id: 1 }], 200, { 'X-WP-Total': '7', 'X-WP-TotalPages': '4' });
  };
  expect(await ask()).toMatchObject({ data: [{ id: 1 }], total: 7, pages: 4 });
});

test('asks at /wp-json/ where the other address answers with HTML, and remembers it', async () => {
  handler = (req, res) =>
    req.url?.startsWith('/wp-json/wp/v2/posts?') ? json(res, [{ id: 1 }]) : page(res, 404);
  await ask();
  expect(count).toBe(2);
  await ask();
  expect(count).toBe(3);
});

test('asks elsewhere where the address that answered does so no more', async () => {
  const answerAt =
    (start: string): Handler =>
    (req, res) =>
      req.url?.startsWith(start) ? json(res, [{ id: 1 }]) : page(res, 404);
  handler = answerAt('/wp-json/');
  await ask();
  handler = answerAt('/?rest_route=');
  expect((await ask()).data).toEqual([{ id: 1 }]);
});

test.each<[string, (res: ServerResponse) => void]>([
  [
    'in a header',
    (res) =>
      res
        .setHeader(
          'Link',
          '<https://cms.example/style.css>; rel=preload, <https://cms.example/api/>; rel="https://api.w.org/"',
        )
        .end('<title>Home</title>'),
  ],
  [
    'in its head',
    (res) =>
      res.end('<head><link rel="https://api.w.org/" href="https://cms.example/api/" /></head>'),
  ],
  [
    'with plain permalinks',
    (res) =>
      res.end("<link rel='https://api.w.org/' href='https://cms.example/api/?rest_route=/' />"),
  ],
])('asks where the home page announces the API %s, at its own host', async (_, home) => {
  handler = (req, res) => {
    if (req.url === '/') return home(res);
    return req.url?.startsWith('/api/') ? json(res, [{ id: 1 }]) : page(res, 200);
  };
  expect((await ask()).data).toEqual([{ id: 1 }]);
  expect(count).toBe(4);
  await ask();
  expect(count).toBe(5);
});

describe('a REST API that is closed', () => {
  const login = { user: 'editor', password: 'abcd efgh ijkl' };
  const basicAuth = { user: 'staging', password: 'hush/puppy' };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const EDITOR = basic('editor:abcd efgh ijkl');
  const askWith = (access: Access, route = 'posts') =>
    openWordPress(url, LIMITS, access)(route, { per_page: 1 }, Ids);
  /** What each request was sent as. */
  const seen: (string | undefined)[] = [];
  beforeEach(() => seen.splice(0));

  /** Turns strangers away, in one of the ways that are in use. */
  const closedBy =
    (
      refuse: (res: ServerResponse) => void,
      isOpen: (where: string) => boolean = () => false,
    ): Handler =>
    (req, res) => {
      seen.push(req.headers.authorization);
      const isLetIn = req.headers.authorization === EDITOR || isOpen(req.url ?? '');
      return isLetIn ? json(res, [{ id: 1 }]) : refuse(res);
    };

  test.each<[string, (res: ServerResponse) => void]>([
    ['401', (res) => json(res, { code: 'rest_not_logged_in', message: 'Log in' }, 401)],
    ['403', (res) => json(res, { code: 'rest_forbidden', message: 'Go away' }, 403)],
    ['a page of HTML', (res) => page(res, 200)],
  ])('by %s is read with the login', async (_, refuse) => {
    handler = closedBy(refuse);
    expect(await askWith({ login })).toMatchObject({ data: [{ id: 1 }], as: 'editor' });
    // At first without.
    expect(seen[0]).toBeUndefined();
    // The answer is remembered.
    const before = count;
    await askWith({ login });
    expect(count).toBe(before + 1);
    await expect(askWith({})).rejects.toThrow('cannot be read: posts: ');
  });

  test('is read without it as soon as the login is refused and strangers are not', async () => {
    handler = closedBy((res) => json(res, { message: 'No' }, 401));
    await askWith({ login });
    handler = (req, res) =>
      req.headers.authorization ? json(res, { message: 'Revoked' }, 401) : json(res, [{ id: 2 }]);
    expect(await askWith({ login })).toMatchObject({ data: [{ id: 2 }], as: undefined });
  });

  test('is not asked with it where it answers strangers, if only with nothing', async () => {
    handler = (req, res) => {
      seen.push(req.headers.authorization);
      json(res, [], 200, { 'X-WP-Total': '0' });
    };
    expect((await askWith({ login })).data).toEqual([]);
    expect(seen).toEqual([undefined]);
  });

  test('for users alone stays closed', async () => {
    handler = closedBy(
      (res) => json(res, { code: 'rest_user_cannot_view', message: 'No' }, 401),
      (where) => where.includes('/posts'),
    );
    await expect(askWith({ login }, 'users')).rejects.toThrow('users: it answered 401: No');
    expect(seen).toEqual([undefined, undefined]);
    // With everything else it is opened.
    handler = closedBy((res) => json(res, { message: 'No' }, 401));
    expect((await askWith({ login }, 'users')).as).toBe('editor');
  });

  test('tells what it says to the user', async () => {
    handler = (req, res) =>
      json(res, { message: req.headers.authorization ? 'Wrong password' : 'Go away' }, 401);
    await expect(askWith({ login })).rejects.toThrow(
      'cannot be read: posts as editor: it answered 401: Wrong password',
    );
  });

  test('behind a password of the web server gets both, each in its header', async () => {
    handler = (req, res) => {
      if (req.headers.authorization !== basic('staging:hush/puppy')) {
        return page(res.setHeader('WWW-Authenticate', 'Basic realm="Staging"'), 401);
      }
      const given = String(req.headers['x-evergreen-login']);
      seen.push(given);
      return given === EDITOR ? json(res, [{ id: 1 }]) : json(res, { message: 'No' }, 401);
    };
    expect((await askWith({ login, basicAuth })).as).toBe('editor');
    expect(seen).toEqual(['none', EDITOR]);
    const asked = 'the web server in front of it asks for a password: set WORDPRESS_BASIC_AUTH';
    await expect(askWith({})).rejects.toThrow(asked);
    // The login is not for the web server.
    const before = count;
    await expect(
      openWordPress(`${url}/other`, LIMITS, { login })('posts', {}, Ids),
    ).rejects.toThrow(asked);
    expect(count).toBe(before + 1);
    const wrong = { user: 'staging', password: 'guess' };
    await expect(askWith({ basicAuth: wrong })).rejects.toThrow(
      'does not take WORDPRESS_BASIC_AUTH',
    );
  });

  test('says that WordPress takes the password of the web server for a login', async () => {
    handler = (_, res) => json(res, { code: 'invalid_username', message: 'Unknown' }, 401);
    await expect(askWith({ login, basicAuth })).rejects.toThrow(
      /takes WORDPRESS_BASIC_AUTH for a login of its own: activate the plugin/,
    );
  });

  test('is told no password by a redirect to another host', async () => {
    const other = createServer((req, res) => {
      seen.push(req.headers['x-evergreen-login']?.toString(), req.headers.authorization);
      json(res, [{ id: 1 }]);
    }).listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : '';
    handler = (_, res) => res.writeHead(301, { Location: `http://127.0.0.1:${port}/` }).end();
    await expect(askWith({ login, basicAuth })).rejects.toThrow('it answered 301');
    await askWith({ login });
    other.close();
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  test('has no password in what it says, wherever that is cut', async () => {
    let padding = '';
    let known: Access = {};
    handler = (req, res) => {
      // WordPress leaves out the spaces of the passwords that it makes.
      const short = known.login?.password.replaceAll(' ', '');
      const heard = JSON.stringify([req.headers, known, short]);
      json(res, { message: `${padding}${heard}`, code: heard }, 403);
    };
    for (const access of [{ login }, { basicAuth }, { login, basicAuth }]) {
      known = access;
      for (let length = 0; length < 200; length += 7) {
        padding = ' '.repeat(length);
        const failure: unknown = await askWith(access).catch((error: unknown) => error);
        expect(String(failure)).toContain('it answered 403');
        expect(inspect(failure)).not.toMatch(/hush|puppy|abcd|c3RhZ2luZzpodXNo|ZWRpdG9yOmFiY2Q/);
      }
    }
  });
});

test.each<[string, Handler]>([
  ['500', (_, res) => json(res, { message: 'oh' }, 500)],
  ['503 in HTML', (_, res) => page(res, 503)],
  ['429', (_, res) => json(res, {}, 429, { 'Retry-After': '1' })],
  ['half a JSON', (_, res) => res.end('[{"id": 1')],
  [
    'an answer that breaks off',
    (_, res) => res.writeHead(200, { 'Content-Length': 99 }).write('['),
  ],
  ['a connection that breaks off', (req) => req.socket.destroy()],
  ['no answer', () => undefined],
])('asks again after %s', async (_, fault) => {
  const begun = Date.now();
  handler = (req, res, n) => (n === 1 ? fault(req, res, n) : json(res, [{ id: 1 }]));
  expect((await ask()).data).toEqual([{ id: 1 }]);
  expect(count).toBe(2);
  if (_ === '429') expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
});

test.each<[string, Handler, RegExp, number]>([
  ['500', (_, res) => json(res, { message: 'oh' }, 500), /posts: it answered 500: oh$/, 3],
  ['401', (_, res) => json(res, { message: 'Not you' }, 401), /it answered 401: Not you$/, 1],
  ['404', (_, res) => json(res, { message: 'No route' }, 404), /it answered 404: No route$/, 1],
  ['HTML', (_, res) => page(res, 200), /a page of HTML instead of JSON/, 3],
  ['half a JSON', (_, res) => res.end('[{"id": 1'), /its answer is no whole JSON/, 3],
  ['another form', (_, res) => json(res, [{ id: 'x' }]), /another form: 0\.id: /, 1],
  ['no answer', () => undefined, /no answer within 0\.3 s/, 3],
  [
    'an answer that drips',
    (_, res) => {
      const timer = setInterval(() => res.write(' '), 20);
      res.on('close', () => clearInterval(timer));
    },
    /no answer within 0\.3 s/,
    3,
  ],
  ['a long wait', (_, res) => json(res, {}, 429, { 'Retry-After': '120' }), /again in 120 s/, 1],
  ['far too much', (_, res) => res.end('x'.repeat(200_000)), /larger than 100000 bytes/, 1],
])('gives up with the cause at %s', async (_, fault, message, tries) => {
  handler = fault;
  await expect(ask()).rejects.toThrow(message);
  await expect(ask()).rejects.toThrow(`WordPress at ${url} cannot be read: posts: `);
  expect(count).toBe(2 * tries);
});

test('a WordPress that is not there is named', async () => {
  server.close();
  await expect(ask()).rejects.toThrow(/cannot be read: posts: .*ECONNREFUSED/);
});

/** A post as WordPress answers it. */
const rest = (id: number, fields: object = {}) =>
  restPost(id, `${url}/post-${id}/`, { modified_gmt: '2026-01-02T10:00:00', ...fields });

/** A small WordPress of these posts. */
const answerWith =
  (posts: ReturnType<typeof rest>[]): Handler =>
  (req, res) => {
    const query = new URL(req.url ?? '', url).searchParams;
    if (query.get('rest_route') !== '/wp/v2/posts') return json(res, []);
    const include = query.get('include')?.split(',');
    const found = posts.filter(({ id }) => !include || include.includes(String(id)));
    const isWhole = query.get('_fields')?.includes('content');
    const answer = isWhole ? found : found.map((post) => ({ ...post, content: undefined }));
    json(res, answer, 200, { 'X-WP-Total': String(found.length) });
  };

const OPTIONS = { compareAfterMs: 3_600_000, limits: LIMITS };

test('a fault in the middle of a load changes nothing', async () => {
  handler = answerWith([rest(1), rest(2)]);
  const loaded = await loadWordPress(url, undefined, undefined, OPTIONS);
  const before = loaded.posts.map(({ slug }) => slug);
  const healthy = handler;
  handler = (req, res, n) =>
    req.url?.includes('include=') ? page(res, 200) : healthy(req, res, n);
  await expect(
    loadWordPress(url, loaded, [{ kind: 'post', id: 1, page: false }], OPTIONS),
  ).rejects.toThrow('HTML');
  handler = (_, res) => page(res, 404);
  await expect(loadWordPress(url, loaded, undefined, OPTIONS)).rejects.toThrow('404');
  expect(loaded.posts.map(({ slug }) => slug)).toEqual(before);

  // Visitors do with what is known, and WordPress is left in peace for a while.
  const due = { ...loaded, compareAtMs: 0, dueAtMs: 0 };
  const error = jest.spyOn(console, 'error').mockImplementation();
  const visited = await loadWordPress(url, due, [], OPTIONS);
  expect(error).toHaveBeenCalledTimes(1);
  error.mockRestore();
  expect(visited.posts).toBe(loaded.posts);
  expect(visited.dueAtMs).toBeGreaterThan(Date.now() + 10_000);
});

test('a post that a list lacks by accident is not taken for gone', async () => {
  const posts = [rest(1), rest(2)];
  handler = answerWith(posts);
  const loaded = await loadWordPress(url, undefined, undefined, OPTIONS);
  const whole = answerWith(posts);
  handler = (req, res, n) =>
    (req.url?.includes('include=') ? whole : answerWith(posts.slice(1)))(req, res, n);
  const again = await loadWordPress(url, loaded, undefined, OPTIONS);
  expect(again.posts).toHaveLength(2);
  handler = answerWith(posts.slice(1));
  expect((await loadWordPress(url, again, undefined, OPTIONS)).posts).toHaveLength(1);
});

test('posts that are too large together are read apart', async () => {
  const content = { rendered: 'x'.repeat(40_000), protected: false };
  handler = answerWith([1, 2, 3, 4, 5].map((id) => rest(id, { content })));
  const loaded = await loadWordPress(url, undefined, undefined, OPTIONS);
  expect(loaded.posts).toHaveLength(5);
});
