import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { readPreviewLink } from '../../lib/content/preview';
import { JITI, ROOT } from '../setup/build-site';
import { SECRET, startSite, type Site } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

const NOW_MS = Date.UTC(2026, 10, 22);

/** The query of a link as WordPress makes it, for a minute. */
function linkTo(id: number, { type = 'post', secret = SECRET, nowMs = NOW_MS } = {}) {
  const expires = String(nowMs / 1000 + 60).replace(/\..*/, '');
  const signature = createHmac('sha256', secret).update(`preview ${type} ${id} ${expires}`);
  return { type, id: String(id), expires, signature: signature.digest('hex') };
}

describe('a preview link', () => {
  test('names its post', () => {
    expect(readPreviewLink(linkTo(12), [SECRET], NOW_MS)).toEqual({ id: 12, page: false });
    const toPage = linkTo(7, { type: 'page' });
    expect(readPreviewLink(toPage, [SECRET], NOW_MS)).toEqual({ id: 7, page: true });
  });

  test('may be signed with the former secret while the secret is being changed', () => {
    const old = linkTo(12, { secret: 'the-former-secret' });
    expect(readPreviewLink(old, [SECRET, 'the-former-secret'], NOW_MS)).toMatchObject({ id: 12 });
  });

  const link = linkTo(12);
  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['another id', { ...link, id: '13' }],
    ['another type', { ...link, type: 'page' }],
    ['a later end', { ...link, expires: `${link.expires}0` }],
    ['the signature of another secret', linkTo(12, { secret: 'a-guess' })],
    ['the signature of no secret', linkTo(12, { secret: '' })],
    ['half a signature', { ...link, signature: link.signature.slice(0, 32) }],
    ['a signature that is none', { ...link, signature: 'é'.repeat(64) }],
    ['two ids', { ...link, id: ['12', '12'] }],
    ['no number', { ...link, id: '0x0c' }],
  ])('is refused with %s', (_, query) => {
    expect(() => readPreviewLink(query, [SECRET], NOW_MS)).toThrow('no preview link');
  });

  test('is refused after it has expired', () => {
    expect(() => readPreviewLink(link, [SECRET], NOW_MS + 61_000)).toThrow('has expired');
  });

  const SHORT = 'x'.repeat(15);
  const LONG = 'x'.repeat(16);
  const CLOSED = 'MY_SECRET_TOKEN has fewer than 16 characters';

  test('is refused while its secret is short enough to be guessed from it', () => {
    const read = (secret: string, secrets: string[]) =>
      readPreviewLink(linkTo(12, { secret }), secrets, NOW_MS);
    for (const secrets of [[SHORT], [SHORT, LONG], [SHORT, SHORT], []]) {
      expect(() => read(SHORT, secrets)).toThrow(CLOSED);
    }
    expect(() => read('', [])).toThrow(CLOSED);
    // A former secret that is short opens nothing, and closes nothing either.
    expect(() => read(SHORT, [LONG, SHORT])).toThrow('no preview link');
    expect(read(LONG, [LONG, SHORT])).toMatchObject({ id: 12 });
    expect(read(LONG, [SHORT, LONG])).toMatchObject({ id: 12 });
  });

  test('is answered with 503 and the reason while previews are closed; purges go on', async () => {
    const site = await startSite({ a: 'Text.' }, { MY_SECRET_TOKEN: SHORT });
    try {
      const query = new URLSearchParams(linkTo(12, { secret: SHORT, nowMs: Date.now() }));
      const { status, text } = await site.visit(`/api/preview?${query}`);
      expect([status, text]).toEqual([503, expect.stringContaining(CLOSED)]);
      expect((await site.visit('/api/preview?leave=/')).status).toBe(307);
      expect(site.log()).toContain('MY_SECRET_TOKEN is shorter than 16 characters');
      const purge = await fetch(`${site.url}/api/revalidate?secret=${SHORT}&path=/blog/a`);
      expect([purge.status, await purge.text()]).toEqual([200, '{"revalidated":true}']);
    } finally {
      await site.close();
    }
  });
});

