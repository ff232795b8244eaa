/** Texts that change, or go, between the snapshot and the render: in one process, with a clock that stands still. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mdxComponents } from '../../components/mdx-components';
import { Bodies } from '../../lib/body/body';
import { Verdicts } from '../../lib/body/verdicts';
import { environment } from '../../lib/config';
import { createRuntime, type Runtime, type RuntimeParts } from '../../lib/runtime';
import { loadPostsFolder } from '../../lib/source/posts-folder';
import { loadSources } from '../../lib/source/sources';
import { openDisk } from '../../lib/store/disk';
import { MovedText } from '../../lib/text';
import { serverOf } from '../setup/next';

let dir: string;
const made: Runtime[] = [];
const warn = jest.spyOn(console, 'warn').mockImplementation();
const error = jest.spyOn(console, 'error').mockImplementation();
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'moved-'));
  await mkdir(postsDir());
});
afterEach(async () => {
  for (const one of made.splice(0)) one.close();
  await rm(dir, { recursive: true });
});
afterAll(() => {
  warn.mockRestore();
  error.mockRestore();
});

const postsDir = () => path.join(dir, 'posts');
const settings = () => ({ ...environment(), postsDir: postsDir() });

/** Each version says its number in its title and in its text. */
const write = (slug: string, version: number) =>
  writeFile(
    path.join(postsDir(), `${slug}.md`),
    `---\ntitle: Title ${version}\ndate: 2026-01-01\n---\nText ${version}.\n`,
  );

async function newRuntime(parts: Partial<RuntimeParts> = {}): Promise<Runtime> {
  const now = Date.now();
  const folders = { dir: path.join(dir, 'store'), buildDir: path.join(dir, 'build') };
  const bodies = new Bodies(mdxComponents, new Verdicts(undefined));
  // As after a start: nothing has to be rendered to be listed, and nothing that was is kept.
  for (const { bodyHash } of (await loadPostsFolder(postsDir())).posts) {
    bodies.verdicts.note(bodyHash, null);
  }
  const one = createRuntime({
    settings,
    bodies,
    openPlace: () => openDisk(folders),
    // Nothing is due: what is not loaded for another reason is not loaded.
    now: () => now,
    ...parts,
  });
  made.push(one);
  return one;
}

const versionsIn = (html: string | undefined) =>
  [/Title (\d+)/, /Text (\d+)/].map((pattern) => Number(pattern.exec(html ?? '')?.[1]));

test('a visit of a post that was edited since shows all of the new version', async () => {
  await write('a', 1);
  const runtime = await newRuntime();
  const site = serverOf(runtime);
  await site.visit('/');
  await write('a', 2);
  expect(versionsIn(await site.visit('/blog/a'))).toEqual([2, 2]);
  expect(runtime.snapshots.last?.site.posts.get('/blog/a')?.title).toBe('Title 2');
});

test('a visit of a post that was deleted since is a 404', async () => {
  await write('a', 1);
  await write('b', 1);
  const runtime = await newRuntime();
  const site = serverOf(runtime);
  await site.visit('/');
  await rm(path.join(postsDir(), 'a.md'));
  expect(await site.visit('/blog/a')).toBeUndefined();
  expect(versionsIn(await site.visit('/blog/b'))).toEqual([1, 1]);
});

test('a purge regenerates from what is there when it renders', async () => {
  await write('a', 1);
  let loads = 0;
  const runtime = await newRuntime({
    loadSources: async (...input) => {
      const loaded = await loadSources(...input);
      loads += 1;
      // Once the purge has read the second version, the third one is written.
      if (loads === 2) await write('a', 3);
      return loaded;
    },
  });
  const site = serverOf(runtime);
  await site.visit('/blog/a');
  await write('a', 2);
  const report = await site.purge('/blog/a');
  expect(report.pages).toMatchObject([{ path: '/blog/a', result: 'regenerated' }]);
  expect(versionsIn(await site.visit('/blog/a'))).toEqual([3, 3]);
});

test('no verdict is noted on a text that was not read', async () => {
  await write('a', 1);
  const runtime = await newRuntime();
  await runtime.snapshots.load();
  const post = runtime.snapshots.last?.site.posts.get('/blog/a');
  if (!post) throw new Error('There is no post');
  await write('a', 2);
  expect(await runtime.bodies.check(post)).toMatchObject({ file: 'posts/a.md' });
  expect(runtime.bodies.verdicts.on(post.bodyHash)).toBeNull();
});

test('a text that never stands still holds back its own page, and nothing else', async () => {
  await write('a', 1);
  await write('b', 1);
  const runtime = await newRuntime({
    loadSources: async (...input) => {
      const loaded = await loadSources(...input);
      const posts = loaded.posts.map((post) =>
        post.slug === 'a' ? { ...post, text: restless, bodyHash: String(Math.random()) } : post,
      );
      return { ...loaded, posts };
    },
  });
  const site = serverOf(runtime);
  const report = await site.purge();
  expect(report.pages).toContainEqual(
    expect.objectContaining({
      path: '/blog/a',
      error: expect.stringContaining('changed while it was used'),
    }),
  );
  expect(versionsIn(await site.visit('/blog/b'))).toEqual([1, 1]);
  await expect(site.visit('/blog/a')).rejects.toThrow('changed while it was used');
});

const restless = {
  length: 1,
  linesBefore: 0,
  read: () => {
    throw new MovedText('posts/a.md');
  },
};
