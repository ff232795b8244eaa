/** Readers of the manual, in a real browser: on a phone and at a desk, by day and night, without script. */
import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { MANUAL } from '../setup/manual';
import { startSite, until, type Site } from '../setup/site';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 360, height: 740 };
const TABLET = { width: 768, height: 1024 };
const DESK = { width: 1280, height: 900 };

/** One page of each kind. */
const KINDS = [
  '/',
  '/blog/writing-a-post',
  '/blog/purging-by-hand',
  '/blog/page/1',
  '/category/guide',
  '/tag/isr',
  '/about',
  '/topics',
  '/search',
  '/search?q=revalidat',
  '/search?q=nothing+like+xyzzy',
  '/no-such-page',
  // Everything that the manual allows in a post, and a post that cannot be made.
  '/blog/everything',
  '/blog/broken',
];

const EVERYTHING = `
## A heading with *emphasis* and \`code\`

### 🌲

### 🌲

| left | centre | right |
| :- | :-: | -: |
| 1 | 2 | 3 |

- [x] done
- [ ] open

\`\`\`
bare ${'x '.repeat(80)}
\`\`\`

\`\`\`ts {1} title="a <b>.ts" copy
const a = 1;
\`\`\`

\`\`\`ts title="${'folder/'.repeat(12)}greeting.ts" copy
const a = 1;
\`\`\`

<Callout kind="warning" title="Mind">Text[^1] and ~~gone~~.</Callout>

<Figure src="/figures/reading.png" alt="A photo" caption="With *words*" />

![A drawing](/figures/lost-update.svg)

> A quotation, from https://example.com

1. One
2. Two

---

<page-age>Old.</page-age>

[^1]: A note.
`;

