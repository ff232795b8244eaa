/**
 * What the two places for pages, the disk and Redis, have in common, and what only Redis has to do.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { openDisk } from '../../lib/store/disk';
import { openRedis } from '../../lib/store/redis/redis';
import { isBehindFence, type Place, type StoredPage, type Version } from '../../lib/store/place';
import { htmlOf } from '../setup/next';
import { withRevision } from '../../lib/store/values';
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
    pageData: { pageProps: { revision: text, dependencies: { [`post:${text}`]: 'x' } } },
  },
});
const redirectAt = (at: string, to: string): StoredPage => {
  const props = { pageProps: { __N_REDIRECT: to, __N_REDIRECT_STATUS: 308 } };
  const value = withRevision(at, { kind: 'REDIRECT', props });
  const { revision = '' } = value.props.pageProps;
  return { path: at, lastModified: 1_700_000_000_000, revision, value };
};
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
  const { revision, value } = pageAt('/blog/built', 'built');
  await writeFile(path.join(dir, 'pages/blog/built.html'), htmlOf(value) ?? '');
  await writeFile(
    path.join(dir, 'pages/blog/built.json'),
    JSON.stringify({ pageProps: { revision, dependencies: {} } }),
  );
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What holds wherever pages are kept. `open` opens the same pages each time. */
function keepsPages(open: () => Promise<Place>): void {
  const load = async (place: Place, previous?: Version) => place.versions.begin(previous, NOTHING);
  const shownAt = async (place: Place, at: string) => {
    const { revision } = await place.pages.lookup(at);
    return revision ? htmlOf((await place.pages.read(at, revision))?.value) : revision;
  };

  test('keeps what it took, and knows all of it', async () => {
    const place = await open();
    const content = await load(place);
    expect(await shownAt(place, '/blog/a')).toBeUndefined();
    await place.pages.commit(pageAt('/blog/a', 'one'), content);
    expect(await shownAt(place, '/blog/a')).toBe('<p>one</p>');
    await place.pages.commit(pageAt('/blog/a', 'two'), content);
    expect(await shownAt(place, '/blog/a')).toBe('<p>two</p>');
    expect(Object.fromEntries(await place.pages.index())).toMatchObject({
      '/blog/a': { revision: 'two', dependencies: { 'post:two': 'x' } },
    });

    const again = await open();
    expect(await shownAt(again, '/blog/a')).toBe('<p>two</p>');
    expect((await again.pages.index()).get('/blog/a')?.revision).toBe('two');
  });

  test('keeps a redirect, with its revision and its dependencies', async () => {
    const place = await open();
    const { revision, ...page } = redirectAt('/old/path', '/blog/a');
    await place.pages.commit({ revision, ...page }, await load(place));
    const again = await open();
    expect((await again.pages.lookup('/old/path')).revision).toBe(revision);
    expect((await again.pages.read('/old/path', revision))?.value).toEqual(page.value);
    expect((await again.pages.index()).get('/old/path')).toEqual({
      revision,
      dependencies: { 'redirect:/old/path': revision?.slice(0, 8) },
    });
  });

  test('marks what was removed, and leaves no trace of what was never there', async () => {
    const place = await open();
    const content = await load(place);
    await place.pages.index();
    await place.pages.commit(pageAt('/blog/a', 'one'), content);
    for (const at of ['/blog/a', '/blog/built', '/blog/unknown']) {
      await place.pages.commit(removedAt(at), content);
    }
    const again = await open();
    const index = await again.pages.index();
    for (const at of ['/blog/a', '/blog/built']) {
      expect(await shownAt(again, at)).toBeNull();
      expect(index.get(at)?.revision).toBeNull();
    }
    expect(index.has('/blog/unknown')).toBe(false);
  });

  test('knows the pages of the build, until others are stored', async () => {
    const place = await open();
    expect((await place.pages.index()).get('/blog/built')?.revision).toBe('built');
    expect(await shownAt(place, '/blog/built')).toBe('<p>built</p>');
    await place.pages.commit(pageAt('/blog/built', 'newer'), await load(place));
    const again = await open();
    expect((await again.pages.index()).get('/blog/built')?.revision).toBe('newer');
    expect(await shownAt(again, '/blog/built')).toBe('<p>newer</p>');
  });

  test('tells how many pages may be stored, without reading them', async () => {
    const place = await open();
    const content = await load(place);
    for (const at of ['/blog/a', '/blog/b']) await place.pages.commit(pageAt(at, 'one'), content);
    expect(await (await open()).pages.atMost()).toBeGreaterThanOrEqual(3);
  });

  test('keeps what was confirmed, of one snapshot', async () => {
    const place = await open();
    expect(await place.versions.areRemovalsConfirmed('one')).toBe(false);
    await place.versions.confirmRemovals('one');
    const again = await open();
    expect([
      await again.versions.areRemovalsConfirmed('one'),
      await again.versions.areRemovalsConfirmed('two'),
    ]).toEqual([true, false]);
  });

  test('numbers loads upwards', async () => {
    const place = await open();
    const first = await load(place);
    const second = await load(place, first);
    expect(second.generation).toBe(first.generation);
    expect(second.version).toBeGreaterThan(first.version);
  });
}

