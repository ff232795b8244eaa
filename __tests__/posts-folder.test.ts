import fs from 'node:fs';
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeProblem } from '../lib/post';
import { loadPostsFolder } from '../lib/posts-folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'posts-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  return rm(folder, { recursive: true });
});

const text = (title: string, body = 'Text.') =>
  `---\ntitle: ${title}\ndate: 2026-01-01\n---\n${body}\n`;

/** Writes a file that looks as if it had been still for an hour, but for its ctime. */
async function write(name: string, content: string) {
  const file = path.join(folder, name);
  await writeFile(file, content);
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(file, hourAgo, hourAgo);
}

/** Has the files settle without waiting: the clock says two seconds later. */
const later = () => {
  const now = Date.now() + 2000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
};

const titles = ({ posts }: { posts: { title: string }[] }) => posts.map(({ title }) => title);

test('an empty folder is an empty site, and other files are left alone', async () => {
  expect((await loadPostsFolder(folder)).posts).toEqual([]);
  await write('README.md', 'x');
  await write('.hello.mdx', 'x');
  await write('hello.mdx.new', 'x');
  expect(await loadPostsFolder(folder)).toMatchObject({ posts: [], problems: [] });
});

test('a folder that cannot be read throws, and names the folder and the variable', async () => {
  await expect(loadPostsFolder(path.join(folder, 'none'))).rejects.toThrow(
    /none cannot be read \(ENOENT\); mend it, or set POSTS_DIR/,
  );
});

test('a second load reads only what moved', async () => {
  await write('a.mdx', text('A'));
  await write('b.mdx', text('B'));
  later();
  const first = await loadPostsFolder(folder);
  const read = jest.spyOn(fs, 'readFileSync');

  const second = await loadPostsFolder(folder, first);
  expect(read).not.toHaveBeenCalled();
  expect(second.posts).toBe(first.posts);

  await write('b.mdx', text('B edited'));
  const third = await loadPostsFolder(folder, second);
  expect(read.mock.calls.map(([file]) => path.basename(String(file)))).toEqual(['b.mdx']);
  expect(titles(third)).toEqual(['A', 'B edited']);
  expect(third.posts[0]).toBe(first.posts[0]);
});

test('a file that changed within the last second is read again', async () => {
  await write('a.mdx', text('A'));
  const first = await loadPostsFolder(folder);
  const { ino, size, mtimeMs, ctimeMs } = fs.statSync(path.join(folder, 'a.mdx'));
  // A write so quick that the clock of the file system did not tick.
  await write('a.mdx', text('B'));
  const real = fs.statSync;
  jest.spyOn(fs, 'statSync').mockImplementation((file) => {
    const stats = real(file);
    return Object.assign(stats ?? {}, { ino, size, mtimeMs, ctimeMs }) as fs.Stats;
  });
  expect(titles(await loadPostsFolder(folder, first))).toEqual(['B']);
});

test('a file that is touched, and says the same, is the same post', async () => {
  await write('a.mdx', text('A'));
  const first = await loadPostsFolder(folder);
  await write('a.mdx', text('A'));
  expect((await loadPostsFolder(folder, first)).posts).toBe(first.posts);
});

test('a file that is written while it is read is read again', async () => {
  await write('a.mdx', text('Half'));
  const real = fs.readFileSync;
  jest.spyOn(fs, 'readFileSync').mockImplementationOnce((file, options) => {
    const half = real(file, options);
    fs.writeFileSync(String(file), text('The whole title'));
    return half;
  });
  expect(titles(await loadPostsFolder(folder))).toEqual(['The whole title']);
});

test('a broken post is a problem in place of its post, and holds back no other', async () => {
  await write('a.mdx', text('A'));
  await write('b.mdx', text('B'));
  const first = await loadPostsFolder(folder);
  await write('a.mdx', '---\ntitle: A\n---\n');
  await write('b.mdx', text('B edited'));
  let loaded = await loadPostsFolder(folder, first);
  for (let loads = 0; loads < 2; loads += 1) {
    expect(titles(loaded)).toEqual(['B edited']);
    expect(loaded.problems.map(describeProblem)).toEqual([
      `${path.basename(folder)}/a.mdx:1: date: is required: add a line like date: 2026-11-22`,
    ]);
    loaded = await loadPostsFolder(folder, loaded);
  }
  await write('a.mdx', text('A mended'));
  expect(await loadPostsFolder(folder, loaded)).toMatchObject({
    posts: [{ title: 'A mended' }, { title: 'B edited' }],
    problems: [],
  });
});

test('a deleted file is a deleted post, also one that was broken', async () => {
  await write('a.mdx', text('A'));
  const first = await loadPostsFolder(folder);
  await write('a.mdx', 'broken');
  const second = await loadPostsFolder(folder, first);
  await rm(path.join(folder, 'a.mdx'));
  expect(await loadPostsFolder(folder, second)).toMatchObject({ posts: [], problems: [] });
});

test('a rename is another post', async () => {
  await write('a.mdx', text('A'));
  const first = await loadPostsFolder(folder);
  await rename(path.join(folder, 'a.mdx'), path.join(folder, 'b.mdx'));
  expect((await loadPostsFolder(folder, first)).posts.map(({ slug }) => slug)).toEqual(['b']);
});

test('two names of one slug are a problem of the second, until one is gone', async () => {
  const composed = 'café'.normalize('NFC');
  const decomposed = 'café'.normalize('NFD');
  await write(`${composed}.mdx`, text('Composed'));
  await write(`${decomposed}.mdx`, text('Decomposed'));
  const loaded = await loadPostsFolder(folder);
  expect(loaded.posts).toHaveLength(1);
  expect(loaded.problems).toMatchObject(
    [{ slug: composed, message: /has the same slug as/ }].map(({ slug }) => ({
      slug,
      message: expect.stringContaining('has the same slug as'),
    })),
  );
  await rm(path.join(folder, `${composed}.mdx`));
  expect(await loadPostsFolder(folder, loaded)).toMatchObject({
    posts: [{ title: 'Decomposed' }],
    problems: [],
  });
});

test('something else of that name is a problem, not the end', async () => {
  await mkdir(path.join(folder, 'folder.mdx'));
  await write('a.mdx', text('A'));
  const { posts, problems } = await loadPostsFolder(folder);
  expect(posts).toHaveLength(1);
  expect(problems).toMatchObject([{ slug: 'folder', message: expect.stringContaining('EISDIR') }]);
});