describe('npm run preview', () => {
  /** Runs it where there is nothing to build; answers the file of settings, and the secret in it. */
  async function run(
    file?: string,
  ): Promise<{ text: string; secret?: string; said: string; errors: string }> {
    const dir = await mkdtemp(path.join(tmpdir(), 'preview-'));
    const local = path.join(dir, '.env.local');
    if (file !== undefined) await writeFile(local, file);
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'production' as const,
      NEXT_TELEMETRY_DISABLED: '1',
    };
    const [said, errors] = await new Promise<[string, string]>((resolve) => {
      const command = [JITI, path.join(ROOT, 'bin/preview.ts')];
      execFile(process.execPath, command, { cwd: dir, env }, (_, out, err) => resolve([out, err]));
    });
    const text = await readFile(local, 'utf8');
    await rm(dir, { recursive: true });
    // As Next reads it: the last line of a name counts.
    const secret = [...text.matchAll(/^MY_SECRET_TOKEN=(.*)$/gm)].at(-1)?.[1];
    return { text, secret, said, errors };
  }

  test.each([
    ['there are no settings', undefined, ''],
    ['there is no secret', 'SITE_URL=http://a', 'SITE_URL=http://a\n'],
    [
      'it is empty',
      'MY_SECRET_TOKEN=\nSITE_URL=http://a\n',
      'MY_SECRET_TOKEN=\nSITE_URL=http://a\n',
    ],
  ])('writes a long secret where %s', async (_, before, kept) => {
    const { text, secret, said } = await run(before);
    expect(secret).toMatch(/^[\da-f]{48}$/);
    expect(text).toBe(`${kept}MY_SECRET_TOKEN=${secret}\n`);
    expect(said).toContain('Wrote a random MY_SECRET_TOKEN into .env.local');
  });

  test('says what it is doing, and that nothing is served where the build stops', async () => {
    const { said, errors } = await run();
    expect(said).toContain('1 of 2: building the site.');
    expect(said).not.toContain('2 of 2');
    expect(errors).toContain('The build stopped, so nothing is served.');
  });

  test.each(['short', 'x'.repeat(16)])('leaves the secret %s as it is', async (chosen) => {
    expect(await run(`MY_SECRET_TOKEN=${chosen}\n`)).toMatchObject({
      secret: chosen,
      text: `MY_SECRET_TOKEN=${chosen}\n`,
    });
  });
});