describe('on disk', () => {
  keepsPages(async () =>
    openDisk({ dir: path.join(dir, 'page-store'), buildDir: path.join(dir, 'pages') }),
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
    for (const place of opened.splice(0)) place.close();
    await redis.client().flushAll();
  });

  async function open(
    buildId = 'build',
    url = redis.url,
    endInFlight: (addresses?: string[]) => Promise<void> = async () => undefined,
  ) {
    const place = openRedis({
      url,
      buildId,
      buildDir: path.join(dir, 'pages'),
      keptForSeconds: KEPT_SECONDS,
      memory: memory(),
      endInFlight,
    });
    opened.push(place);
    await place.opened;
    return place;
  }

  keepsPages(() => open());

  test('commits nothing from a snapshot that is older than a purge, or than what is stored', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const old = await a.versions.begin(undefined, NOTHING);
    const newer = await b.versions.begin(undefined, NOTHING);
    await b.pages.commit(pageAt('/blog/a', 'new'), newer);
    await a.pages.commit(pageAt('/blog/a', 'old'), old);
    expect((await a.pages.lookup('/blog/a')).revision).toBe('new');

    await a.pages.commit(pageAt('/blog/b', 'old'), old);
    await b.versions.raiseFence(newer);
    await expect(a.pages.commit(pageAt('/blog/b', 'old'), old)).rejects.toThrow('outdated');
    await expect(a.pages.commit(pageAt('/blog/c', 'old'), old)).rejects.toThrow('outdated');
    expect(await a.versions.isOutdated(old)).toBe(true);
    expect(await b.versions.isOutdated(newer)).toBe(false);
  });

  test('tells when what is stored can be trusted by who has older content', async () => {
    const [a, b, other] = await Promise.all([open(), open(), open('other build')]);
    const old = await a.versions.begin(undefined, NOTHING);
    await a.pages.commit(pageAt('/blog/a', 'one'), old);
    const content = await b.versions.begin(undefined, NOTHING);
    await b.versions.raiseFence(content);
    await b.versions.endPurge(content, true);
    const { fence, isWhole } = await a.pages.lookup('/blog/a');
    expect([isBehindFence(old, fence), isBehindFence(content, fence)]).toEqual([true, false]);
    expect(isWhole).toBe(true);
    // Nobody compared what that build stored.
    expect(await other.pages.lookup('/blog/a')).toMatchObject({ fence, isWhole: false });
    expect((await other.pages.lookup('/blog/a')).revision).toBeUndefined();
  });

  test('hands on what purges told, once and in whole', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const post = (id: number) => ({ kind: 'post', id }) as const;
    const before = await b.versions.begin(undefined, NOTHING);
    const first = await a.versions.begin(undefined, [post(1)]);
    await a.versions.begin(first, [post(2)]);
    const told = await b.versions.begin(before, NOTHING);
    expect(told.hint).toEqual([post(1), post(2)]);
    expect((await b.versions.begin(told, NOTHING)).hint).toEqual([]);
    expect((await b.versions.begin(told, [post(3)])).hint).toEqual([post(3)]);
    await a.versions.begin(first, undefined);
    expect((await b.versions.begin(told, NOTHING)).hint).toBeUndefined();
    expect((await b.versions.begin(undefined, NOTHING)).hint).toBeUndefined();
  });

  test('keeps news for other instances, of four megabytes at most', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const news = (id: number, bytes: number) =>
      ({ kind: 'post', id, shown: 'x'.repeat(bytes) }) as const;
    const before = await b.versions.begin(undefined, NOTHING);
    const first = await a.versions.begin(undefined, [news(1, 3_000_000)]);
    expect((await b.versions.begin(before, NOTHING)).hint).toEqual([news(1, 3_000_000)]);
    await a.versions.begin(first, [news(2, 2_000_000)]);
    // The first is forgotten: who lacks it compares everything.
    expect((await b.versions.begin(before, NOTHING)).hint).toBeUndefined();
    expect((await b.versions.begin(first, NOTHING)).hint).toEqual([news(2, 2_000_000)]);
  });

  test('begins again after it was emptied', async () => {
    const place = await open();
    const before = await place.versions.begin(undefined, NOTHING);
    await place.pages.commit(pageAt('/blog/a', 'one'), before);
    await redis.client().flushAll();
    expect(isBehindFence(before, (await place.pages.lookup('/blog/a')).fence)).toBe(true);
    await expect(place.pages.commit(pageAt('/blog/a', 'two'), before)).rejects.toThrow('restarted');
    const after = await place.versions.begin(before, NOTHING);
    expect(after.generation).not.toBe(before.generation);
    expect(after.hint).toBeUndefined();
    await place.pages.commit(pageAt('/blog/a', 'two'), after);
    expect((await place.pages.lookup('/blog/a')).revision).toBe('two');
    expect((await place.pages.index()).get('/blog/built')?.revision).toBe('built');
  });

  describe('the history of purges', () => {
    const historyOf = ({ history }: Place) => {
      if (!history) throw new Error('There is no history');
      return history;
    };
    /** The texts after an entry, and the last entry. */
    const readAfter = async (place: Place, ref?: string) => {
      const entries: { ref: string; text: string }[] = [];
      for await (const portion of historyOf(place).after(ref)) entries.push(...portion);
      return { texts: entries.map(({ text }) => text), last: entries.at(-1)?.ref ?? ref };
    };

    test('is that of all instances, and of all builds', async () => {
      const [a, b] = await Promise.all([open(), open('other build')]);
      await historyOf(a).append(['one', 'two']);
      const first = await readAfter(b);
      expect(first.texts).toEqual(['one', 'two']);
      await historyOf(b).append(['three']);
      await historyOf(a).append(['four']);
      const second = await readAfter(b, first.last);
      expect(second.texts).toEqual(['three', 'four']);
      expect((await readAfter(a, second.last)).texts).toEqual([]);
      expect(await historyOf(a).read(second.last ?? '')).toBe('four');
    });

    test('is the last 10,000, each of which is read once', async () => {
      const place = await open();
      for (let begin = 0; begin < 10_500; begin += 500) {
        const texts = Array.from({ length: 500 }, (_, index) => String(begin + index));
        await historyOf(place).append(texts);
      }
      const { texts, last } = await readAfter(place);
      expect(texts).toEqual(Array.from({ length: 10_000 }, (_, index) => String(500 + index)));
      await historyOf(place).append(['next']);
      expect((await readAfter(place, last)).texts).toEqual(['next']);
    });

    test('goes on after Redis has lost it, and says so while Redis is away', async () => {
      jest.spyOn(console, 'error').mockImplementation();
      const place = await open();
      await historyOf(place).append(['one']);
      const { last = '' } = await readAfter(place);
      await redis.client().flushAll();
      // Redis numbers entries by its clock, and would give the same number again within the millisecond.
      await until(() => Date.now() > Number.parseInt(last, 10));
      await historyOf(place).append(['two']);
      expect((await readAfter(place, last)).texts).toEqual(['two']);
      expect(await historyOf(place).read(last)).toBeUndefined();
      place.close?.();
      await expect(historyOf(place).append(['three'])).rejects.toThrow('cannot be used');
      await expect(readAfter(place)).rejects.toThrow('cannot be used');
    });
  });

  test('reads a page of the build once', async () => {
    const place = await open();
    await place.pages.index();
    expect(htmlOf((await place.pages.read('/blog/built', 'built'))?.value)).toBe('<p>built</p>');
    await rm(path.join(dir, 'pages/blog/built.html'));
    expect(htmlOf((await place.pages.read('/blog/built', 'built'))?.value)).toBe('<p>built</p>');
    expect(await place.pages.read('/blog/built', 'another')).toBeNull();
  });

  test('what edges have not confirmed is not acknowledged with the numbers of a generation that has ended', async () => {
    const place = await open();
    const { outbox } = place.instances ?? {};
    if (!outbox) throw new Error('There is no outbox');
    const owed = async () => Object.fromEntries((await outbox.read('edge')).changes);
    await place.versions.begin(undefined, NOTHING);
    await outbox.add(['/blog/a', '/blog/b']);
    const { changes, all, generation } = await outbox.read('edge');
    expect({ all, ...Object.fromEntries(changes) }).toEqual({
      all: true,
      '/blog/a': 1,
      '/blog/b': 2,
    });
    await outbox.add(['/blog/a']);
    await outbox.acknowledge('edge', changes, generation);
    expect(await owed()).toEqual({ '/blog/a': 3 });
    expect((await outbox.read('edge')).all).toBe(false);

    await redis.client().flushAll();
    await place.versions.begin(undefined, NOTHING);
    await outbox.add(['/blog/c', '/blog/d', '/blog/a']);
    await expect(outbox.acknowledge('edge', new Map([['/blog/a', 3]]), generation)).rejects.toThrow(
      'restarted',
    );
    expect(await owed()).toEqual({ '/blog/c': 1, '/blog/d': 2, '/blog/a': 3 });
    expect((await outbox.read('edge')).all).toBe(true);
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
      const place = await open('build', url, async (addresses) => void asked.push(addresses));
      return { link, asked, place };
    }
    /** Past the time in which a generation that has just begun holds a purge up. */
    const generationIsOld = async (place: Place) => {
      await place.versions.begin(undefined, NOTHING);
      await place.instances?.endInFlight([]);
    };

    test('has every instance end its answers', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await generationIsOld(a.place);
      await a.place.instances?.endInFlight(['/']);
      await b.place.instances?.endInFlight(undefined);
      for (const { asked } of [a, b]) expect(asked).toEqual([[], ['/'], undefined]);
    });

    test('says why one of them could not', async () => {
      const a = await open();
      await generationIsOld(a);
      await open('build', redis.url, () => Promise.reject(new Error('It goes on')));
      await expect(a.instances?.endInFlight(['/'])).rejects.toThrow('It goes on');
    });

    test('waits for one that cannot be reached until no edge keeps what it says', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await generationIsOld(a.place);
      expect(b.place.instances?.standing()).toBeDefined();
      b.link.delay(Infinity);
      await a.place.instances?.endInFlight(['/']);
      expect(b.asked).toEqual([[]]);
      expect(b.place.instances?.standing()).toBeUndefined();
    });

    test('waits for one that does not know that Redis has dropped it', async () => {
      const a = await openByLink();
      const clients = async () => {
        const list = String(await redis.client().sendCommand(['CLIENT', 'LIST']));
        return [...list.matchAll(/^id=(\d+)/gm)].flatMap(([, id]) => id ?? []);
      };
      const others = await clients();
      const b = await openByLink();
      await generationIsOld(a.place);
      b.link.delay(Infinity);
      const [own = ''] = (await clients()).filter((id) => !others.includes(id));
      await redis.client().sendCommand(['CLIENT', 'KILL', 'ID', own]);
      await a.place.instances?.endInFlight(['/']);
      expect(b.place.instances?.standing()).toBeUndefined();
    });

    test('waits for who knew a Redis that has lost its data since', async () => {
      const [a, b] = await Promise.all([openByLink(), openByLink()]);
      await generationIsOld(a.place);
      b.link.delay(Infinity);
      await redis.client().flushAll();
      await generationIsOld(a.place);
      expect(b.place.instances?.standing()).toBeUndefined();
    });

    test('knows what builds let them keep, until that is in the outbox', async () => {
      const [a, b] = await Promise.all([open(), open('other build')]);
      const content = await a.versions.begin(undefined, NOTHING);
      for (const place of [a, b]) await place.pages.commit(pageAt('/blog/a', 'one'), content);
      const give = async (place: Place) =>
        place.instances?.expose('/blog/a', await place.pages.lookup('/blog/a'));
      const given = async () => Object.fromEntries((await a.instances?.outbox.exposed?.()) ?? []);
      expect(await given()).toEqual({});
      await give(a);
      await give(b);
      expect(await given()).toEqual({ '/blog/a': 'one' });
      await b.pages.commit(pageAt('/blog/a', 'two'), content);
      await give(b);
      const several = await given();
      expect(['one', 'two']).not.toContain(several['/blog/a']);
      await give(a);
      expect(await given()).toEqual(several);
      await a.instances?.outbox.add(['/blog/a']);
      expect(await given()).toEqual({});
      await give(b);
      expect(await given()).toEqual({ '/blog/a': 'two' });
      await redis.client().flushAll();
      await a.versions.begin(undefined, NOTHING);
      expect(await given()).toEqual({});
    });

    test('an instance that comes back is not as it was before', async () => {
      const { link, place } = await openByLink();
      const before = place.instances?.standing();
      expect(before).toBeDefined();
      link.delay(Infinity);
      await until(async () => place.instances?.standing() === undefined);
      link.delay(0);
      await until(async () => place.instances?.standing() !== undefined);
      // The same connection, over which every purge has been heard of by now.
      expect(place.instances?.standing()).toBe(before);
      link.cut();
      await until(async () => place.instances?.standing() === undefined);
      link.join();
      await until(async () => place.instances?.standing() !== undefined);
      expect(place.instances?.standing()).not.toBe(before);
    });
  });

  test('drops pages that nobody wrote for long', async () => {
    const place = await open();
    await place.pages.commit(
      pageAt('/blog/a', 'one'),
      await place.versions.begin(undefined, NOTHING),
    );
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
    const place = await open('build', url);
    await until(() => place.pages.problem()?.includes('WRONGPASS') ?? false);
    await expect(place.versions.begin(undefined, [{ kind: 'site' }])).rejects.toThrow('WRONGPASS');
    expect(JSON.stringify([said.mock.calls, place.pages.problem()])).not.toContain(
      'wrong-password',
    );
    said.mockRestore();
  });
});
