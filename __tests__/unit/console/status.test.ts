/** How the site is now: what is known, and what cannot be known in time. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { environment } from '../../../lib/config';
import { statusOf, type StatusParts } from '../../../lib/console/status';
import { createRuntime, type Runtime } from '../../../lib/runtime';
import { openDisk } from '../../../lib/store/disk';
import type { Place } from '../../../lib/store/place';
import { openRedis } from '../../../lib/store/redis/redis';
import { serverOf } from '../../setup/next';
import { describeWithRedis, startRedis } from '../../setup/redis';
import { until } from '../../setup/site';

const NOW = Date.parse('2026-11-28T12:00:00Z');

let dir: string;
let runtime: Runtime;
let place: Place;
let site: ReturnType<typeof serverOf>;

const settings = () => ({ ...environment(), postsDir: path.join(dir, 'posts') });
const write = (name: string, head: string, text = 'Text.') =>
  writeFile(path.join(dir, 'posts', name), `---\n${head}\n---\n${text}\n`);

beforeEach(async () => {
  jest.spyOn(console, 'warn').mockImplementation();
  jest.spyOn(console, 'error').mockImplementation();
  dir = await mkdtemp(path.join(tmpdir(), 'status-'));
  place = openDisk({ dir: path.join(dir, 'store'), buildDir: path.join(dir, 'build') });
  await mkdir(path.join(dir, 'posts'));
  runtime = createRuntime({ settings, openPlace: () => place, now: () => NOW });
  site = serverOf(runtime);
});
afterEach(async () => {
  jest.restoreAllMocks();
  runtime.close();
  await rm(dir, { recursive: true });
});

/** The runtime's own parts, some of them changed. */
const statusWith = (changes: Partial<StatusParts>) =>
  statusOf({ ...runtime, settings, own: 'one', now: () => NOW, ...changes });

test('posts, pages, problems, warnings and what comes next', async () => {
  await write('a.mdx', 'title: A\ndate: 2026-01-01\naliases: /search');
  await write('bad.mdx', 'title: Bad\ndate: someday');
  await write('draft.mdx', 'title: Draft\ndate: 2027-01-01\ndraft: true');
  for (let day = 1; day <= 7; day += 1) {
    await write(`later-${day}.mdx`, `title: Later ${day}\ndate: 2026-12-0${8 - day}`);
  }
  await site.visit('/blog/a');
  const status = await runtime.status();
  expect(status).toMatchObject({
    nowMs: NOW,
    site: { posts: 1, unchecked: 0 },
    stored: { value: 1 },
    sources: [{ kind: 'Posts folder', where: path.join(dir, 'posts') }],
    readAtMs: NOW,
    isRefused: false,
    store: { where: 'disk' },
    history: { lost: 0, torn: 0 },
    versions: { node: process.version },
  });
  expect(status.problems).toEqual({
    first: [
      {
        where: expect.stringMatching(/bad\.mdx:3$/),
        field: 'date',
        message: expect.stringContaining('someday'),
      },
    ],
    more: 0,
  });
  expect(status.warnings.first).toEqual([
    { where: expect.stringMatching(/a\.mdx:4$/), field: 'aliases', message: expect.any(String) },
  ]);
  const titles = status.scheduled.first.map(({ title }) => title);
  expect(titles).toEqual(['Later 7', 'Later 6', 'Later 5', 'Later 4', 'Later 3']);
  expect(status.scheduled.more).toBe(2);
  expect(status.edges).toBeUndefined();
  expect(status.instances.count).toBeUndefined();
});

test('a source that cannot be read says why, until it can', async () => {
  await write('a.mdx', 'title: A\ndate: 2026-01-01');
  await runtime.snapshots.load();
  const posts = path.join(dir, 'posts');
  await rm(posts, { recursive: true });
  await writeFile(posts, '');
  await expect(runtime.snapshots.load()).rejects.toThrow();
  const { failure, site: kept } = await runtime.status();
  expect(failure).toEqual({ message: expect.stringContaining('ENOTDIR'), atMs: NOW });
  expect(kept?.posts).toBe(1);
  await rm(posts);
  await mkdir(posts);
  await runtime.snapshots.load();
  expect((await runtime.status()).failure).toBeUndefined();
});

test('what does not answer is not waited for, and what fails says why', async () => {
  await write('a.mdx', 'title: A\ndate: 2026-01-01');
  await runtime.snapshots.load();
  const never = new Promise<never>(() => undefined);
  const late = { error: 'no answer within 1500 ms' };
  const { store, ...status } = await statusWith({
    store: {
      problem: () => 'Redis is away',
      storedAtStart: () => never,
      storedAtMost: () => never,
    },
    history: {
      lost: { count: 2, reason: 'ENOSPC', torn: 1 },
      all: () => Promise.reject(new Error('EACCES')),
    },
    instances: { count: () => never },
    edges: { addresses: ['http://user:word@edge.example'], owed: () => never },
  });
  expect(store.problem).toBe('Redis is away');
  expect(status).toMatchObject({
    site: { posts: 1 },
    stored: late,
    history: { lost: 2, reason: 'ENOSPC', torn: 1, last: { error: 'EACCES' } },
    instances: { own: 'one', count: late },
    edges: { owed: late },
  });
  expect(JSON.stringify(status)).not.toContain('word');
});

test('of many findings and pages owed the first are listed', async () => {
  for (let post = 0; post < 103; post += 1) await write(`bad-${post}.mdx`, 'title: Bad\ndate: x');
  const paths = new Set(Array.from({ length: 30 }, (_, index) => `/${index}`));
  const { problems, edges } = await statusWith({
    edges: { addresses: ['http://edge.example'], owed: async () => ({ paths, all: false }) },
  });
  expect([problems.first.length, problems.more]).toEqual([100, 3]);
  expect(edges?.owed).toEqual({ value: { first: [...paths].slice(0, 20), more: 10, all: false } });
});

describeWithRedis('with Redis and edges', () => {
  test('the instances are counted, and a Redis that hangs holds nobody up', async () => {
    const redis = await startRedis();
    const both = [1, 2].map(() =>
      createRuntime({
        settings: () => ({ ...settings(), redisUrl: redis.url, edges: ['http://edge.example'] }),
        openPlace: (endInFlight) =>
          openRedis({
            url: redis.url,
            buildId: 'build',
            buildDir: path.join(dir, 'build'),
            keptForSeconds: 1000,
            memory: new LRUCache({ max: 100 }),
            endInFlight,
          }),
      }),
    );
    const [one] = both;
    try {
      await write('a.mdx', 'title: A\ndate: 2026-01-01');
      await Promise.all(both.map(({ opened }) => opened));
      await one?.snapshots.load();
      await until(async () => {
        const { instances } = (await one?.status()) ?? {};
        return (
          instances?.count !== undefined &&
          'value' in instances.count &&
          instances.count.value === 2
        );
      });
      redis.pause();
      const away = await one?.status();
      expect(away?.site?.posts).toBe(1);
      for (const unknown of [
        away?.instances.count,
        away?.stored,
        away?.edges?.owed,
        away?.history.last,
      ]) {
        expect(unknown).toEqual({ error: expect.any(String) });
      }
    } finally {
      redis.resume();
      for (const each of both) each.close();
      await redis.close();
    }
  });
});
