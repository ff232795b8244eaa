/**
 * A source that has lost most of its posts, as a volume that is not mounted has: nothing is removed until
 * somebody confirms it.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { startSite, until, type Site } from '../setup/site';

const COUNT = 12;
const slugs = Array.from({ length: COUNT }, (_, index) => `p${index}`);

let site: Site;
beforeEach(async () => {
  site = await startSite(Object.fromEntries(slugs.map((slug) => [slug, `Text of ${slug}.`])));
  for (const slug of slugs) await site.visit(`/blog/${slug}`);
  await site.visit('/');
  // Clears away what the copy was built with.
  await site.call({ changed: true });
});
afterEach(() => site.close());

const away = () => `${site.postsDir}.away`;

async function unmount(): Promise<void> {
  await rename(site.postsDir, away());
  await mkdir(site.postsDir);
}

async function mountAgain(): Promise<void> {
  await rm(site.postsDir, { recursive: true });
  await rename(away(), site.postsDir);
}

const REFUSED = {
  status: 500,
  report: {
    revalidated: false,
    message: expect.stringMatching(
      /^12 posts are stored, and the sources hold only 0, .*confirm=removals/,
    ),
    confirm: 'removals',
    pages: [],
  },
};

async function expectAllThere(): Promise<void> {
  for (const slug of slugs) expect((await site.visit(`/blog/${slug}`)).status).toBe(200);
  expect((await site.visit('/')).text).toContain('Title of p11');
}

test('an empty folder removes nothing, whoever finds it, until it is confirmed', async () => {
  await unmount();
  // By purges of any kind, by visits once the folder is looked at again, and by a start.
  expect(await site.call({ changed: true })).toMatchObject(REFUSED);
  expect(await site.call({ changed: true, dryRun: true })).toMatchObject(REFUSED);
  // A plan of what a confirmation would remove, and nothing more than a plan.
  const plan = await site.call({ confirm: 'removals', dryRun: true });
  expect(plan).toMatchObject({ status: 200, report: { dryRun: true } });
  const planned = plan.report.pages.map(({ path: at }) => at);
  expect(planned).toEqual(expect.arrayContaining(slugs.map((slug) => `/blog/${slug}`)));
  expect(await site.purge('/blog/p1')).toEqual({ status: 500, body: 'Error revalidating' });
  await until(async () => {
    await site.visit('/feed.xml');
    await expectAllThere();
    return site.log().includes('the sources hold only 0');
  });
  await site.stop('SIGKILL');
  await site.start();
  await until(() => site.log().split('the sources hold only 0').length > 2);
  for (const slug of slugs) expect((await site.visit(`/blog/${slug}`)).status).toBe(200);
  expect(await site.call({ changed: true })).toMatchObject(REFUSED);

  await mountAgain();
  expect((await site.call({ changed: true })).status).toBe(200);
  await expectAllThere();
});

test('it is told once, however many visitors come', async () => {
  await unmount();
  await until(async () => {
    await site.visit('/feed.xml');
    return site.log().includes('the sources hold only 0');
  });
  const toldAtMs = Date.now();
  // Several times as long as visitors do with one look at the folder.
  await until(async () => {
    await site.visit('/feed.xml');
    return Date.now() - toldAtMs > 3500;
  });
  expect(site.log().split('the sources hold only 0')).toHaveLength(2);
});

test('a confirmation removes them, and holds for just what was found then', async () => {
  await unmount();
  const confirmed = await site.call({ confirm: 'removals', changed: true });
  expect(confirmed.status).toBe(200);
  // With them goes the page of their year.
  const removed = confirmed.report.pages.filter(({ result }) => result === 'removed');
  expect(removed).toHaveLength(COUNT + 1);
  for (const slug of slugs) expect((await site.visit(`/blog/${slug}`)).status).toBe(404);

  await mountAgain();
  expect((await site.call({ changed: true })).status).toBe(200);
  for (const slug of slugs) await site.visit(`/blog/${slug}`);
  // Another snapshot: of the twelve posts one is left.
  for (const name of (await readdir(site.postsDir)).slice(1)) {
    await rm(path.join(site.postsDir, name));
  }
  expect(await site.call({ changed: true })).toMatchObject({
    status: 500,
    report: {
      message: expect.stringContaining('12 posts are stored, and the sources hold only 1,'),
    },
  });
});

test('half of the posts may be removed, and any number of few, without a word', async () => {
  for (const slug of slugs.slice(0, 6)) await site.remove(slug);
  expect((await site.call({ changed: true })).status).toBe(200);
  for (const slug of slugs.slice(6)) await site.remove(slug);
  expect((await site.call({ changed: true })).status).toBe(200);
  expect((await site.visit('/blog/p11')).status).toBe(404);
});

test('posts that cannot be read are not lost ones', async () => {
  for (const slug of slugs) await site.write(slug, 'Text.', { date: 'never' });
  const { status, report } = await site.call({ changed: true });
  expect(status).toBe(500);
  expect(report.message).toContain('date: ');
  await expectAllThere();
});
