/** Calls that arrive while others are being worked on: answered together, and each for itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { environment } from '../../../lib/config';
import { hash } from '../../../lib/hash';
import type { PurgeInput, PurgeReport } from '../../../lib/purge/report';
import { createRuntime, type Runtime } from '../../../lib/runtime';
import type { Post, Problem } from '../../../lib/source/post';
import { openDisk } from '../../../lib/store/disk';
import { serverOf } from '../../setup/next';
import { NOTHING_ELSE } from '../../setup/posts';
import { KnownText } from '../../../lib/text';

// However many this machine has, so that it is known what waits.
jest.mock('node:os', () => ({ ...jest.requireActual('node:os'), availableParallelism: () => 2 }));

/** So much later nothing counts as rendered for the same burst. */
const LATER_MS = 60_000;

interface Site {
  runtime: Runtime;
  /** What the source holds; replaced by edits. */
  posts: Map<string, Post>;
  problems: Problem[];
  /** While set, loads wait for it after they have read the source. */
  loadsWait?: Promise<void>;
  sourceError?: Error;
  /** While there is one for a path, renders of it wait for it before they begin. */
  rendersWait: (path: string) => Promise<void> | undefined;
  /** What Next was asked to render, in order. */
  asked: string[];
  loads: number;
  clockMs: number;
  edit: (slug: string, body: string) => void;
  visit: (path: string) => Promise<string | undefined>;
  purge: (input: Partial<PurgeInput>) => Promise<PurgeReport>;
}

const post = (slug: string, body: string): Post => ({
  slug,
  file: `posts/${slug}.mdx`,
  title: `Title of ${slug}`,
  date: '2026-01-01T00:00:00.000Z',
  tags: [],
  draft: false,
  page: false,
  text: new KnownText(body),
  bodyHash: hash(body),
});

let dir: string;
let site: Site;

/** A site with these posts, of which each was visited, and others. */
async function siteOf(slugs: string[], others: string[] = []): Promise<Site> {
  const posts = new Map(
    [...slugs, ...others].map((slug) => [slug, post(slug, `Old text of ${slug}.`)]),
  );
  const runtime = createRuntime({
    settings: environment,
    openPlace: () => openDisk({ dir: `${dir}/store`, buildDir: `${dir}/build` }),
    now: () => made.clockMs,
    loadSources: async () => {
      made.loads += 1;
      if (made.sourceError) throw made.sourceError;
      const read = [...made.posts.values()].filter(
        ({ file }) => !made.problems.some((problem) => problem.file === file),
      );
      await made.loadsWait;
      return { ...NOTHING_ELSE, posts: read, problems: made.problems };
    },
  });
  const server = serverOf(runtime);
  const made: Site = {
    runtime,
    posts,
    problems: [],
    rendersWait: () => undefined,
    asked: [],
    loads: 0,
    clockMs: Date.now(),
    edit: (slug, body) => made.posts.set(slug, post(slug, body)),
    visit: server.visit,
    purge: (input) =>
      runtime.purges.run(
        { paths: [], tags: [], changed: false, dryRun: false, ...input },
        [],
        async (where) => {
          made.asked.push(where);
          await made.rendersWait(where);
          await server.revalidate(where);
        },
      ),
  };
  await runtime.snapshots.load();
  for (const slug of slugs) await made.visit(`/blog/${slug}`);
  made.loads = 0;
  return made;
}

/** A promise, and what resolves it. */
function gate(): { isOpen: Promise<void>; open: () => void } {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return { isOpen, open };
}

/** Waits in turns of the event loop. */
async function until(question: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !question(); turn += 1) await nextTurn();
  expect(question()).toBe(true);
}

