/** The console: its door, its first page, and purges from it. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { keptPurges } from '../setup/kept-purges';
import { sendRaw } from '../setup/raw';
import { SECRET, startSite, until, type Site } from '../setup/site';

const MARKUP = '<img src=x onerror=alert(1)>';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  site = await startSite({ hello: 'Old text.', other: 'Text.' });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Sends a form, as a browser does. */
async function post(form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${site.url}/api/console`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams(form),
  });
  return {
    status: response.status,
    text: await response.text(),
    headers: response.headers,
    to: response.headers.get('location') ?? '',
  };
}

/** Signs in: the cookie, and what each form carries. */
async function signedIn() {
  const { headers } = await post({ action: 'sign-in', secret: SECRET });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  const { text } = await site.visit('/console/purge', { cookie });
  const token = /name="token" value="([\da-f]{64})"/.exec(text)?.[1] ?? '';
  return {
    cookie,
    token,
    open: async (where: string) => {
      const visit = await site.visit(where, { cookie });
      // Which React writes between texts.
      return { ...visit, text: visit.text.replaceAll('<!-- -->', '') };
    },
    send: (form: Record<string, string>, headers: Record<string, string> = {}) =>
      post({ token, ...form }, { cookie, ...headers }),
  };
}

/** The purges in the history, oldest first. */
const history = () => keptPurges(site);

const PAGES = [
  '/console',
  '/console/checks',
  '/console/purge',
  '/console/purge?path=%2Fblog%2Fhello',
];

test.each(PAGES)('%s is for those who signed in', async (where) => {
  for (const cookie of ['', '__Host-evergreen-console=1.2.3']) {
    const { status, headers, text } = await site.visit(where, { cookie });
    const to = `/console/sign-in?to=${encodeURIComponent(where)}`;
    expect([status, headers.get('location')]).toEqual([303, to]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toContain('<html');
  }
  const { open } = await signedIn();
  expect((await open(where)).status).toBe(200);
});

test('a site in order says that nothing has to be done', async () => {
  const { open } = await signedIn();
  expect((await open('/console')).text).toContain('Nothing has to be done.');
});

test('the right secret signs in, and the wrong one says so', async () => {
  const right = await post({ action: 'sign-in', secret: SECRET, to: '/console/purge?changed=1' });
  expect([right.status, right.to]).toEqual([303, '/console/purge?changed=1']);
  expect(right.headers.get('set-cookie')).toMatch(
    /^__Host-evergreen-console=[\da-f.]+; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict$/,
  );
  expect(right.headers.get('cache-control')).toBe('no-store');

  const wrong = await post({
    action: 'sign-in',
    secret: 'a-wrong-secret',
    to: 'https://evil.example',
  });
  expect([wrong.status, wrong.to]).toEqual([303, '/console/sign-in?why=wrong&to=%2Fconsole']);
  expect(wrong.headers.get('set-cookie')).toBeNull();
  expect((await site.visit(wrong.to)).text).toContain('That is not the secret of this site.');
  expect(site.log()).not.toContain('a-wrong-secret');

  const elsewhere = await post(
    { action: 'sign-in', secret: SECRET },
    { 'sec-fetch-site': 'cross-site' },
  );
  expect([elsewhere.to, elsewhere.headers.get('set-cookie')]).toEqual([
    '/console/sign-in?why=elsewhere',
    null,
  ]);
});

test('the sign-in page warns where a browser would not keep the cookie', async () => {
  const warning = 'opened over plain http';
  const plain = await sendRaw(site.url, 'GET /console/sign-in HTTP/1.1', { Host: 'blog.example' });
  expect([plain.status, plain.body.includes(warning)]).toEqual([200, true]);
  const behindProxy = await sendRaw(site.url, 'GET /console/sign-in HTTP/1.1', {
    Host: 'blog.example',
    'X-Forwarded-Proto': 'https',
  });
  expect([behindProxy.status, behindProxy.body.includes(warning)]).toEqual([200, false]);
  expect((await site.visit('/console/sign-in')).text).not.toContain(warning);
});

test('signing out removes the cookie', async () => {
  const { send } = await signedIn();
  const out = await send({ action: 'sign-out' });
  expect(out.to).toBe('/console/sign-in?why=out');
  expect(out.headers.get('set-cookie')).toMatch(
    /^__Host-evergreen-console=; Path=\/; Max-Age=0; Secure/,
  );
});

test('pages of the console have a policy of their own, and are found by nobody', async () => {
  const { open } = await signedIn();
  for (const answer of [
    await site.visit('/console/sign-in'),
    ...(await Promise.all(PAGES.map(open))),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    expect(answer.headers.get('speculation-rules')).toBeNull();
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self' 'sha256-[^']+'; style-src 'sha256-[^']+'; /,
    );
    expect(policy).toContain("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.text).toContain('<html lang="en"');
    expect(answer.text).not.toMatch(/ style=| on[a-z]+=|<script src/);
  }
});

test('a page below it that is not there looks as any other', async () => {
  const [one, other] = await Promise.all([site.visit('/console/nothing'), site.visit('/nothing')]);
  expect(one.status).toBe(404);
  expect(one.text).toBe(other.text);
  expect(one.headers.get('content-security-policy')).toBe(
    other.headers.get('content-security-policy'),
  );
});

test('a form needs a session, its token, and to be of this site', async () => {
  const [mine, theirs] = [await signedIn(), await signedIn()];
  const form = { action: 'purge', path: '/blog/hello' };
  await site.call({ paths: ['/blog/hello'] });
  const count = (await history()).length;
  expect((await post({ ...form, token: mine.token })).to).toBe('/console/sign-in');
  expect((await mine.send({ ...form, token: '' })).status).toBe(403);
  expect((await mine.send({ ...form, token: theirs.token })).status).toBe(403);
  expect((await mine.send(form, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  const json = await fetch(`${site.url}/api/console`, {
    method: 'POST',
    headers: { cookie: mine.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ ...form, token: mine.token }),
  });
  expect(json.status).toBe(415);
  expect((await mine.send({ action: 'delete' })).status).toBe(400);
  expect((await mine.send({ ...form, path: 'x'.repeat(66_000) })).status).toBe(413);
  const read = await mine.open('/api/console');
  expect([read.status, read.headers.get('allow'), read.headers.get('cache-control')]).toEqual([
    405,
    'POST',
    'no-store',
  ]);
  expect(await history()).toHaveLength(count);
});

test('a purge: its plan, and its record', async () => {
  const { open, send } = await signedIn();
  await site.write('hello', 'New text.', { title: 'Edited' });
  const planned = await send({
    action: 'plan',
    path: '/blog/hello\r\n/blog/nothing',
    tag: 'post:other',
  });
  expect(planned.to).toBe(
    '/console/purge?path=%2Fblog%2Fhello&path=%2Fblog%2Fnothing&tag=post%3Aother',
  );
  const { text } = await open(planned.to);
  expect(text).toContain('<a href="/console/page?path=%2Fblog%2Fhello">/blog/hello</a>');
  expect(text).toContain('/blog/other');
  const names = [...text.matchAll(/type="hidden" name="(path|tag)" value="([^"]*)"/g)];
  const form = Object.fromEntries(names.map(([, name = '', value = '']) => [name, value]));
  expect(form).toEqual({ path: '/blog/hello\n/blog/nothing', tag: 'post:other' });
  const count = (await history()).length;

  const purged = await send({ action: 'purge', ...form }, { 'user-agent': MARKUP });
  const record = (await history()).at(-1);
  expect(await history()).toHaveLength(count + 1);
  expect(purged.to).toBe(`/console/purges/${record?.id}`);
  expect(record).toMatchObject({
    caller: { secret: 'console', sender: 'the console', agent: MARKUP },
    named: { paths: ['/blog/hello', '/blog/nothing'], tags: ['post:other'] },
    result: 'regenerated',
  });
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
  expect(site.log()).toContain('"event":"purge"');
});

test('what failed is tried once more', async () => {
  const { open, send } = await signedIn();
  await site.write('hello', 'Text.', { date: 'no date' });
  await send({ action: 'purge', path: '/blog/hello' });
  const failed = (await history()).at(-1);
  expect(failed?.result).toBe('failed');
  const problem = await open('/console');
  expect(problem.text).toContain('posts/hello.mdx:3');
  expect(problem.text).not.toContain('Nothing has to be done.');

  await site.write('hello', 'Repaired text.');
  expect((await open('/console/purge')).text).toContain(`name="id" value="${failed?.id}"`);
  await send({ action: 'retry', id: failed?.id ?? '' });
  expect((await history()).at(-1)).toMatchObject({
    named: { paths: ['/blog/hello'] },
    result: 'regenerated',
  });
  expect((await site.visit('/blog/hello')).text).toContain('Repaired text.');
  expect((await send({ action: 'retry', id: 'none' })).status).toBe(404);
});

test('markup in a path, a title or a file is text', async () => {
  const { open, send } = await signedIn();
  await site.write('later', 'Text.', { title: `'${MARKUP}'`, date: '2099-01-01' });
  await site.write('broken', 'Text.', { date: `'${MARKUP}'` });
  await site.call({ changed: true });
  const now = await open('/console');
  expect(now.text).toContain(
    '&lt;img src=x onerror=alert(1)&gt; <span class="soft line">/blog/later, 1 Jan 2099',
  );
  expect(now.text).not.toContain('<img');
  const { to } = await send({ action: 'plan', path: `/blog/${MARKUP}\n"><script>`, tag: MARKUP });
  const plan = await open(to);
  expect(plan.text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(plan.text).not.toMatch(/<img|<script>(?!{let d=)/);
  await site.remove('later');
  await site.remove('broken');
  await site.call({ changed: true });
});

test('too much for an address is refused with advice', async () => {
  const { send } = await signedIn();
  const { status, text } = await send({ action: 'plan', path: '/blog/hello\n'.repeat(1000) });
  expect([status, text]).toEqual([413, expect.stringContaining('name fewer pages')]);
});

test('a history that cannot be written is told of, and the purge is carried out', async () => {
  const { open, send } = await signedIn();
  const folder = path.join(site.dir, '.evergreen/history');
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  await writeFile(folder, '');
  await site.write('hello', 'Without history.');
  const { to } = await send({ action: 'purge', path: '/blog/hello' });
  expect(to).toBe('/console/purge?lost=done');
  expect((await open(to)).text).toContain('could not be kept in the history');
  expect((await open('/console')).text).toContain('1 purge could not be kept in the history');
  expect((await site.visit('/blog/hello')).text).toContain('Without history.');
  await rm(folder);
});

test('a mass removal is refused, planned and confirmed', async () => {
  const { open, send } = await signedIn();
  const slugs = Array.from({ length: 10 }, (_, index) => `post-${index}`);
  for (const slug of slugs) await site.write(slug, 'Text.');
  await site.call({ changed: true });
  for (const slug of slugs) await site.remove(slug);
  await until(async () => (await open('/console')).text.includes('most would be removed'));
  const refused = await open('/console/purge?changed=1');
  expect(refused.text).toContain('most would be removed');
  const { to } = await send({ action: 'plan', confirm: 'removals' });
  const plan = await open(to);
  expect(plan.text).toContain('/blog/post-9');
  expect(plan.text).toContain('type="hidden" name="confirm" value="removals"');
  await send({ action: 'purge', confirm: 'removals' });
  expect((await history()).at(-1)).toMatchObject({
    named: { confirm: 'removals' },
    pages: expect.arrayContaining([
      expect.objectContaining({ path: '/blog/post-9', result: 'removed' }),
    ]),
  });
  expect((await site.visit('/blog/post-9')).status).toBe(404);
  expect((await open('/console')).text).not.toContain('most would be removed');
});

const AXE = require.resolve('axe-core/axe.min.js');

test('in a browser: signing in, three widths, both colour schemes, and a refresh', async () => {
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`${site.url}/console`);
  await page.getByLabel('Secret').fill(SECRET);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${site.url}/console`);
  const axe = await readFile(AXE, 'utf8');
  // A folder for pictures to look at.
  const shots = process.env.SHOTS;
  const sizes = [
    [390, 844],
    [768, 1024],
    [1280, 900],
  ] as const;
  await site.write('wrong', 'Text.', { date: 'tomorrow' });
  await site.write('soon', 'Text.', { title: 'What comes next', date: '2099-01-01' });
  await site.call({ changed: true });
  for (const where of [
    '/console/sign-in?why=wrong',
    '/console',
    '/console/purge?path=/blog/hello&changed=1',
  ]) {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.goto(site.url + where);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect([where, wide]).toEqual([where, width]);
        if (shots) {
          const name = `${where.replace(/\W+/g, '-')}-${width}-${scheme}.png`;
          await page.screenshot({ path: path.join(shots, name), fullPage: true });
        }
      }
      await page.evaluate(axe);
      const violations = await page.evaluate(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`,
      );
      expect([where, scheme, violations]).toEqual([where, scheme, []]);
    }
  }
  await page.goto(`${site.url}/console`);
  await page.getByText('posts/wrong.mdx').waitFor();
  await site.remove('wrong');
  await site.remove('soon');
  await page.getByText('posts/wrong.mdx').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${site.url}/console/sign-in?why=out`);
  await page.goto(`${site.url}/console`);
  expect(page.url()).toContain('/console/sign-in');
  expect(faults).toEqual([]);
  await context.close();
});

test('who guesses is throttled, and the right secret is let in all the same', async () => {
  await until(async () =>
    (await post({ action: 'sign-in', secret: 'guess' })).to.includes('why=throttled'),
  );
  // Nor has an address other guesses elsewhere.
  for (const where of ['/api/revalidate?path=/&secret=guess', '/api/fresh?path=/&secret=guess']) {
    expect((await site.visit(where)).status).toBe(429);
  }
  const right = await post({ action: 'sign-in', secret: SECRET });
  expect(right.headers.get('set-cookie')).not.toBeNull();
});

test('with a short secret the console is not there', async () => {
  const { cookie } = await signedIn();
  await site.stop();
  await site.start({ MY_SECRET_TOKEN: 'fifteen letters' });
  const missing = (await site.visit('/nothing')).text;
  for (const where of ['/console/sign-in', ...PAGES]) {
    const { status, text, headers } = await site.visit(where, { cookie });
    expect([where, status]).toEqual([where, 404]);
    expect(text).toBe(missing);
    expect(headers.get('x-robots-tag')).toBeNull();
    expect(headers.get('speculation-rules')).not.toBeNull();
  }
  const posted = await post({ action: 'sign-in', secret: 'fifteen letters' });
  expect([posted.status, posted.headers.get('set-cookie')]).toEqual([404, null]);
});
