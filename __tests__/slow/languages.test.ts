/** A site in English, Turkish and Arabic: each language below its code, and a purge that reaches them all. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runBuild } from '../setup/build-site';
import config from '../setup/site.config.mjs';
import { startSite, type Site } from '../setup/site';

let site: Site;

beforeAll(async () => {
  site = await startSite();
  await site.stop();
  const own = {
    ...config,
    languages: { tr: { tagline: 'Her zaman taze.', description: 'Elma üzerine.' }, ar: {} },
  };
  await writeFile(
    path.join(site.dir, 'site.config.mjs'),
    `export default ${JSON.stringify(own)};\n`,
  );
  await site.write('apple', 'An apple.', { tags: '[fruit]', translationKey: 'apple' });
  await site.write('pear', 'A pear.', { tags: '[fruit]' });
  await site.write('armut', 'Bir armut.', { lang: 'tr', tags: '[fruit]' });
  await site.write('tuffaha', 'تفاحة حمراء', { title: 'تفاحة', lang: 'ar' });
  await runBuild(site.dir);
  await site.start();
}, 300_000);

afterAll(() => site.close());

const text = async (where: string) => {
  const visit = await site.visit(where);
  expect([where, visit.status]).toEqual([where, 200]);
  return visit.text;
};
const tagOf = (html: string) => /<html[^>]*>/.exec(html)?.[0];
const alternatesIn = (html: string) =>
  [
    ...html.matchAll(
      /<link rel="alternate" hrefLang="([^"]+)" href="[^"]*?(\/[^/"]*(?:\/[^"]*)?)"/g,
    ),
  ]
    .map(([, language, address = '']) => [language, address.replace(/^\/\/[^/]+/, '') || '/'])
    .sort();

test('each language has its pages in its own words', async () => {
  const turkish = await text('/tr');
  expect(tagOf(turkish)).toContain('lang="tr"');
  for (const part of ['Her zaman taze.', 'href="/tr/topics"', 'Title of armut', 'Renkler']) {
    expect(turkish).toContain(part);
  }
  expect(turkish).not.toContain('Title of pear');
  expect(await text('/')).not.toContain('Title of armut');
  const arabic = await text('/ar/blog/tuffaha');
  expect(tagOf(arabic)).toMatch(/lang="ar"/);
  expect(tagOf(arabic)).toMatch(/dir="rtl"/);
  for (const where of ['/tr/topics', '/tr/archive', '/tr/archive/2026', '/tr/tag/fruit']) {
    expect(tagOf(await text(where))).toContain('lang="tr"');
  }
  expect(await text('/tr/tag/fruit')).not.toContain('Title of pear');
  expect(await text('/tr/topics')).toContain('href="/tr/tag/fruit"');
});

test('home pages name each other, and themselves', async () => {
  const expected = [
    ['ar', '/ar'],
    ['en', '/'],
    ['tr', '/tr'],
    ['x-default', '/'],
  ];
  for (const home of ['/', '/tr', '/ar']) {
    expect([home, alternatesIn(await text(home))]).toEqual([home, expected]);
  }
});

test('a new translation is on every page that shows it when the purge is answered', async () => {
  expect(alternatesIn(await text('/blog/apple'))).toEqual([]);
  await text('/tr');
  await site.write('elma', 'Bir elma.', { lang: 'tr', translationKey: 'apple', tags: '[fruit]' });
  const { status, report } = await site.call({ changed: true, report: true });
  expect(status).toBe(200);
  const paths = report.pages.map((page) => page.path);
  for (const where of ['/blog/apple', '/tr/blog/elma', '/tr', '/tr/archive', '/tr/tag/fruit']) {
    expect(paths).toContain(where);
  }
  for (const where of ['/', '/blog/pear', '/tag/fruit', '/archive', '/ar']) {
    expect(paths).not.toContain(where);
  }
  const expected = [
    ['en', '/blog/apple'],
    ['tr', '/tr/blog/elma'],
    ['x-default', '/blog/apple'],
  ];
  expect(alternatesIn(await text('/blog/apple'))).toEqual(expected);
  expect(alternatesIn(await text('/tr/blog/elma'))).toEqual(expected);
  expect(await text('/blog/apple')).toContain('href="/tr/blog/elma"');
  await site.remove('elma');
  expect((await site.purge('/tr/blog/elma')).status).toBe(200);
  expect((await site.visit('/tr/blog/elma')).status).toBe(404);
  expect(alternatesIn(await text('/blog/apple'))).toEqual([]);
});

test('feeds, search and sitemap are by language', async () => {
  const feed = await text('/tr/feed.xml');
  expect(feed).toContain('<language>tr</language>');
  expect(feed).toContain('/tr/blog/armut');
  expect(feed).not.toContain('/blog/pear');
  expect(await text('/feed.xml')).not.toContain('armut');
  expect(JSON.parse(await text('/tr/feed.json'))).toMatchObject({ language: 'tr' });
  expect(await text('/tr/tag/fruit/feed.xml')).toContain('/tr/blog/armut');
  // What a query says is nobody's language: edges keep feeds by their paths.
  expect(await text('/feed.xml?language=tr')).not.toContain('armut');
  const found = await text('/tr/search?q=title');
  expect(tagOf(found)).toContain('lang="tr"');
  expect(found).toContain('/tr/blog/armut');
  expect(found).not.toContain('/blog/pear');
  expect(await text('/search?q=title')).not.toContain('/tr/blog/armut');
  expect(await text('/sitemap.xml')).toMatch(/hreflang="tr" href="[^"]*\/tr"/);
});

test('a purge may name its lists and patterns', async () => {
  const { report } = await site.call({ paths: ['/tr/blog/[slug]'], report: true });
  expect(report.pages.map((page) => page.path)).toEqual(['/tr/blog/armut']);
  expect((await site.purge('/tr/topics')).body).toContain('"revalidated":true');
  expect((await site.purge('/de/topics')).status).not.toBe(200);
});