let browser: Browser;
let site: Site;
beforeAll(async () => {
  browser = await startChromium();
  site = await startSite({}, { REVALIDATE_SECONDS: '1' });
  await cp(MANUAL, site.postsDir, { recursive: true });
  await site.write('everything', EVERYTHING, { date: '2020-01-01' });
  await site.write('broken', 'Text {', { date: '2020-01-01' });
  await until(async () => (await site.visit('/blog/broken')).status === 500);
  // A post is in the lists once its body was rendered, and the build knew none of these.
  await until(async () => (await site.visit('/')).text.includes('/blog/what-isr-is-'));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** What went wrong in the pages that are open, of which a test expects nothing. */
const faults: string[] = [];
beforeEach(() => faults.splice(0));
afterEach(() => expect(faults).toEqual([]));

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, baseURL: site.url, ...options });
  const page = await context.newPage();
  page.on('console', (message) => {
    // The two requests that have to fail.
    const isLost = /\/(?:no-such-page|blog\/broken)$/.test(message.location().url);
    if (!isLost || !/ (?:404|500) /.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => {
    // Chromium's word for a page that is left before its transition has ended.
    if (error.message !== 'Transition was skipped') faults.push(String(error));
  });
  page.on('requestfailed', (request) => {
    // What a page was still loading when it was left.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
    faults.push(`${request.method()} ${request.url()}`);
  });
  return page;
}

describe.each([
  ['a phone', { viewport: PHONE, hasTouch: true }],
  ['a desktop', { viewport: DESK }],
  ['a desktop without script', { viewport: DESK, javaScriptEnabled: false }],
])('a newcomer on %s', (_, options) => {
  test('reads, moves within a post, follows it back in time, and searches', async () => {
    const page = await open(options);
    await page.goto('/');
    await page.getByRole('link', { name: 'What ISR is, and where it fails' }).click();
    await page.waitForURL('**/blog/what-isr-is-and-where-it-fails');

    const contents = page.getByRole('navigation', { name: 'Contents' });
    const entry = contents.getByRole('link').nth(2);
    // Folded where they do not stand beside the text.
    if (!(await entry.isVisible())) await contents.locator('summary').click();
    const title = (await entry.textContent()) ?? '';
    await entry.click();
    await page.waitForURL(/#/);
    const heading = page.locator('.prose h2, .prose h3').filter({ hasText: title }).first();
    await until(async () => {
      const box = await heading.boundingBox();
      return box !== null && box.y > 0 && box.y < 200;
    });

    await page.getByRole('link', { name: /^Older/ }).click();
    await page.waitForURL('**/blog/what-a-200-promises');
    await page.getByRole('link', { name: 'Topics' }).click();
    await page.getByRole('link', { name: 'isr' }).click();
    await page.waitForURL('**/tag/isr');
    expect(await page.textContent('h1')).toBe('Tag: isr');

    await page.getByRole('link', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('webhoks');
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL('**/search?q=webhoks');
    expect(await page.locator('mark').first().textContent()).toMatch(/webhook/i);
    await page.getByRole('link', { name: /Webhooks: WordPress/ }).click();
    await page.waitForURL('**/blog/webhooks');
    await page.context().close();
  });
});

test('the keyboard reaches the text first, and then everything', async () => {
  const page = await open();
  await page.goto('/blog/purging-by-hand');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').textContent()).toBe('Skip to the text');
  expect(await page.locator(':focus').isVisible()).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.locator('main :focus').count()).toBe(1);
  await page.context().close();
});

/** Each viewport and each scheme; what is checked of them together is the same in all four. */
const LIGHTS: BrowserContextOptions[] = [
  { viewport: PHONE, colorScheme: 'light' },
  { viewport: DESK, colorScheme: 'dark' },
];

test.each(KINDS)('%s is open to everyone, by day and night, narrow and wide', async (at) => {
  for (const light of LIGHTS) {
    const page = await open(light);
    await page.goto(at);
    await page.evaluate(AXE);
    const violations = await page.evaluate(
      `axe.run({ runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((n) => n.html)]))`,
    );
    expect({ ...light, violations }).toEqual({ ...light, violations: [] });
    for (const viewport of [PHONE, TABLET, DESK]) {
      await page.setViewportSize(viewport);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBe(viewport.width);
    }
    await page.context().close();
  }
});

test('the copy button stays in one line beside a long file name', async () => {
  const page = await open({ viewport: PHONE });
  await page.goto('/blog/everything');
  const buttons = page.locator('copy-button button');
  await until(async () => (await buttons.count()) === 2);
  const [short, long] = await Promise.all([0, 1].map((at) => buttons.nth(at).boundingBox()));
  expect(long?.height).toBe(short?.height);
  await page.context().close();
});

test.each(KINDS)('on %s nothing moves once it is there', async (at) => {
  const page = await open({ viewport: PHONE });
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    const note = (list: PerformanceObserverEntryList) =>
      shifts.push(...list.getEntries().map((entry) => JSON.stringify(entry)));
    new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(at, { waitUntil: 'networkidle' });
  const height = await page.evaluate(() => document.body.scrollHeight);
  for (let y = 0; y < height; y += 600) await page.mouse.wheel(0, 600);
  await page.waitForLoadState('networkidle');
  // While it is being parsed, Chromium may paint up to wherever the parser pauses, even between a
  // box and its label in the footer.
  const shifts = await page.evaluate(`shifts.filter((shift) =>
    JSON.parse(shift).startTime >= performance.getEntriesByType('navigation')[0].domInteractive)`);
  expect(shifts).toEqual([]);
  await page.context().close();
});

/** The requests of a page that is opened, by path, in the order in which they were sent. */
async function requestsOf(at: string): Promise<string[]> {
  const page = await open();
  const paths: string[] = [];
  page.on('request', (request) => paths.push(new URL(request.url()).pathname));
  await page.goto(at, { waitUntil: 'networkidle' });
  await page.context().close();
  return paths;
}

test('a page of text is one request and its font; the rules for prefetching are asked for once it is there', async () => {
  for (const at of ['/', '/blog/page/1', '/topics', '/search']) {
    const [first, ...others] = await requestsOf(at);
    expect([first, others.sort()]).toEqual([
      at,
      [expect.stringMatching(/^\/fonts\/latin\./), '/speculation-rules.json'],
    ]);
  }
});

test('a page loads the modules of the elements that it uses, and no other script', async () => {
  const modules = (paths: string[]) => paths.filter((at) => at.endsWith('.js')).sort();
  expect(modules(await requestsOf('/blog/security'))).toEqual([
    '/elements/copy-button.js',
    '/elements/page-contents.js',
  ]);
  expect(modules(await requestsOf('/blog/purging-by-hand'))).toEqual([
    '/elements/copy-button.js',
    '/elements/page-age.js',
    '/elements/page-contents.js',
  ]);
});

test('the browser takes the rules for prefetching', async () => {
  const page = await open();
  const session = await page.context().newCDPSession(page);
  const sets: unknown[] = [];
  session.on('Preload.ruleSetUpdated', ({ ruleSet }) => sets.push(ruleSet));
  await session.send('Preload.enable');
  await page.goto('/');
  await until(() => sets.length > 0);
  expect(sets[0]).toMatchObject({ url: `${site.url}/speculation-rules.json` });
  expect(sets[0]).not.toHaveProperty('errorType');
  await page.context().close();
});

test('a command can be copied', async () => {
  const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/blog/purging-by-hand');
  const button = page.getByRole('button', { name: 'Copy' }).first();
  await button.click();
  await until(
    async () => (await page.locator('copy-button button').first().textContent()) === 'Copied',
  );
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'npm ci && npm run preview',
  );
  await page.context().close();
});

test('a page says how old it is', async () => {
  const page = await open();
  await page.goto('/blog/purging-by-hand');
  const age = page.locator('page-age');
  await until(async () => /rendered .*(second|minute|now)/.test((await age.textContent()) ?? ''));
  await page.context().close();
});

test('without script the elements say what they are about, and everything else is there', async () => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto('/blog/purging-by-hand');
  expect(await page.locator('page-age').textContent()).toContain('does not change with the time');
  expect(await page.locator('.code code').first().textContent()).toContain('npm ci');
  expect(await page.getByRole('button').count()).toBe(0);
  await page.context().close();
});

