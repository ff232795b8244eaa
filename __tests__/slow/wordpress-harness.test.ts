import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

describeWithWordPress('a WordPress for tests', () => {
  let wordpress: WordPress;
  let browser: Browser;

  beforeAll(async () => {
    wordpress = await startWordPress();
  });

  afterAll(async () => {
    await browser?.close();
    await wordpress?.close();
    expect(existsSync(wordpress.dir)).toBe(false);
  });

  it('answers REST calls and pretty permalinks, and notes them', async () => {
    const post = await wordpress.rest('POST', '/wp/v2/posts', { title: 'Tea', status: 'publish' });
    expect(new URL(post.link).pathname).toMatch(/^\/\d{4}\/\d\d\/\d\d\/tea\/$/);
    const response = await fetch(post.link);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Tea');
    expect(await wordpress.log()).toContain('POST /?rest_route=/wp/v2/posts&');
  });

  it('says what a failed REST call said', async () => {
    await expect(wordpress.rest('GET', '/wp/v2/posts/999999')).rejects.toThrow('404 {"code"');
  });

  it('keeps its content when it is stopped and started', async () => {
    await wordpress.stop();
    await expect(fetch(wordpress.url)).rejects.toThrow();
    await wordpress.start();
    const post = await wordpress.rest('GET', '/wp/v2/posts/1');
    expect(post.slug).toBe('hello-world');
  });

  it('leaves the temporary tables of other databases alone when it starts', async () => {
    const table = path.join(tmpdir(), '#sql-temptable-of-another-1-1.MAI');
    await wordpress.stop();
    await writeFile(table, '');
    try {
      await wordpress.start();
      expect(existsSync(table)).toBe(true);
    } finally {
      await rm(table, { force: true });
    }
  });

  it('runs PHP and WP-Cron, and takes constants and plain permalinks', async () => {
    const plain = await startWordPress({ permalinks: 'plain', constants: { TEA: "it's" } });
    try {
      await plain.php(`wp_schedule_single_event(time() - 1, 'due_in_the_tests');`);
      await plain.cron();
      expect(await plain.php(`var_export(wp_next_scheduled('due_in_the_tests'));`)).toBe('false');
      expect(await plain.php('echo TEA;')).toBe("it's");
      expect((await plain.rest('GET', '/wp/v2/posts/1')).link).toBe(`${plain.url}/?p=1`);
    } finally {
      await plain.close();
    }
  });

  it('has a wp-admin for a browser, and our plugin', async () => {
    await wordpress.activate({ url: 'http://localhost:1', secret: 'a-secret-of-the-tests' });
    browser = await startChromium();
    const page = await browser.newPage();
    await wordpress.signIn(page);
    await page.goto(`${wordpress.url}/wp-admin/plugins.php`);
    expect(await page.locator('tr[data-slug="evergreen"]').getAttribute('class')).toMatch(
      /^active/,
    );
    expect(await wordpress.complaints()).toEqual([]);
  });
});
