/** What a 200 promises, proved against a real server. */
import { once } from 'node:events';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { SECRET, startSite, until, type Site } from '../setup/site';

const OK = { status: 200, body: '{"revalidated":true}' };

let site: Site;
afterEach(() => site.close());

describe('an edit', () => {
  test('is what the next visitor reads after the purge', async () => {
    site = await startSite({ hello: 'Old text.' });
    expect((await site.visit('/blog/hello')).text).toContain('Old text.');
    await site.write('hello', 'New text.');
    // Without a purge the page stays as it is until its interval has passed.
    expect((await site.visit('/blog/hello')).text).toContain('Old text.');
    expect(await site.purge('/blog/hello')).toEqual(OK);
    expect((await site.visit('/blog/hello')).text).toContain('New text.');
  });

  test('is on the home page too, made before the answer, though the call named only the post', async () => {
    site = await startSite({ hello: 'Text.' });
    expect((await site.visit('/')).text).toContain('Title of hello');
    await site.write('hello', 'Text.', { title: 'Another title' });
    expect(await site.purge('/blog/hello')).toEqual(OK);
    const home = await site.visit('/');
    expect(home.text).toContain('Another title');
    expect(home.headers.get('x-nextjs-cache')).toBe('HIT');
  });

  test('back to an earlier text is regenerated like any other', async () => {
    site = await startSite({ hello: 'Text A.' });
    for (const text of ['Text B.', 'Text A.', 'Text B.']) {
      await site.write('hello', text);
      expect(await site.purge('/blog/hello')).toEqual(OK);
      expect((await site.visit('/blog/hello')).text).toContain(text);
    }
  });
});

describe('a purge during another render of its page', () => {
  /** Returns once a purge that was sent before has read the content and asked Next to render. */
  const earlierPurgesHaveBegun = () => send({ tag: 'none' }).status;

  const rendersOnceMore = async (act: () => unknown) => {
    const before = await site.renders('hello');
    await until(async () => {
      await act();
      return (await site.renders('hello')) > before;
    });
  };

  const expectNewText = async () => {
    for (let visits = 0; visits < 5; visits += 1) {
      expect((await site.visit('/blog/hello')).text).toContain('New text.');
    }
  };

  test('is not answered by a purge that began before the edit', async () => {
    site = await startSite({ hello: 'Old text.', other: 'Text.' });
    const letGo = await site.hold('hello');
    let early: unknown;
    await rendersOnceMore(() => (early ??= [site.purge('/blog/hello')]));
    await site.write('hello', 'New text.');
    const late = site.purge('/blog/hello');
    await earlierPurgesHaveBegun();
    await letGo();
    expect(await late).toEqual(OK);
    await expectNewText();
  });

  test('is not answered by an interval render, which never overwrites the newer page', async () => {
    site = await startSite({ hello: 'Old text.', other: 'Text.' }, { REVALIDATE_SECONDS: '1' });
    await site.visit('/blog/hello');
    const letGo = await site.hold('hello');
    await rendersOnceMore(() => site.visit('/blog/hello'));
    await site.write('hello', 'New text.');
    const purge = site.purge('/blog/hello');
    await earlierPurgesHaveBegun();
    await letGo();
    expect(await purge).toEqual(OK);
    await expectNewText();
  });

  test('is not answered by the render of a first visit', async () => {
    site = await startSite({ hello: 'Old text.', other: 'Text.' });
    const letGo = await site.hold('hello');
    let visitor: Promise<unknown> | undefined;
    await rendersOnceMore(() => void (visitor ??= site.visit('/blog/hello')));
    await site.write('hello', 'New text.');
    const purge = site.purge('/blog/hello');
    await earlierPurgesHaveBegun();
    await letGo();
    await visitor;
    expect(await purge).toEqual(OK);
    await expectNewText();
  });
});

