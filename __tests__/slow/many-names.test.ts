/** Calls that name much, or things that never were: answered truly, and without holding up visitors. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runtime } from '../../lib/runtime';
import { startSite, type Site } from '../setup/site';

describe('on a server', () => {
  let site: Site;
  afterEach(() => site.close());

  const resultsOf = (pages: { path: string; result: string }[]) =>
    pages.map(({ path: at, result }) => [at, result]);

  test('a path that never was a page is absent, and costs no render', async () => {
    site = await startSite({ hello: 'Text.' });
    await site.call({ changed: true });
    const paths = ['/blog/never', '/never', '/tag/never', '/blog/page/99'];
    const { status, report } = await site.call({ paths });
    expect([status, report.revalidated]).toEqual([200, true]);
    expect(resultsOf(report.pages)).toEqual(paths.map((at) => [at, 'absent']));
    expect(await site.renders('never')).toBe(0);
    expect(
      resultsOf((await site.call({ paths: ['/blog/never'], dryRun: true })).report.pages),
    ).toEqual([['/blog/never', 'absent']]);
    // The classic call cannot tell it from a page that is gone.
    expect(await site.purge('/blog/never')).toEqual({ status: 200, body: '{"revalidated":true}' });
    // A visit of it leaves no trace that would make it one.
    await site.visit('/blog/never');
    expect(resultsOf((await site.call({ paths: ['/blog/never'] })).report.pages)).toEqual([
      ['/blog/never', 'absent'],
    ]);
  });

  test('a deleted post is removed the first time, also where only lists had shown it', async () => {
    site = await startSite({ hello: 'Text.', unvisited: 'Text.' });
    await site.call({ changed: true });
    expect((await site.visit('/')).text).toContain('Title of unvisited');
    await site.visit('/blog/hello');
    await site.stop('SIGKILL');
    await site.start();
    await site.remove('unvisited');
    await site.remove('hello');
    expect(await site.purge('/blog/unvisited')).toEqual({
      status: 200,
      body: '{"revalidated":true}',
    });
    expect((await site.visit('/')).text).not.toContain('Title of unvisited');
    expect((await site.visit('/blog/hello')).status).toBe(404);
    // Marked as removed: it was a page.
    expect(resultsOf((await site.call({ paths: ['/blog/hello'] })).report.pages)).toEqual([
      ['/blog/hello', 'removed'],
    ]);
  });

  test('many removals are stored without a render, and hold after a crash', async () => {
    const slugs = Array.from({ length: 9 }, (_, index) => `p${index}`);
    site = await startSite(Object.fromEntries(slugs.map((slug) => [slug, 'Text.'])));
    await site.call({ paths: ['/blog/*'] });
    const renders = () => Promise.all(slugs.map((slug) => site.renders(slug)));
    const before = await renders();
    for (const slug of slugs) await site.remove(slug);
    const { report } = await site.call({ changed: true });
    const removed = report.pages.filter(({ result }) => result === 'removed');
    expect(removed.map(({ path: at }) => at)).toEqual(
      expect.arrayContaining(slugs.map((slug) => `/blog/${slug}`)),
    );
    expect(await renders()).toEqual(before);
    await site.stop('SIGKILL');
    await site.start();
    for (const slug of slugs) expect((await site.visit(`/blog/${slug}`)).status).toBe(404);
  });

  test('a removal whose page is being rendered waits for that render', async () => {
    site = await startSite({ hello: 'Text.', other: 'Text.' });
    await site.call({ changed: true });
    const letGo = await site.hold('hello');
    const visitor = site.visit('/blog/hello');
    while ((await site.renders('hello')) === 0) await nextTurn();
    await site.remove('hello');
    const purged = site.purge('/blog/hello');
    // Sent later, and answered while that one waits.
    await site.call({ tags: ['none'] });
    await letGo();
    await visitor;
    expect(await purged).toEqual({ status: 200, body: '{"revalidated":true}' });
    expect((await site.visit('/blog/hello')).status).toBe(404);
  });
});

describe('the event loop', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'posts-'));
    process.env.POSTS_DIR = folder;
  });
  afterEach(async () => {
    delete process.env.POSTS_DIR;
    await rm(folder, { recursive: true });
  });

  /** Counts the turns of the event loop while something is done: in each a visitor could be served. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0;
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    while (!isDone) {
      await nextTurn();
      turns += 1;
    }
    await done;
    return turns;
  }

  test('has a turn for each few pages that are regenerated', async () => {
    const pages = 60;
    for (let index = 0; index < pages; index += 1) {
      const text = `---\ntitle: Post ${index}\ndate: 2026-01-01\n---\nText.\n`;
      await writeFile(path.join(folder, `p${index}.mdx`), text);
    }
    const input = { paths: ['/blog/*'], tags: [], changed: false, dryRun: false };
    const regenerated: string[] = [];
    const turns = await turnsDuring(
      // As quick as a page that needs no work at all.
      runtime().purges.run(input, [], async (page) => void regenerated.push(page)),
    );
    expect(regenerated.length).toBeGreaterThanOrEqual(pages);
    expect(turns).toBeGreaterThan(regenerated.length / 4);
  });
});
