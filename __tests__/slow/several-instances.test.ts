/**
 * Several instances over one Redis: what one of them purges is fresh on all.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { linkTo } from '../setup/redis-link';
import { describeWithRedis, startRedis, type Redis } from '../setup/redis';
import { freePort, SECRET, startSite, until, type Site } from '../setup/site';

/** Makes a site that is not running another build: as `next build` does, which names it. */
async function withBuildId({ dir }: Site, id: string): Promise<void> {
  await writeFile(path.join(dir, '.next/BUILD_ID'), id);
}

describeWithRedis('several instances', () => {
  let redis: Redis;
  const sites: Site[] = [];

  beforeEach(async () => {
    redis = await startRedis();
  });

  afterEach(async () => {
    await Promise.all(sites.splice(0).map((site) => site.close()));
    await redis.close();
  });

  /** Starts instances of one site. */
  async function open(
    posts: Record<string, string>,
    count = 2,
    env: Record<string, string> = {},
  ): Promise<[Site, Site, ...Site[]]> {
    const first = await startSite(posts, { REDIS_URL: redis.url, ...env });
    sites.push(first);
    const shared = { REDIS_URL: redis.url, POSTS_DIR: first.postsDir, ...env };
    const others = await Promise.all(
      Array.from({ length: count - 1 }, () => startSite({}, shared)),
    );
    sites.push(...others);
    const [second, ...rest] = others;
    if (!second) throw new Error('One instance alone is not several');
    return [first, second, ...rest];
  }

  const textAt = async (site: Site, path: string) => (await site.visit(path)).text;
  const changed = async (site: Site) => {
    const response = await fetch(`${site.url}/api/revalidate?changed&secret=${SECRET}`);
    const report: { revalidated: boolean; message?: string; pages: { path: string }[] } =
      await response.json();
    return { status: response.status, report, paths: report.pages.map(({ path }) => path) };
  };

  test('a purge at one is fresh at the other, without a render there', async () => {
    const [a, b] = await open({ hello: 'Old text.', other: 'Other.' });
    for (const site of [a, b]) {
      expect(await textAt(site, '/blog/hello')).toContain('Old text.');
      await site.visit('/');
      await site.visit('/blog/other');
    }
    await a.write('hello', 'New text.', { title: 'Edited' });
    expect(await a.purge('/blog/hello')).toEqual({ status: 200, body: '{"revalidated":true}' });
    const renders = await b.renders('hello');
    const page = await b.visit('/blog/hello');
    expect(page.text).toContain('New text.');
    expect(page.headers.get('x-nextjs-cache')).toBe('HIT');
    expect(await textAt(b, '/')).toContain('Edited');
    expect(await b.renders('hello')).toBe(renders);
  });

  test('a page that the other never stored is rendered there from content as new as the purge', async () => {
    const [a, b] = await open({ hello: 'Text.', cold: 'Old text.' });
    await b.visit('/blog/hello');
    await a.write('cold', 'New text.');
    await a.purge('/blog/hello');
    expect(await textAt(b, '/blog/cold')).toContain('New text.');
  });

  test('what is removed is gone at the other, also after a restart', async () => {
    const [a, b] = await open({ hello: 'Text.', gone: 'Text.' });
    for (const site of [a, b]) await site.visit('/blog/gone');
    await a.remove('gone');
    expect((await a.purge('/blog/gone')).status).toBe(200);
    expect((await b.visit('/blog/gone')).status).toBe(404);
    await b.stop('SIGKILL');
    await b.start();
    expect((await b.visit('/blog/gone')).status).toBe(404);
  });

  test('a render from before an edit is not stored, wherever it ends', async () => {
    const [a, b] = await open({ hello: 'Old text.' });
    const release = await b.hold('hello');
    const slow = b.visit('/blog/hello');
    await until(async () => (await b.renders('hello')) === 1);
    await a.write('hello', 'New text.');
    expect((await a.purge('/blog/hello')).status).toBe(200);
    await release();
    // It waited since before the purge was answered.
    await slow;
    for (const site of [a, b]) expect(await textAt(site, '/blog/hello')).toContain('New text.');
  });

  test('a render of an edit that is undone meanwhile is not stored', async () => {
    const [a, b, c] = await open({ hello: 'First text.' }, 3);
    await a.visit('/blog/hello');
    await changed(a);
    for (const site of [b, c as Site]) await site.visit('/blog/hello');
    const release = await b.hold('hello');
    await a.write('hello', 'Second text.', { title: 'Second' });
    // Has it read the posts again, which it does once a second.
    await until(async () => (await textAt(b, '/feed.xml')).includes('Second'));
    const slow = b.visit('/blog/hello');
    await until(async () => (await b.renders('hello')) === 1);
    await a.write('hello', 'First text.');
    // What is stored is right: nothing to do.
    expect(await changed(a)).toMatchObject({ status: 200, paths: [] });
    await release();
    expect((await slow).text).toContain('Second text.');
    expect(await textAt(c as Site, '/blog/hello')).toContain('First text.');
  });

  test('two that are asked at once both answer the truth', async () => {
    const [a, b, c] = await open({ one: 'Old.', two: 'Old.', three: 'Old.' }, 3);
    const slugs = ['one', 'two', 'three'];
    for (let round = 0; round < 5; round += 1) {
      for (const slug of slugs) await a.write(slug, `Round ${round}.`);
      const purges = await Promise.all([a, b].map(changed));
      for (const { status, report } of purges) {
        expect({ status, failure: report.message }).toEqual({ status: 200, failure: undefined });
      }
      for (const site of [a, b, c as Site]) {
        for (const slug of slugs)
          expect(await textAt(site, `/blog/${slug}`)).toContain(`Round ${round}.`);
      }
    }
  });

  test('what one left undone is done by the next', async () => {
    const [a, b] = await open({ hello: 'Old text.', held: 'Old text.' });
    for (const path of ['/', '/blog/hello', '/blog/held']) await a.visit(path);
    await a.write('hello', 'New text.');
    await a.write('held', 'New text.');
    await a.write('new', 'A new post.');
    await a.hold('held');
    const dying = a.purge('/blog/hello').catch(() => undefined);
    await until(async () => (await a.renders('held')) > 1);
    await a.stop('SIGKILL');
    await dying;
    const { status, paths } = await changed(b);
    expect(status).toBe(200);
    expect(paths).toContain('/blog/held');
    expect(await textAt(b, '/blog/held')).toContain('New text.');
    expect(await textAt(b, '/blog/new')).toContain('A new post.');
    expect((await changed(b)).paths).toEqual([]);
  });

  test('without Redis visitors go on reading, purges say why, and nothing old comes back', async () => {
    const [a, b] = await open({ hello: 'Old text.', kept: 'Kept.' });
    for (const site of [a, b])
      for (const path of ['/blog/hello', '/blog/kept']) await site.visit(path);
    await redis.stop();
    const renders = await a.renders('kept');
    for (let visit = 0; visit < 3; visit += 1) {
      expect(await textAt(a, '/blog/kept')).toContain('Kept.');
    }
    expect(await a.renders('kept')).toBe(renders);
    await a.write('hello', 'New text.');
    expect(await a.purge('/blog/hello')).toEqual({ status: 500, body: 'Error revalidating' });
    const { status, report } = await changed(a);
    expect(status).toBe(500);
    expect(report.message).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:\d+ cannot be used: /);

    await redis.start();
    await until(async () => (await a.purge('/blog/hello')).status === 200);
    await until(async () => (await textAt(b, '/blog/hello')).includes('New text.'));
    for (let visit = 0; visit < 3; visit += 1) {
      for (const site of [a, b]) expect(await textAt(site, '/blog/hello')).toContain('New text.');
    }
  });

  test('a Redis that went back in time brings nothing back', async () => {
    const [a, b] = await open({ hello: 'Old text.', gone: 'Text.' });
    for (const site of [a, b])
      for (const path of ['/blog/hello', '/blog/gone']) await site.visit(path);
    await redis.client().sendCommand(['SAVE']);
    await a.write('hello', 'New text.');
    await a.remove('gone');
    expect((await changed(a)).status).toBe(200);
    // Falls over, and has what it saved before.
    await redis.stop('crash');
    await redis.start();
    await until(async () => (await changed(a)).status === 200);
    for (const site of [a, b]) {
      await until(async () => (await textAt(site, '/blog/hello')).includes('New text.'));
      expect((await site.visit('/blog/gone')).status).toBe(404);
    }
  });

  test('a post that comes back is there on every instance', async () => {
    const [a, b] = await open({ hello: 'Text.', other: 'Text.' });
    await a.visit('/blog/hello');
    await changed(a);
    await a.remove('hello');
    expect((await changed(b)).status).toBe(200);
    // Other than before, and the instance that is asked never knew it to be gone.
    await a.write('hello', 'New text.');
    expect((await changed(a)).status).toBe(200);
    expect((await b.visit('/blog/hello')).text).toContain('New text.');
  });

  test('an edit that is undone elsewhere is undone on every instance', async () => {
    const [a, b] = await open({ hello: 'First text.' });
    await a.visit('/blog/hello');
    await changed(a);
    await a.write('hello', 'Second text.');
    expect((await changed(a)).status).toBe(200);
    await a.write('hello', 'Third text.');
    expect((await changed(b)).status).toBe(200);
    await a.write('hello', 'Second text.');
    expect((await changed(a)).status).toBe(200);
    for (const site of [b, a]) expect(await textAt(site, '/blog/hello')).toContain('Second text.');
  });

  test('a purge that gets the number of one before Redis went back in time does its work', async () => {
    const [a, b] = await open({ hello: 'Old text.' });
    for (const site of [a, b]) await site.visit('/blog/hello');
    const numberNow = async () => Number(await redis.client().hGet('evergreen:state', 'number'));
    await changed(a);
    await redis.client().sendCommand(['SAVE']);
    const saved = await numberNow();
    // A number that the new epoch takes for its beginning.
    await changed(a);
    await a.write('hello', 'New text.');
    expect((await changed(a)).status).toBe(200);
    await redis.stop('crash');
    await redis.start();
    await until(async () => (await numberNow()) > saved);
    await until(async () => (await changed(a)).status === 200);
    // An instance that has not found Redis again goes on with what it knew.
    await until(async () => (await b.visit('/api/health')).status === 200);
    expect(await textAt(b, '/blog/hello')).toContain('New text.');
  });

  test('a Redis that dropped the marks, but not the pages, brings nothing back', async () => {
    const [a, b] = await open({ hello: 'Old text.' });
    for (const site of [a, b]) await site.visit('/blog/hello');
    // So that what is stored has a higher number than the next ones.
    for (let purge = 0; purge < 6; purge += 1) await changed(a);
    await a.write('hello', 'Newer text.');
    await changed(a);
    await redis.client().del('evergreen:state');
    await a.write('hello', 'New text.');
    await until(async () => (await changed(a)).status === 200);
    expect(await textAt(b, '/blog/hello')).toContain('New text.');
  });

  test('an emptied Redis is filled again on demand, and nothing that was deleted comes back', async () => {
    const [a, b] = await open({ hello: 'Text.', gone: 'Text.' });
    for (const site of [a, b]) await site.visit('/blog/gone');
    await a.remove('gone');
    await a.purge('/blog/gone');
    await redis.client().flushAll();
    for (const site of [a, b]) {
      expect((await site.visit('/blog/gone')).status).toBe(404);
      expect((await site.visit('/blog/hello')).status).toBe(200);
    }
    await a.write('hello', 'New text.');
    expect((await a.purge('/blog/hello')).status).toBe(200);
    expect(await textAt(b, '/blog/hello')).toContain('New text.');
  });

  test('another build beside the old one has pages of its own, and is as fresh', async () => {
    const [a, b] = await open({ hello: 'Old text.' });
    await b.stop();
    await withBuildId(b, 'another-build');
    await b.start();
    for (const site of [a, b]) expect(await textAt(site, '/blog/hello')).toContain('Old text.');
    await a.write('hello', 'New text.');
    expect((await a.purge('/blog/hello')).status).toBe(200);
    expect(await textAt(b, '/blog/hello')).toContain('New text.');
    await a.write('hello', 'Newer text.');
    expect((await b.purge('/blog/hello')).status).toBe(200);
    expect(await textAt(a, '/blog/hello')).toContain('Newer text.');
    const keys = await redis.client().keys('evergreen:*:page:/blog/hello');
    expect(keys).toHaveLength(2);
  });

  test('a purge by a tag at one build is fresh at another', async () => {
    const [a, b] = await open({ hello: 'Old text.' }, 2, { REVALIDATE_SECONDS: '3600' });
    await b.stop();
    await withBuildId(b, 'another-build');
    await b.start();
    for (const site of [a, b]) {
      expect((await site.purge('/blog/hello')).status).toBe(200);
      expect(await textAt(site, '/blog/hello')).toContain('Old text.');
    }
    expect((await changed(a)).status).toBe(200);
    await a.write('hello', 'New text.');
    const tag = `${b.url}/api/revalidate?secret=${SECRET}&tag=post:hello`;
    expect((await fetch(tag)).status).toBe(200);
    expect(await textAt(a, '/blog/hello')).toContain('New text.');
  });

  test('what an edge did not take is owed by all instances', async () => {
    let status = 500;
    const asked: string[] = [];
    const edge = createServer(({ method, url }, res) => {
      asked.push(`${method} ${url}`);
      res.writeHead(status).end();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => edge.listen(port, resolve));
    try {
      const EDGE_URLS = `http://127.0.0.1:${port}`;
      const [a, b] = await open({ hello: 'Old text.', slow: 'Old text.' }, 2, { EDGE_URLS });
      for (const site of [a, b]) await site.visit('/blog/hello');
      status = 200;
      expect((await a.purge('/')).status).toBe(200);
      status = 500;
      await a.write('hello', 'New text.');
      expect((await a.purge('/blog/hello')).status).toBe(500);
      status = 200;
      asked.length = 0;
      expect(await changed(b)).toMatchObject({ status: 200, paths: [] });
      expect(asked).toContain('PURGE /blog/hello');
      expect(asked).not.toContain('PURGE /topics');

      // An answer of the other instance that was under way is not for an edge to keep.
      const release = await b.hold('slow');
      const slow = b.visit('/blog/slow');
      await until(async () => (await b.renders('slow')) === 1);
      await a.write('slow', 'New text.');
      expect((await a.purge('/blog/slow')).status).toBe(200);
      // Nor is that of somebody who comes afterwards, and is served the same render.
      const after = b.visit('/blog/slow');
      await Promise.race([after, b.visit('/blog/hello')]);
      await release();
      expect((await slow).headers.get('cache-control')).toBe('private, no-store');
      const { text, headers } = await after;
      const isKept = headers.get('cache-control') !== 'private, no-store';
      expect({ isKept, isOld: text.includes('Old text.') }).not.toEqual({
        isKept: true,
        isOld: true,
      });
      expect((await b.visit('/blog/slow')).headers.get('cache-control')).toMatch(/^s-maxage=/);
    } finally {
      edge.close().closeAllConnections();
    }
  });

  /** Runs a test with an edge that notes which addresses it is asked to purge. */
  async function withEdge(run: (EDGE_URLS: string, asked: string[]) => Promise<void>) {
    const asked: string[] = [];
    const edge = createServer(({ url = '' }, res) => {
      asked.push(url);
      res.end();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => edge.listen(port, resolve));
    try {
      await run(`http://127.0.0.1:${port}`, asked);
    } finally {
      edge.close().closeAllConnections();
    }
  }

  test('what another build let an edge keep is purged, though nothing is regenerated', () =>
    withEdge(async (EDGE_URLS, asked) => {
      const [a, b] = await open({ hello: 'A text.' }, 2, { EDGE_URLS });
      await b.stop();
      await withBuildId(b, 'another-build');
      await b.start();
      for (const site of [a, b]) expect((await site.purge('/blog/hello')).status).toBe(200);
      await a.write('hello', 'Another text.');
      expect((await b.purge('/blog/hello')).status).toBe(200);
      const given = await b.visit('/blog/hello');
      expect(given.text).toContain('Another text.');
      expect(given.headers.get('cache-control')).toMatch(/^s-maxage=/);
      await a.write('hello', 'A text.');
      asked.length = 0;
      expect(await changed(a)).toMatchObject({ status: 200, paths: [] });
      expect(asked).toContain('/blog/hello');
      asked.length = 0;
      expect(await changed(a)).toMatchObject({ status: 200, paths: [] });
      expect(asked).not.toContain('/blog/hello');
    }));

  test('no edge keeps what no purge at another instance would know of', () =>
    withEdge(async (EDGE_URLS) => {
      const [a] = await open({ hello: 'Text.' }, 2, { EDGE_URLS });
      const id = await readFile(path.join(a.dir, '.next/BUILD_ID'), 'utf8');
      for (const at of [`/_next/data/${id}/blog/hello.json`, '/blog/none']) {
        for (let visits = 0; visits < 2; visits += 1) {
          const { headers } = await a.visit(at);
          expect([at, headers.get('cache-control')]).toEqual([
            at,
            expect.stringMatching('no-store'),
          ]);
        }
      }
      // The start of each instance tells the edges, too, and has what is being sent then not kept.
      await until(async () =>
        /^s-maxage=/.test((await a.visit('/blog/hello')).headers.get('cache-control') ?? ''),
      );
    }));

  test('what was removed before Redis lost its data is purged at the edges', () =>
    withEdge(async (EDGE_URLS, asked) => {
      const [a] = await open({ hello: 'Text.', gone: 'Text.' }, 2, { EDGE_URLS });
      expect((await a.purge('/blog/gone')).status).toBe(200);
      asked.length = 0;
      await a.remove('gone');
      await redis.client().flushAll();
      expect((await changed(a)).status).toBe(200);
      expect(asked).toEqual(expect.arrayContaining(['/.*', '/blog/gone']));
    }));

  test('no edge keeps the answer of an instance that may have missed a purge', async () => {
    const link = await linkTo(redis.url);
    // Nobody is there; no purge is asked for.
    const EDGE_URLS = `http://127.0.0.1:${await freePort()}`;
    try {
      const posts = { hello: 'A text.', slow: 'A text.' };
      const site = await startSite(posts, { REDIS_URL: link.url, EDGE_URLS });
      sites.push(site);
      const said = async (path: string) => (await site.visit(path)).headers.get('cache-control');
      await until(async () => /^s-maxage=/.test((await said('/blog/hello')) ?? ''));
      const release = await site.hold('slow');
      const slow = said('/blog/slow');
      await until(async () => (await site.renders('slow')) === 1);
      link.cut();
      await until(async () => (await site.visit('/api/health')).status === 503);
      expect(await said('/blog/hello')).toBe('private, no-store');
      link.join();
      await until(async () => (await site.visit('/api/health')).status === 200);
      expect(await said('/blog/hello')).toMatch(/^s-maxage=/);
      // Begun before, and ended when all is well again.
      await release();
      expect(await slow).toBe('private, no-store');
    } finally {
      await link.close();
    }
  });

  test('ready is who has read the content and reaches Redis; and a stop is no crash', async () => {
    const [a] = await open({ hello: 'Text.' });
    const health = async (query = '') => {
      const { status, text } = await a.visit(`/api/health${query}`);
      return { status, ...JSON.parse(text) };
    };
    await until(async () => (await health()).status === 200);
    await redis.stop();
    await until(async () => (await health()).status === 503);
    expect(await health()).toEqual({
      status: 503,
      ready: false,
      problems: ['The store of pages cannot be used'],
    });
    expect(await health('?live')).toEqual({ status: 200, live: true });
    await redis.start();
    await until(async () => (await health()).status === 200);
    await a.stop('SIGTERM');
  });

  test('an address with TLS and a password works', async () => {
    const file = (name: string) => path.join(sites[0]?.dir ?? '', name);
    const [a] = await open({ hello: 'Text.' });
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'],
        ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    const port = String(await freePort());
    const secure = await startRedis([
      ...['--tls-port', port, '--tls-auth-clients', 'no', '--requirepass', 'pass word'],
      ...['--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')],
    ]);
    try {
      await a.stop();
      await a.start({
        REDIS_URL: `rediss://:pass%20word@localhost:${port}`,
        NODE_EXTRA_CA_CERTS: file('cert.pem'),
      });
      await a.visit('/blog/hello');
      expect(await secure.client().keys('evergreen:*:page:/blog/hello')).toHaveLength(1);
    } finally {
      await secure.close();
    }
  });

  test('a Redis that hangs holds nobody up for long', async () => {
    const [a] = await open({ hello: 'Text.' });
    await a.visit('/blog/hello');
    redis.pause();
    const visits = Array.from({ length: 50 }, () => textAt(a, '/blog/hello'));
    for (const text of await Promise.all(visits)) expect(text).toContain('Text.');
    expect((await a.purge('/blog/hello')).status).toBe(500);
    redis.resume();
    await until(async () => (await a.purge('/blog/hello')).status === 200);
  });

  test('entries that are torn or foreign are rendered again, and told once', async () => {
    const [a, b] = await open({ hello: 'Text.', other: 'Text.' });
    for (const slug of ['hello', 'other']) await a.visit(`/blog/${slug}`);
    const keys = await redis.client().keys('evergreen:*:page:/blog/*');
    expect(keys).toHaveLength(2);
    const [torn = '', foreign = ''] = keys;
    await redis.client().set(torn, '{"path":"/blog/hel');
    await redis.client().set(foreign, '[1]');
    for (const slug of ['hello', 'other'])
      expect(await textAt(b, `/blog/${slug}`)).toContain('Text.');
    const told = b.log().match(/is no page; it is rendered again/g);
    expect(told).toHaveLength(2);
  });
});
