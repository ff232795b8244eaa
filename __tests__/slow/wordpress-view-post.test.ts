import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { loadDraft } from '../../lib/source/wordpress/draft';
import { loadWordPress } from '../../lib/source/wordpress/wordpress';
import { freePort, SECRET } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

type Links = 'wordpress' | 'site' | 'visitors';

describeWithWordPress('links in WordPress', () => {
  let wordpress: WordPress;
  let browser: Browser;
  let admin: Page;
  /** In place of the site: it confirms what it is told, and answers with the address that it was asked for. */
  let site: Server;
  let siteUrl = '';
  let post: { id: number; link: string };
  let draft: { id: number; link: string };

  beforeAll(async () => {
    const port = await freePort();
    siteUrl = `http://127.0.0.1:${port}`;
    site = createServer((req, res) => {
      res.setHeader('Content-Type', req.method === 'POST' ? 'application/json' : 'text/html');
      res.end(
        req.method === 'POST' ? '{"revalidated":true,"pages":[]}' : `<p>The site at ${req.url}</p>`,
      );
    }).listen(port, '127.0.0.1');
    [wordpress, browser] = await Promise.all([startWordPress(), startChromium()]);
    admin = await browser.newPage();
    await wordpress.signIn(admin);
    post = await wordpress.rest('POST', '/wp/v2/posts', { title: 'Çay', status: 'publish' });
    draft = await wordpress.rest('POST', '/wp/v2/posts', { title: 'Draft', status: 'draft' });
  });

  afterAll(async () => {
    const complaints = await wordpress?.complaints();
    site?.close();
    await browser?.close();
    await wordpress?.close();
    expect(complaints).toEqual([]);
  });

  /** Chooses where links lead, on the page of the plugin. */
  const choose = async (links: Links) => {
    await wordpress.activate({ url: siteUrl, secret: SECRET });
    await visit('options-general.php?page=evergreen');
    await admin.locator(`input[name="evergreen_settings[links]"][value="${links}"]`).check();
    await admin.locator('#submit').click();
    await admin.locator('#setting-error-settings_updated').waitFor();
    expect(await admin.locator('input[type=radio]:checked').getAttribute('value')).toBe(links);
  };

  const visit = (where: string) => admin.goto(`${wordpress.url}/wp-admin/${where}`);
  const hrefOf = (selector: string) => admin.locator(selector).first().getAttribute('href');
  /** The address on the site. */
  const onSite = (link: string) => link.replace(wordpress.url, siteUrl);
  const ask = (where: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(new URL(where, wordpress.url), { headers, method, redirect: 'manual' });

  /** The links that an editor sees. */
  async function linksInAdmin() {
    await visit('edit.php');
    const row = await hrefOf(`#post-${post.id} .row-actions .view a`);
    const visitSite = await hrefOf('#wp-admin-bar-view-site a');
    const preview = await hrefOf(`#post-${draft.id} .row-actions .view a`);
    await visit('edit-tags.php?taxonomy=category');
    const category = await hrefOf('#tag-1 .row-actions .view a');
    await visit(`post.php?post=${post.id}&action=edit`);
    const bar = await hrefOf('#wp-admin-bar-view a');
    const editor = await admin.evaluate(() => {
      const { select } = (
        window as unknown as {
          wp: { data: { select: (name: string) => Record<string, () => unknown> } };
        }
      ).wp.data;
      const store = select('core/editor');
      return {
        link: (store.getCurrentPost?.() as { link: string } | undefined)?.link,
        permalink: store.getPermalink?.(),
      };
    });
    return { row, visitSite, preview, category, bar, ...editor };
  }

  const own = () => ({
    row: post.link,
    visitSite: `${wordpress.url}/`,
    category: `${wordpress.url}/category/uncategorized/`,
    bar: post.link,
    link: post.link,
    permalink: post.link,
  });

  test('stay as they are until the owner chooses otherwise', async () => {
    await wordpress.activate({ url: siteUrl, secret: SECRET });
    expect(await linksInAdmin()).toMatchObject(own());
    const home = await ask('/');
    expect(home.status).toBe(200);
    expect(home.headers.get('x-robots-tag')).toBeNull();
    expect(await home.text()).not.toContain('noindex');
  });

  test('lead to the site for people, and for nobody else', async () => {
    await choose('site');
    const preview = expect.stringContaining(`${wordpress.url}/?p=${draft.id}&preview=true`);
    const sites = Object.fromEntries(
      Object.entries(own()).map(([name, link]) => [name, onSite(link)]),
    );
    expect(await linksInAdmin()).toEqual({ ...sites, preview });

    // After an update in the block editor, too, where the answer tells the address.
    await admin.evaluate(async () => {
      const { dispatch } = (
        window as unknown as {
          wp: {
            data: { dispatch: (name: string) => Record<string, (a?: object) => Promise<void>> };
          };
        }
      ).wp.data;
      await dispatch('core/editor').editPost?.({ title: 'Çay 2' });
      await dispatch('core/editor').savePost?.();
    });
    expect(await hrefOf('.components-snackbar a')).toBe(onSite(post.link));

    // What the site reads, the draft included, has WordPress's own.
    const { user, appPassword: password } = wordpress.admin;
    const { library } = await loadWordPress(wordpress.url, undefined, undefined, {
      compareAfterMs: 1,
    });
    expect(library.articles.get(post.id)?.stub.link).toBe(post.link);
    const access = { login: { user, password } };
    const read = await loadDraft(wordpress.url, access, library, { id: post.id, page: false });
    expect(read.file).toContain(post.link);
    const feed = await (await ask('/feed/')).text();
    expect(feed).toContain(`<link>${post.link}</link>`);

    // WordPress's own pages are there, and ask not to be listed.
    const page = await ask(post.link);
    expect(page.status).toBe(200);
    expect(page.headers.get('x-robots-tag')).toBe('noindex');
    expect(await page.text()).toMatch(/<meta name='robots' content='[^']*noindex/);
    expect((await ask('/?p=1')).headers.get('location')).toMatch(`${wordpress.url}/`);
  });

  test('lead to the site in the classic editor, and those of drafts to their previews', async () => {
    await choose('site');
    await wordpress.php(
      `file_put_contents(WPMU_PLUGIN_DIR . '/classic.php', '<?php add_filter("use_block_editor_for_post", "__return_false");');`,
    );
    await visit(`post.php?post=${post.id}&action=edit`);
    expect(await hrefOf('#sample-permalink a')).toBe(onSite(post.link));
    expect(await admin.locator('#sample-permalink').innerText()).toBe(onSite(post.link));
    await admin.click('#publish');
    expect(await hrefOf('#message a')).toBe(onSite(post.link));
    await visit(`post.php?post=${draft.id}&action=edit`);
    expect(await hrefOf('#sample-permalink a')).toMatch(
      new RegExp(`^${wordpress.url}/\\?p=${draft.id}&preview=true`),
    );
    expect(await admin.locator('#sample-permalink').innerText()).toMatch(siteUrl);
    expect(await hrefOf('#post-preview')).toMatch(wordpress.url);
    await wordpress.php(`unlink(WPMU_PLUGIN_DIR . '/classic.php');`);
  });

  test('lead there visitors who come to WordPress, and nobody else', async () => {
    await choose('visitors');
    for (const where of [
      '/',
      post.link.replace(wordpress.url, ''),
      '/?p=1',
      '/category/uncategorized/?utm_source=letter&x=%C3%A7',
      '/feed/',
      '/no-such-page',
      '//evil.example/x',
    ]) {
      const { status, headers } = await fetch(`${wordpress.url}${where}`, { redirect: 'manual' });
      expect([status, headers.get('location')]).toEqual([301, `${siteUrl}${where}`]);
      expect(headers.get('cache-control')).toContain('no-cache');
    }
    expect((await ask('/', {}, 'HEAD')).status).toBe(301);

    const secret = await wordpress.rest('POST', '/wp/v2/posts', {
      title: 'Secret',
      status: 'publish',
      password: 'tea',
    });
    const stay = async (where: string, headers: Record<string, string> = {}) => {
      const answer = await ask(where, headers);
      expect(`${where}: ${answer.headers.get('location') ?? ''}`).not.toContain(siteUrl);
      return answer.status;
    };
    expect(await stay('/wp-login.php')).toBe(200);
    expect(await stay('/login')).toBe(302);
    await stay('/wp-admin/');
    expect(await stay('/wp-json/wp/v2/posts')).toBe(200);
    expect(await stay('/?rest_route=/wp/v2/posts')).toBe(200);
    expect(await stay('/wp-cron.php')).toBe(200);
    await stay('/xmlrpc.php');
    await stay('/wp-admin/admin-ajax.php?action=x');
    expect(await stay('/robots.txt')).toBe(200);
    expect(await stay('/wp-content/uploads/gone.png')).toBe(404);
    expect(await stay('/comments/feed/')).toBe(200);
    expect(await stay(secret.link)).toBe(200);
    expect(await stay(`${post.link}embed/`)).toBe(200);
    // The site asks where an address leads.
    expect(await stay(post.link, { 'X-Evergreen': 'resolve' })).toBe(200);
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'tea' });
    const moved = await ask(post.link, { 'X-Evergreen': 'resolve' });
    expect([moved.status, moved.headers.get('location')]).toEqual([
      301,
      post.link.replace(/[^/]+\/$/, 'tea/'),
    ]);
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'cay' });

    // People who write here look at what they like, the Customizer included.
    await admin.goto(post.link);
    expect(admin.url()).toBe(post.link);
    await visit(`customize.php?url=${encodeURIComponent(post.link)}`);
    await admin.frameLocator('iframe[title="Site Preview"]').locator('body.single').waitFor();
    const context = await browser.newContext();
    const visitor = await context.newPage();
    await visitor.goto(post.link);
    expect(await visitor.innerText('p')).toContain('The site at /20');
    await context.close();
  });

  test('go in no circle where WordPress and the site share a host', async () => {
    const settings = (url: string) =>
      wordpress.php(
        `update_option('evergreen_settings', ['url' => '${url}', 'secret' => '${SECRET}', 'links' => 'visitors']);`,
      );
    await settings(wordpress.url);
    expect((await ask('/')).status).toBe(200);
    expect((await ask('/')).headers.get('x-robots-tag')).toBeNull();
    await settings(wordpress.url.replace('http:', 'https:'));
    expect((await ask('/')).status).toBe(200);
    // Reached by the name of the site, through a proxy that the site has for what it does not know.
    await settings(siteUrl);
    expect(
      await wordpress.php(
        `$_SERVER['HTTP_HOST'] = '${new URL(siteUrl).host}'; $_SERVER['REQUEST_URI'] = '/x'; $_SERVER['REQUEST_METHOD'] = 'GET';
        wp(); evergreen_redirect_visitor(); echo 'stays';`,
      ),
    ).toBe('stays');
    // WordPress below the site: what is below WordPress leads to the same below the site.
    await settings(wordpress.url);
    expect(
      await wordpress.php(
        `add_filter('option_home', fn($url) => "$url/wp", 99);
        echo evergreen_site_link('${wordpress.url}/wp/2026/tea/'), ' ', evergreen_site_link('${wordpress.url}/tea/');`,
      ),
    ).toBe(`${wordpress.url}/2026/tea/ ${wordpress.url}/tea/`);
    await settings(siteUrl);
    expect(
      await wordpress.php(
        `add_filter('option_home', fn($url) => "$url/wp", 99);
        echo evergreen_site_link('${wordpress.url}/wp/2026/tea/');`,
      ),
    ).toBe(`${siteUrl}/wp/2026/tea/`);
  });
});
