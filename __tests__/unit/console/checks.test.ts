/** What checks say of what they found, where that cannot be made wrong on purpose in a test with a server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resultsOfBare } from '../../../lib/console/checks/check';
import { foundOfClocks, offsetOf } from '../../../lib/console/checks/clock';
import { historyCheck } from '../../../lib/console/checks/history';
import { foundOfRedis } from '../../../lib/console/checks/redis';
import {
  foundOfAddress,
  foundOfNext,
  foundOfNode,
  foundOfSecret,
  foundOfWatching,
} from '../../../lib/console/checks/settings';
import { foundOfDisk, foundOfMode } from '../../../lib/console/checks/storage';
import { runChecks } from '../../../lib/console/checks';
import { environment } from '../../../lib/config';

describe('a check', () => {
  test('that throws is an error itself', async () => {
    const look = () => Promise.reject(new Error('the disk is on fire'));
    expect(await resultsOfBare({ name: 'disk', look })).toEqual([
      { name: 'disk', state: 'error', found: 'The disk is on fire.' },
    ]);
  });

  test('that does not end is an error when its time is over', async () => {
    const look = () => new Promise<never>(() => undefined);
    expect(await resultsOfBare({ name: 'edges', look, limitMs: 1 })).toEqual([
      { name: 'edges', state: 'error', found: 'It took longer than 0.001 s.' },
    ]);
  });

  test('that finds several things has a result for each', async () => {
    const look = async () => [foundOfNode('20.9.0'), foundOfNode('18.0.0')];
    const results = await resultsOfBare({ name: 'versions', look });
    expect(results.map(({ name, state }) => [name, state])).toEqual([
      ['versions', 'ok'],
      ['versions', 'error'],
    ]);
  });
});

test.each([
  [[], 'error'],
  [['short'], 'warning'],
  [['a-secret-of-the-tests'], 'ok'],
  [['a-secret-of-the-tests', 'the-one-before-it'], 'warning'],
])('secrets %j: %s', (secrets, state) => {
  expect(foundOfSecret(secrets).state).toBe(state);
});

test.each([
  ['https://blog.example', {}, 'ok'],
  ['http://localhost:3000', {}, 'warning'],
  ['http://localhost:3000', { edges: ['http://10.0.0.1'] }, 'error'],
  ['http://127.0.0.1:3000', { redisUrl: 'redis://10.0.0.1' }, 'error'],
  ['http://[::1]:3000', {}, 'warning'],
  ['https://localhost.example', {}, 'ok'],
])('address %s with %j: %s', (siteUrl, more, state) => {
  expect(foundOfAddress({ siteUrl, edges: [], redisUrl: undefined, ...more }).state).toBe(state);
});

test.each([
  [{}, ['skipped']],
  [{ metricsToken: 'a-token-of-its-own' }, ['ok']],
  [{ metricsToken: 'the-purge-secret' }, ['warning']],
  [{ notifyUrl: 'https://hooks.example/x', metricsToken: 'the-purge-secret' }, ['warning', 'ok']],
  [{ notifyUrl: 'http://hooks.example/x' }, ['warning']],
  [{ notifyUrl: 'http://localhost:9999/x' }, ['ok']],
])('metrics and notices %j: %j', (settings, states) => {
  const found = foundOfWatching({ secrets: ['the-purge-secret'], ...settings });
  expect(found.map(({ state }) => state)).toEqual(states);
  expect(JSON.stringify(found)).not.toMatch(/a-token-of-its-own|the-purge-secret|\/x/);
});

test('posts that the process has read are not read again', async () => {
  const settings = () => ({ ...environment(), postsDir: '/no/such/folder' });
  const results = await runChecks({ settings, posts: { posts: 3, problems: 1 } });
  expect(results.filter(({ name }) => name === 'posts')).toEqual([
    {
      name: 'posts',
      state: 'warning',
      found: '3 posts can be read in the sources, and 1 other cannot.',
      remedy: 'npm run check:posts says what is wrong with each.',
    },
  ]);
});

test.each([
  ['18.20.0', 'error'],
  ['20.8.1', 'error'],
  ['20.9.0', 'ok'],
  ['22.0.0', 'ok'],
  ['26.1.0', 'ok'],
  ['27.0.0', 'warning'],
])('Node.js %s: %s', (version, state) => {
  expect(foundOfNode(version).state).toBe(state);
});

test.each([
  ['16.4.5', '16.4.5', 'ok'],
  ['16.4.5', '16.4.4', 'error'],
  ['16.4.5', undefined, 'error'],
  // A standalone server has none of ours.
  [undefined, '16.4.5', 'skipped'],
])('Next %s is asked for and %s installed: %s', (asked, installed, state) => {
  expect(foundOfNext(asked, installed).state).toBe(state);
});

test.each([
  [0o100600, 'ok', ''],
  [0o100640, 'ok', ''],
  [0o100644, 'warning', 'read'],
  [0o100666, 'warning', 'written'],
])('mode %d: %s', (mode, state, can) => {
  const { found, ...more } = foundOfMode('.env.local', mode);
  expect(more.state).toBe(state);
  expect(found).toContain(can);
});

const MIB = 1024 ** 2;
test.each([
  [{ freeBytes: 10_000 * MIB, freeFiles: Infinity }, 'ok'],
  [{ freeBytes: 400 * MIB, freeFiles: Infinity }, 'warning'],
  [{ freeBytes: 10 * MIB, freeFiles: Infinity }, 'error'],
  [{ freeBytes: 10_000 * MIB, freeFiles: 1000 }, 'warning'],
  [{ freeBytes: 10_000 * MIB, freeFiles: 5 }, 'error'],
])('%j are free: %s', (free, state) => {
  expect(foundOfDisk('.next', free).state).toBe(state);
});

describe('clocks', () => {
  const at = 1_700_000_000_500;

  test.each([
    // Told in whole seconds, between what was sent and what came back.
    ['the same', at - 500, 999, 0],
    ['a slow answer', at + 2500, 999, 0],
    ['ten seconds ahead', at + 13_000, 999, 10_000],
    ['ten seconds behind', at - 10_999, 999, -10_000],
  ])('%s', (_, told, precision, ahead) => {
    expect(offsetOf(told, precision, at, at + 3000)).toBe(ahead);
  });

  test.each([
    [[], ['skipped']],
    [[0, 1999, -1999], ['ok']],
    [[0, 2500], ['warning']],
    [
      [-2500, 3_600_000],
      ['warning', 'error'],
    ],
  ])('offsets %j: %j', (offsets, states) => {
    const found = foundOfClocks(offsets.map((aheadMs) => ({ of: 'Redis', aheadMs })));
    expect(found.map(({ state }) => state)).toEqual(states);
  });

  test('are told apart by which is ahead', () => {
    const [ahead, behind] = foundOfClocks([
      { of: 'Redis', aheadMs: 3000 },
      { of: 'WordPress', aheadMs: -90_000 },
    ]);
    expect(ahead?.found).toBe('The clock of Redis is 3.0 s ahead of the one here.');
    expect(behind?.found).toBe('The clock of WordPress is 90.0 s behind the one here.');
  });
});

describe('Redis', () => {
  const INFO = {
    redis_version: '7.4.1',
    role: 'master',
    maxmemory: '0',
    maxmemory_policy: 'noeviction',
    rdb_last_bgsave_status: 'ok',
    aof_last_write_status: 'ok',
    aof_enabled: '1',
  };
  const statesOf = (more: Partial<typeof INFO>, save?: string) => {
    const lines = Object.entries({ ...INFO, ...more }).map((pair) => pair.join(':'));
    return foundOfRedis('It answers', `# Server\r\n${lines.join('\r\n')}\r\n`, save).map(
      ({ state }) => state,
    );
  };

  test.each([
    [{}, undefined, []],
    [{ redis_version: '5.0.14' }, undefined, ['error']],
    [{ redis_version: '10.0.0' }, undefined, []],
    [{ role: 'slave' }, undefined, ['error']],
    [{ maxmemory: '100', maxmemory_policy: 'allkeys-lru' }, undefined, ['error']],
    // Without a limit nothing is evicted.
    [{ maxmemory_policy: 'allkeys-lru' }, undefined, []],
    [{ rdb_last_bgsave_status: 'err' }, '', ['error']],
    [{ aof_enabled: '0' }, '', ['warning']],
    [{ aof_enabled: '0' }, '3600 1', []],
    // A host that does not say how it saves.
    [{ aof_enabled: '0' }, undefined, []],
  ])('%j, which saves %j: %j', (more, save, states) => {
    expect(statesOf(more, save)).toEqual(['ok', ...states]);
  });
});

test('the history of the process says what it lost and cannot read', async () => {
  const check = historyCheck({
    all: async () => [],
    lost: { count: 2, reason: 'ENOSPC', torn: 1 },
  });
  const results = await resultsOfBare({ ...check, look: () => check.look(environment()) });
  expect(results.map(({ state, found }) => `${state}: ${found}`)).toEqual([
    'ok: 0 purges can be read.',
    'warning: 1 entry of it cannot be read: a crash or a full disk cut them.',
    'error: 2 purges since the start could not be kept: ENOSPC.',
  ]);
});

test('no result holds a secret or a password', async () => {
  const dir = await mkdtemp(`${tmpdir()}/doctor-`);
  const settings = () => ({
    ...environment(),
    secrets: ['a-secret-of-the-tests'],
    // Each is repeated by a result.
    postsDir: `${dir}/a-secret-of-the-tests`,
    dataDir: `${dir}/the word of redis`,
    redisUrl: 'redis://user:the%20word%20of%20redis@127.0.0.1:1',
  });
  try {
    const text = JSON.stringify(await runChecks({ settings }));
    expect(text).toContain('[secret]');
    expect(text).not.toContain('a-secret-of-the-tests');
    expect(text).not.toContain('the word of redis');
    expect(text).not.toContain('the%20word');
  } finally {
    await rm(dir, { recursive: true });
  }
});
