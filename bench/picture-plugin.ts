/**
 * Takes the pictures of the WordPress plugin's screens that the manual shows, on a computer and on a phone:
 * `npm run picture:plugin [folder]`. `WORDPRESS_DIR` names another WordPress than Debian's.
 */
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { TEST_DIR } from '../__tests__/setup/build-site';
import { until } from '../__tests__/setup/site';
import { startWordPress, titleInEditor, type WordPress } from '../__tests__/setup/wordpress';
import { startChromium } from './chromium.mjs';

/** A computer and a phone, and what a post is called by an edit on it. */
const SCREENS = [
  { viewport: { width: 1280, height: 720 }, title: 'First flush, tasted at noon' },
  { viewport: { width: 390, height: 844 }, title: 'First flush, tasted at night' },
];
const MOST_BYTES = 60_000;
const SECRET = 'a-secret-of-the-pictures';

const FINDINGS = [
  { state: 'good', message: 'Reads 42 posts and 6 pages of this WordPress.' },
  { state: 'good', message: 'The menu, the title and the date format are read.' },
];

const PATHS = [
  '/blog/first-flush',
  '/',
  '/blog',
  '/tag/darjeeling',
  '/tag/tea',
  '/category/harvests',
  '/author/ada',
  '/archive',
  '/archive/2026',
  '/feed.xml',
  '/feed.json',
  '/sitemap.xml',
  '/search.json',
];

/** A site that answers as ours does after an edit of one post, or fails. */
async function startSite() {
  const state = { isWell: true };
  const server = createServer(async (request, response) => {
    const { dryRun }: { dryRun?: string } = JSON.parse(await text(request));
    const pages = PATHS.map((path) => ({ path, result: 'regenerated', because: [], ms: 1 }));
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.url?.startsWith('/api/check-wordpress')) answer(200, { findings: FINDINGS });
    else if (!state.isWell) answer(500, { message: 'The disk is full' });
    else if (dryRun) answer(200, { dryRun: true, pages: [] });
    else answer(200, { revalidated: true, pages });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function save(folder: string, name: string, picture: Buffer) {
  for (const quality of [80, 65, 50, 35]) {
    const file = path.join(folder, `${name}.webp`);
    const { size } = await sharp(picture).webp({ quality, effort: 6 }).toFile(file);
    if (size <= MOST_BYTES) {
      process.stdout.write(`${name}: ${Math.round(size / 1000)} KB\n`);
      return;
    }
  }
  throw new Error(`${name} is larger than ${MOST_BYTES} bytes`);
}

/** The screens, each as somebody comes to it. */
async function takeAll(
  folder: string,
  wordpress: WordPress,
  page: Page,
  post: number,
  title: string,
) {
  const { width = 0, height: screen = 0 } = page.viewportSize() ?? {};
  const visit = (where: string) => page.goto(`${wordpress.url}/wp-admin/${where}`);
  /** Throws if a screen does not fit its width. */
  const take = async (name: string, from?: Locator, to?: Locator) => {
    await page.evaluate('scrollTo(0, 0)');
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (wide > width) throw new Error(`${name} scrolls sideways: ${wide} of ${width}`);
    const first = await from?.boundingBox();
    const last = await to?.boundingBox();
    const [x, y] = first ? [first.x - 10, first.y - 10] : [0, 0];
    const bottom = last ? last.y + last.height : screen;
    const clip = { x, y, width: width - x, height: bottom - y };
    await save(folder, `${name}-${width}`, await page.screenshot({ clip, fullPage: true }));
  };
  const rows = page.locator('#evergreen-log tbody tr');

  // As high as it needs to be without scrolling.
  await page.setViewportSize({ width, height: 1600 });
  await visit('options-general.php?page=evergreen');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.locator('#evergreen-result').waitFor();
  await take('settings', undefined, rows.nth(1));
  await page.locator('#evergreen-log summary').first().click();
  await take('history', page.locator('h2').last(), rows.nth(1));
  await page.setViewportSize({ width, height: screen });

  await visit(`post.php?post=${post}&action=edit`);
  await (await titleInEditor(page)).fill(title);
  await page.locator('.editor-post-publish-button').click();
  const snackbar = page.locator('.components-snackbar', { hasText: 'Evergreen' });
  await snackbar.waitFor();
  await until(() =>
    snackbar.evaluate((shown) => {
      // It fades in, and so does what it is in.
      let opacity = 1;
      for (let at: Element | null = shown; at; at = at.parentElement) {
        opacity *= Number(getComputedStyle(at).opacity);
      }
      return opacity === 1;
    }),
  );
  await take('snackbar');

  await visit('edit.php');
  const row = page.locator(`#post-${post}`);
  await row.hover();
  if (await row.locator('.toggle-row').isVisible()) await row.locator('.toggle-row').click();
  await row.locator('button.editinline').click();
  await page.locator(`#edit-${post} input[name="post_title"]`).fill('First flush');
  await page.locator(`#edit-${post} button.save`).click();
  await page.locator('#evergreen-notice.notice-success').waitFor();
  await take('list', undefined, page.locator('#the-list'));
}

async function main(folder: string) {
  await mkdir(folder, { recursive: true });
  let wordpress: WordPress | undefined;
  let browser: Browser | undefined;
  const site = await startSite();
  try {
    [wordpress, browser] = await Promise.all([startWordPress(), startChromium()]);
    await wordpress.activate({ url: site.url, secret: SECRET });
    await wordpress.php(`update_option('blogname', 'Tea, every day');`);
    site.state.isWell = false;
    await wordpress.rest('POST', '/wp/v2/posts/1', { title: 'Second flush' });
    site.state.isWell = true;
    const { id } = await wordpress.rest('POST', '/wp/v2/posts', {
      title: 'First flush',
      status: 'publish',
      content: `<!-- wp:paragraph --><p>The first leaves of the year are small.</p><!-- /wp:paragraph -->`,
    });
    for (const { viewport, title } of SCREENS) {
      const page = await browser.newPage({ viewport });
      page.setDefaultTimeout(20_000);
      await wordpress.signIn(page);
      await takeAll(folder, wordpress, page, id, title);
      await page.close();
    }
  } finally {
    site.close();
    await browser?.close();
    await wordpress?.close();
    await rm(TEST_DIR, { recursive: true, force: true });
  }
}

await main(process.argv[2] ?? path.join(import.meta.dirname, '../public/manual'));
