/** A disk to which no page can be written: nobody is told that all is well, and nothing is kept of it. */
import { spawnSync } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SECRET, startSite, until, type Site } from '../setup/site';

const OK = { status: 200, body: '{"revalidated":true}' };
const FAILED = { status: 500, body: 'Error revalidating' };

let site: Site;
let store: string;
beforeEach(async () => {
  site = await startSite({ hello: 'Old text.', other: 'Old text.', third: 'Old text.' });
  store = path.join(site.dir, '.next/server/page-store');
});
afterEach(() => site.close());

const health = async () => {
  const { status, text } = await site.visit('/api/health');
  return { status, ...JSON.parse(text) };
};

const historyNow = async () =>
  JSON.parse((await site.visit('/api/purges', { authorization: `Bearer ${SECRET}` })).text);

const READY = { status: 200, ready: true, problems: [] };
const NOT_READY = { status: 503, ready: false, problems: ['The store of pages cannot be used'] };

const cacheControl = async (where: string) =>
  (await site.visit(where)).headers.get('cache-control');

/** What holds while pages cannot be stored, and after they can be again. */
async function expectTruth(repair: () => Promise<void>): Promise<void> {
  await site.write('hello', 'New text.');
  expect(await site.purge('/blog/hello')).toEqual(FAILED);
  expect(await health()).toEqual(NOT_READY);
  // Rendered, since it is not stored, and kept by nobody.
  const page = await site.visit('/blog/other');
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 's-maxage=1']);
  expect((await site.visit('/blog/hello')).status).toBe(200);

  await repair();
  expect(await site.purge('/blog/third')).toEqual(OK);
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
  expect(await health()).toEqual(READY);
  await site.visit('/blog/other');
  expect(await cacheControl('/blog/other')).toMatch(/^s-maxage=3600,/);
  expect((await site.call({ changed: true })).report.revalidated).toBe(true);
}

test('a folder that cannot be written is found by a purge, and told by the health check', async () => {
  await until(async () => (await health()).ready);
  // A file in place of the folder: permissions would not stop root.
  await rm(store, { recursive: true, force: true });
  await writeFile(store, '');
  await expectTruth(() => rm(store));
});

test('one that cannot be written from the start is told before anything was to be stored', async () => {
  await site.stop();
  await rm(store, { recursive: true, force: true });
  await writeFile(store, '');
  await site.start();
  await until(async () => (await health()).problems.length === 1);
  expect(await health()).toEqual(NOT_READY);
  expect(site.log()).toMatch(/Pages cannot be stored in .*page-store: /);
  await rm(store);
  await until(async () => (await health()).ready);
});

test('the first page that does not fit goes out as one that is not stored', async () => {
  await site.visit('/blog/hello');
  expect(await health()).toEqual(READY);
  await rm(store, { recursive: true });
  await writeFile(store, '');
  // Nothing has failed yet when this one is rendered.
  expect(await cacheControl('/blog/other')).toBe('s-maxage=1');
});

const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;
const mount = (...args: string[]) => spawnSync('mount', args).status === 0;

/** Gives a folder a small disk of its own, for as long as `work` takes; without the right to, does nothing. */
async function withSmallDisk(
  work: (filling: string) => Promise<void>,
  folder = store,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (!mount('-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder)) return;
  try {
    const filling = path.join(folder, 'filling');
    // To the last byte.
    await writeFile(filling, 'x'.repeat(1_000_000)).catch(() => undefined);
    await work(filling);
  } finally {
    await site.stop('SIGKILL');
    spawnSync('umount', [folder]);
  }
}

describe('a disk that is full', () => {
  const onLinux = isRootOnLinux ? test : test.skip;

  onLinux('and has room again', () => withSmallDisk((filling) => expectTruth(() => rm(filling))));

  onLinux('loses the history, and says so, while purges stay true', () =>
    withSmallDisk(
      async (filling) => {
        await site.write('hello', 'New text.');
        expect(await site.purge('/blog/hello')).toEqual(OK);
        expect((await site.visit('/blog/hello')).text).toContain('New text.');
        expect(await historyNow()).toMatchObject({
          purges: [],
          lost: { count: 1, reason: expect.stringMatching(/ENOSPC|no space/i) },
        });
        await rm(filling);
        expect(await site.purge('/blog/third')).toEqual(OK);
        expect(await historyNow()).toMatchObject({
          purges: [{ named: { paths: ['/blog/third'] } }],
          lost: { count: 1 },
        });
      },
      path.join(site.dir, '.evergreen/history'),
    ),
  );

  onLinux('takes a page that fits after one that does not', () =>
    withSmallDisk(async (filling) => {
      await truncate(filling, 400_000);
      // Larger than what is free, as HTML and as data.
      await site.write('hello', `${'Long text. '.repeat(8)}\n\n`.repeat(1000));
      expect(await site.purge('/blog/hello')).toEqual(FAILED);
      expect((await site.call({ tags: ['post:third'] })).status).toBe(200);
    }),
  );
});
