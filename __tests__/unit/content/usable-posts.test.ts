/** What is shown of the posts that the sources hold: nothing that has no page. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { mdxComponents } from '../../../components/mdx-components';
import { Bodies } from '../../../lib/body/body';
import { renderMdx } from '../../../lib/body/mdx';
import { Verdicts } from '../../../lib/body/verdicts';
import { describeProblem, type Post } from '../../../lib/source/post';
import { hash } from '../../../lib/hash';
import { loadPostsFolder, type LoadedPosts } from '../../../lib/source/posts-folder';
import { usablePosts, type Manner, type UsablePosts } from '../../../lib/content/usable-posts';
import { KnownText } from '../../../lib/text';

// As they are, and counted.
jest.mock('../../../lib/body/mdx', () => {
  const real = jest.requireActual<typeof import('../../../lib/body/mdx')>('../../../lib/body/mdx');
  return { ...real, renderMdx: jest.fn(real.renderMdx) };
});
const bodies = new Bodies(mdxComponents);
const checked = jest.spyOn(bodies, 'check');

let folder: string;
let loaded: LoadedPosts | undefined;
let usable: UsablePosts | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'posts-'));
  [loaded, usable] = [undefined, undefined];
  checked.mockClear();
});
afterEach(() => rm(folder, { recursive: true }));

/** Bodies are told apart by their texts, of which each test has its own. */
let texts = 0;
const good = (title: string) =>
  `---\ntitle: ${title}\ndate: 2026-01-01\n---\nText ${(texts += 1)}.\n`;
const bad = (title: string) => `${good(title)}Costs {price.\n`;
const write = (name: string, content: string) => writeFile(path.join(folder, name), content);

/** What a stored page says of a post that this process never read. */
let recalled: Post | undefined;
beforeEach(() => (recalled = undefined));

async function load(check: Manner['check'] = 'now'): Promise<UsablePosts> {
  loaded = await loadPostsFolder(folder, loaded);
  const recall = async () => recalled;
  usable = await usablePosts(loaded, usable, bodies, { check, few: 1, recall });
  return usable;
}

const titles = ({ posts }: UsablePosts) => posts.map(({ title }) => title).sort();

test('a post that does not render is nowhere, and its problem has file and line', async () => {
  await write('a.mdx', good('A'));
  await write('b.mdx', bad('B'));
  const first = await load();
  expect(titles(first)).toEqual(['A']);
  expect(first.problems.map(describeProblem)).toEqual([
    expect.stringMatching(/\/b\.mdx:6: the MDX cannot be rendered/),
  ]);
  expect(first.unchecked.size).toBe(0);
});

test('one body below two front matters has its line counted in each file', async () => {
  const text = '\nSome text.\n\nCosts {price2.\n';
  await write('a.mdx', `---\ntitle: A\ndate: 2026-01-01\n---\n${text}`);
  await write('b.mdx', `---\ntitle: B\ndate: 2026-01-01\ntags: [x]\nsummary: Y.\n---\n${text}`);
  const { problems } = await load();
  const lines = problems.map(({ file, line }) => [path.basename(file), line]);
  expect(lines).toEqual([
    ['a.mdx', 8],
    ['b.mdx', 10],
  ]);
});

test.each([
  ['body', bad('A')],
  ['front matter', '---\ntitle: A\n---\n'],
])('a post whose %s breaks keeps its last good version until it is repaired', async (_, text) => {
  await write('a.mdx', good('A'));
  await write('b.mdx', good('B'));
  await load();
  await write('a.mdx', text);
  await write('b.mdx', good('B edited'));
  for (const check of ['now', 'later'] as const) {
    const found = await load(check);
    expect(titles(found)).toEqual(['A', 'B edited']);
    expect(found.problems).toMatchObject([{ slug: 'a' }]);
  }
  await write('a.mdx', good('A repaired'));
  expect(await load()).toMatchObject({ problems: [] });
  expect(titles(await load())).toEqual(['A repaired', 'B edited']);
});

test('a deleted file is a deleted post, also one that was broken', async () => {
  await write('a.mdx', good('A'));
  await load();
  await write('a.mdx', 'broken');
  expect(titles(await load())).toEqual(['A']);
  await rm(path.join(folder, 'a.mdx'));
  expect(await load()).toMatchObject({ posts: [], problems: [] });
});

test('a draft is not rendered until it is published', async () => {
  const text = bad('A');
  await write('a.mdx', text.replace('date:', 'draft: true\ndate:'));
  expect(await load()).toMatchObject({ problems: [] });
  expect(checked).not.toHaveBeenCalled();
  await write('a.mdx', text);
  // Its last good version is the draft, which is shown nowhere.
  expect(await load()).toMatchObject({ posts: [{ draft: true }], problems: [{ slug: 'a' }] });
});

test('a body is rendered once, whatever else changes', async () => {
  await write('a.mdx', good('A'));
  await write('b.mdx', bad('B'));
  await load();
  expect(checked).toHaveBeenCalledTimes(2);
  await write('c.mdx', good('C'));
  await load();
  await load('later');
  expect(checked).toHaveBeenCalledTimes(3);
});

