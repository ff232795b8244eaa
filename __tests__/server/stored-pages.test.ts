/**
 * What the two places for pages, the disk and Redis, have in common, and what only Redis has to do.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { openDisk } from '../../lib/store/disk-pages.mjs';
import { openRedis } from '../../lib/store/redis-pages.mjs';
import type { Numbered, Pages, StoredPage } from '../../lib/store/store.mjs';
import { withRevision } from '../../lib/store/values.mjs';
import { TEST_DIR } from '../setup/build-site';
import { linkTo, type RedisLink } from '../setup/redis-link';
import { describeWithRedis, startRedis, type Redis } from '../setup/redis';
import { until } from '../setup/site';

const NOTHING: [] = [];
const KEPT_SECONDS = 1000;

/** A page that shows `text`, which is its revision, too. */
const pageAt = (at: string, text: string): StoredPage => ({
  path: at,
  lastModified: 1_700_000_000_000,
  revision: text,
  value: {
    kind: 'PAGES',
    html: `<p>${text}</p>`,
    pageData: { pageProps: { revision: text, shows: { [`post:${text}`]: 'x' } } },
  },
});
const redirectAt = (at: string, to: string): StoredPage => {
  const props = { pageProps: { __N_REDIRECT: to, __N_REDIRECT_STATUS: 308 } };
  const value = withRevision(at, { kind: 'REDIRECT', props });
  const { revision = '' } = value.props.pageProps;
  return { path: at, lastModified: 1_700_000_000_000, revision, value };
};
const htmlOf = (page: StoredPage | null) =>
  page?.value?.kind === 'PAGES' ? page.value.html : undefined;
const removedAt = (at: string): StoredPage => ({
  path: at,
  lastModified: 1_700_000_000_000,
  revision: null,
  value: null,
});

const memory = () => new LRUCache<string, StoredPage>({ max: 100 });
let dir: string;

