/** Resized images of a real server: how many a stranger can have made, and how much of the disk they take. */
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSite, type Site } from '../setup/site';

const FILE = '/figures/reading.png';
const WIDTHS = [480, 720, 1080, 1440];
const AVIF = { Accept: 'image/avif,image/webp,*/*' };

let site: Site;
beforeAll(async () => {
  site = await startSite();
  await cp(path.join(site.dir, 'public', FILE), path.join(site.dir, 'public/Ä b+c/1 %.png'), {
    recursive: true,
  });
  await cp(path.join(site.dir, 'public', FILE), path.join(site.dir, 'public/top.png'));
  await site.write(
    'pictures',
    '![One](</Ä b+c/1 %25.png>)\n\n<Figure src="/Ä b+c/1 %25.png" alt="Two" />\n\n![Three](/x/../top.png)',
  );
  await site.stop();
  await site.start();
});
afterAll(() => site?.close());

const addressOf = (url: string, w: number, q = 75) =>
  `/_next/image?url=${encodeURIComponent(url)}&w=${w}&q=${q}`;

/** The images that were made and kept, with their sizes in bytes. */
async function kept(): Promise<number[]> {
  const dir = path.join(site.dir, '.next/cache/images');
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const file = await stat(path.join(dir, name));
      return file.isFile() ? [file.size] : [];
    }),
  );
  return sizes.flat();
}

test('each width and format of a file is made once, however it is asked for', async () => {
  const before = (await kept()).length;
  for (const w of WIDTHS) {
    for (let times = 0; times < 2; times += 1) {
      const { status, headers } = await site.visit(addressOf(FILE, w), AVIF);
      expect([status, headers.get('content-type')]).toEqual([200, 'image/avif']);
    }
  }
  const spellings = [
    ...['/./figures/reading.png', '/z/../figures/reading.png', '/figures/./reading.png'],
    ...['/%66igures/reading.png', '/figures/%72eading.png', '/figures%2Freading.png'],
    ...['/figures\\reading.png', '/fig\tures/reading.png', '/figures/reading.png\n'],
    ...['/figures/reading.png?v=1', '/figures/reading.png#a', '/figures/reading.png?'],
    ...['/figures/reading.png/', '//figures/reading.png', '/figures//reading.png'],
    ...['http://localhost/figures/reading.png', '\\figures/reading.png', 'figures/reading.png'],
  ];
  for (const spelling of spellings) {
    const { status } = await site.visit(addressOf(spelling, 720), AVIF);
    expect([spelling, status]).toEqual([spelling, 400]);
  }
  for (let n = 0; n < 20; n += 1) {
    const { status } = await site.visit(`${addressOf(FILE, 720)}&x=${n}`, AVIF);
    expect(status).toBe(200);
  }
  for (const [w, q] of [
    [721, 75],
    [720, 74],
    [8, 75],
  ] as const) {
    expect((await site.visit(addressOf(FILE, w, q), AVIF)).status).toBe(400);
  }
  expect((await kept()).length - before).toBe(WIDTHS.length);
});

test.each([
  ...['/cards/-.png', '/cards/x.png', '/api/revalidate', '/_next/static/media/x.png'],
  ...['/blog/pictures', '/feed.xml', '/figures', '/', '/none.png', `/${'x'.repeat(2000)}.png`],
])('%s is not resized, and not even asked for', async (url) => {
  const before = site.log();
  const { status, text } = await site.visit(addressOf(url, 720));
  expect(status).toBe(400);
  expect(text).toMatch(/^The url of an image must be .*\.\n$/);
  expect(site.log()).toBe(before);
});

test('a page names its pictures as they are served, whatever their files are called', async () => {
  const { text } = await site.visit('/blog/pictures');
  const addresses = Array.from(text.matchAll(/(\/_next\/image[^" ]+)[" ]/g), ([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  );
  expect(addresses.length).toBeGreaterThanOrEqual(9);
  expect(new Set(addresses.map((address) => /url=([^&]*)/.exec(address)?.[1]))).toEqual(
    new Set([encodeURIComponent('/%C3%84%20b%2Bc/1%20%25.png'), encodeURIComponent('/top.png')]),
  );
  for (const address of addresses) expect((await site.visit(address)).status).toBe(200);
});

test('the images on disk stay below a limit, and all are served though they are not kept', async () => {
  await site.stop();
  const config = path.join(site.dir, 'next.config.js');
  const text = await readFile(config, 'utf8');
  const largest = Math.max(...(await kept()));
  const limited = text.replace(/(IMAGE_CACHE_BYTES =) .*;/, `$1 ${largest + 1};`);
  expect(limited).not.toBe(text);
  await writeFile(config, limited);
  await site.start();
  for (const Accept of [AVIF.Accept, 'image/webp', '*/*']) {
    for (const w of WIDTHS) {
      const { status } = await site.visit(addressOf('/top.png', w), { Accept });
      expect(status).toBe(200);
    }
  }
  const bytes = (await kept()).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThanOrEqual(largest + 1);
});
