/** What a visitor sees, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { startSite, type Site } from '../setup/site';

let browser: Browser;
let site: Site;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  browser = await startChromium();
  site = await startSite({
    hello:
      'Old text.\n\n<Callout title="Mind">A callout, {1 + 1}.</Callout>\n\n| a | b |\n| - | - |\n| 1 | 2 |',
  });
  page = await browser.newPage();
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(request.url()));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('a visitor opens the home page, follows a link, and sees an edit after a purge', async () => {
  await page.goto(site.url);
  await page.getByRole('link', { name: 'Title of hello' }).click();
  await page.waitForURL(`${site.url}/blog/hello`);
  expect(await page.textContent('main')).toContain('Old text.');

  await site.write('hello', 'New text.', { title: 'Edited' });
  expect((await site.purge('/blog/hello')).status).toBe(200);
  await page.reload();
  expect(await page.textContent('h1')).toBe('Edited');
  expect(await page.textContent('main')).toContain('New text.');
  await page.getByRole('link', { name: 'Evergreen' }).click();
  await page.waitForURL(`${site.url}/`);
  expect(await page.textContent('main')).toContain('Edited');
  expect(faults).toEqual([]);
});

test('components, expressions and tables of a post are HTML', async () => {
  await site.write('hello', '<Callout title="Mind">Sum: {1 + 1}.</Callout>\n\n| a |\n| - |\n| 1 |');
  await site.purge('/blog/hello');
  await page.goto(`${site.url}/blog/hello`);
  expect(await page.textContent('aside')).toBe('MindSum: 2.');
  expect(await page.locator('table td').textContent()).toBe('1');
});

test('nothing is wider than a narrow screen', async () => {
  await site.write(
    'hello',
    `A ${'very-'.repeat(60)}long word\n\n\`\`\`sh\n${'x '.repeat(200)}\n\`\`\``,
  );
  await site.purge('/blog/hello');
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['/', '/blog/hello', '/no-such-page']) {
    await page.goto(site.url + path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
});