beforeEach(async () => {
  dir = path.join(TEST_DIR, randomUUID());
  await mkdir(path.join(dir, 'pages/blog'), { recursive: true });
  const page = pageAt('/blog/built', 'built');
  await writeFile(path.join(dir, 'pages/blog/built.html'), htmlOf(page) ?? '');
  await writeFile(
    path.join(dir, 'pages/blog/built.json'),
    JSON.stringify({ pageProps: { revision: page.revision, shows: {} } }),
  );
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What holds wherever pages are kept. `open` opens the same pages each time. */
function keepsPages(open: () => Promise<Pages>): void {
  const load = async (pages: Pages, previous?: Numbered) => pages.beginLoad(previous, NOTHING);
  const shownAt = async (pages: Pages, at: string) => {
    const { revision } = await pages.look(at, undefined);
    return revision ? htmlOf(await pages.read(at, revision)) : revision;
  };

  test('keeps what it took, and knows all of it', async () => {
    const pages = await open();
    const content = await load(pages);
    expect(await shownAt(pages, '/blog/a')).toBeUndefined();
    expect(await pages.take(pageAt('/blog/a', 'one'), content)).toBe(content.number);
    expect(await shownAt(pages, '/blog/a')).toBe('<p>one</p>');
    await pages.take(pageAt('/blog/a', 'two'), content);
    expect(await shownAt(pages, '/blog/a')).toBe('<p>two</p>');
    expect(Object.fromEntries(await pages.index())).toMatchObject({
      '/blog/a': { revision: 'two', shows: { 'post:two': 'x' } },
    });

    const again = await open();
    expect(await shownAt(again, '/blog/a')).toBe('<p>two</p>');
    expect((await again.index()).get('/blog/a')?.revision).toBe('two');
  });

  test('keeps a redirect, with its revision and its dependencies', async () => {
    const pages = await open();
    const { revision, ...page } = redirectAt('/old/path', '/blog/a');
    await pages.take({ revision, ...page }, await load(pages));
    const again = await open();
    expect((await again.look('/old/path', undefined)).revision).toBe(revision);
    expect((await again.read('/old/path', revision))?.value).toEqual(page.value);
    expect((await again.index()).get('/old/path')).toEqual({
      revision,
      shows: { 'redirect:/old/path': revision?.slice(0, 8) },
    });
  });

  test('marks what was removed, and leaves no trace of what was never there', async () => {
    const pages = await open();
    const content = await load(pages);
    await pages.index();
    await pages.take(pageAt('/blog/a', 'one'), content);
    for (const at of ['/blog/a', '/blog/built', '/blog/unknown']) {
      await pages.take(removedAt(at), content);
    }
    const again = await open();
    const index = await again.index();
    for (const at of ['/blog/a', '/blog/built']) {
      expect(await shownAt(again, at)).toBeNull();
      expect(index.get(at)?.revision).toBeNull();
    }
    expect(index.has('/blog/unknown')).toBe(false);
  });

  test('knows the pages of the build, until others are stored', async () => {
    const pages = await open();
    expect((await pages.index()).get('/blog/built')?.revision).toBe('built');
    expect(await shownAt(pages, '/blog/built')).toBe('<p>built</p>');
    await pages.take(pageAt('/blog/built', 'newer'), await load(pages));
    const again = await open();
    expect((await again.index()).get('/blog/built')?.revision).toBe('newer');
    expect(await shownAt(again, '/blog/built')).toBe('<p>newer</p>');
  });

  test('tells how many pages may be stored, without reading them', async () => {
    const pages = await open();
    const content = await load(pages);
    for (const at of ['/blog/a', '/blog/b']) await pages.take(pageAt(at, 'one'), content);
    expect(await (await open()).atMost()).toBeGreaterThanOrEqual(3);
  });

  test('keeps what was confirmed, of one snapshot', async () => {
    const pages = await open();
    expect(await pages.isConfirmed('one')).toBe(false);
    await pages.confirmRemovals('one');
    const again = await open();
    expect([await again.isConfirmed('one'), await again.isConfirmed('two')]).toEqual([true, false]);
  });

  test('numbers loads upwards', async () => {
    const pages = await open();
    const first = await load(pages);
    const second = await load(pages, first);
    expect(second.epoch).toBe(first.epoch);
    expect(second.number).toBeGreaterThan(first.number);
  });
}

describe('on disk', () => {
  keepsPages(async () =>
    openDisk({
      dir: path.join(dir, 'page-store'),
      buildDir: path.join(dir, 'pages'),
      memory: undefined,
    }),
  );
});

describeWithRedis('in Redis', () => {
  let redis: Redis;
  const opened: { close(): void }[] = [];

  beforeAll(async () => {
    redis = await startRedis(['--requirepass', 'a secret']);
  });
  afterAll(() => redis.close());
  afterEach(async () => {
    for (const pages of opened.splice(0)) pages.close();
    await redis.client().flushAll();
  });

  async function open(
    buildId = 'build',
    url = redis.url,
    endAnswersHere: (addresses?: string[]) => Promise<void> = async () => undefined,
  ) {
    const pages = openRedis({
      url,
      buildId,
      buildDir: path.join(dir, 'pages'),
      keptForSeconds: KEPT_SECONDS,
      memory: memory(),
      endAnswersHere,
    });
    opened.push(pages);
    await pages.opened;
    return pages;
  }

  keepsPages(() => open());

  test('takes nothing from content that is older than a purge, or than what is stored', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const old = await a.beginLoad(undefined, NOTHING);
    const newer = await b.beginLoad(undefined, NOTHING);
    await b.take(pageAt('/blog/a', 'new'), newer);
    expect(await a.take(pageAt('/blog/a', 'old'), old)).toBe(newer.number);
    expect((await a.look('/blog/a', old)).revision).toBe('new');

    await a.take(pageAt('/blog/b', 'old'), old);
    await b.beginPurge(newer);
    await expect(a.take(pageAt('/blog/b', 'old'), old)).rejects.toThrow('outdated');
    await expect(a.take(pageAt('/blog/c', 'old'), old)).rejects.toThrow('outdated');
    expect(await a.isOutdated(old)).toBe(true);
    expect(await b.isOutdated(newer)).toBe(false);
  });

  test('tells when what is stored can be trusted by who has older content', async () => {
    const [a, b, other] = await Promise.all([open(), open(), open('other build')]);
    const old = await a.beginLoad(undefined, NOTHING);
    await a.take(pageAt('/blog/a', 'one'), old);
    const content = await b.beginLoad(undefined, NOTHING);
    await b.beginPurge(content);
    await b.endPurge(content, true);
    expect(await a.look('/blog/a', old)).toMatchObject({ isCurrent: false, isWhole: true });
    expect(await b.look('/blog/a', content)).toMatchObject({ isCurrent: true, isWhole: true });
    // Nobody compared what that build stored.
    expect(await other.look('/blog/a', old)).toMatchObject({ isCurrent: false, isWhole: false });
    expect((await other.look('/blog/a', old)).revision).toBeUndefined();
  });

  test('hands on what purges told, once and in whole', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const post = (id: number) => ({ kind: 'post', id }) as const;
    const before = await b.beginLoad(undefined, NOTHING);
    const first = await a.beginLoad(undefined, [post(1)]);
    await a.beginLoad(first, [post(2)]);
    const told = await b.beginLoad(before, NOTHING);
    expect(told.hint).toEqual([post(1), post(2)]);
    expect((await b.beginLoad(told, NOTHING)).hint).toEqual([]);
    expect((await b.beginLoad(told, [post(3)])).hint).toEqual([post(3)]);
    await a.beginLoad(first, undefined);
    expect((await b.beginLoad(told, NOTHING)).hint).toBeUndefined();
    expect((await b.beginLoad(undefined, NOTHING)).hint).toBeUndefined();
  });

  test('begins anew after it was emptied', async () => {
    const pages = await open();
    const before = await pages.beginLoad(undefined, NOTHING);
    await pages.take(pageAt('/blog/a', 'one'), before);
    await redis.client().flushAll();
    expect(await pages.look('/blog/a', before)).toMatchObject({ isCurrent: false });
    await expect(pages.take(pageAt('/blog/a', 'two'), before)).rejects.toThrow('restarted');
    const after = await pages.beginLoad(before, NOTHING);
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.hint).toBeUndefined();
    await pages.take(pageAt('/blog/a', 'two'), after);
    expect((await pages.look('/blog/a', after)).revision).toBe('two');
    expect((await pages.index()).get('/blog/built')?.revision).toBe('built');
  });

  test('reads a page of the build once', async () => {
    const pages = await open();
    await pages.index();
    expect(htmlOf(await pages.read('/blog/built', 'built'))).toBe('<p>built</p>');
    await rm(path.join(dir, 'pages/blog/built.html'));
    expect(htmlOf(await pages.read('/blog/built', 'built'))).toBe('<p>built</p>');
    expect(await pages.read('/blog/built', 'another')).toBeNull();
  });

  test('what edges are owed is not settled with the numbers of an epoch that has ended', async () => {
    const pages = await open();
    const { ledger } = pages;
    if (!ledger) throw new Error('There is no ledger');
    const owed = async () => Object.fromEntries((await ledger.owed('edge')).changes);
    await pages.beginLoad(undefined, NOTHING);
    await ledger.owe(['/blog/a', '/blog/b']);
    const { changes, all, epoch } = await ledger.owed('edge');
    expect({ all, ...Object.fromEntries(changes) }).toEqual({
      all: true,
      '/blog/a': 1,
      '/blog/b': 2,
    });
    await ledger.owe(['/blog/a']);
    await ledger.settle('edge', changes, epoch);
    expect(await owed()).toEqual({ '/blog/a': 3 });
    expect((await ledger.owed('edge')).all).toBe(false);

    await redis.client().flushAll();
    await pages.beginLoad(undefined, NOTHING);
    await ledger.owe(['/blog/c', '/blog/d', '/blog/a']);
    await expect(ledger.settle('edge', new Map([['/blog/a', 3]]), epoch)).rejects.toThrow(
      'restarted',
    );
    expect(await owed()).toEqual({ '/blog/c': 1, '/blog/d': 2, '/blog/a': 3 });
    expect((await ledger.owed('edge')).all).toBe(true);
  });

  describe('before edges', () => {
    const links: RedisLink[] = [];
    beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());
    afterEach(async () => {
      for (const link of links.splice(0)) await link.close();
    });

    /** An instance that a test can cut off, and what it was asked. */
    async function openByLink() {
      const link = await linkTo(redis.url);
      links.push(link);
      const { username, password } = new URL(redis.url);
      const url = link.url.replace('//', `//${username}:${password}@`);
      const asked: (string[] | undefined)[] = [];
      const pages = await open('build', url, async (addresses) => void asked.push(addresses));
      return { link, asked, pages };
    }
    /** Past the time in which an epoch that has just begun holds a purge up. */
    const epochIsOld = async (pages: Pages) => {
      await pages.beginLoad(undefined, NOTHING);
      await pages.endAnswers?.([]);
    };

    test('has every instance end its answers', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await epochIsOld(a.pages);
      await a.pages.endAnswers?.(['/']);
      await b.pages.endAnswers?.(undefined);
      for (const { asked } of [a, b]) expect(asked).toEqual([[], ['/'], undefined]);
    });

    test('says why one of them could not', async () => {
      const a = await open();
      await epochIsOld(a);
      await open('build', redis.url, () => Promise.reject(new Error('It goes on')));
      await expect(a.endAnswers?.(['/'])).rejects.toThrow('It goes on');
    });

    test('waits for one that cannot be reached until no edge keeps what it says', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await epochIsOld(a.pages);
      expect(b.pages.standing?.()).toBeDefined();
      b.link.delay(Infinity);
      await a.pages.endAnswers?.(['/']);
      expect(b.asked).toEqual([[]]);
      expect(b.pages.standing?.()).toBeUndefined();
    });

    test('waits for one that does not know that Redis has dropped it', async () => {
      const a = await openByLink();
      const clients = async () => {
        const list = String(await redis.client().sendCommand(['CLIENT', 'LIST']));
        return [...list.matchAll(/^id=(\d+)/gm)].flatMap(([, id]) => id ?? []);
      };
      const others = await clients();
      const b = await openByLink();
      await epochIsOld(a.pages);
      b.link.delay(Infinity);
      const [own = ''] = (await clients()).filter((id) => !others.includes(id));
      await redis.client().sendCommand(['CLIENT', 'KILL', 'ID', own]);
      await a.pages.endAnswers?.(['/']);
      expect(b.pages.standing?.()).toBeUndefined();
    });

    test('waits for who knew a Redis that has lost its data since', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await epochIsOld(a.pages);
      b.link.delay(Infinity);
      await redis.client().flushAll();
      await epochIsOld(a.pages);
      expect(b.pages.standing?.()).toBeUndefined();
    });

    test('knows what builds let them keep, until that is owed', async () => {
      const [a, b] = await Promise.all([open(), open('other build')]);
      const content = await a.beginLoad(undefined, NOTHING);
      for (const pages of [a, b]) await pages.take(pageAt('/blog/a', 'one'), content);
      const give = async (pages: Pages) =>
        pages.give?.('/blog/a', await pages.look('/blog/a', content));
      const given = async () => Object.fromEntries((await a.ledger?.given?.()) ?? []);
      expect(await given()).toEqual({});
      await give(a);
      await give(b);
      expect(await given()).toEqual({ '/blog/a': 'one' });
      await b.take(pageAt('/blog/a', 'two'), content);
      await give(b);
      const several = await given();
      expect(['one', 'two']).not.toContain(several['/blog/a']);
      await give(a);
      expect(await given()).toEqual(several);
      await a.ledger?.owe(['/blog/a']);
      expect(await given()).toEqual({});
      await give(b);
      expect(await given()).toEqual({ '/blog/a': 'two' });
      await redis.client().flushAll();
      await a.beginLoad(undefined, NOTHING);
      expect(await given()).toEqual({});
    });

    test('an instance that comes back is not as it was before', async () => {
      const { link, pages } = await openByLink();
      const before = pages.standing?.();
      expect(before).toBeDefined();
      link.delay(Infinity);
      await until(async () => pages.standing?.() === undefined);
      link.delay(0);
      await until(async () => pages.standing?.() !== undefined);
      // The same connection, over which every purge has been heard of by now.
      expect(pages.standing?.()).toBe(before);
      link.cut();
      await until(async () => pages.standing?.() === undefined);
      link.join();
      await until(async () => pages.standing?.() !== undefined);
      expect(pages.standing?.()).not.toBe(before);
    });
  });

  test('drops pages that nobody wrote for long', async () => {
    const pages = await open();
    await pages.take(pageAt('/blog/a', 'one'), await pages.beginLoad(undefined, NOTHING));
    const keys = (await redis.client().keys('evergreen:build:*')).sort();
    expect(keys).toEqual([
      'evergreen:build:page:/blog/a',
      'evergreen:build:revisions',
      'evergreen:build:shown',
    ]);
    for (const key of keys) {
      const seconds = await redis.client().ttl(key);
      expect(seconds).toBeGreaterThan(KEPT_SECONDS - 60);
      expect(seconds).toBeLessThanOrEqual(KEPT_SECONDS);
    }
  });

  test('says what is wrong with the password, and never tells it', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const url = redis.url
      .replace('a%20secret', 'wrong-password')
      .replace('a secret', 'wrong-password');
    const pages = await open('build', url);
    await until(() => pages.problem()?.includes('WRONGPASS') ?? false);
    await expect(pages.beginLoad(undefined, [{ kind: 'site' }])).rejects.toThrow('WRONGPASS');
    expect(JSON.stringify([said.mock.calls, pages.problem()])).not.toContain('wrong-password');
    said.mockRestore();
  });
});