describeWithWordPress("WordPress's Preview button", () => {
  let wordpress: WordPress;
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let admin: Page;

  beforeAll(async () => {
    [wordpress, browser] = await Promise.all([startWordPress(), startChromium()]);
    const { user, appPassword } = wordpress.admin;
    site = await startSite(
      {},
      { WORDPRESS_URL: wordpress.url, WORDPRESS_USER: user, WORDPRESS_APP_PASSWORD: appPassword },
    );
    await wordpress.activate({ url: site.url, secret: SECRET });
    context = await browser.newContext();
    admin = await context.newPage();
    await wordpress.signIn(admin);
    await wordpress.php(
      `foreach (['core/edit-post'] as $scope) update_user_meta(1, $GLOBALS['wpdb']->get_blog_prefix() . 'persisted_preferences', [$scope => ['welcomeGuide' => false]]);`,
    );
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await wordpress?.close();
  });

  const make = (fields: object, kind = 'posts') =>
    wordpress.rest('POST', `/wp/v2/${kind}`, { title: 'Unwritten', status: 'draft', ...fields });

  const edit = (id: number) =>
    admin.goto(`${wordpress.url}/wp-admin/post.php?post=${id}&action=edit`);

  /** What opens in a window of its own when a button is pressed. */
  async function opened(button: Locator): Promise<Page> {
    const [page] = await Promise.all([context.waitForEvent('page'), button.click()]);
    await page.waitForURL(`${site.url}/**`);
    return page;
  }

  async function previewInBlocks(): Promise<Page> {
    await admin.locator('.block-editor-post-preview__button-toggle').click();
    return opened(admin.locator('.edit-post-header-preview__button-external'));
  }

  /** Opens a link as a browser does that keeps cookies; answers what its page shows. */
  async function follow(query: Record<string, string>) {
    const link = await fetch(`${site.url}/api/preview?${new URLSearchParams(query)}`, {
      redirect: 'manual',
    });
    const cookies = link.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    const path = link.headers.get('location') ?? '';
    const page =
      link.status === 307
        ? await fetch(site.url + path, { headers: { Cookie: cookies.join('; ') } })
        : link;
    return { link, path, status: page.status, headers: page.headers, text: await page.text() };
  }
  const linkNow = (id: number, type = 'post') => linkTo(id, { type, nowMs: Date.now() });

  test('opens a draft in the block editor, which nobody else sees, and which is left by a link', async () => {
    const { id } = await make({ title: 'Not there yet', content: '<p>In the making.</p>' });
    await edit(id);
    const preview = await previewInBlocks();
    expect(preview.url()).toBe(`${site.url}/blog/not-there-yet`);
    const text = await preview.locator('body').innerText();
    expect(text).toContain('In the making.');
    expect(text).toContain('This is a preview');
    expect(await preview.locator('meta[name="robots"]').getAttribute('content')).toBe('noindex');

    expect((await site.visit('/blog/not-there-yet')).status).toBe(404);
    // The rest of the site is what visitors see, for the editor as well.
    await preview.goto(`${site.url}/`);
    expect(await preview.locator('body').innerText()).not.toMatch(
      /Not there yet|This is a preview/,
    );

    await preview.goBack();
    await preview.getByRole('link', { name: 'Leave the preview' }).click();
    await preview.waitForURL(`${site.url}/`);
    const gone = await preview.goto(`${site.url}/blog/not-there-yet`);
    expect(gone?.status()).toBe(404);
    await preview.close();
  });

  test('shows what is typed into a published post and not saved, and stores nothing of it', async () => {
    const { id } = await make({ title: 'Out', content: '<p>As published.</p>', status: 'publish' });
    await site.purge('/blog/out');
    const before = await site.visit('/blog/out');
    expect(before.text).toContain('As published.');
    await edit(id);
    await admin.getByRole('textbox', { name: 'Add title' }).fill('Out, and better');
    const preview = await previewInBlocks();
    await preview.getByRole('heading', { name: 'Out, and better' }).waitFor();
    expect(await preview.locator('body').innerText()).toContain('As published.');
    expect((await site.visit('/blog/out')).text).toBe(before.text);

    await preview.getByRole('link', { name: 'Leave the preview' }).click();
    await preview.getByRole('heading', { name: 'Out', exact: true }).waitFor();
    expect(preview.url()).toBe(`${site.url}/blog/out`);
    await preview.close();
    // Saved since: the autosave is older now.
    await wordpress.rest('POST', `/wp/v2/posts/${id}`, { title: 'Out anew' });
    expect((await follow(linkNow(id))).text).toContain('<h1>Out anew</h1>');
  });

  test('works in the classic editor', async () => {
    const file = '/classic.php';
    await wordpress.php(
      `@mkdir(WPMU_PLUGIN_DIR); file_put_contents(WPMU_PLUGIN_DIR . '${file}',
        "<?php add_filter('use_block_editor_for_post', '__return_false');");`,
    );
    const { id } = await make({ title: 'Classical' });
    await edit(id);
    await admin.fill('#title', 'Classical, revised');
    const preview = await opened(admin.locator('#post-preview'));
    await preview.getByRole('heading', { name: 'Classical, revised' }).waitFor();
    await preview.close();
    await wordpress.php(`unlink(WPMU_PLUGIN_DIR . '${file}');`);
  });

  test('shows pages, scheduled posts, and those that are for few', async () => {
    const page = await make({ title: 'A page to be', content: 'Soon.' }, 'pages');
    expect(await follow(linkNow(page.id, 'page'))).toMatchObject({
      path: '/a-page-to-be',
      text: expect.stringContaining('Soon.'),
    });
    const later = await make({ title: 'Later', status: 'future', date: '2999-01-01T00:00:00' });
    expect((await follow(linkNow(later.id))).text).toMatch(/<h1>Later<\/h1>[\s\S]*2999/);
    const secret = await make({
      title: 'For few',
      status: 'publish',
      password: 'x',
      content: 'Psst.',
    });
    expect((await follow(linkNow(secret.id))).text).toContain('Psst.');
    expect((await site.visit('/blog/for-few')).status).toBe(404);
  });

  test('shows the topics of a draft, with those above them', async () => {
    const above = await wordpress.rest('POST', '/wp/v2/categories', { name: 'Above' });
    const below = await wordpress.rest('POST', '/wp/v2/categories', {
      name: 'Below',
      parent: above.id,
    });
    const { id } = await make({ title: 'With topics', categories: [below.id] });
    expect((await follow(linkNow(id))).text).toContain('href="/category/above/below"');
  });

  test('is kept nowhere', async () => {
    const { id } = await make({ title: 'Fleeting', content: '<p>Once.</p>' });
    const first = await follow(linkNow(id));
    expect(first.link.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('cache-control')).toMatch(/private.*no-store/);
    await wordpress.rest('POST', `/wp/v2/posts/${id}`, { content: '<p>Twice.</p>' });
    expect((await follow(linkNow(id))).text).toContain('Twice.');
    expect((await site.visit('/blog/fleeting')).status).toBe(404);
  });

  test('is refused to who has no good link, and says what is wrong', async () => {
    const { id } = await make({ title: 'Hidden', content: '<p>Hidden text.</p>' });
    const other = await make({ title: 'Another' });
    const refused = async (query: Record<string, string>) => {
      const { link, text } = await follow(query);
      expect(link.headers.getSetCookie()).toEqual([]);
      return `${link.status} ${text}`;
    };
    const link = linkNow(id);
    expect(await refused({ ...link, id: String(other.id) })).toMatch(
      /^401 This is no preview link/,
    );
    expect(await refused({ ...link, signature: '0'.repeat(64) })).toMatch(/^401/);
    expect(await refused(linkTo(id, { nowMs: Date.now() - 120_000 }))).toMatch(/^410 .*expired/);
    expect(await refused(linkNow(9999))).toMatch(/^500 There is no preview: WordPress at .*404/);
    expect(await refused({ leave: '//evil.example' })).toMatch(/^400/);

    // A cookie of one's own making, or that of another page, shows nothing.
    const forged = { headers: { Cookie: '__prerender_bypass=x; __next_preview_data=y' } };
    const page = await fetch(`${site.url}/blog/hidden`, forged);
    expect(page.status).toBe(404);
    const given = await fetch(`${site.url}/api/preview?${new URLSearchParams(link)}`, {
      redirect: 'manual',
    });
    const cookies = given.headers.getSetCookie();
    for (const cookie of cookies) expect(cookie).toMatch(/Path=\/blog\/hidden; .*HttpOnly/);
    const elsewhere = await fetch(`${site.url}/blog/another`, {
      headers: { Cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') },
    });
    expect(elsewhere.status).toBe(404);
  });

  test('is not offered to who may not edit the post', async () => {
    const { id } = await make({ title: 'Mine' });
    const response = await fetch(`${wordpress.url}/?p=${id}&preview=true`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBeNull();
  });

  test.each([
    ['without a password', { WORDPRESS_APP_PASSWORD: '' }, /set WORDPRESS_URL, WORDPRESS_USER/],
    ['with a wrong one', { WORDPRESS_APP_PASSWORD: 'wrong' }, /WordPress at .* 401/],
  ])('says what to mend where the site is %s', async (_, env, said) => {
    const { id } = await make({ title: 'Unseen' });
    await site.stop();
    await site.start(env);
    const { status, text } = await follow(linkNow(id));
    expect(status).toBe(500);
    expect(text).toMatch(said);
    await site.stop();
    await site.start();
  });
});
