/**
 * A post whose body does not render, and that never had a good version: it is nowhere, and holds up no
 * other post, in a running server and after a restart. For builds see `__tests__/slow/build.test.ts`.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { startSite, until, type Site } from '../setup/site';

const OK = { status: 200, body: '{"revalidated":true}' };
const BROKEN = 'Costs {price.';
const DATE = '2026-01-02';

let site: Site;
afterEach(() => site.close());

const LISTS = ['/', '/feed.xml', '/sitemap.xml', '/topics', '/search?q=Broken', '/nowhere'];

async function expectNowhere(): Promise<void> {
  for (const where of LISTS) {
    expect([where, (await site.visit(where)).text]).toEqual([
      where,
      expect.not.stringMatching(/Broken title|blog\/broken|Lonely/),
    ]);
  }
}

/** What every caller is to be told, whatever was asked before. */
async function expectTruth(round: string): Promise<void> {
  await expectNowhere();
  const changed = await site.call({ changed: true });
  expect(changed).toMatchObject({
    status: 500,
    report: {
      message: expect.stringMatching(/posts\/broken\.mdx:\d+: the MDX cannot be rendered/),
    },
  });
  expect(changed.report.pages.filter(({ result }) => result === 'failed')).toMatchObject([
    { path: '/blog/broken' },
  ]);
  expect((await site.call({ paths: ['/blog/broken'] })).status).toBe(500);

  await site.write('other', `Edited ${round}.`, { date: DATE });
  expect(await site.purge('/blog/other')).toEqual(OK);
  expect((await site.visit('/blog/other')).text).toContain(`Edited ${round}.`);
  expect((await site.call({ tags: ['posts'] })).status).toBe(200);
  // As our WordPress plugin lists changes: to something else, and to everything.
  const change = { kind: 'post', type: 'post', id: 7, slug: 'other', status: 'publish' };
  const told = { source: 'wordpress', changes: [change] };
  expect((await site.call(told)).status).toBe(200);
  expect((await site.call({ ...told, changes: [] })).status).toBe(500);
  expect((await site.call({ ...told, changes: [{ ...change, slug: 'broken' }] })).status).toBe(500);
  await expectNowhere();
}

const writeBroken = () =>
  site.write('broken', BROKEN, { title: 'Broken title', date: DATE, category: 'Lonely' });

test('it is nowhere, in a running server and after restarts, with and without verdicts', async () => {
  site = await startSite({ other: 'Text.' });
  await writeBroken();
  await expectTruth('while it runs');

  await site.stop('SIGKILL');
  await site.start();
  await expectTruth('after a restart');

  // A start that finds no verdicts makes them.
  await site.stop('SIGKILL');
  await rm(path.join(site.dir, '.evergreen'), { recursive: true });
  await site.start();
  await until(async () => (await site.visit('/feed.xml')).text.includes('blog/other'));
  await expectTruth('after a restart without verdicts');

  await site.write('broken', 'Costs 5.', { title: 'Repaired', date: DATE });
  expect(await site.purge('/blog/broken')).toEqual(OK);
  expect((await site.visit('/')).text).toContain('Repaired');
  expect((await site.call({ changed: true })).status).toBe(200);
});

test('a start with verdicts renders nothing, and one without lists a post once it was rendered', async () => {
  site = await startSite({ other: 'Text.' });
  await site.write('unvisited', 'Unvisited text.', { date: DATE });
  await site.call({ tags: ['none'] });
  const verdicts = () => readdir(path.join(site.dir, '.evergreen/v1/verdicts'));
  expect(await verdicts()).toHaveLength(1);
  await site.stop('SIGKILL');
  await rm(path.join(site.dir, '.evergreen'), { recursive: true });
  await site.start();
  // Its own page is there at once, listed or not.
  expect((await site.visit('/blog/unvisited')).text).toContain('Unvisited text.');
  await until(async () => (await site.visit('/')).text.includes('Title of unvisited'));
  expect(await verdicts()).toHaveLength(1);
});