test('the colours that are chosen hold from page to page, against the system', async () => {
  const page = await open({ colorScheme: 'light' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto('/about');
  const light = await background();
  await page.getByRole('radio', { name: 'Dark' }).check();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.goto('/');
  expect(await background()).toBe(dark);
  await until(() => page.getByRole('radio', { name: 'Dark' }).isChecked());

  // Another tab, and a page that was left and comes back.
  const other = await page.context().newPage();
  await other.goto(`${site.url}/topics`);
  await other.getByRole('radio', { name: 'Light' }).check();
  await other.close();
  await page.goBack();
  await until(async () => (await background()) === light);
  await page.getByRole('radio', { name: 'System' }).check();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background()).toBe(dark);
  await page.context().close();
});

test('what a page itself has of buttons does not change its colours', async () => {
  const page = await open({ colorScheme: 'light' });
  await page.goto('/about');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.evaluate(() => {
    const own = '<input type="radio" name="theme" value="dark"><select><option>dark</select>';
    document.querySelector('.prose')?.insertAdjacentHTML('beforeend', own);
  });
  await page.locator('.prose input').check();
  await page.locator('.prose select').selectOption('dark');
  expect(await background()).toBe(light);
  await page.context().close();
});

test('without script the colours are those of the system, and nothing is there to choose', async () => {
  const page = await open({ colorScheme: 'dark', javaScriptEnabled: false });
  await page.goto('/about');
  expect(await page.getByRole('radio').count()).toBe(0);
  const scheme = await page.evaluate(() => getComputedStyle(document.body).color);
  expect(scheme).toBe('rgb(223, 229, 224)');
  await page.context().close();
});

test.each([PHONE, TABLET, DESK])(
  'the header stays where it is on every page: %j',
  async (viewport) => {
    const page = await open({ viewport });
    const places = new Set<string>();
    for (const at of KINDS.filter((one) => one !== '/blog/broken')) {
      await page.goto(at);
      places.add(
        await page.evaluate(() =>
          JSON.stringify(
            [...document.querySelectorAll('header.site, header.site > *')].map((part) =>
              part.getBoundingClientRect(),
            ),
          ),
        ),
      );
    }
    expect([...places]).toHaveLength(1);
    await page.context().close();
  },
);

test('nothing moves when the font comes late, and the next page has it', async () => {
  const page = await open({ viewport: PHONE });
  await page.addInitScript(() => {
    const shifts: unknown[] = [];
    Object.assign(window, { shifts });
    const note = (list: PerformanceObserverEntryList) => shifts.push(...list.getEntries());
    new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
  });
  let release = () => {};
  const painted = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/fonts/**', async (route) => {
    await painted;
    await route.continue();
  });
  await page.goto('/blog/writing-a-post', { waitUntil: 'commit' });
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
  release();
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate('shifts')).toEqual([]);
  await page.context().close();
});

test('nine posts are on the first screen of a home page with links, each with what it is about', async () => {
  const page = await open({ viewport: { width: 1280, height: 800 } });
  await page.goto('/');
  const box = await page.locator('.posts > li').nth(8).boundingBox();
  expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
  await page.context().close();
});

test('who wants less motion gets none', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  await page.goto('/');
  const behaviour = 'getComputedStyle(document.documentElement).scrollBehavior';
  expect(await page.evaluate(behaviour)).toBe('auto');
  await page.context().close();
});

test('on paper there is the text alone', async () => {
  const page = await open({ colorScheme: 'dark' });
  await page.goto('/blog/purging-by-hand');
  await page.getByRole('radio', { name: 'dark' }).check();
  await page.emulateMedia({ media: 'print' });
  expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(29, 35, 31)');
  for (const pre of await page.locator('pre').all()) {
    const [scroll, client] = await pre.evaluate((e) => [e.scrollWidth, e.clientWidth]);
    expect(scroll).toBe(client);
  }
  for (const part of ['header nav', 'footer', '.contents', '.pager', 'copy-button button']) {
    expect(await page.locator(part).first().isVisible()).toBe(false);
  }
  expect(await page.locator('.prose').isVisible()).toBe(true);
  await page.context().close();
});
