/** What the console shows of purges and pages, on a real server and in a real browser. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { SESSION_COOKIE, signIn } from '../../lib/console/session';
import { SECRET, startSite, type Site } from '../setup/site';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [390, 768, 1280];
const SCHEMES = ['light', 'dark'] as const;
const MARKUP = '<img src=x onerror=alert(1)>';

let site: Site;
let browser: Browser;
let page: Page;
const faults: string[] = [];

const cookie = `${SESSION_COOKIE}=${signIn(SECRET, [SECRET], Date.now())}`;
const see = (path: string) => site.visit(path, { cookie });
const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
/** The addresses of the purges that a page lists, newest first. */
const listed = (html: string) =>
  [...html.matchAll(/<a href="(\/console\/purges\/[^"]+)"/g)].map(([, href = '']) => href);

beforeAll(async () => {
  [browser, site] = await Promise.all([
    startChromium(),
    startSite({ hello: 'Old text.', other: 'Other text.' }),
  ]);
  // What a first purge finds is not the news of the second.
  await site.purge('/*');
  await site.write('hello', 'New text.', {
    title: `New ${MARKUP}`,
    category: 'Essays',
    tags: '[a]',
    author: 'Mara Lind',
  });
  await site.call({ path: '/blog/hello', changed: 1 });
  await site.call({ path: `/${MARKUP}` });
  await site.call({ path: 17 });
  page = await browser.newPage({ extraHTTPHeaders: { cookie } });
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('the purges that were made are listed, newest first, with who asked and what for', async () => {
  const { status, text } = await see('/console/purges');
  expect(status).toBe(200);
  expect(listed(text)).toHaveLength(4);
  const lines = text.match(/<ol class="purges">.*<\/ol>/s)?.[0].match(/<li>.*?<\/li>/gs) ?? [];
  const [refused = '', ofMarkup = '', ofHello = ''] = lines.map(textOf);
  expect(refused).toContain('path must be a path, or a list of paths');
  expect(ofMarkup).toContain('Named /&lt;img src=x onerror=alert(1)&gt;');
  expect(ofHello).toContain('Named /blog/hello , what has changed');
  expect(ofHello).toMatch(/from \S+ , with the current secret/);
  expect(textOf(text)).toContain('Purges by hour');
  expect(text).not.toContain(MARKUP);
  expect(text).not.toContain(SECRET);
});

test('the list is narrowed down by its fields, and says what it cannot understand', async () => {
  const { text } = await see('/console/purges?path=/blog/hello&result=regenerated');
  expect(listed(text)).toHaveLength(2);
  expect(listed((await see('/console/purges?result=refused')).text)).toHaveLength(2);
  expect((await see('/console/purges?sender=nobody')).text).toContain('No purge fits.');
  const wrong = await see('/console/purges?since=soon');
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('since must be a time');
});

test('one purge is a tree that names five kinds of reasons', async () => {
  const [href = ''] = listed((await see('/console/purges?path=/blog/hello')).text);
  const { text } = await see(href);
  const tree = textOf(/<ul class="tree">.*<\/ul>/s.exec(text)?.[0] ?? '');
  const reasons = [
    'Named in the call',
    ...[...tree.matchAll(/Because of (\S+)/g)].map(([, tag]) => tag),
  ];
  for (const kind of ['Named', 'post:hello', 'tag:a', 'category:essays', 'author:mara-lind']) {
    expect(reasons).toContainEqual(expect.stringContaining(kind));
  }
  expect(tree).toContain('/tag/a');
  expect(text).toContain('href="/console/page?path=%2Fblog%2Fhello"');
  expect(text).toContain('Time by step');
  expect((await see('/console/purges/none-such')).status).toBe(404);
});

test('a page is fresh after its purge, and the proof says what it rests on', async () => {
  const { status, text } = await see('/console/page?path=/blog/hello');
  expect(status).toBe(200);
  const words = textOf(text);
  expect(words).toContain('Fresh: yes');
  expect(words).toMatch(/Expected ([\da-f]+) Stored \1 /);
  expect(words).toContain('A purge asked for it.');
  expect(words).toContain('post:hello same as in the sources');
  expect(text).toContain('href="/console/page?path=%2Ftag%2Fa"');
  expect(listed(text)).toHaveLength(2);
  const none = await see('/console/page?path=//elsewhere');
  expect(none.status).toBe(400);
  expect(none.text).toContain('is not a page of this site');
});

test('a page whose source has changed without a purge is not fresh', async () => {
  await site.write('other', 'Newer text.', { title: 'Newer' });
  const words = textOf((await see('/console/page?path=/blog/other')).text);
  expect(words).toContain('Fresh: no');
  expect(words).toContain('What is stored is what the site wants: no.');
  expect(words).toContain('post:other ≠ differs from the sources');
});

test('every view is open to everyone, by day and night, narrow and wide, without script or style', async () => {
  const [href = ''] = listed((await see('/console/purges?path=/blog/hello')).text);
  for (const path of [
    '/console/purges',
    '/console/purges?result=failed',
    href,
    '/console/page',
    '/console/page?path=/blog/hello',
    '/console/page?path=/blog/other',
  ]) {
    await page.goto(site.url + path);
    await page.evaluate(AXE);
    await page.evaluate(() =>
      document.querySelectorAll('details').forEach((one) => (one.open = true)),
    );
    for (const width of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        const violations = await page.evaluate(
          `axe.run({ runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] })
            .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((n) => n.html)]))`,
        );
        const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
        expect({ path, width, colorScheme, violations, scrolled }).toEqual({
          path,
          width,
          colorScheme,
          violations: [],
          scrolled: width,
        });
      }
    }
  }
  expect(faults).toEqual([]);
});
