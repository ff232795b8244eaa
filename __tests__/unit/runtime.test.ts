/** The heart in one process, without a build and without Next: runtimes that a test makes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { environment } from '../../lib/config';
import { createRuntime, runtime, type Runtime } from '../../lib/runtime';
import CacheHandler from '../../lib/store/cache-handler.js';
import { openDisk } from '../../lib/store/disk';
import type { Place } from '../../lib/store/place';
import { openRedis } from '../../lib/store/redis/redis';
import { keyOf, serverOf } from '../setup/next';
import { describeWithRedis, startRedis, type Redis } from '../setup/redis';

let dir: string;
const made: Runtime[] = [];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'runtime-'));
});
afterEach(async () => {
  for (const one of made.splice(0)) one.close();
  await rm(dir, { recursive: true });
});

const settings = () => ({ ...environment(), postsDir: path.join(dir) });
const write = (slug: string, text: string, fields = '') =>
  writeFile(
    path.join(dir, `${slug}.mdx`),
    `---\ntitle: Title of ${slug}\ndate: 2026-01-01\n${fields}---\n${text}\n`,
  );

/** A runtime with its pages on disk. */
function onDisk(now = Date.now): Runtime {
  const folders = { dir: path.join(dir, 'store'), buildDir: path.join(dir, 'build') };
  const one = createRuntime({ settings, openPlace: () => openDisk(folders), now });
  made.push(one);
  return one;
}

test('a purge has the page rendered again, and tells why the others were', async () => {
  await write('a', 'Old text.', 'tags: [red]\n');
  const site = serverOf(onDisk());
  for (const where of ['/', '/blog/a', '/tag/red']) await site.visit(where);
  await write('a', 'New text.', 'tags: [red]\nsummary: New.\n');
  const report = await site.purge();
  expect(report).toMatchObject({ revalidated: true });
  expect(report.pages.map((page) => page.path).sort()).toEqual(['/', '/blog/a', '/tag/red']);
  expect(await site.visit('/blog/a')).toContain('New text.');
  expect(await site.visit('/')).toContain('New.');
});

test('the clock is the runtime’s own: a scheduled post appears when it says so', async () => {
  let now = Date.parse('2026-06-01T00:00:00Z');
  await writeFile(path.join(dir, 'later.mdx'), '---\ntitle: Later\ndate: 2026-06-02\n---\nText.\n');
  const site = serverOf(onDisk(() => now));
  expect(await site.visit('/')).not.toContain('Later');
  now = Date.parse('2026-06-03T00:00:00Z');
  expect(await site.visit('/')).toContain('Later');
});

describeWithRedis('three instances in one process', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  /** An instance over the Redis of all. */
  async function instance(change: (place: Place) => void = () => undefined) {
    const one = createRuntime({
      settings,
      openPlace: () => {
        const place = openRedis({
          url: redis.url,
          buildId: 'build',
          buildDir: path.join(dir, 'build'),
          keptForSeconds: 1000,
          memory: new LRUCache({ max: 100 }),
        });
        change(place);
        return place;
      },
    });
    made.push(one);
    await one.opened;
    return serverOf(one);
  }

  test('serve what one of them purged, without another render', async () => {
    await write('a', 'Old text.');
    const [a, b, c] = await Promise.all([instance(), instance(), instance()]);
    for (const site of [a, b, c]) expect(await site.visit('/blog/a')).toContain('Old text.');
    const before = [b.renders(), c.renders()];
    await write('a', 'New text.');
    expect(await a.purge('/blog/a')).toMatchObject({ revalidated: true });
    for (const site of [b, c]) expect(await site.visit('/blog/a')).toContain('New text.');
    expect([b.renders(), c.renders()]).toEqual(before);
  });

  test('purge at once: what one is about to store is outdated by the other, and stored all the same', async () => {
    await write('a', 'Old text.');
    await write('gone', 'Text.');
    /** Calls back once, when an instance has raised the fence. */
    const onceRaised = (then: () => Promise<unknown>) => (place: Place) => {
      const raiseFence = place.versions.raiseFence.bind(place.versions);
      place.versions.raiseFence = async (version) => {
        await raiseFence(version);
        place.versions.raiseFence = raiseFence;
        await then();
      };
    };
    let purgeAtB: ReturnType<typeof b.purge> | undefined;
    let noteRaised = () => {};
    const raisedAtB = new Promise<void>((resolve) => (noteRaised = resolve));
    let letGo = () => {};
    const doneAtA = new Promise<void>((resolve) => (letGo = resolve));
    const b = await instance(
      onceRaised(() => {
        noteRaised();
        return doneAtA;
      }),
    );
    const a = await instance(
      onceRaised(() => {
        purgeAtB = b.purge('/blog/a');
        return raisedAtB;
      }),
    );
    for (const where of ['/blog/a', '/blog/gone']) await a.visit(where);
    await write('a', 'New text.');
    await rm(path.join(dir, 'gone.mdx'));
    // Both remove the one and regenerate the other.
    const report = await a.purge('/blog/a');
    letGo();
    expect([report.message, report.revalidated]).toEqual([undefined, true]);
    expect(await purgeAtB).toMatchObject({ revalidated: true });
    expect(await b.visit('/blog/gone')).toBeUndefined();
    expect(await b.visit('/blog/a')).toContain('New text.');
  });
});

describe('without a runtime', () => {
  const key = Symbol.for('evergreen.runtime');
  const before = process.env;
  let own: unknown;
  beforeEach(() => {
    own = Reflect.get(globalThis, key);
    Reflect.deleteProperty(globalThis, key);
  });
  afterEach(() => {
    process.env = before;
    if (own) Reflect.set(globalThis, key, own);
  });

  test('the cache handler fails in production, and says nothing in development', async () => {
    const get = (dev: boolean) =>
      new CacheHandler({ dev, serverDistDir: 'none' }).get(keyOf('/'), { kind: 'PAGES' });
    await expect(get(false)).rejects.toThrow('There is no runtime');
    expect(await get(true)).toBeNull();
  });

  test('a server does not make one by itself, or nobody would know of its pages', () => {
    process.env = { ...before, NODE_ENV: 'production' };
    expect(() => runtime()).toThrow('There is no runtime');
  });
});
