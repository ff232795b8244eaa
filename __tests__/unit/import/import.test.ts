/** Blogs of other makes, copied into a posts folder. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { importBlog } from '../../../lib/import/import';
import { ASTRO, ELEVENTY, GHOST, HUGO, JEKYLL, writeBlog, WXR, type Blog } from '../../setup/blogs';

let dir: string;
const inDir = (...names: string[]) => path.join(dir, ...names);
const posts = (...names: string[]) => readFileSync(inDir('posts', ...names), 'utf8');
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const take = (blog: Blog, file = '', force = false) => {
  writeBlog(inDir('blog'), blog);
  return importBlog(inDir('blog', file), { to: inDir('posts'), force });
};

test('Jekyll: posts, drafts, pages, pictures, Liquid and permalinks', async () => {
  const report = await take(JEKYLL);
  expect(filesOf(inDir('posts'))).toEqual([
    'about.md',
    'first-walk/hill.png',
    'first-walk/index.md',
    'later.md',
    'second-walk.md',
  ]);
  expect(posts('first-walk', 'index.md')).toBe(
    [
      '---',
      'title: First walk # kept',
      'categories: outdoors',
      'weather: [ sun,wind ]   # as it is',
      'cover: ./hill.png',
      'date: 2020-01-05',
      'aliases:',
      '  - /outdoors/2020/01/05/first-walk',
      '---',
      '![A hill](./hill.png "Up") and ![gone](/assets/gone.png)',
      '',
      '```ruby',
      'puts "hi"',
      '```',
      '',
      'See [the other](/blog/second-walk).',
      '',
    ].join('\n'),
  );
  expect(posts('second-walk.md')).toContain('date: 2021-02-03');
  expect(posts('later.md')).toContain('draft: true');
  expect(posts('about.md')).toContain('page: true');
  expect(report).toMatchObject({ make: 'Jekyll', drafts: 1, pictures: 1, aliases: 2 });
  expect(report.missing).toEqual([
    { from: '_posts/2020-01-05-first-walk.md', address: '/assets/gone.png' },
  ]);
  expect(report.leftOut).toEqual([
    { from: 'README.md', reason: 'no post by its name' },
    { from: '_posts/2020-01-06-bare.md', reason: expect.stringMatching(/without front matter/) },
  ]);
});

test('Hugo: TOML, bundles, permalinks of a section and addresses of their own', async () => {
  const report = await take(HUGO);
  expect(filesOf(inDir('posts'))).toEqual(['sea/index.md', 'sea/waves.png', 'shore.md']);
  const sea = posts('sea', 'index.md');
  expect(sea).toMatch(/^\+\+\+\n/);
  expect(sea).toContain('aliases = [ "/2020/06/sea" ]');
  expect(sea).toContain('date = 2020-06-07T08:00:00');
  expect(sea).toContain('![Waves](./waves.png)');
  expect(posts('shore.md')).toContain('aliases:\n  - /by-the-shore\n');
  expect(report).toMatchObject({ make: 'Hugo', pictures: 1, missing: [] });
});

test('Astro and Eleventy: where they have their posts', async () => {
  expect((await take(ASTRO)).posts).toEqual(['hello.mdx']);
  expect(posts('hello.mdx')).toBe(ASTRO['src/content/blog/hello.mdx']);
  rmSync(inDir('blog'), { recursive: true });
  expect(await take(ELEVENTY)).toMatchObject({ make: 'Eleventy', posts: ['lake.md'] });
  expect(posts('lake.md')).toContain('date: 2022-03-04');
  expect(posts('lake.md')).toContain('- /posts/lake');
  expect(posts('lake.md')).toContain('\n{{ x }}\n');
});

const headOf = (text: string): unknown => parse(text.split('---\n')[1] ?? '');

test('Ghost: HTML, tags, and what only members may read', async () => {
  const report = await take(GHOST, 'ghost.json');
  const welcome = posts('welcome', 'index.md');
  expect(headOf(welcome)).toEqual({
    title: 'Welcome: all',
    date: '2023-05-06T07:08:09.000Z',
    tags: ['News'],
    aliases: ['/welcome'],
  });
  expect(welcome).toContain(
    '<p>Hello <img src="./a.png"></p>\n\n<pre><code>a\n\n  b</code></pre>\n',
  );
  expect(report.leftOut).toEqual([{ from: 'ghost.json: paid', reason: 'only for paid' }]);
});

test('WordPress: posts of an export, without those of others', async () => {
  const report = await take(WXR, 'wordpress.xml');
  const bread = posts('bread', 'index.md');
  expect(headOf(bread)).toEqual({
    title: 'Bread & butter',
    date: '2019-08-09T10:00:00.000Z',
    category: 'Food',
    tags: ['Rye'],
    author: 'ada',
    aliases: ['/2019/08/bread'],
  });
  expect(bread).toContain('<p>Flour <img src="./b.png" /></p>');
  expect(report.leftOut.map(({ reason }) => reason)).toEqual([
    'has a password',
    'neither a post nor a page, but attachment',
  ]);
});

test('never overwrites, unless it is asked to', async () => {
  await take(ASTRO);
  writeFileSync(inDir('posts', 'hello.mdx'), 'Mine.');
  const again = await take(ASTRO);
  expect(again).toMatchObject({ posts: [] });
  expect(again.leftOut[0]?.reason).toMatch(/is there already; --force replaces it/);
  expect(posts('hello.mdx')).toBe('Mine.');
  expect((await take(ASTRO, '', true)).posts).toEqual(['hello.mdx']);
  expect(posts('hello.mdx')).toContain('title: Hello');
});

test('aliases that are there already stay, and the new one is added', async () => {
  await take({
    ...ELEVENTY,
    'src/posts/2022-03-04-lake.md': '---\ntitle: Lake # kept\naliases: [/a, /posts/pond]\n---\n',
  });
  expect(posts('lake.md')).toContain('title: Lake # kept\n');
  expect(headOf(posts('lake.md'))).toMatchObject({ aliases: ['/a', '/posts/pond', '/posts/lake'] });
});

test('two posts of one slug: the second is left out', async () => {
  const report = await take({
    ...ASTRO,
    'src/content/blog/other/Hello.md': '---\ntitle: Other\n---\n',
  });
  expect(report.posts).toEqual(['hello.mdx']);
  expect(report.leftOut[0]?.reason).toMatch(/has the slug hello, as .*hello\.mdx has/);
});

test('a picture that leads out of the blog is not taken', async () => {
  writeFileSync(inDir('secret.png'), 'x');
  const report = await take({
    'posts/a.md': '---\ntitle: A\n---\n![x](../../secret.png) ![y](/../secret.png)\n',
  });
  expect(report).toMatchObject({ posts: ['a.md'], pictures: 0 });
  expect(report.missing).toHaveLength(2);
});

test.each([
  ['broken.xml', '<rss xmlns:wp="x"><item><title>a</item></rss>', /not well-formed/],
  [
    'bomb.xml',
    '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss xmlns:wp="x"><item><title>&b;</title></item></rss>',
    /not well-formed/,
  ],
  ['other.xml', '<html></html>', /not an export of WordPress/],
  ['other.json', '{"a":1}', /not an export of Ghost/],
  ['other.txt', 'hello', /neither a folder, nor an export/],
])('%s: nothing is written, and it says why', async (name, content, why) => {
  await expect(take({ [name]: content }, name)).rejects.toThrow(why);
  expect(filesOf(dir).filter((file) => file.startsWith('posts'))).toEqual([]);
});
