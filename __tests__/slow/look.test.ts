/**
 * Twelve pictures of the pages, in `__tests__/pictures/`: a change of the look is seen, wanted or not. After a wanted one
 * look at the new pictures that `WRITE_PICTURES=1 npx jest --selectProjects slow --testPathPatterns slow/look` writes.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { startChromium } from '../../bench/chromium.mjs';
import { startSite, type Site } from '../setup/site';

const FOLDER = path.join(__dirname, '../pictures');
/** The Chromium that they were taken with, which comes with the packages: another one draws letters otherwise. */
const PINNED = '147.';
const WRITES = process.env.WRITE_PICTURES === '1';

/** Pixels that may differ, as a share of all: where letters begin differs by a part of a pixel. */
const MOST_DIFFERING = 0.002;

const WIDTHS = { phone: 360, tablet: 768, desk: 1280 };
const HEIGHT = 900;

const PICTURES: [
  name: string,
  path: string,
  width: keyof typeof WIDTHS,
  scheme: 'light' | 'dark',
][] = [
  ['home', '/', 'phone', 'light'],
  ['home', '/', 'desk', 'light'],
  ['home', '/', 'tablet', 'dark'],
  ['post', '/blog/everything', 'phone', 'light'],
  ['post', '/blog/everything', 'tablet', 'light'],
  ['post', '/blog/everything', 'desk', 'dark'],
  ['post', '/blog/everything', 'desk', 'light'],
  ['right-to-left', '/blog/right-to-left', 'desk', 'light'],
  ['archive', '/archive', 'tablet', 'light'],
  ['topics', '/topics', 'phone', 'dark'],
  ['search', '/search?q=apple', 'tablet', 'light'],
  ['missing', '/no-such-page', 'phone', 'light'],
];

const EVERYTHING = `
An apple has a [core](https://example.com), and words of *emphasis* and **weight**.[^1]

## What it is

> A quotation of one line, which is quoted as it was said.

<Callout kind="tip">A tip about apples.</Callout>

## Code

\`\`\`ts title="apple.ts" {2}
const apple = 'red';
const pear = 'green';
\`\`\`

| fruit | colour | weight |
| :- | :- | -: |
| apple | red | 150 |
| pear | green | 180 |

<Callout kind="warning" title="Mind the core">It is hard.</Callout>

## The end

1. One
2. Two

[^1]: A note beside the text.
`;

let browser: Browser;
let site: Site;

beforeAll(async () => {
  browser = await startChromium();
  site = await startSite();
  const common = { summary: 'One sentence about it.', category: 'Fruit', tags: '[red, round]' };
  for (const [index, year] of [2024, 2025, 2026].entries()) {
    const fields = { ...common, title: `Apples of ${year}`, date: `${year}-0${index + 1}-11` };
    await site.write(`apples-${year}`, 'Text.', fields);
  }
  await site.write('everything', EVERYTHING, { ...common, title: 'All about an apple' });
  await site.write('right-to-left', EVERYTHING, {
    ...common,
    title: 'From right to left',
    dir: 'rtl',
  });
  await site.write('about', 'About.', { title: 'About', page: 'true' });
  await site.call({ changed: true });
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

async function pictureOf(where: string, width: number, colorScheme: 'light' | 'dark') {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme,
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    // The second visit has the font, whose first one may have come too late.
    await page.goto(site.url + where, { waitUntil: 'networkidle' });
    await page.reload({ waitUntil: 'networkidle' });
    return await page.screenshot();
  } finally {
    await context.close();
  }
}

const raw = (picture: Buffer) =>
  sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });

test.each(PICTURES)('%s at %s on a %s, %s, looks as it did', async (name, where, width, scheme) => {
  if (!browser.version().startsWith(PINNED)) {
    console.warn(`Chromium ${browser.version()} is not that of the pictures: not compared.`);
    return;
  }
  const file = path.join(FOLDER, `${name}-${width}-${scheme}.webp`);
  const picture = await pictureOf(where, WIDTHS[width], scheme);
  if (WRITES) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, await sharp(picture).webp({ lossless: true, effort: 6 }).toBuffer());
    return;
  }
  expect([file, existsSync(file)]).toEqual([file, true]);
  const [known, now] = [await raw(await readFile(file)), await raw(picture)];
  const { width: pixels, height } = now.info;
  expect(known.info).toMatchObject({ width: pixels, height });
  const marked = new Uint8Array(now.data.length);
  const differing = pixelmatch(known.data, now.data, marked, pixels, height, { threshold: 0.2 });
  if (differing > MOST_DIFFERING * pixels * height) {
    const shown = path.join(FOLDER, `${name}-${width}-${scheme}.differs.png`);
    await sharp(marked, { raw: { width: pixels, height, channels: 4 } })
      .png()
      .toFile(shown);
    throw new Error(`${differing} pixels differ: look at ${shown}, and at ${site.url}${where}`);
  }
});