/** Long enough for whatever would happen without being waited for. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `p${n}`);
const pathsOf = ({ pages }: PurgeReport): string[] => pages.map((page) => page.path);

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'batches-'));
});
afterEach(async () => {
  site.runtime.close();
  await rm(dir, { recursive: true });
});

test('calls that arrive meanwhile share one load, one look at what is stored and one round of renders', async () => {
  site = await siteOf(numbered(20));
  const looks = jest.spyOn(site.runtime.store, 'storedPages');
  const { isOpen, open } = gate();
  site.loadsWait = isOpen;
  const first = site.purge({ paths: ['/blog/p0'] });
  await until(() => site.loads === 1);
  const edited = numbered(5);
  for (const slug of edited) site.edit(slug, `New text of ${slug}.`);
  const calls = Array.from({ length: 100 }, (_, n) => site.purge({ paths: [`/blog/p${n % 5}`] }));
  await someTurns();
  open();
  expect(await first).toMatchObject({ revalidated: true });
  const reports = await Promise.all(calls);
  expect(reports.every(({ revalidated }) => revalidated)).toBe(true);
  expect([site.loads, looks.mock.calls.length]).toEqual([2, 2]);
  for (const slug of edited) {
    expect(site.asked.filter((where) => where === `/blog/${slug}`)).toHaveLength(1);
    expect(await site.visit(`/blog/${slug}`)).toContain('New text');
  }
  // Each has its own name in front, and what differs besides.
  expect(pathsOf(await calls[3]!)).toEqual(
    expect.arrayContaining(edited.map((slug) => `/blog/${slug}`)),
  );
  expect(reports[3]?.pages[0]).toMatchObject({
    path: '/blog/p3',
    because: ['named', 'post:p3'],
  });
  expect(reports[4]?.pages[0]).toMatchObject({ path: '/blog/p4' });
  expect(reports[4]?.pages).toHaveLength(5);
});

test('the load of a call begins after it', async () => {
  site = await siteOf(['a', 'b']);
  const { isOpen, open } = gate();
  site.loadsWait = isOpen;
  site.edit('a', 'New text of a.');
  const first = site.purge({ paths: ['/blog/a'] });
  await until(() => site.loads === 1);
  // Read already: the load that is under way does not have this.
  site.edit('b', 'New text of b.');
  const second = site.purge({ paths: ['/blog/b'] });
  open();
  expect(await first).toMatchObject({ revalidated: true });
  expect(await second).toMatchObject({ revalidated: true });
  expect(await site.visit('/blog/b')).toContain('New text of b.');
  expect(site.loads).toBe(2);
});

/** Has calls arrive while another one is being worked on, so that they are one batch. */
async function together(...inputs: Partial<PurgeInput>[]): Promise<PurgeReport[]> {
  const { isOpen, open } = gate();
  site.loadsWait = isOpen;
  const before = site.loads;
  const first = site.purge({ tags: ['none'] });
  await until(() => site.loads === before + 1);
  const calls = inputs.map((input) => site.purge(input));
  await someTurns();
  open();
  await first;
  const reports = await Promise.all(calls);
  expect(site.loads).toBe(before + 2);
  return reports;
}

