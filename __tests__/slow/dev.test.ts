/** What `npm run dev` does. */
import type { Browser } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { startSite, until, type Site } from '../setup/site';

let site: Site;
let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
  // A kill would leave the process that `next dev` starts.
  await site?.stop('SIGTERM');
  await site?.close();
});

test('in development an edit shows at once, and a purge says whether the post can be rendered', async () => {
  site = await startSite({ hello: 'Old text.' });
  await site.stop();
  await site.start({}, 'dev');
  expect((await site.visit('/blog/hello')).text).toContain('Old text.');
  await site.write('hello', 'New text.');
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
  expect(await site.purge('/blog/hello')).toEqual({ status: 200, body: '{"revalidated":true}' });

  await site.write('hello', 'Text {');
  const { status, body } = await site.purge('/blog/hello', '&report=1');
  expect(status).toBe(500);
  expect(body).toContain('posts/hello.mdx:6: the MDX cannot be rendered');
  await site.remove('hello');
  expect((await site.purge('/blog/hello')).status).toBe(200);
  expect((await site.visit('/blog/hello')).status).toBe(404);
});

test('drafts and posts of the future are shown with a mark, in lists and on their pages', async () => {
  await site.write('draft', 'Unfinished.', { draft: 'true', tags: '[secret]' });
  await site.write('later', 'In time.', { date: '2999-01-01' });
  await site.write('plan', 'A page.', { draft: 'true', page: 'true' });
  const home = (await site.visit('/')).text;
  expect(home).toMatch(/<strong>Not published yet<\/strong>.*<strong>Draft<\/strong>/s);
  expect((await site.visit('/blog/draft')).text).toMatch(/<strong>Draft<\/strong>.*Unfinished\./s);
  expect((await site.visit('/blog/later')).text).toContain('<strong>Not published yet</strong>');
  expect((await site.visit('/plan')).text).toContain('<strong>Draft</strong>');
  expect((await site.visit('/tag/secret')).status).toBe(200);
});

test('an error names the post and its line', async () => {
  await site.write('hello', 'Text {');
  const { status, text } = await site.visit('/blog/hello');
  expect([status, text]).toEqual([500, expect.stringContaining('posts/hello.mdx:6: ')]);
  await site.write('hello', 'Text again.');
  expect((await site.visit('/blog/hello')).text).toContain('Text again.');
});

test('the page loads itself again on save, also after an error', async () => {
  await site.write('hello', 'First.');
  browser = await startChromium();
  const page = await browser.newPage();
  // What is saved before a page listens does not reach it.
  let listening = page.waitForResponse(/dev-changes/);
  await page.goto(`${site.url}/blog/hello`);
  const shows = (word: string) =>
    until(async () => (await page.content().catch(() => '')).includes(word));
  await shows('First.');
  for (const [text, word] of [
    ['Second.', 'Second.'],
    ['Broken {', 'posts/hello.mdx:6'],
    ['Third.', 'Third.'],
  ] as const) {
    await listening;
    listening = page.waitForResponse(/dev-changes/);
    await site.write('hello', text);
    await shows(word);
  }
  await listening;
});
