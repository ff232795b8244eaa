/** Folders as other generators have them, under a real server: nested, and with pictures beside the posts. */
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { SECRET, startSite, type Report, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite({ other: 'Other.' });
});
afterAll(() => site?.close());

const at = (name: string) => path.join(site.postsDir, name);

async function write(name: string, content: string | Buffer) {
  await mkdir(path.dirname(at(name)), { recursive: true });
  await writeFile(`${at(name)}.new`, content);
  await rename(`${at(name)}.new`, at(name));
}

const picture = (background: string, width = 300) =>
  sharp({ create: { width, height: 200, channels: 3, background } })
    .png()
    .toBuffer();

async function changed(): Promise<Report> {
  const answer = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&changed=1&report=1`);
  const report: Report = await answer.json();
  expect([answer.status, report]).toMatchObject([200, { revalidated: true }]);
  return report;
}

const paths = ({ pages }: Report) => pages.map(({ path: one }) => one).sort();

/** The address of the post's picture as its page has it. */
async function addressIn(page: string): Promise<string> {
  const { text } = await site.visit(page);
  const [, address] = /(\/files\/[\da-f]{32}\/[^"&?\s]+)/.exec(text.replaceAll('%2F', '/')) ?? [];
  return address ?? '';
}

test('posts in any folder are pages, with their pictures, and change with these alone', async () => {
  await write(
    'trips/2010-08-23-To the Sea/index.md',
    '---\ntitle: To the sea\nlayout: post\ntags: sea sun\ncover: sea.png\n---\n\n![The sea](sea.png)\n',
  );
  await write('trips/2010-08-23-To the Sea/sea.png', await picture('blue'));
  await write(
    '_posts/2012-1-5-hills.markdown',
    '---\ntitle: Hills\ndate: 2012-01-05 10:30:00 +0300\n---\n\n[The sea](../trips/2010-08-23-To%20the%20Sea/index.md)\n',
  );
  await changed();
  expect((await site.visit('/blog/hills')).text).toContain('href="/blog/to-the-sea"');
  expect((await site.visit('/2012/01/05/hills.html')).headers.get('location')).toBe('/blog/hills');

  const first = await addressIn('/blog/to-the-sea');
  expect(first).toMatch(/^\/files\/[\da-f]{32}\/sea\.png$/);
  const sent = await fetch(site.url + first);
  expect(sent.status).toBe(200);
  expect(Object.fromEntries(sent.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  expect(Buffer.from(await sent.arrayBuffer())).toEqual(
    await readFile(at('trips/2010-08-23-To the Sea/sea.png')),
  );

  // A changed picture is another page: its own and what shows it, and no other.
  await write('trips/2010-08-23-To the Sea/sea.png', await picture('red'));
  const report = await changed();
  expect(paths(report)).toContain('/blog/to-the-sea');
  expect(paths(report)).not.toContain('/blog/hills');
  expect(paths(report)).not.toContain('/blog/other');
  const second = await addressIn('/blog/to-the-sea');
  expect(second).not.toBe(first);
  // What an edge holds still has its picture.
  expect((await fetch(site.url + first)).status).toBe(200);
  expect((await fetch(site.url + second)).status).toBe(200);
  expect(paths(await changed())).toEqual([]);

  // The target of a link is renamed: the page that links to it changes with it.
  await rename(at('_posts/2012-1-5-hills.markdown'), at('_posts/2012-1-5-mountains.markdown'));
  await write(
    'other.mdx',
    '---\ntitle: Other\ndate: 2026-01-01\n---\n[x](_posts/2012-1-5-mountains.markdown)\n',
  );
  await changed();
  expect((await site.visit('/blog/other')).text).toContain('href="/blog/mountains"');
  await rename(at('_posts/2012-1-5-mountains.markdown'), at('_posts/2012-1-5-alps.markdown'));
  await write(
    'other.mdx',
    '---\ntitle: Other\ndate: 2026-01-01\n---\n[x](_posts/2012-1-5-alps.markdown)\n',
  );
  expect(paths(await changed())).toEqual(
    expect.arrayContaining(['/blog/alps', '/blog/mountains', '/blog/other']),
  );
  expect((await site.visit('/blog/other')).text).toContain('href="/blog/alps"');
});

test('a picture is resized, and a part of a file is sent', async () => {
  await write('wide/index.mdx', '---\ntitle: Wide\ndate: 2020-01-01\n---\n\n![Wide](wide.png)\n');
  await write('wide/wide.png', await picture('green', 2000));
  await changed();
  const address = await addressIn('/blog/wide');
  const resized = await fetch(
    `${site.url}/_next/image?url=${encodeURIComponent(address)}&w=480&q=75`,
    { headers: { accept: 'image/avif' } },
  );
  expect([resized.status, resized.headers.get('content-type')]).toEqual([200, 'image/avif']);
  expect((await sharp(Buffer.from(await resized.arrayBuffer())).metadata()).width).toBe(480);

  const part = await fetch(site.url + address, { headers: { range: 'bytes=1-3' } });
  expect([part.status, await part.text()]).toEqual([206, 'PNG']);
  const whole = await fetch(site.url + address, {
    headers: { 'if-none-match': part.headers.get('etag') ?? '' },
  });
  expect(whole.status).toBe(304);
  expect((await fetch(`${site.url}${address.replace('wide.png', 'other.png')}`)).status).toBe(404);
  const none = await fetch(site.url + address, { headers: { range: 'bytes=9999999-' } });
  expect(none.status).toBe(416);
});

test('what leads out of the folder is not sent, and nor is what nobody names', async () => {
  await writeFile(path.join(site.dir, 'secret.png'), await picture('black'));
  await mkdir(at('out'), { recursive: true });
  await symlink('../../secret.png', at('out/link.png'));
  await write(
    'out/index.md',
    '---\ntitle: Out\ndate: 2020-01-02\n---\n\n![a](../../secret.png)\n\n![b](link.png)\n',
  );
  const { warnings } = await changed();
  expect(warnings?.filter((line) => line.includes('posts/out/'))).toEqual([
    expect.stringContaining('posts/out/index.md:6: ../../secret.png leads out of the posts folder'),
    expect.stringContaining('posts/out/index.md:8: link.png is a link that leads out'),
  ]);
  expect(await addressIn('/blog/out')).toBe('');
  for (const address of [
    `/files/${'0'.repeat(32)}/a.png`,
    '/files/../secret.png',
    '/files/x/y.html',
  ]) {
    expect((await fetch(site.url + address)).status).toBe(404);
  }
  await rm(at('out'), { recursive: true });
});
