import { readXml, SITEMAP_SCHEMA } from '../setup/xml';
import sharp from 'sharp';
import { startSite, type Site } from '../setup/site';

const SITE_URL = 'https://blog.example';
const NASTY = 'A <b> & "c" ]]> 🌲';

const RICH = `
## Part

Some [link](/about) and [part](#part).[^1]

<Callout title="Note">Called out.</Callout>

| a | b |
| - | - |
| 1 | 2 |

<Figure src="/figures/lost-update.svg" alt="A race" width={800} height={400} caption="A race" />

\`\`\`js
const a = 1 < 2;
\`\`\`

[^1]: A note.
`;

let site: Site;
beforeAll(async () => {
  site = await startSite({ plain: 'Plain text.' }, { SITE_URL });
  await site.write('rich', RICH, { title: JSON.stringify(NASTY), category: 'R&D' });
  await site.write('türkçe', 'Metin.', { date: '2025-01-01' });
  await site.write('about', 'About.', { page: 'true' });
  await site.write('draft', 'Not yet.', { draft: 'true' });
  await site.write('later', 'Later.', { date: '2999-01-01' });
  await site.purge('/blog/rich');
});
afterAll(() => site.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(site.url + path, { headers });
const etagOf = async (path: string) => (await get(path)).headers.get('etag') ?? '';

test.each([
  ['/feed.xml', 'application/rss+xml; charset=utf-8'],
  ['/sitemap.xml', 'application/xml; charset=utf-8'],
  ['/sitemap/1.xml', 'application/xml; charset=utf-8'],
  ['/robots.txt', 'text/plain; charset=utf-8'],
  ['/cards/rich.png', 'image/png'],
  ['/cards/-.png', 'image/png'],
])('%s may be kept, if each use is asked for', async (path, type) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.headers.get('cache-control')).toBe('public, no-cache');
  const etag = answer.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\da-z]+"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await get(path, { 'If-None-Match': known });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('public, no-cache');
    expect(await again.text()).toBe('');
  }
  expect((await get(path, { 'If-None-Match': '"other"' })).status).toBe(200);
  const head = await fetch(site.url + path, { method: 'HEAD' });
  expect([head.status, head.headers.get('etag')]).toEqual([200, etag]);
});

test('the feed holds whole posts, fit for readers', async () => {
  const { text } = await site.visit('/feed.xml');
  const item = `//item[link="${SITE_URL}/blog/rich"]`;
  const [titles, contents, links] = readXml(text, [
    `${item}/title`,
    `${item}/content:encoded`,
    '//item/link',
  ]);
  expect(titles?.[0]?.trim()).toBe(NASTY);
  expect(links).toHaveLength(3);
  const content = contents?.[0] ?? '';
  for (const part of [
    `<a href="${SITE_URL}/about">link</a>`,
    `<a href="${SITE_URL}/blog/rich#part">part</a>`,
    `<img width="720" height="280" alt="A race" src="${SITE_URL}/figures/lost-update.svg">`,
    '<figcaption>A race</figcaption>',
    '<td>1</td>',
    'Called out.',
    'A note.',
    'const a = 1 &#x3C; 2;',
  ]) {
    expect(content).toContain(part);
  }
  expect(content).not.toMatch(/<(script|button|[a-z]+-[a-z]+)|(href|src)="(?!https?:)/);
});

test('the sitemap is valid, with lastmod, and knows no drafts', async () => {
  const { text } = await site.visit('/sitemap.xml');
  const [listed = [], lastmod] = readXml(
    text,
    ['//s:loc', `//s:url[s:loc="${SITE_URL}/blog/t%C3%BCrk%C3%A7e"]/s:lastmod`],
    SITEMAP_SCHEMA,
  );
  expect(listed).toEqual(expect.arrayContaining([`${SITE_URL}/`, `${SITE_URL}/category/r-and-d`]));
  expect(listed.filter((url) => /draft|later|404/.test(url))).toEqual([]);
  expect(lastmod).toEqual(['2025-01-01T00:00:00.000Z']);
});

test('robots are led to the sitemap', async () => {
  const { text } = await site.visit('/robots.txt');
  expect(text).toContain(`Sitemap: ${SITE_URL}/sitemap.xml\n`);
  expect(text).toContain('Disallow: /api/\n');
});

test.each([
  ...['/sitemap/0.xml', '/sitemap/-1.xml', '/sitemap/01.xml', '/sitemap/1e3.xml'],
  ...['/sitemap/2.xml', '/sitemap/1', '/sitemap', '/sitemap/1.xml/x'],
  ...['/cards/draft.png', '/cards/later.png', '/cards/none.png', '/cards/rich', '/cards'],
  ...['/cards/%2e%2e%2fpackage.json', '/cards/rich.png.png', '/cards/none.png?v=1'],
])('%s is 404, and no cache keeps it for long', async (path) => {
  const { status, headers } = await site.visit(path);
  expect(status).toBe(404);
  expect(headers.get('cache-control') ?? '').not.toMatch(/immutable|max-age=[1-9]/);
});

test.each(['/cards/rich.png', '/cards/about.png', '/cards/t%C3%BCrk%C3%A7e.png', '/cards/-.png'])(
  '%s is a picture that is kept for ever at the address that names its version',
  async (path) => {
    const etag = await etagOf(path);
    const answer = await get(`${path}?v=${etag.slice(1, -1)}`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('etag')).toBe(etag);
    const png = Buffer.from(await answer.arrayBuffer());
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 });
    const known = await get(`${path}?v=${etag.slice(1, -1)}`, { 'If-None-Match': etag });
    expect(known.status).toBe(304);
    expect(known.headers.get('cache-control')).toContain('immutable');
    for (const query of ['?v=old', '?v=', '?v=a&v=b', '?w=1']) {
      const other = await get(path + query);
      expect(other.headers.get('cache-control')).toBe('public, no-cache');
      expect(Buffer.from(await other.arrayBuffer())).toEqual(png);
    }
  },
);