describe('of calls of one batch', () => {
  test('a post that cannot be used fails those that name it, or ask for all', async () => {
    site = await siteOf(['a', 'broken']);
    site.edit('a', 'New text.');
    site.problems = [
      { slug: 'broken', page: false, file: 'posts/broken.mdx', message: 'is broken' },
    ];
    const [x, y, all, tag] = await together(
      { paths: ['/blog/broken'] },
      { paths: ['/blog/a'] },
      { changed: true },
      { tags: ['post:a'] },
    );
    expect(x).toMatchObject({ revalidated: false });
    expect(x?.message).toMatch(/^\/blog\/broken: .*is broken/);
    expect(y).toMatchObject({ revalidated: true, pages: [{ path: '/blog/a' }] });
    expect(all).toMatchObject({ revalidated: false });
    expect(all && pathsOf(all)).toEqual(['/blog/a', '/blog/broken']);
    expect(tag).toMatchObject({ revalidated: true });
    expect(tag?.pages[0]).toMatchObject({ path: '/blog/a', because: ['post:a'] });
    expect(await site.visit('/blog/a')).toContain('New text.');
    expect(await site.visit('/blog/broken')).toContain('Old text');
  });

  test('a page that does not render fails those that name it, where it is what it should be', async () => {
    site = await siteOf(['a', 'b']);
    site.clockMs += LATER_MS;
    site.edit('a', 'New text.');
    site.rendersWait = (where) =>
      where === '/blog/b' ? Promise.reject(new Error('does not render')) : undefined;
    const [x, y] = await together({ paths: ['/blog/b'] }, { paths: ['/blog/a'] });
    expect(x).toMatchObject({ revalidated: false, message: '/blog/b: does not render' });
    expect(y).toMatchObject({ revalidated: true, message: undefined });
  });

  test('a page that differs, and does not render, fails all that compare', async () => {
    site = await siteOf(['a', 'b']);
    site.edit('a', 'New text.');
    site.rendersWait = (where) =>
      where === '/blog/a' ? Promise.reject(new Error('does not render')) : undefined;
    const [x, y, tag] = await together(
      { paths: ['/blog/b'] },
      { changed: true },
      { tags: ['none'] },
    );
    expect(x).toMatchObject({ revalidated: false, message: '/blog/a: does not render' });
    expect(y).toMatchObject({ revalidated: false, message: '/blog/a: does not render' });
    expect(tag).toMatchObject({ revalidated: true });
  });

  test('one that names no page is refused, and no other', async () => {
    site = await siteOf(['a']);
    site.edit('a', 'New text.');
    const refused: unknown[] = [];
    const { isOpen, open } = gate();
    site.loadsWait = isOpen;
    const first = site.purge({ tags: ['none'] });
    await until(() => site.loads === 1);
    const other = site.purge({ paths: ['/no/such/page'] }).catch((error) => refused.push(error));
    const call = site.purge({ paths: ['/blog/a'] });
    open();
    await Promise.all([first, other]);
    expect(await call).toMatchObject({ revalidated: true });
    expect(refused).toMatchObject([{ status: 400 }]);
  });

  test('what they name is rendered before what differs', async () => {
    site = await siteOf([...numbered(20), 'y', 'z']);
    site.clockMs += LATER_MS;
    for (const slug of numbered(20)) site.edit(slug, 'New text.');
    await together({ paths: ['/blog/z'] }, { paths: ['/blog/y'] });
    expect(site.asked.slice(0, 2)).toEqual(['/blog/z', '/blog/y']);
    expect(site.asked).toHaveLength(22);
  });

  test('each is told what was ignored, absent and unchanged by itself', async () => {
    site = await siteOf(['a', 'b', 'c']);
    site.clockMs += LATER_MS;
    site.edit('a', 'New text.');
    const [x, y, tag] = await together(
      { paths: ['/blog/never', '/no/such/page', '/feed.xml'] },
      { paths: ['/blog/b'] },
      { tags: ['none'] },
    );
    expect(x).toMatchObject({
      ignored: ['/no/such/page'],
      alwaysFresh: ['/feed.xml'],
      unchanged: 2,
      pages: [
        { path: '/blog/never', result: 'absent', because: ['named'] },
        { path: '/blog/a', because: ['post:a'] },
      ],
    });
    expect(y).toMatchObject({ ignored: undefined, unchanged: 1 });
    expect(tag).toMatchObject({ ignored: undefined, unchanged: 3 });
  });
});

test('a batch begins after fifty pages of another one: a tag is answered before a mass removal ends', async () => {
  const removed = numbered(120);
  const others = removed.map((slug) => `other-${slug}`);
  site = await siteOf([...removed, 'kept'], others);
  for (const slug of removed) site.posts.delete(slug);
  const left = async () =>
    [...(await site.runtime.store.storedPages()).values()].filter(
      ({ revision }) => revision !== null,
    ).length;
  const removal = site.purge({ changed: true });
  const kept = await site.purge({ tags: ['post:kept'] });
  expect(kept).toMatchObject({ revalidated: true });
  expect(pathsOf(kept)).toContain('/blog/kept');
  expect(await left()).toBeGreaterThan(20);
  const report = await removal;
  expect(report.pages.filter((page) => 'result' in page && page.result === 'removed')).toHaveLength(
    120,
  );
});

