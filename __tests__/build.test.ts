/** What a build does with posts, good and bad. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { runBuild } from './setup/build-site';
import { freePort, startSite, type Site } from './setup/site';

/** Whole builds, each of which takes half a minute where the machine has other work. */
jest.setTimeout(240_000);

let site: Site;
beforeAll(async () => {
  site = await startSite({ hello: 'Text.', türkçe: 'Text.', third: 'Text.' });
});
afterAll(() => site.close());

const built = (name: string) => existsSync(path.join(site.dir, '.next/server/pages', name));

test('a build renders the newest posts, and drops what an earlier one had stored', async () => {
  await site.write('hello', 'Text.', { date: '2026-01-02' });
  await site.visit('/blog/third');
  expect(existsSync(path.join(site.dir, '.next/server/page-store'))).toBe(true);
  await site.stop();
  await runBuild(site.dir, { PRERENDER_POSTS: '2' });
  expect(existsSync(path.join(site.dir, '.next/server/page-store'))).toBe(false);
  // Of one date, so ordered by slug.
  expect(['hello', 'third', 'türkçe'].map((slug) => built(`blog/${slug}.html`))).toEqual([
    true,
    true,
    false,
  ]);
  await site.start();
  expect((await site.visit('/blog/third')).headers.get('x-nextjs-cache')).toBe('HIT');
  expect((await site.visit('/blog/t%C3%BCrk%C3%A7e')).headers.get('x-nextjs-cache')).toBe('MISS');
  await site.stop();
});

test('a build stops at front matter that cannot be read, and says where', async () => {
  await site.write('hello', 'Text.', { sumary: 'About' });
  await expect(runBuild(site.dir)).rejects.toMatchObject({
    stderr: expect.stringContaining(
      'posts/hello.mdx:4: sumary: is not a field of a post; did you mean summary?',
    ),
  });
});

test.each([
  ['MDX that does not compile', 'Text {', /posts\/hello\.mdx:\d+: the MDX cannot be rendered/],
  [
    'an image that is not there',
    '![](/none.png)',
    /hello\.mdx:\d+: .*public\/none\.png is not there/,
  ],
  ['an unknown component', '<Calout />', /hello\.mdx:\d+: .*there is no component <Calout>/],
])('a build stops at %s, and says where', async (_, body, message) => {
  await site.write('hello', body);
  await expect(runBuild(site.dir)).rejects.toMatchObject({
    stderr: expect.stringMatching(message),
  });
  await site.remove('hello');
});

test('a build stops at a folder that is not there', async () => {
  await expect(runBuild(site.dir, { POSTS_DIR: 'nowhere' })).rejects.toMatchObject({
    stderr: expect.stringContaining('nowhere cannot be read (ENOENT)'),
  });
});

test('a build of an empty folder has an empty home page', async () => {
  for (const slug of ['türkçe', 'third']) await site.remove(slug);
  await runBuild(site.dir);
  await site.start();
  expect((await site.visit('/')).text).toContain('There is no post yet.');
});

test('a build with a WordPress that has no TLS lets its images be shown, and nothing else of it', async () => {
  const port = await freePort();
  const empty = createServer((_, res) => res.end('[]')).listen(port, '127.0.0.1');
  const origin = `http://127.0.0.1:${port}`;
  await site.stop();
  await runBuild(site.dir, { WORDPRESS_URL: `${origin}/cms/` });
  await site.start({ WORDPRESS_URL: `${origin}/cms/` });
  const policy = (await site.visit('/')).headers.get('content-security-policy')?.split('; ');
  empty.close();
  expect(policy?.filter((directive) => directive.includes('http:'))).toEqual([
    `img-src 'self' https: data: ${origin}`,
    `media-src 'self' https: ${origin}`,
  ]);
});
