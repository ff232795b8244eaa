import fs from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptText } from '../../../lib/source/kept-text';
import { loadPostsFolder } from '../../../lib/source/posts-folder';
import { idsToRead } from '../../../lib/source/wordpress/follow';
import { copyOf } from '../../../lib/source/wordpress/library';
import { hash } from '../../../lib/hash';
import { isMoved } from '../../../lib/text';
import { articleWith } from '../../setup/wordpress-articles';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'text-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('the text of a file', () => {
  const write = (name: string, text: string) => writeFile(path.join(dir, name), text);
  const postOf = async (name: string) => {
    const { posts } = await loadPostsFolder(dir);
    const post = posts.find(({ file }) => file.endsWith(`/${name}`));
    if (!post) throw new Error(`There is no ${name}`);
    return post;
  };
  const HEAD = '---\ntitle: A\ndate: 2026-01-01\n---\n';

  test.each([
    ['with blank lines for its front matter', 'a.mdx', `${HEAD}\nText.\n`, '\n\n\n\n\nText.\n'],
    ['with a byte order mark', 'a.mdx', `\uFEFF${HEAD}Text.`, '\n\n\n\nText.'],
    [
      'with the line ends of Windows',
      'a.mdx',
      `${HEAD}Text.`.replaceAll('\n', '\r\n'),
      '\n\n\n\nText.',
    ],
    ['without front matter', '2026-01-01-a.md', 'Text.\n', 'Text.\n'],
    [
      'without the heading that is its title',
      'a.md',
      '---\ndate: 2026-01-01\n---\n\n# The title\n\nText.',
      '\n\n\n\n\n\nText.',
    ],
    [
      'without one that is underlined',
      'a.md',
      '---\ndate: 2026-01-01\n---\nThe title\n=====\nText.',
      '\n\n\n\n\nText.',
    ],
    [
      'with one further below',
      '2026-01-01-a.md',
      'Text.\n\n# The title\n',
      'Text.\n\n# The title\n',
    ],
  ])('is read %s', async (_, name, written, text) => {
    await write(name, written);
    const post = await postOf(name);
    expect(post.text.read()).toBe(text);
    expect(post.text.length).toBe(text.length);
    expect(post.text.linesBefore).toBe(/^\n*/.exec(text)?.[0].length);
  });

  test('has its tags replaced, as they led when it was loaded', async () => {
    await write('2026-01-01-other.md', 'Other.');
    await write('a.md', `${HEAD}{% post_url 2026-01-01-other %} {% post_url nothing %}`);
    const before = await postOf('a.md');
    expect(before.text.read().trim()).toBe('/blog/other {% post_url nothing %}');
    await rm(path.join(dir, '2026-01-01-other.md'));
    const after = await postOf('a.md');
    expect(after.text.read().trim()).toBe('{% post_url 2026-01-01-other %} {% post_url nothing %}');
    expect(after.bodyHash).not.toBe(before.bodyHash);
    expect(before.text.read().trim()).toBe('/blog/other {% post_url nothing %}');
  });

  test('is refused where the file has another by now, or is gone', async () => {
    await write('a.mdx', `${HEAD}Text.`);
    const { text } = await postOf('a.mdx');
    const moved = () => {
      try {
        return text.read();
      } catch (error) {
        return isMoved(error);
      }
    };
    await utimes(path.join(dir, 'a.mdx'), 1, 1);
    expect(moved()).toBe('\n\n\n\nText.');
    // The text is the same; what it was read with is not.
    await write('a.mdx', `${HEAD.replace('A', 'B')}Text.`);
    expect(moved()).toBe(true);
    await rm(path.join(dir, 'a.mdx'));
    expect(moved()).toBe(true);
    await mkdir(path.join(dir, 'a.mdx'));
    expect(moved()).toBe(true);
  });

  test('is loaded again where it is another one, also if its file looks as it did', async () => {
    await write('a.mdx', `${HEAD}Text.`);
    const longAgo = new Date('2026-01-01');
    await utimes(path.join(dir, 'a.mdx'), longAgo, longAgo);
    const real = fs.statSync;
    const looks = jest
      .spyOn(fs, 'statSync')
      .mockImplementation((file) => Object.assign(real(file), { mtimeMs: 1, ctimeMs: 1, ino: 1 }));
    try {
      const before = await loadPostsFolder(dir);
      await write('a.mdx', `${HEAD}Next.`);
      expect((await loadPostsFolder(dir, before)).posts).toBe(before.posts);
      expect(() => before.posts[0]?.text.read()).toThrow('changed');
      expect((await loadPostsFolder(dir, before)).posts[0]?.text.read()).toContain('Next.');
    } finally {
      looks.mockRestore();
    }
  });
});

describe('the text of WordPress', () => {
  const before = process.env.DATA_DIR;
  const error = jest.spyOn(console, 'error').mockImplementation();
  const text = '<p>A text.</p>\n';
  const textHash = hash(text.trim());
  const file = () => path.join(dir, 'v1/texts', `${textHash}.html`);
  beforeEach(() => (process.env.DATA_DIR = dir));
  afterAll(() => {
    if (before === undefined) delete process.env.DATA_DIR;
    else process.env.DATA_DIR = before;
    error.mockRestore();
  });

  test('lies in the data folder', async () => {
    const kept = keptText(text, textHash);
    expect(await readFile(file(), 'utf8')).toBe(text);
    expect(kept.read()).toBe(text);
    expect([kept.length, kept.linesBefore]).toEqual([text.length, 0]);
    expect(Object.values(kept)).not.toContain(text);
  });

  test.each([
    ['cut', () => writeFile(file(), text.slice(0, 5))],
    ['gone', () => rm(file())],
  ])('is asked for again where it is %s', async (_, spoil) => {
    const article = { ...articleWith(1), text: keptText(text, textHash) };
    const library = { ...copyOf(), articles: new Map([[1, article]]) };
    expect(idsToRead([], library, new Map())).toEqual(new Set());
    await spoil();
    expect(() => article.text.read()).toThrow('changed');
    expect(idsToRead([], library, new Map())).toEqual(new Set([1]));
    // As the next load does with what WordPress sends.
    expect(keptText(text, textHash).read()).toBe(text);
  });

  test('stays in memory where the data folder cannot be written', async () => {
    process.env.DATA_DIR = path.join(dir, 'a-file');
    await writeFile(process.env.DATA_DIR, '');
    await chmod(process.env.DATA_DIR, 0o400);
    expect(keptText(text, textHash).read()).toBe(text);
  });
});