test('after a purge the feed, the sitemap and the card are new', async () => {
  const paths = ['/feed.xml', '/sitemap.xml', '/cards/plain.png'];
  const before = await Promise.all(paths.map(etagOf));
  const card = `/cards/plain.png?v=${before[2]?.slice(1, -1)}`;
  await site.write('plain', 'Other text.', { title: 'Other', updated: '2026-05-05' });
  expect((await site.purge('/blog/plain')).status).toBe(200);
  const [feed, sitemap] = await Promise.all(paths.map((path) => get(path)));
  expect(await feed?.text()).toContain('Other text.');
  expect(await sitemap?.text()).toContain('2026-05-05');
  const after = await Promise.all(paths.map(etagOf));
  for (const [index, etag] of after.entries()) expect(etag).not.toBe(before[index]);
  const old = await get(card, { 'If-None-Match': before[2] ?? '' });
  expect([old.status, old.headers.get('cache-control')]).toEqual([200, 'public, no-cache']);
});

test('a text that is lost leaves the feed whole', async () => {
  await site.write('lost', 'Good text.', { summary: 'Short.' });
  await site.purge('/blog/lost');
  await site.visit('/blog/lost');
  expect((await site.visit('/feed.xml')).text).toContain('Good text.');
  await site.stop();
  await site.write('lost', '<Broken', { summary: 'Short.' });
  await site.start();
  const { status, text } = await site.visit('/feed.xml');
  expect(status).toBe(200);
  const item = `//item[link="${SITE_URL}/blog/lost"]`;
  expect(readXml(text, [`${item}/description`, `${item}/content:encoded`])).toEqual([
    ['Short.'],
    [],
  ]);
  expect(text).toContain('Other text.');
  await site.visit('/feed.xml');
  expect(site.log().match(/stands in the feed without its text/g)).toHaveLength(1);
});

test('the icons that the manifest names are there, in the sizes that it says', async () => {
  const answer = await get('/manifest.webmanifest');
  expect(answer.headers.get('content-type')).toMatch(/^application\/manifest\+json/);
  const manifest = await answer.json();
  expect(manifest).toMatchObject({ name: 'Evergreen', start_url: '/', display: 'browser' });
  const icons: { src: string; sizes: string; type: string }[] = manifest.icons;
  const others = [{ src: '/apple-touch-icon.png', sizes: '180x180', type: 'image/png' }];
  for (const { src, sizes, type } of [...icons, ...others]) {
    const icon = await get(src);
    expect(icon.headers.get('content-type')).toBe(type);
    const { width, height } = await sharp(Buffer.from(await icon.arrayBuffer())).metadata();
    if (sizes !== 'any') expect(`${width}x${height}`).toBe(sizes);
  }
});

test('the icon for old browsers is an ICO of 32 pixels', async () => {
  const answer = await get('/favicon.ico');
  expect(answer.headers.get('content-type')).toMatch(/icon/);
  const ico = Buffer.from(await answer.arrayBuffer());
  // Reserved, type 1, one picture; then its width and height.
  expect([...ico.subarray(0, 8)]).toEqual([0, 0, 1, 0, 1, 0, 32, 32]);
  expect(ico.readUInt32LE(14) + ico.readUInt32LE(18)).toBe(ico.length);
  const png = ico.subarray(ico.readUInt32LE(18));
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 32, height: 32 });
});
