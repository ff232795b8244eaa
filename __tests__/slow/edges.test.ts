/** What a 200 promises behind a real Varnish and a real nginx, with the files in deploy/. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Proof } from '../../lib/console/freshness';
import { describeWithEdges, edgeOf, type Edge } from '../setup/edges';
import { sendRaw } from '../setup/raw';
import { SECRET, startSite, until, type Site } from '../setup/site';

const OK = { status: 200, body: '{"revalidated":true}' };
/** How the edges keep a page. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
const ELSEWHERE = '127.0.0.2';

describeWithEdges('behind %s', (kind) => {
  let edge: Edge;
  let site: Site;

  const noted = `${kind}.requests`;

  beforeAll(async () => {
    edge = await edgeOf(kind);
    const posts = ['kept', 'encoded', 'spelled', 'edited', 'visited', 'gone', 'refused', 'busy'];
    // With more than these, some are not on the first page.
    const encoded = [...ENCODINGS.map((name) => `slow-${name}`), 'only'];
    const more = [...encoded, 'preview', 'stripped', 'down', 'other', 'old'];
    site = await startSite(
      {
        ...Object.fromEntries([...posts, ...more].map((slug) => [slug, 'Old text.'])),
        raced: 'Version 0.',
      },
      {
        EDGE_URLS: edge.url,
        NODE_OPTIONS: `--require ${path.join(__dirname, '../setup/note-requests.js')}`,
        NOTED_REQUESTS: noted,
      },
    );
    await edge.start(site.url);
    // What the site owes to an edge that it has never seen.
    await until(async () => (await report('changed=1')).status === 200);
  });

  afterAll(async () => {
    await edge.close();
    await site.close();
  });

  const report = async (query: string) => {
    const response = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&${query}`);
    const body: {
      revalidated: boolean;
      message?: string;
      pages: { path: string; result: string }[];
    } = await response.json();
    return { status: response.status, body };
  };

  /** The requests that reached the site. */
  const requests = async () => {
    const text = await readFile(path.join(site.dir, noted), 'utf8');
    const all: { method: string; url: string; headers: Record<string, string> }[] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    // Not Varnish's own, which come when they come.
    return all.filter(({ url }) => url !== '/api/health');
  };
  /** The same for one path. */
  const requestsFor = async (where: string) =>
    (await requests()).filter(({ url }) => url === where);

  test('a page is kept at one address by its headers, and not by browsers', async () => {
    for (const where of ['/blog/kept', '/blog/kept', '/blog/kept?utm_source=x']) {
      const { text, headers } = await edge.visit(where, { Cookie: 'theme=dark' });
      expect(text).toContain('Old text.');
      expect(headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    }
    expect(await requestsFor('/blog/kept')).toHaveLength(1);
    expect(await requestsFor('/blog/kept?utm_source=x')).toHaveLength(0);
    for (const where of ['/search?q=a', '/search?q=a', '/feed.xml', '/feed.xml']) {
      expect((await edge.visit(where)).status).toBe(200);
    }
    expect(await requestsFor('/search?q=a')).toHaveLength(2);
    expect(await requestsFor('/feed.xml')).toHaveLength(2);
    // By these WordPress names something, so they are another address than the home page's.
    for (const where of ['/?s=a', '/?utm=x&s=a', '/?s=a']) {
      const { headers, status } = await edge.visit(where);
      expect([where, status, headers.get('location')]).toEqual([where, 308, '/search?q=a']);
    }
    expect(await requestsFor('/?s=a')).toHaveLength(2);
  });

  test('the console is never kept, and knows by its cookie who signed in', async () => {
    const signIn = await edge.visit('/console/sign-in');
    expect([signIn.status, signIn.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const posted = await fetch(`${edge.url}/api/console`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'sign-in', secret: SECRET }),
    });
    const cookie = posted.headers.get('set-cookie')?.split(';')[0] ?? '';
    for (const Cookie of [cookie, '', cookie]) {
      for (const where of ['/console', '/console/purge?path=%2Fblog%2Fkept']) {
        const { status } = await edge.visit(where, { Cookie });
        expect([where, Cookie, status]).toEqual([where, Cookie, Cookie === '' ? 303 : 200]);
      }
    }
    const { text } = await edge.visit('/console', { Cookie: cookie });
    const [, token = ''] = /name="token" value="([^"]*)"/.exec(text) ?? [];
    const planned = await fetch(`${edge.url}/api/console`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Cookie: cookie },
      body: new URLSearchParams({ action: 'plan', token, changed: '1' }),
    });
    expect(planned.headers.get('location')).toBe('/console/purge?changed=1');
  });

  test('a page is kept once for each encoding, as the site sent it', async () => {
    for (let visits = 0; visits < 2; visits += 1) {
      for (const [accepted, encoding] of [
        ...ENCODINGS.map((name) => [name, name] as const),
        ['gzip, deflate, br, zstd', 'br'],
        ['gzip;q=1.0, BR;q=0.5', 'br'],
        ['br;q=0, gzip', 'gzip'],
        ['br;q=0.000,gzip;q=0', 'identity'],
        ['brotli, x-gzip', 'identity'],
        ['', 'identity'],
      ] as const) {
        const { text, headers } = await edge.visit('/blog/encoded', {
          'Accept-Encoding': accepted,
        });
        expect(text).toContain('Old text.');
        const said = headers.get('content-encoding') ?? 'identity';
        expect([accepted, said]).toEqual([accepted, encoding]);
        expect(headers.get('vary')).toBe('Accept-Encoding');
      }
    }
    expect(await requestsFor('/blog/encoded')).toHaveLength(ENCODINGS.length);
    await site.write('encoded', 'New text.');
    expect(await site.purge('/blog/encoded')).toEqual(OK);
    for (const encoding of ENCODINGS) {
      const { text } = await edge.visit('/blog/encoded', { 'Accept-Encoding': encoding });
      expect([encoding, text]).toEqual([encoding, expect.stringContaining('New text.')]);
    }
  });

  test.each(ENCODINGS)('a purge drops a page that is kept in %s only', async (encoding) => {
    const visit = () => edge.visit('/blog/only', { 'Accept-Encoding': encoding });
    const before = (await requestsFor('/blog/only')).length;
    await visit();
    await site.write('only', `New text in ${encoding}.`);
    expect((await visit()).text).not.toContain(`New text in ${encoding}.`);
    expect(await requestsFor('/blog/only')).toHaveLength(before + 1);
    expect(await site.purge('/blog/only')).toEqual(OK);
    expect((await visit()).text).toContain(`New text in ${encoding}.`);
  });

  test('an address in another spelling is answered, and not kept', async () => {
    for (let visits = 0; visits < 2; visits += 1) {
      expect((await edge.visit('/blog/%73pelled')).text).toContain('Old text.');
    }
    expect(await requestsFor('/blog/%73pelled')).toHaveLength(2);
  });

  test('what the purge of a post changed is fresh everywhere before the answer', async () => {
    await edge.visit('/blog/edited');
    expect((await edge.visit('/')).text).toContain('Title of edited');
    await site.write('edited', 'New text.', { title: 'Another title' });
    expect((await edge.visit('/blog/edited')).text).toContain('Old text.');
    expect(await site.purge('/blog/edited')).toEqual(OK);
    expect((await edge.visit('/blog/edited')).text).toContain('New text.');
    expect((await edge.visit('/')).text).toContain('Another title');
  });

  test('what changed without a purge is fresh after the next one', async () => {
    await edge.visit('/');
    await site.write('visited', 'Text.', { title: 'Third title' });
    // The feed has the site read the post, and a visitor past the edge has the page made.
    await until(async () => (await site.visit('/feed.xml')).text.includes('Third title'));
    expect((await site.visit('/')).text).toContain('Third title');
    expect((await edge.visit('/')).text).not.toContain('Third title');
    const { body } = await report('changed=1');
    expect(body.pages.map((page) => page.path)).not.toContain('/');
    expect((await edge.visit('/')).text).toContain('Third title');
  });

  test('a removed post is a 404 after the purge, and a new one is none', async () => {
    expect((await edge.visit('/blog/gone')).status).toBe(200);
    expect((await edge.visit('/blog/new')).status).toBe(404);
    await site.remove('gone');
    await site.write('new', 'Text.');
    expect((await report('changed=1')).status).toBe(200);
    expect((await edge.visit('/blog/gone')).status).toBe(404);
    expect((await edge.visit('/blog/new')).status).toBe(200);
  });

  test.each(ENCODINGS)(
    'an answer in %s under way during a purge does not stay',
    async (encoding) => {
      const slug = `slow-${encoding}`;
      const visit = () => edge.visit(`/blog/${slug}`, { 'Accept-Encoding': encoding });
      const letGo = await site.hold(slug);
      const early = visit();
      await until(async () => (await site.renders(slug)) > 0);
      await site.write(slug, 'New text.');
      const purge = site.purge(`/blog/${slug}`);
      // Accepted after the purge, and so answered when that has begun.
      await report('tag=none');
      await letGo();
      expect(await purge).toEqual(OK);
      await early;
      for (let visits = 0; visits < 3; visits += 1) {
        expect((await visit()).text).toContain('New text.');
      }
    },
  );

  test('visitors of all encodings see no older page after a purge, however they fall together', async () => {
    const slug = 'raced';
    let isOver = false;
    let purged = 0;
    const older: string[] = [];
    const read = async (encoding: string) => {
      while (!isOver) {
        const atLeast = purged;
        const { text } = await edge.visit(`/blog/${slug}`, { 'Accept-Encoding': encoding });
        const [, shown = -1] = /Version (\d+)\./.exec(text) ?? [];
        if (Number(shown) < atLeast) older.push(`${encoding}: ${shown} after ${atLeast}`);
      }
    };
    const readers = [...ENCODINGS, ...ENCODINGS].map(read);
    try {
      for (let written = 1; written <= 15; written += 1) {
        await site.write(slug, `Version ${written}.`);
        expect(await site.purge(`/blog/${slug}`)).toEqual(OK);
        purged = written;
      }
    } finally {
      isOver = true;
      await Promise.all(readers);
    }
    expect(older).toEqual([]);
  });

  if (kind === 'varnish') {
    test('everything is dropped when the site does not know what is kept', async () => {
      for (const where of ['/blog/kept', '/topics']) await edge.visit(where);
      const before = (await requestsFor('/topics')).length;
      expect(await edge.purgeFrom('127.0.0.1', '/.*', { 'X-Purge-Method': 'regex' })).toBe(200);
      await edge.visit('/topics');
      expect(await requestsFor('/topics')).toHaveLength(before + 1);
    });
  }

  test('a purge from elsewhere is refused', async () => {
    await edge.visit('/blog/refused');
    const refused = kind === 'varnish' ? 405 : 403;
    expect(await edge.purgeFrom(ELSEWHERE, '/blog/refused')).toBe(refused);
    const behindProxy = { 'X-Forwarded-For': '192.0.2.1' };
    expect(await edge.purgeFrom('127.0.0.1', '/blog/refused', behindProxy)).toBe(refused);
    const ofAll = { 'X-Purge-Method': 'regex' };
    expect(await edge.purgeFrom(ELSEWHERE, '/.*', ofAll)).toBe(refused);
    await edge.visit('/blog/refused');
    expect(await requestsFor('/blog/refused')).toHaveLength(1);
    expect(await edge.purgeFrom('127.0.0.1', '/blog/refused')).toBe(200);
    await edge.visit('/blog/refused');
    expect(await requestsFor('/blog/refused')).toHaveLength(2);
  });

  test('while the site is down, old pages are served, but none that was purged', async () => {
    const due = Date.now() + 3000;
    // No page is to be served past this, not even once more.
    await site.write('soon', 'Text.', { date: new Date(due).toISOString() });
    expect((await report('changed=1')).status).toBe(200);
    await edge.visit('/blog/down');
    await edge.visit('/blog/other');
    await site.write('down', 'New text.');
    expect(await site.purge('/blog/down')).toEqual(OK);
    await site.stop('SIGKILL');
    await until(() => Date.now() > due);
    expect((await edge.visit('/blog/other')).text).toContain('Old text.');
    const { status } = await edge.visit('/blog/down');
    await site.start();
    expect(status).toBeGreaterThanOrEqual(502);
    await until(async () => (await edge.visit('/blog/down')).text.includes('New text.'));
  });

  test('a scheduled post is there for the first visitor after its time', async () => {
    const due = Date.now() + 3000;
    await site.write('later', 'Text.', { date: new Date(due).toISOString() });
    expect((await report('changed=1')).status).toBe(200);
    expect((await edge.visit('/')).text).not.toContain('Title of later');
    expect(Date.now()).toBeLessThan(due);
    await until(() => Date.now() > due);
    expect((await edge.visit('/')).text).toContain('Title of later');
  });

  test('many visitors of a page that is not kept are one request', async () => {
    const letGo = await site.hold('busy');
    const visits = Array.from({ length: 30 }, () => edge.visit('/blog/busy'));
    await until(async () => (await site.renders('busy')) > 0);
    await letGo();
    for (const { text } of await Promise.all(visits)) expect(text).toContain('Old text.');
    expect(await requestsFor('/blog/busy')).toHaveLength(1);
  });

  test('a preview goes past what is kept, and is not kept', async () => {
    const Cookie = 'a=b; __prerender_bypass=0123; __next_preview_data=abc';
    await edge.visit('/blog/preview', { Cookie });
    await edge.visit('/blog/preview', { Cookie });
    await edge.visit('/blog/preview');
    await edge.visit('/blog/preview', { Cookie });
    const cookies = (await requestsFor('/blog/preview')).map(({ headers }) => headers.cookie);
    expect(cookies).toEqual([Cookie, Cookie, undefined, Cookie]);
  });

  test('nobody has a page rendered by a header', async () => {
    const forbidden = {
      'x-prerender-revalidate': '0123',
      'x-prerender-revalidate-if-generated': '1',
    };
    await edge.visit('/blog/stripped', forbidden);
    await edge.visit('/search?q=b', forbidden);
    for (const where of ['/blog/stripped', '/search?q=b']) {
      const [{ headers } = { headers: {} }] = await requestsFor(where);
      expect(Object.keys(headers).join()).not.toContain('prerender');
      expect(headers).toHaveProperty('host');
    }
  });

  test.each<Record<string, string>>([
    { 'x-nextjs-data': '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { 'x-middleware-prefetch': '1', purpose: 'prefetch' },
    {
      'x-now-route-matches': '1=other',
      'x-matched-path': '/blog/other',
      'x-invoke-path': '/other',
    },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    { 'accept-encoding': 'br' },
    { accept: 'application/json' },
    { range: 'bytes=0-9' },
    { 'if-none-match': '*' },
    { 'x-middleware-subrequest': 'middleware:middleware:middleware', 'x-middleware-rewrite': '/' },
    { 'next-router-state-tree': '1', 'next-url': '/blog/other', 'next-action': '1' },
    { 'x-original-url': '/blog/other', 'x-rewrite-url': '/blog/other' },
    { 'x-http-method-override': 'DELETE', host: 'evil.example' },
    { forwarded: 'host=evil.example', 'x-forwarded-prefix': '/evil', 'x-forwarded-port': '1' },
  ])('what others are served is not changed by %j', async (headers) => {
    await edge.purgeFrom('127.0.0.1', '/blog/kept');
    await edge.visit('/blog/kept', headers);
    const { status, text } = await edge.visit('/blog/kept');
    expect(status).toBe(200);
    const other = await site.visit('/blog/kept');
    expect(text).toBe(other.text);
    expect(text).not.toContain('evil.example');
  });

  test('what no browser sends is refused, and does not reach the site', async () => {
    const before = await requests();
    for (const line of [
      'OPTIONS * HTTP/1.1',
      'GET * HTTP/1.1',
      'CONNECT evil.example:443 HTTP/1.1',
      'GET /_next/image?url=/%5Cevil.example&w=720&q=75 HTTP/1.1',
      'GET /_next/image?url=%2F%25&w=720&q=75 HTTP/1.1',
      'GET /_next/image HTTP/1.1',
    ]) {
      const { status, headers } = await sendRaw(edge.url, line);
      expect([line, [400, 405].includes(status)]).toEqual([line, true]);
      expect(headers.location).toBeUndefined();
    }
    expect(await requests()).toHaveLength(before.length);
  });

  test('nobody is led to another host, or has another host kept', async () => {
    await edge.purgeFrom('127.0.0.1', '/blog/kept');
    for (const line of [
      'GET http://evil.example/blog/kept HTTP/1.1',
      'GET HTTP://evil.example/blog/kept HTTP/1.1',
      'GET https://evil.example/ HTTP/1.1',
      'GET http://evil.example//x HTTP/1.1',
      'GET //evil.example/ HTTP/1.1',
      'GET ///evil.example HTTP/1.1',
      'GET /\\evil.example HTTP/1.1',
      'GET /.//evil.example HTTP/1.1',
      'GET /%5c%5cevil.example HTTP/1.1',
    ]) {
      const { status, headers, body } = await sendRaw(edge.url, line, { Host: 'evil.example' });
      expect([line, status < 500]).toEqual([line, true]);
      expect([line, new URL(headers.location ?? '/', site.url).origin]).toEqual([line, site.url]);
      expect(body).not.toContain('//evil.example');
      // nginx sees the host there, and Varnish takes it out.
      if (kind === 'nginx' && / https?:/i.test(line)) expect(status).toBe(400);
    }
    expect((await edge.visit('/blog/kept')).text).toBe((await site.visit('/blog/kept')).text);
  });

  test.each([
    'TRACE / HTTP/1.1',
    'GET /blog/% HTTP/1.1',
    'GET /blog/%ff HTTP/1.1',
    'GET /blog/%00 HTTP/1.1',
    `GET /${'a'.repeat(20_000)} HTTP/1.1`,
  ])('%s is no error of the site', async (line) => {
    const before = site.log();
    const { status } = await sendRaw(edge.url, line);
    expect(status === 0 || (status >= 400 && status < 500)).toBe(true);
    expect(site.log()).toBe(before);
  });

  test('a resized picture is one for its file, width and format', async () => {
    const url = `url=${encodeURIComponent('/figures/reading.png')}`;
    const address = `/_next/image?${url}&w=720&q=75`;
    const orders = [address, `/_next/image?w=720&${url}&q=75`, `/_next/image?q=75&w=720&${url}`];
    const formats: [accept: string, type: string][] = [
      ['image/avif,image/webp,*/*;q=0.8', 'image/avif'],
      ['text/html, image/webp', 'image/webp'],
      ['*/*', 'image/png'],
    ];
    for (const [accept, type] of formats) {
      for (const [n, order] of orders.entries()) {
        const { status, headers } = await edge.visit(order, { Accept: `${accept}, x/${n}` });
        expect([order, status, headers.get('content-type')]).toEqual([order, 200, type]);
      }
    }
    const reached = (await requests()).filter((request) => request.url.startsWith('/_next/image'));
    expect(reached.map((request) => request.url)).toEqual([address, address, address]);
  });

  test('a picture in another spelling, or with another parameter, is refused', async () => {
    const before = await requests();
    const png = (name: string) => `url=${encodeURIComponent(name)}`;
    const good = png('/figures/reading.png');
    for (const query of [
      `${good}&w=720&q=75&x=1`,
      `x=1&${good}&w=720&q=75`,
      `${good}&w=720&q=75&w=480`,
      `${good}&${good}&w=720&q=75`,
      `${good}&w=720`,
      `${good}&w=720&q=75&`,
      `&${good}&w=720&q=75`,
      `${good}&&w=720&q=75`,
      `${good}&w=0720&q=75`,
      `${good}&w=721&q=75`,
      `${good}&w=720&q=74`,
      `URL=%2Fa.png&W=720&Q=75`,
      `${good.toLowerCase()}&w=720&q=75`,
      'url=/figures/reading.png&w=720&q=75',
      'url=%2Ffigures%2F%72eading.png&w=720&q=75',
      ...[
        ...['/./figures/reading.png', '/z/../figures/reading.png', '/figures/reading.png/'],
        ...['//figures/reading.png', '/figures\\reading.png', '/figures%2Freading.png'],
        ...['/%66igures/reading.png', '/figures/reading.png?', '/figures/reading.png#'],
        ...['/a b.png', '/ä.png', '/%c3%a4.png', '/a\n.png', 'a.png', 'http://evil.example/a.png'],
      ].map((name) => `${png(name)}&w=720&q=75`),
    ]) {
      const { status } = await edge.visit(`/_next/image?${query}`);
      expect([query, status]).toEqual([query, 400]);
    }
    for (const where of [
      '/_next/image/',
      '/_next/image/x?w=1',
      '/cards/',
      '/cards/other.png?w=1',
    ]) {
      expect([where, (await edge.visit(where)).status]).toEqual([where, 400]);
    }
    expect(await requests()).toHaveLength(before.length);
    // Names with spaces, accents and signs, as the site writes them: these are only not there.
    for (const name of ['/%C3%84%20b%2Bc/1%20%25.png', "/it's (1).png".replaceAll(' ', '%20')]) {
      await edge.visit(`/_next/image?${png(name)}&w=720&q=75`);
    }
    expect(await requests()).toHaveLength(before.length + 2);
  });

  test('the picture of a shared link is kept at its own address, and at no other', async () => {
    const { text } = await site.visit('/blog/other');
    const own = /"[^"]*(\/cards\/other\.png\?v=\w+)"/.exec(text)?.[1] ?? '';
    for (let visits = 0; visits < 3; visits += 1) {
      expect((await edge.visit(own)).headers.get('cache-control')).toMatch(/immutable/);
      for (const odd of [`${own}&x=${visits}`, `${own}&v=1`, own.replace('?', `?x=${visits}&`)]) {
        expect((await edge.visit(odd)).status).toBe(400);
      }
    }
    expect(await requestsFor(own)).toHaveLength(1);
    // An old version, as somebody may have shared it, shows the picture of now.
    for (let visits = 0; visits < 2; visits += 1) {
      expect((await edge.visit('/cards/other.png?v=old')).status).toBe(200);
    }
    expect(await requestsFor('/cards/other.png?v=old')).toHaveLength(2);
  });

  test('an edge that is down is named, and is fresh after the next purge, after a restart too', async () => {
    expect((await edge.visit('/blog/edited')).text).toContain('New text.');
    await edge.stop();
    await site.write('edited', 'Newer text.');
    expect(await site.purge('/blog/edited')).toEqual({ status: 500, body: 'Error revalidating' });
    expect(await report('path=/blog/edited&report=1')).toMatchObject({
      status: 500,
      body: {
        revalidated: false,
        message: expect.stringMatching(`^The edge ${edge.url} did not take the purge of /`),
        pages: expect.arrayContaining([
          expect.objectContaining({ path: '/blog/edited', result: 'regenerated' }),
        ]),
      },
    });
    expect(site.log()).toContain(`"error":"The edge ${edge.url} did not take`);
    await site.stop();
    await site.start();
    await edge.start(site.url);
    const { status, body } = await report('changed=1');
    expect({ status, pages: body.pages }).toEqual({ status: 200, pages: [] });
    expect((await edge.visit('/blog/edited')).text).toContain('Newer text.');
  });

  test('an edge that keeps an older page is found, byte for byte, though it said that it dropped it', async () => {
    const ask = async (): Promise<Proof> => {
      const query = new URLSearchParams({ secret: SECRET, path: '/blog/edited' });
      return (await fetch(`${site.url}/api/fresh?${query}`)).json();
    };
    await edge.visit('/blog/edited');
    const sound = await ask();
    expect(sound).toMatchObject({
      fresh: 'yes',
      edges: [{ status: 200, isSame: true, owed: false }],
    });

    // What stands between answers purges by itself, as a balancer might.
    const between = createServer(async ({ method, url = '' }, res) => {
      if (method === 'PURGE') return void res.end();
      const { status, text } = await edge.visit(url, { 'Accept-Encoding': 'identity' });
      res.writeHead(status).end(text);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const liar = `http://127.0.0.1:${portOf(between)}`;
    await site.stop();
    await site.start({ EDGE_URLS: liar });
    await until(async () => (await report('changed=1')).status === 200);
    await site.write('edited', 'The newest text.');
    expect(await site.purge('/blog/edited')).toEqual(OK);
    const stale = await ask();
    expect(stale).toMatchObject({
      fresh: 'no',
      edges: [{ edge: liar, ok: false, status: 200, isSame: false, owed: false }],
    });
    expect(await edge.purgeFrom('127.0.0.1', '/blog/edited')).toBe(200);
    expect(await ask()).toMatchObject({ fresh: 'yes', edges: [{ isSame: true }] });
    between.close().closeAllConnections();
    expect(await ask()).toMatchObject({ fresh: 'unknown', edges: [{ error: expect.any(String) }] });
  });

  test('a page that is too old is served once more while it is fetched anew', async () => {
    await site.stop();
    await site.start({ REVALIDATE_SECONDS: '1' });
    await until(async () => (await report('changed=1')).status === 200);
    // On a busy machine the restart takes longer than Varnish believes in a site that doesn't answer.
    await until(async () => (await edge.visit('/blog/old')).status === 200);
    const before = (await requestsFor('/blog/old')).length;
    const letGo = await site.hold('old');
    await until(async () => {
      expect((await edge.visit('/blog/old')).text).toContain('Old text.');
      return (await requestsFor('/blog/old')).length > before;
    });
    await letGo();
  });

  test('a 404 is kept for a minute at most, whatever its headers say', async () => {
    // Next says no-store of some.
    const said = (await site.visit('/blog/none')).headers.get('cache-control');
    expect(said).toMatch(/no-store|^s-maxage=([1-5]?\d|60)$/);
    let visits = 0;
    let isEnded = kind === 'varnish';
    const stub = createServer(({ url, socket }, res) => {
      if (url === '/blog/none' && !isEnded) {
        // A connection that was kept, and has ended when it is used again: nginx takes another one.
        isEnded = true;
        return void socket.destroy();
      }
      if (url === '/blog/none') visits += 1;
      res.statusCode = url === '/blog/none' ? 404 : 200;
      res.setHeader('Cache-Control', 's-maxage=3600, stale-while-revalidate=31532400').end();
    }).listen(0, '127.0.0.1');
    await once(stub, 'listening');
    await edge.stop();
    await edge.start(`http://127.0.0.1:${portOf(stub)}`);
    for (let visited = 0; visited < 2; visited += 1) {
      expect((await edge.visit('/blog/none')).status).toBe(404);
    }
    stub.close().closeAllConnections();
    if (kind === 'nginx') expect(visits).toBe(2);
    else {
      // Time to live, grace, keep.
      const log = ['-n', path.join(edge.dir, 'memory'), '-d', '-q', 'BerespStatus == 404'];
      const { stdout } = await promisify(execFile)('varnishlog', [...log, '-i', 'TTL']);
      expect(stdout).toMatch(/TTL +VCL 60 0 0 /);
    }
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