test('at a start, a few posts that were edited while the server was down are rendered at once', async () => {
  await write('a.mdx', good('A'));
  expect(titles(await load('later'))).toEqual(['A']);
});

test('many that change at once keep their last good versions until they were rendered', async () => {
  for (const name of ['a', 'b']) await write(`${name}.mdx`, good(`Old ${name}`));
  await load();
  checked.mockClear();
  for (const name of ['a', 'b']) await write(`${name}.mdx`, good(`New ${name}`));
  const found = await load('later');
  expect(titles(found)).toEqual(['Old a', 'Old b']);
  expect([...found.unchecked.keys()]).toEqual(['/blog/a', '/blog/b']);
  expect(checked).not.toHaveBeenCalled();
  expect(titles(await load('now'))).toEqual(['New a', 'New b']);
});

describe('at a start, a post without a verdict, as many are,', () => {
  beforeEach(() => write('z.mdx', good('Z')));

  test('is unlisted until it was rendered, whoever asks for it', async () => {
    await write('a.mdx', good('A'));
    await write('b.mdx', bad('B'));
    for (let visits = 0; visits < 2; visits += 1) {
      const found = await load('later');
      expect(titles(found)).toEqual([]);
      expect([...found.unchecked.keys()]).toEqual(['/blog/a', '/blog/b', '/blog/z']);
      expect(found.problems).toEqual([]);
    }
    expect(checked).not.toHaveBeenCalled();

    await bodies.checkAll([...(usable?.unchecked.values() ?? [])]);
    const found = await load('later');
    expect(titles(found)).toEqual(['A', 'Z']);
    expect(found.problems).toMatchObject([{ slug: 'b' }]);
    expect(checked).toHaveBeenCalledTimes(3);
  });

  test('is rendered by the purge that needs it', async () => {
    await write('a.mdx', good('A'));
    await load('later');
    expect(titles(await load('now'))).toEqual(['A', 'Z']);
  });

  test('that changes meanwhile waits like the others', async () => {
    await write('a.mdx', good('A'));
    await load('later');
    await write('a.mdx', bad('A'));
    expect(titles(await load('later'))).toEqual([]);
    expect(checked).not.toHaveBeenCalled();
  });

  test('is good if its stored page shows just this body', async () => {
    await write('a.mdx', good('A'));
    const [post] = (await loadPostsFolder(folder)).posts;
    recalled = post && { ...post, title: 'Title before', text: new KnownText(''), recalled: true };
    expect(titles(await load('later'))).toContain('A');
    expect(bodies.verdicts.on(post?.bodyHash ?? '')).toBeNull();
    expect(checked).not.toHaveBeenCalled();
  });

  test('is shown as its stored page does if that shows another body', async () => {
    await write('a.mdx', good('A'));
    const [post] = (await loadPostsFolder(folder)).posts;
    recalled = post && { ...post, title: 'Former', bodyHash: hash('former'), recalled: true };
    const found = await load('later');
    expect(titles(found)).toContain('Former');
    expect([...found.unchecked.keys()]).toEqual(['/blog/a', '/blog/z']);
  });
});

test('an error of the machine is no verdict: the post is held back, and rendered again', async () => {
  await write('a.mdx', good('A'));
  const error = Object.assign(new Error('EMFILE'), { syscall: 'open', errno: -24 });
  jest.mocked(renderMdx).mockRejectedValueOnce(error);
  expect(await load()).toMatchObject({ posts: [], problems: [{ slug: 'a' }] });
  expect(await load('later')).toMatchObject({ posts: [{ title: 'A' }], problems: [] });
});

test('while developing, all count as good until they change', async () => {
  await write('a.mdx', bad('A'));
  await write('b.mdx', good('B'));
  expect(titles(await load('never'))).toEqual(['A', 'B']);
  expect(checked).not.toHaveBeenCalled();
  await write('b.mdx', bad('B edited'));
  expect(titles(await load('never'))).toEqual(['A', 'B']);
  expect(usable?.problems).toMatchObject([{ slug: 'b' }]);
});

test('two processes of a build share the check: hardly a body is rendered by both', async () => {
  // Of one check, chance could have it either way.
  const [ROUNDS, POSTS] = [20, 100];
  for (let n = 0; n < POSTS; n += 1) await write(`${n}.mdx`, good(`${n}`));
  const { posts } = await loadPostsFolder(folder);
  let rendered = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const common = new Verdicts(undefined);
    const both = [new Bodies(mdxComponents, common), new Bodies(mdxComponents, common)];
    for (const process of both) {
      // Each takes as long as the other one, as on cores of their own.
      jest.spyOn(process, 'check').mockImplementation(async ({ bodyHash }) => {
        await yieldToEventLoop();
        rendered += 1;
        common.note(bodyHash, null);
        return undefined;
      });
    }
    await Promise.all(both.map((process) => process.checkAll(posts)));
    expect(posts.filter((post) => common.on(post.bodyHash) !== null)).toEqual([]);
  }
  // In an order that both share they would go on side by side from where they meet: half of all twice.
  expect(rendered).toBeLessThan(ROUNDS * POSTS * 1.2);
});
