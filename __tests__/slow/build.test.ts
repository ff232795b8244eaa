/** What a build does with posts, good and bad. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { runBuild } from '../setup/build-site';
import { freePort, startSite, type Site } from '../setup/site';

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

test('what is kept of posts makes a build faster, never another: cut, of another make or not to be written', async () => {
  await site.stop();
  const text = '## A heading\n\nText with `code`.';
  await site.write('kept', text, { date: '2026-01-03' });
  const page = async () => {
    const html = await readFile(path.join(site.dir, '.next/server/pages/blog/kept.html'), 'utf8');
    return /<article[^]*<\/article>/.exec(html)?.[0];
  };
  // A file is no folder: as on a disk that cannot be written, also for root.
  await writeFile(path.join(site.dir, 'a-file'), '');
  expect(await runBuild(site.dir, { DATA_DIR: 'a-file' })).toContain('a-file cannot be written');
  const expected = await page();
  expect(expected).toContain('<code>code</code>');

  const data = path.join(site.dir, '.evergreen/v1');
  await runBuild(site.dir);
  const bodies = await readdir(path.join(data, 'bodies'));
  expect(bodies.length).toBeGreaterThan(1);
  for (const [index, name] of bodies.entries()) {
    const file = path.join(data, 'bodies', name);
    const whole = await readFile(file, 'utf8');
    await writeFile(file, index % 2 ? whole.slice(0, whole.length / 2) : '{"source":{}}');
  }
  for (const name of await readdir(path.join(data, 'verdicts'))) {
    await writeFile(path.join(data, 'verdicts', name), '["of","somebody",{"else":[');
  }
  await runBuild(site.dir);
  expect(await page()).toBe(expected);
  await site.remove('kept');
});

test('a build stops at posts that cannot be used, and names them all in one table, printed last', async () => {
  await site.write('hello', 'Text.', { date: 'never' });
  await site.write('endless', '{(() => { for (;;); })()}');
  await site.write('math', 'Text {');
  await site.write('picture', 'Text.\n\n![](/none.png)');
  await site.write('unknown', '<Calout />', { date: '2020-01-01' });
  // None of them is prerendered: every body is checked all the same.
  const failure = await runBuild(site.dir, { PRERENDER_POSTS: '0' }).then(
    () => undefined,
    (error: { stderr: string }) => error.stderr,
  );
  const lines = failure?.trimEnd().split('\n') ?? [];
  expect(lines.slice(lines.indexOf('5 posts cannot be used, and the build stopped:'))).toEqual([
    '5 posts cannot be used, and the build stopped:',
    '',
    'other (4 posts):',
    expect.stringMatching(/^ {2}posts\/endless\.mdx {4,}it took longer than 10 s to render: /),
    expect.stringMatching(/^ {2}posts\/math\.mdx:\d+ {5}the MDX cannot be rendered: /),
    expect.stringMatching(/^ {2}posts\/picture\.mdx:\d+ {2}.*public\/none\.png is not there$/),
    expect.stringMatching(/^ {2}posts\/unknown\.mdx:\d+ {2}.*there is no component <Calout>/),
    '',
    'a date that cannot be read (1 post):',
    expect.stringMatching(/^ {2}posts\/hello\.mdx:3 {2}date: /),
  ]);
  // The first one, where Next says why it stopped.
  expect(failure).toContain('posts/hello.mdx:3: date: ');
  for (const slug of ['hello', 'endless', 'math', 'picture', 'unknown']) {
    await site.remove(slug);
  }
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