test('a plan and a confirmation are carried out alone', async () => {
  const slugs = numbered(60);
  site = await siteOf(slugs);
  for (const slug of slugs) site.edit(slug, 'New text.');
  const { isOpen, open } = gate();
  site.rendersWait = () => isOpen;
  const first = site.purge({ changed: true });
  await until(() => site.asked.length === 2);
  const waiting = site.purge({ paths: ['/blog/p0'] });
  await someTurns();
  expect(site.loads).toBe(1);
  const plan = await site.purge({ changed: true, dryRun: true });
  expect(pathsOf(plan)).toHaveLength(60);
  expect(site.loads).toBe(2);
  const confirmed = site.purge({ changed: true, confirm: 'removals' });
  await until(() => site.loads === 3);
  open();
  for (const call of [first, waiting, confirmed]) {
    expect(await call).toMatchObject({ revalidated: true });
  }
  expect(site.loads).toBe(4);
  expect(site.asked).toHaveLength(60);
});

test('a source that cannot be read fails the calls of that batch alone', async () => {
  site = await siteOf(['a', 'b']);
  site.edit('a', 'New text of a.');
  const { isOpen, open } = gate();
  site.rendersWait = () => isOpen;
  const first = site.purge({ paths: ['/blog/a'] });
  await until(() => site.asked.length === 1);
  site.sourceError = new Error('The source is down');
  const failing = [site.purge({ paths: ['/blog/b'] }), site.purge({ changed: true })];
  for (const call of failing) await expect(call).rejects.toThrow('The source is down');
  open();
  expect(await first).toMatchObject({ revalidated: true });
  site.sourceError = undefined;
  site.edit('b', 'New text of b.');
  expect(await site.purge({ paths: ['/blog/b'] })).toMatchObject({ revalidated: true });
  expect(await site.visit('/blog/b')).toContain('New text of b.');
});

test('ten thousand calls are one batch, and let others have their turn', async () => {
  site = await siteOf(numbered(50));
  for (const slug of numbered(50)) site.edit(slug, 'New text.');
  const { isOpen, open } = gate();
  site.loadsWait = isOpen;
  const calls = [site.purge({ changed: true })];
  await until(() => site.loads === 1);
  for (let n = 0; n < 10_000; n += 1) calls.push(site.purge({ paths: ['/blog/p0', `/x${n}`] }));
  await someTurns();
  open();
  let isDone = false;
  let answered = 0;
  let mostAtOnce = 0;
  for (const call of calls) void call.then(() => (answered += 1));
  const all = Promise.all(calls).finally(() => (isDone = true));
  while (!isDone) {
    const before = answered;
    await nextTurn();
    mostAtOnce = Math.max(mostAtOnce, answered - before);
  }
  expect((await all).every(({ revalidated }) => revalidated)).toBe(true);
  expect(site.loads).toBe(2);
  expect(mostAtOnce).toBeLessThan(5000);
  expect(site.asked).toHaveLength(50);
});

describe('a render that never ends', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'],
    });
  });
  afterEach(() => jest.useRealTimers());

  test('fails its page after ten seconds; everybody else goes on, and so does its page', async () => {
    site = await siteOf(['a', 'b', 'c', 'd']);
    site.clockMs += LATER_MS;
    const { isOpen, open } = gate();
    site.rendersWait = (where) => (['/blog/a', '/blog/b'].includes(where) ? isOpen : undefined);
    // As many as there are lanes.
    const stuck = site.purge({ paths: ['/blog/a', '/blog/b'] });
    await until(() => site.asked.length === 2);
    site.edit('c', 'New text.');
    const other = site.purge({ paths: ['/blog/c'] });
    await someTurns();
    jest.advanceTimersByTime(1000);
    expect(await other).toMatchObject({ revalidated: true });
    jest.advanceTimersByTime(9000);
    const message = 'The page did not render within 10 seconds';
    expect(await stuck).toMatchObject({
      revalidated: false,
      message: `/blog/a: ${message}`,
      pages: [{ error: message }, { error: message }],
    });
    site.rendersWait = () => undefined;
    expect(await site.purge({ paths: ['/blog/a'] })).toMatchObject({ revalidated: true });
    open();
    await someTurns();
    expect(jest.getTimerCount()).toBe(0);
  });
});
