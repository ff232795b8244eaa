/**
 * `npm run blocks -- FOLDER PICTURES`: each block of WordPress as this site shows it, at the left, beside the
 * theme's own rendering: of each post of the export files in FOLDER (such as the block data of the official test
 * data for themes) a picture in PICTURES, for a phone and a wide screen, light and dark. Says of each post whether
 * a page scrolls sideways. `--only cover,table` draws these posts alone.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { withChromium } from './chromium.mjs';
import { build, copyOfWordPress, prepareScratch, whileServed } from './sites.mjs';
import { withWordPress } from './wordpress.mjs';

/** @type {typeof import('../__tests__/setup/wordpress-addresses')} */
const { fillWordPress } = await createJiti(import.meta.url).import(
  '../__tests__/setup/wordpress-addresses.ts',
);

/** @typedef {import('playwright-core').Page} Page */

const WIDTHS = { narrow: 390, wide: 1280 };
const THEMES = /** @type {const} */ (['light', 'dark']);
/** In pixels: what is further down is cut off. */
const MOST_HEIGHT = 9000;

/** In the place of all pictures of the test data, which are at a host that need not be there. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800" viewBox="0 0 12 8">
  <rect width="12" height="8" fill="#7db4d6"/><circle cx="9" cy="2" r="1" fill="#ffe9a8"/>
  <path d="M0 8 4 3l3 4 2-2 3 3z" fill="#4d7a52"/></svg>`;

/**
 * Takes a picture of the text of a post.
 * @param {Page} page
 * @param {string} address
 * @param {string} text The selector of the text.
 */
async function pictureOf(page, address, text) {
  await page.goto(address);
  await page.evaluate(() => {
    // Those that are further down, too.
    for (const image of document.images) image.loading = 'eager';
  });
  await page.waitForLoadState('networkidle');
  const { isWider, top, height } = await page.evaluate((selector) => {
    const root = document.documentElement;
    const box = document.querySelector(selector)?.getBoundingClientRect();
    return {
      isWider: root.scrollWidth > root.clientWidth,
      top: (box?.top ?? 0) + window.scrollY,
      height: box?.height ?? 0,
    };
  }, text);
  const clip = {
    x: 0,
    y: Math.max(0, top - 20),
    width: page.viewportSize()?.width ?? 0,
    height: Math.max(40, Math.min(height + 40, MOST_HEIGHT)),
  };
  return { isWider, png: await page.screenshot({ fullPage: true, clip }) };
}

/**
 * @param {Page} page
 * @param {Buffer[]} pictures
 */
async function sideBySide(page, pictures) {
  const images = pictures.map(
    (png) => `<img src="data:image/png;base64,${png.toString('base64')}" style="display:block">`,
  );
  await page.setContent(
    `<body style="align-items:start;background:#888;display:inline-flex;gap:16px;margin:0">${images.join('')}`,
  );
  return page.locator('body').screenshot();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' } },
});
const [folder, target] = positionals.map((one) => path.resolve(one));
if (folder === undefined || target === undefined) {
  throw new Error('Name the folder of the export files, and one for the pictures');
}
const only = values.only?.split(',');
await mkdir(target, { recursive: true });
await prepareScratch();
await withWordPress(0, async (wordpress) => {
  await fillWordPress(wordpress, folder);
  const copy = await copyOfWordPress('evergreen', { url: wordpress.url, count: 0 });
  await build(copy);
  const response = await fetch(`${wordpress.url}/?rest_route=/wp/v2/posts&per_page=100`);
  /** @type {{ slug: string, link: string }[]} */
  const posts = await response.json();
  await whileServed(copy, (site) =>
    withChromium(async (browser) => {
      const sheet = await browser.newPage({ viewport: { width: 2700, height: 1000 } });
      for (const { slug, link } of posts) {
        if (only && !only.includes(slug)) continue;
        for (const [size, width] of Object.entries(WIDTHS)) {
          for (const colorScheme of THEMES) {
            const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
            await page.route(
              (url) => url.hostname !== 'localhost' && url.hostname !== '127.0.0.1',
              (route) =>
                route.request().resourceType() === 'image'
                  ? route.fulfill({ contentType: 'image/svg+xml', body: PICTURE })
                  : route.abort(),
            );
            const ours = await pictureOf(page, `${site.url}/blog/${slug}`, '.prose');
            const theirs = await pictureOf(page, link, '.entry-content');
            await page.close();
            const file = path.join(target, `${slug}-${size}-${colorScheme}.png`);
            await writeFile(file, await sideBySide(sheet, [ours.png, theirs.png]));
            if (ours.isWider) console.log(`${slug}, ${size}: scrolls sideways`);
          }
        }
      }
    }),
  );
});
