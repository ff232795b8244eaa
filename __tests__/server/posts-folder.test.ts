import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeProblem, type Warning } from '../../lib/source/post';
import { loadPostsFolder } from '../../lib/source/posts-folder';
import { SECRET, startSite } from '../setup/site';

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
  const loaded = await loadPostsFolder(folder);
  expect(loaded).toMatchObject({ posts: [], problems: [] });
  expect(loaded.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^2 files are ignored: README\.md, hello\.mdx\.new; posts end in/),
  ]);
});

test('a folder that cannot be read throws, and names the folder and the variable', async () => {
  await expect(loadPostsFolder(path.join(folder, 'none'))).rejects.toThrow(
    /none cannot be read \(ENOENT\); repair it, or set POSTS_DIR/,
  );
});

test('a second load reads only what moved', async () => {
  await write('a.mdx', text('A'));
  await write('b.mdx', text('B'));
  later();
  const first = await loadPostsFolder(folder);
  const read = jest.spyOn(fs, 'openSync');

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
  const real = fs.openSync;
  jest.spyOn(fs, 'openSync').mockImplementationOnce((file, ...rest) => {
    const half = real(file, ...rest);
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

test('two files of one folder that are its post are a problem of the second', async () => {
  await mkdir(path.join(folder, 'hello'));
  await write('hello/index.md', text('Markdown'));
  await write('hello/index.mdx', text('MDX'));
  const loaded = await loadPostsFolder(folder);
  expect(titles(loaded)).toEqual(['Markdown']);
  expect(loaded.problems.map(({ slug, kind, message }) => [slug, kind, message])).toEqual([
    [
      'hello',
      'two files of one slug',
      expect.stringMatching(/has the same slug as .*hello\/index\.md; rename one of them/),
    ],
  ]);
});

test('of files with one title and other days in their names each is a post', async () => {
  const weekly = (day: string) => text(`Of ${day}`).replace('2026-01-01', day);
  for (const day of ['2015-05-01', '2015-05-08', '2015-5-15']) {
    await write(`${day}-weekly.md`, weekly(day));
  }
  await write('2015-05-08-weekly.markdown', weekly('2015-05-08'));
  const loaded = await loadPostsFolder(folder);
  expect(loaded.posts.map(({ slug }) => slug)).toEqual([
    'weekly',
    'weekly-2015-05-08',
    'weekly-2015-05-15',
  ]);
  expect(loaded.problems).toMatchObject([{ kind: 'two files of one slug' }]);
  expect((await loadPostsFolder(folder, loaded)).posts).toBe(loaded.posts);
});

test('an index without a date in the folder itself is the list of another generator, and no post', async () => {
  await write('index.md', '---\ntitle: My blog\n---\nAll posts.\n');
  await write('a.md', text('A'));
  const loaded = await loadPostsFolder(folder);
  expect([titles(loaded), loaded.problems]).toEqual([['A'], []]);
  expect(loaded.warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('is taken for the list of posts'),
  ]);
  await write('index.md', text('Index'));
  expect(titles(await loadPostsFolder(folder, loaded))).toEqual(['A', 'Index']);
});

test('100,000 other files hold nobody up, and are one line', async () => {
  await write('a.md', text('A'));
  await mkdir(path.join(folder, 'many'));
  for (let index = 0; index < 100_000; index += 1) {
    fs.closeSync(fs.openSync(path.join(folder, `many/${index}.txt`), 'w'));
  }
  let turns = 0;
  let isLoading = true;
  const turn = () => {
    turns += 1;
    if (isLoading) setImmediate(turn);
  };
  setImmediate(turn);
  const loaded = await loadPostsFolder(folder);
  isLoading = false;
  // A thousand files take about a millisecond.
  expect(turns).toBeGreaterThanOrEqual(100);
  expect(titles(loaded)).toEqual(['A']);
  expect(loaded.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^100,000 files are ignored: many\/0\.txt, many\/1\.txt, .*, …; /),
  ]);
});

describe('what is no post', () => {
  const notes = ({ warnings }: { warnings: Warning[] }) =>
    warnings.map((warning) => describeProblem(warning).replace(/^.*\//, ''));

  test('is named, and never opened', async () => {
    await write('a.mdx', text('A'));
    await mkdir(path.join(folder, 'folder.mdx'));
    await symlink('folder.mdx', path.join(folder, 'link.mdx'));
    execFileSync('mkfifo', [path.join(folder, 'pipe.mdx')]);
    await symlink('/dev/zero', path.join(folder, 'device.mdx'));
    const server = createServer();
    await once(server.listen(path.join(folder, 'socket.mdx')), 'listening');
    const open = jest.spyOn(fs, 'openSync');

    const first = await loadPostsFolder(folder);
    const second = await loadPostsFolder(folder, first);
    server.close();
    expect(titles(second)).toEqual(['A']);
    expect(second.problems).toEqual([]);
    expect(notes(second)).toEqual([
      'device.mdx: is a device, not a file, and is left out',
      'link.mdx: is a folder, not a file, and is left out',
      'pipe.mdx: is a pipe, not a file, and is left out',
      'socket.mdx: is a socket, not a file, and is left out',
    ]);
    expect(new Set(open.mock.calls.map(([file]) => path.basename(String(file))))).toEqual(
      new Set(['a.mdx']),
    );
  });

  test('may take the place of a file, even between the look at it and its opening', async () => {
    await write('a.mdx', text('A'));
    const first = await loadPostsFolder(folder);
    await write('a.mdx', text('B'));
    const file = path.join(folder, 'a.mdx');
    const real = fs.openSync;
    jest.spyOn(fs, 'openSync').mockImplementationOnce((...args) => {
      fs.rmSync(file);
      execFileSync('mkfifo', [file]);
      return real(...args);
    });
    const second = await loadPostsFolder(folder, first);
    expect([second.posts, second.problems]).toEqual([[], []]);
    expect(notes(second)).toEqual(['a.mdx: is a pipe, not a file, and is left out']);

    await rm(file);
    await write('a.mdx', text('C'));
    const third = await loadPostsFolder(folder, second);
    expect(titles(third)).toEqual(['C']);
    expect(third.warnings).toEqual([]);
  });

  test('a link to a file is one', async () => {
    await write('real.txt', text('A'));
    await symlink('real.txt', path.join(folder, 'a.mdx'));
    expect(titles(await loadPostsFolder(folder))).toEqual(['A']);
  });
});

describe('a file that cannot be used', () => {
  const problemsOf = async (previous?: Awaited<ReturnType<typeof loadPostsFolder>>) => {
    const loaded = await loadPostsFolder(folder, previous);
    return loaded.problems.map((problem) =>
      describeProblem(problem).slice(path.basename(folder).length + 1),
    );
  };

  test('is refused by its size before it is opened', async () => {
    await write('a.mdx', text('A'));
    const first = await loadPostsFolder(folder);
    const most = 5 * 1024 * 1024;
    await write('a.mdx', text('A', ' '.repeat(most)));
    const open = jest.spyOn(fs, 'openSync');
    const second = await loadPostsFolder(folder, first);
    expect(open).not.toHaveBeenCalled();
    expect(second.posts).toEqual([]);
    expect(second.problems.map(({ message }) => message)).toEqual([
      'has 5.0 MB, and a post has at most 5: divide it, or move what is not text into public/',
    ]);
    open.mockRestore();

    await write('a.mdx', text('Large', ' '.repeat(most - text('Large', '').length)));
    expect(fs.statSync(path.join(folder, 'a.mdx')).size).toBe(most);
    expect(titles(await loadPostsFolder(folder, second))).toEqual(['Large']);
  });

  test('is not read on and on while it grows', async () => {
    await write('a.mdx', text('A'));
    let reads = 0;
    jest.spyOn(fs, 'readSync').mockImplementation((_: number, buffer: NodeJS.ArrayBufferView) => {
      reads += 1;
      if (reads > 1000) throw new Error('It is read without end');
      return buffer.byteLength;
    });
    expect(await problemsOf()).toEqual([expect.stringContaining('a post has at most 5')]);
  });

  test('is whole where the file system says that it is empty', async () => {
    const body = 'word '.repeat(50_000);
    await write('a.mdx', text('A', body));
    const real = fs.fstatSync;
    jest
      .spyOn(fs, 'fstatSync')
      .mockImplementation((descriptor) => Object.assign(real(descriptor), { size: 0 }));
    expect((await loadPostsFolder(folder)).posts[0]?.text.read().trim()).toBe(body.trim());
  });

  test.each([
    ['leads back to itself', 'a.mdx', /^a\.mdx: is a link that leads back to itself/],
    ['leads to nothing', 'gone.mdx', /^a\.mdx: is a link to a file that is not there/],
  ])('is a link that %s', async (_, target, message) => {
    await write('a.mdx', text('A'));
    const first = await loadPostsFolder(folder);
    await rm(path.join(folder, 'a.mdx'));
    await symlink(target, path.join(folder, 'a.mdx'));
    expect(await problemsOf(first)).toEqual([expect.stringMatching(message)]);
    expect((await loadPostsFolder(folder, first)).posts).toEqual([]);
  });

  test('is one that may not be read', async () => {
    await write('a.mdx', text('A'));
    jest.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('EACCES: permission denied, open /srv/a.mdx'), {
        code: 'EACCES',
      });
    });
    expect(await problemsOf()).toEqual([
      'a.mdx: cannot be read (EACCES); let the user that runs the site read it',
    ]);
  });

  test('has a name of more than one line, or one that is not UTF-8', async () => {
    await write('a\nfake: entry.mdx', text('A'));
    fs.writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.mdx')]),
      text('B'),
    );
    const problems = await problemsOf();
    expect(problems).toEqual([
      expect.stringMatching(/^a\uFFFDfake: entry\.mdx: the file's name is the slug of the post/),
      expect.stringMatching(/^caf\uFFFD\.mdx: has a name that is not UTF-8/),
    ]);
    expect(problems.join('')).not.toContain('\n');
  });
});

test('a pipe in the folder of a running site holds nothing up', async () => {
  const site = await startSite({ hello: 'Before.' });
  try {
    execFileSync('mkfifo', [path.join(site.postsDir, 'pipe.mdx')]);
    await site.write('hello', 'After.');
    expect((await site.purge('/blog/hello')).body).toBe('{"revalidated":true}');
    const changed = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&changed=1`);
    expect(changed.status).toBe(200);
    expect((await site.visit('/blog/hello')).text).toContain('After.');
    expect(site.log().split('posts/pipe.mdx: is a pipe')).toHaveLength(2);
    await site.stop('SIGTERM');
    await site.start();
    expect((await site.visit('/blog/hello')).text).toContain('After.');
  } finally {
    await site.close();
  }
});