test('a thousand calls at once cost two renders, and none is answered with the older one', async () => {
  site = await startSite({ hello: 'Old text.', other: 'Text.' });
  const letGo = await site.hold('hello');
  const first = send({ path: '/blog/hello' });
  await first.sent;
  await until(async () => (await site.renders('hello')) === 1);
  await site.write('hello', 'New text.');
  const calls = [];
  for (let wave = 0; wave < 3; wave += 1) {
    const sent = Array.from({ length: 333 }, () => send({ path: '/blog/hello' }));
    calls.push(...sent);
    await Promise.all(sent.map((call) => call.sent));
    // A connection of its own, so that it is accepted after all of them.
    await send({ tag: 'none' }).status;
  }
  await letGo();

  const seen = await Promise.all(
    calls.map(async ({ status }) => [await status, (await site.visit('/blog/hello')).text]),
  );
  expect(await first.status).toBe(200);
  expect(seen.filter(([status]) => status !== 200)).toEqual([]);
  expect(seen.filter(([, text]) => !String(text).includes('New text.'))).toEqual([]);
  expect(await site.renders('hello')).toBe(2);
});

test('a caller who hangs up leaves its pages, and those of others, to be regenerated all the same', async () => {
  // More than are rendered at once, so that most are begun when nobody is there any more.
  const slugs = Array.from({ length: 2 * availableParallelism() + 12 }, (_, n) => `p${n}`);
  site = await startSite(Object.fromEntries(slugs.map((slug) => [slug, 'Old text.'])));
  await Promise.all(slugs.map((slug) => site.visit(`/blog/${slug}`)));
  const rendered = async () => {
    const counts = await Promise.all(slugs.map((slug) => site.renders(slug)));
    return counts.filter((count) => count > 1).length;
  };
  const letGo = await Promise.all(slugs.map((slug) => site.hold(slug)));
  for (const slug of slugs) await site.write(slug, 'New text.');
  const call = send({ changed: '1' });
  await until(async () => (await rendered()) > 0);
  call.hangUp();
  await expect(call.status).rejects.toThrow();
  // Accepted after the end of that connection.
  await send({ tag: 'none', dryRun: '1' }).status;
  expect(await rendered()).toBeLessThan(slugs.length);
  for (const go of letGo) await go();
  await until(() => site.log().includes('"status":200,"result":"regenerated"'));
  for (const slug of slugs) {
    const page = await site.visit(`/blog/${slug}`);
    expect([page.text.includes('New text.'), page.headers.get('x-nextjs-cache')]).toEqual([
      true,
      'HIT',
    ]);
  }
});

/**
 * Calls the endpoint by a connection of its own: a promise of the request being sent, and one of the
 * answer's status.
 */
function send(target: Record<string, string>) {
  const query = new URLSearchParams({ secret: SECRET, ...target });
  const call = request(`${site.url}/api/revalidate?${query}`, { agent: false });
  const status = once(call, 'response').then(([response]) => {
    response.resume();
    return response.statusCode;
  });
  const sent = once(call.end(), 'socket').then(([socket]) => once(socket, 'connect'));
  return { sent, status, hangUp: () => call.destroy() };
}

