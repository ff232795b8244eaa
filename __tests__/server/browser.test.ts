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
  const titles = {
    long: 'Ten words and '.repeat(22),
    word: 'w'.repeat(80),
    signs: '🌲🌳'.repeat(12),
  };
  for (const [slug, title] of Object.entries(titles)) {
    await site.write(slug, 'Text.', { title, category: title, tags: `[${title}]` });
  }
  await site.purge('/*');
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of [
    '/',
    '/blog/hello',
    '/no-such-page',
    '/archive',
    '/topics',
    ...Object.keys(titles).map((slug) => `/blog/${slug}`),
    `/category/${titles.word}`,
  ]) {
    await page.goto(site.url + path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
});

/** What a post may hold besides Markdown's own signs. */
const RICH = [
  'Energy $E=mc^2$, and',
  '$$\n\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\n$$',
  '> [!CAUTION]\n> Hot.',
  'Apple\n: A fruit\n\nPear\n: Another one',
  '```js:src/app.js {1}\nconst a = 1;\n```',
  '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film" />',
  '<iframe src="https://open.spotify.com/embed/track/4PTG3Z6ehGkBFwjybzWkR8" />',
].join('\n\n');

test('a page of another site is loaded when the reader asks for it, and only where it is embedded', async () => {
  await site.write('hello', RICH);
  await site.purge('/blog/hello');
  const asked: string[] = [];
  await page.route('https://www.youtube-nocookie.com/**', async (route) => {
    asked.push(route.request().url());
    await route.fulfill({ contentType: 'text/html', body: '<p>The film</p>' });
  });
  await page.setViewportSize({ width: 800, height: 1400 });
  await page.goto(`${site.url}/blog/hello`);
  await page.waitForFunction(() => customElements.get('embed-frame') !== undefined);
  expect(asked).toEqual([]);
  await page.getByRole('link', { name: 'Watch on YouTube: A film' }).click();
  const film = page.frameLocator('iframe[title="Watch on YouTube: A film"]');
  await film.getByText('The film').waitFor();
  expect(asked).toEqual(['https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ']);

  // The header allows that frame everywhere; the page without an embed doesn't.
  await page.goto(site.url);
  const refused = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective));
        const frame = document.createElement('iframe');
        frame.src = 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ';
        document.body.append(frame);
      }),
  );
  expect(refused).toBe('frame-src');
  expect(asked).toHaveLength(1);
});