describe('a deleted post', () => {
  const expectGone = async () => {
    for (let visits = 0; visits < 3; visits += 1) {
      expect((await site.visit('/blog/hello')).status).toBe(404);
    }
  };

  beforeEach(async () => {
    site = await startSite({ hello: 'Text.', other: 'Text.' });
    await site.visit('/blog/hello');
    await site.remove('hello');
    expect(await site.purge('/blog/hello')).toEqual(OK);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('is a 404 at once, and after %s', async (signal) => {
    await expectGone();
    await site.stop(signal);
    await site.start();
    await expectGone();
  });

  test('is a 404 also while the folder cannot be read after a restart', async () => {
    await site.stop('SIGKILL');
    await rename(site.postsDir, `${site.postsDir}.away`);
    await site.start();
    expect((await site.visit('/blog/hello')).text).not.toContain('Text.');
  });

  test('is a 200 again after it comes back and is purged', async () => {
    await expectGone();
    await site.write('hello', 'Back again.');
    expect(await site.purge('/blog/hello')).toEqual(OK);
    const page = await site.visit('/blog/hello');
    expect([page.status, page.text.includes('Back again.')]).toEqual([200, true]);
  });
});

describe.each([0, 20_000])('with cacheMaxMemorySize: %d', (bytes) => {
  test('a deleted post is a 404 and an edited one is fresh, from the disk', async () => {
    site = await startSite();
    await site.stop();
    const config = path.join(site.dir, 'next.config.js');
    const text = await readFile(config, 'utf8');
    await writeFile(
      config,
      text.replace('cacheHandler:', `cacheMaxMemorySize: ${bytes},\n  cacheHandler:`),
    );
    const slugs = Array.from({ length: 20 }, (_, index) => `post-${index}`);
    for (const slug of slugs) await site.write(slug, `Old text. ${'word '.repeat(500)}`);
    await site.start();
    const visitAll = () => Promise.all(slugs.map((slug) => site.visit(`/blog/${slug}`)));
    await visitAll();
    await site.remove('post-0');
    await site.write('post-1', 'New text.');
    expect(await site.purge('/blog/post-0')).toEqual(OK);
    expect(await site.purge('/blog/post-1')).toEqual(OK);
    await visitAll();
    const [first, second, third] = await visitAll();
    expect(first?.status).toBe(404);
    expect(second?.text).toContain('New text.');
    expect(third?.text).toContain('Old text.');
    expect(third?.headers.get('x-nextjs-cache')).toBe('HIT');
  });
});

test('a post whose 404 had been visited is a 200 after it is published and purged', async () => {
  site = await startSite({ other: 'Text.' });
  expect((await site.visit('/blog/hello')).status).toBe(404);
  await site.write('hello', 'Now there.');
  expect((await site.visit('/blog/hello')).status).toBe(404);
  expect(await site.purge('/blog/hello')).toEqual(OK);
  expect((await site.visit('/blog/hello')).text).toContain('Now there.');
});

test('a post whose 404 had been visited is found in time without a purge', async () => {
  site = await startSite({ other: 'Text.' }, { REVALIDATE_SECONDS: '1' });
  const visitor = site;
  expect((await visitor.visit('/blog/hello')).status).toBe(404);
  await visitor.write('hello', 'Now there.');
  await until(async () => (await visitor.visit('/blog/hello')).status === 200);
});

test('a page that cannot be stored is a 500, and visitors keep a page', async () => {
  site = await startSite({ hello: 'Old text.' });
  const store = path.join(site.dir, '.next/server/page-store');
  // A file in place of the folder: permissions would not stop root.
  await rm(store, { recursive: true, force: true });
  await writeFile(store, '');
  await site.write('hello', 'New text.');
  expect(await site.purge('/blog/hello')).toEqual({ status: 500, body: 'Error revalidating' });
  expect((await site.purge('/blog/hello', '&report=1')).body).toContain('could not be stored');
  expect((await site.visit('/blog/hello')).status).toBe(200);
  await rm(store);
  expect(await site.purge('/blog/hello')).toEqual(OK);
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
});

describe('a broken post', () => {
  test.each(['front matter', 'MDX', 'component'])(
    'with broken %s leaves its last good page up',
    async (part) => {
      site = await startSite({ hello: 'Good text.', other: 'Old text.' });
      await site.visit('/blog/hello');
      if (part === 'front matter') await site.write('hello', 'Text.', { date: 'yesterday' });
      else await site.write('hello', part === 'MDX' ? 'Text {' : 'Text <Calout />');

      expect(await site.purge('/blog/hello')).toEqual({ status: 500, body: 'Error revalidating' });
      await until(() => /posts\/hello\.mdx:\d+: /.test(site.log()));
      expect((await site.visit('/blog/hello')).text).toContain('Good text.');

      await site.write('other', 'New text.');
      expect(await site.purge('/blog/other')).toEqual(OK);
      expect((await site.visit('/blog/other')).text).toContain('New text.');
      expect((await site.visit('/')).text).toContain('Title of hello');

      await site.stop();
      await site.start();
      expect((await site.visit('/blog/hello')).text).toContain('Good text.');

      await site.write('hello', 'Mended text.');
      expect(await site.purge('/blog/hello')).toEqual(OK);
      expect((await site.visit('/blog/hello')).text).toContain('Mended text.');
    },
  );
});

test('an unreadable folder changes nothing and is a 500', async () => {
  site = await startSite({ hello: 'Text.' });
  await site.visit('/blog/hello');
  await site.visit('/');
  await rename(site.postsDir, `${site.postsDir}.away`);
  expect(await site.purge('/blog/hello')).toEqual({ status: 500, body: 'Error revalidating' });
  expect(JSON.parse((await site.purge('/', '&report=1')).body)).toMatchObject({
    revalidated: false,
    message: expect.stringContaining('cannot be read (ENOENT)'),
  });
  expect((await site.visit('/blog/hello')).text).toContain('Text.');
  expect((await site.visit('/')).text).toContain('Title of hello');
  await rename(`${site.postsDir}.away`, site.postsDir);
  expect(await site.purge('/blog/hello')).toEqual(OK);
});

test('a post is on the site from its time on, without a purge', async () => {
  site = await startSite({ other: 'Text.' });
  const date = new Date(Date.now() + 5000).toISOString();
  await site.write('hello', 'On time.', { date });
  expect(await site.purge('/blog/hello')).toEqual(OK);
  expect((await site.visit('/blog/hello')).status).toBe(404);
  expect((await site.visit('/')).text).not.toContain('Title of hello');
  await until(() => Date.now() > Date.parse(date));
  expect((await site.visit('/blog/hello')).text).toContain('On time.');
  expect((await site.visit('/')).text).toContain('Title of hello');
});

test('each call is one line of JSON in the log, without the secret', async () => {
  site = await startSite({ hello: 'Text.' });
  await site.purge('/blog/hello');
  await site.purge(`/blog/hello/${SECRET}/`);
  await site.purge(`/api/${SECRET}`, '&report=1');
  const lines = () =>
    site
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{"event":"purge"') && !line.includes('"status":401'))
      .map((line) => JSON.parse(line));
  await until(() => lines().length === 3);
  expect(lines()[0]).toMatchObject({
    path: '/blog/hello',
    result: 'regenerated',
    ms: expect.any(Number),
    address: expect.stringMatching(/127\.0\.0\.1|::1/),
  });
  expect(site.log()).not.toContain(SECRET);
});

describe('at its start a server', () => {
  test.each([
    ['', 'MY_SECRET_TOKEN is not set: nobody can purge'],
    ['short', 'MY_SECRET_TOKEN is shorter than 16 characters'],
  ])('warns of the secret %j', async (secret, warning) => {
    site = await startSite({}, { MY_SECRET_TOKEN: secret });
    await until(() => site.log().includes(warning));
  });

  test('names the posts that it cannot use, and serves the others', async () => {
    site = await startSite({ hello: 'Text.' });
    await site.stop();
    await site.write('broken', 'Text.', { date: 'soon' });
    await site.start();
    await until(() => site.log().includes('posts/broken.mdx:3: date: must be an ISO date'));
    expect((await site.visit('/blog/hello')).status).toBe(200);
  });

  test('ends at a setting that it cannot use, and says which', async () => {
    site = await startSite();
    await site.stop();
    await expect(site.start({ REVALIDATE_SECONDS: 'soon' })).rejects.toThrow(
      'REVALIDATE_SECONDS=soon: must be a whole number of seconds, at least 1',
    );
  });
});
