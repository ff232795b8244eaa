/** What is told of, and how often: runtimes that a test makes, and a real receiver. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { environment } from '../../../lib/config';
import { fileHistory } from '../../../lib/console/history-file';
import { bodyOf, NoticeDelivery } from '../../../lib/console/notice-delivery';
import { fileNotices } from '../../../lib/console/notices-file';
import { openOutbox } from '../../../lib/edge/outbox';
import { createRuntime, type Runtime, type RuntimeParts } from '../../../lib/runtime';
import { loadSources } from '../../../lib/source/sources';
import { openDisk } from '../../../lib/store/disk';
import { openRedis } from '../../../lib/store/redis/redis';
import { serverOf } from '../../setup/next';
import { Receiver } from '../../setup/receiver';
import { describeWithRedis, startRedis, type Redis } from '../../setup/redis';
import { freePort, until } from '../../setup/site';

let dir: string;
let receiver: Receiver;
const made: Runtime[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'notices-'));
  receiver = new Receiver();
  await receiver.start();
});
afterEach(async () => {
  for (const one of made.splice(0)) one.close();
  receiver.close();
  await rm(dir, { recursive: true });
});

const settings = () => ({
  ...environment(),
  postsDir: path.join(dir, 'posts'),
  notifyUrl: `${receiver.url}/hook`,
  secrets: ['hush-hush-hush-hush'],
});

const write = async (slug: string, text: string, fields = '') => {
  await mkdir(path.join(dir, 'posts'), { recursive: true });
  await writeFile(
    path.join(dir, 'posts', `${slug}.mdx`),
    `---\ntitle: Title of ${slug}\ndate: 2026-01-01\n${fields}---\n${text}\n`,
  );
};

/** An instance that tells; another one in the same folder is the same after a restart. */
function instance(parts: Partial<RuntimeParts> = {}) {
  const folders = { dir: path.join(dir, 'store'), buildDir: path.join(dir, 'build') };
  const runtime = createRuntime({
    settings,
    openPlace: () => openDisk(folders),
    historyPlace: fileHistory(() => path.join(dir, 'history')),
    noticePlace: fileNotices(() => path.join(dir, 'notices.json')),
    ...parts,
  });
  made.push(runtime);
  runtime.notices.start();
  const site = serverOf(runtime);
  const purge = (where: string, revalidate = site.revalidate) =>
    runtime.ledger.purge({
      caller: { address: '127.0.0.1', secret: 'current', sender: 'test' },
      read: () => ({ paths: [where], tags: [], changed: false, dryRun: false, classic: false }),
      hosts: [],
      revalidate,
      started: performance.now(),
    });
  return { ...site, runtime, purge };
}

const fails = async () => {
  throw new Error('The renderer is out of <paper>');
};

/** What the receiver was told so far: events, and what about. */
const told = () =>
  receiver.calls.map(({ whole }) => {
    const { items }: { items?: { what: string }[] } = Object(whole.details);
    return [whole.event, ...(items ?? []).map(({ what }) => what)];
  });

/** Passes when exactly this was told, also once all that is under way has had its time. */
async function expectTold(...expected: unknown[]): Promise<void> {
  await until(() => told().length >= expected.length);
  for (let number = 0; number < 50; number += 1) await turn();
  expect(told()).toEqual(expected);
}

test('a page that a purge fails for is told of once, over a restart, and when it works again', async () => {
  await write('a', 'Old text.');
  await write('b', 'Text.');
  const before = instance();
  for (const where of ['/blog/a', '/blog/b']) await before.visit(where);
  await write('a', 'New text.');
  const { answer } = await before.purge('/blog/a', fails);
  expect(answer.status).toBe(500);
  await expectTold(['purge-failed', '/blog/a']);
  expect(receiver.calls[0]).toMatchObject({
    method: 'POST',
    url: '/hook',
    headers: { 'content-type': 'application/json' },
    whole: {
      text: expect.stringMatching(/^http:.*: Purges fail\n• `\/blog\/a`: `.*&lt;paper&gt;`$/),
      site: 'http://localhost:3000',
      details: { items: [{ what: '/blog/a', why: expect.stringContaining('<paper>') }], more: 0 },
    },
  });
  await before.purge('/blog/a', fails);
  const after = instance();
  await after.purge('/blog/a', fails);
  await after.purge('/nowhere/at/all');
  await expectTold(['purge-failed', '/blog/a']);
  await after.purge('/blog/a');
  await expectTold(['purge-failed', '/blog/a'], ['purge-works', '/blog/a']);
  await after.purge('/blog/a');
  await write('a', 'Newest text.');
  await after.purge('/blog/a', fails);
  await expectTold(
    ['purge-failed', '/blog/a'],
    ['purge-works', '/blog/a'],
    ['purge-failed', '/blog/a'],
  );
});

test('a source that cannot be read is told of once, whatever is purged', async () => {
  await write('a', 'Text.');
  let isAway = false;
  const site = instance({
    loadSources: (...input) => {
      if (isAway) throw new Error(`WordPress does not answer, attempt ${Date.now()}`);
      return loadSources(...input);
    },
  });
  await site.visit('/blog/a');
  isAway = true;
  const cause = 'WordPress does not answer, attempt N';
  for (const where of ['/blog/a', '/', '/topics']) await site.purge(where);
  await expectTold(['purge-failed', cause]);
  isAway = false;
  await site.purge('/blog/a');
  await expectTold(['purge-failed', cause], ['purge-works', cause]);
});

test('a post that breaks is told of once, over a restart, and when it works again or is gone', async () => {
  await write('a', 'Text.');
  await write('b', 'Text.');
  const before = instance();
  await before.visit('/');
  await write('a', '<Nothing');
  await before.purge('/blog/a');
  await expectTold(['post-broke', 'posts/a.mdx']);
  const after = instance();
  await after.purge('/blog/a');
  await write('b', '{');
  await after.purge('/blog/b');
  await expectTold(['post-broke', 'posts/a.mdx'], ['post-broke', 'posts/b.mdx']);
  await write('a', 'Text again.');
  await after.purge('/blog/a');
  await rm(path.join(dir, 'posts/b.mdx'));
  await after.purge('/blog/b');
  await expectTold(
    ['post-broke', 'posts/a.mdx'],
    ['post-broke', 'posts/b.mdx'],
    ['post-mended', 'posts/a.mdx'],
    ['post-mended', 'posts/b.mdx'],
  );
});

test('an edge is told of when it was owed something for a minute, and when it has confirmed', async () => {
  await write('a', 'Text.');
  let nowMs = 1_700_000_000_000;
  const outbox = openOutbox(path.join(dir, 'outbox'));
  const site = instance({
    settings: () => ({ ...settings(), edges: ['http://127.0.0.1:1'] }),
    outbox,
    now: () => nowMs,
  });
  const { notices } = site.runtime;
  const passMs = async (ms: number) => {
    nowMs += ms;
    await notices.lookAtEdges();
  };
  const confirm = async () => {
    const { changes, generation } = await outbox.read('');
    await outbox.acknowledge('', changes, generation);
  };
  await outbox.add(['/blog/a']);
  await passMs(0);
  await passMs(50_000);
  await confirm();
  await passMs(10_000);
  // Owed again, and not yet for a minute.
  await outbox.add(['/blog/a']);
  await passMs(1000);
  await passMs(59_000);
  expect(told()).toEqual([]);
  await passMs(1000);
  await expectTold(['edge-owed', '/blog/a']);
  await passMs(600_000);
  await confirm();
  await passMs(1000);
  await expectTold(['edge-owed', '/blog/a'], ['edge-told', 'edges']);
});

test('nobody is told where no address is set', async () => {
  await write('a', 'Old text.');
  const site = instance({ settings: () => ({ ...settings(), notifyUrl: undefined }) });
  await site.visit('/blog/a');
  await write('a', 'New text.');
  expect((await site.purge('/blog/a', fails)).answer.status).toBe(500);
  await expectTold();
});

describeWithRedis('two instances over one Redis', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  const share = async () => {
    const site = instance({
      openPlace: () =>
        openRedis({
          url: redis.url,
          buildId: 'build',
          buildDir: path.join(dir, 'build'),
          keptForSeconds: 1000,
          memory: new LRUCache({ max: 100 }),
        }),
    });
    await site.runtime.opened;
    return site;
  };

  test('tell once of what both see, and one of them tells when Redis is away', async () => {
    const logged = jest.spyOn(console, 'error').mockImplementation();
    await write('a', 'Old text.');
    const [a, b] = [await share(), await share()];
    await a.visit('/blog/a');
    await write('a', 'New text.');
    await a.purge('/blog/a', fails);
    await b.purge('/blog/a', fails);
    await expectTold(['purge-failed', '/blog/a']);
    await b.purge('/blog/a');
    await a.purge('/blog/a');
    await expectTold(['purge-failed', '/blog/a'], ['purge-works', '/blog/a']);
    await redis.stop('lose');
    receiver.calls = [];
    await until(() => a.runtime.store.problem() !== undefined);
    await a.purge('/blog/a');
    await a.purge('/blog/a');
    await until(() => told().length === 1);
    expect(told()[0]?.[0]).toBe('purge-failed');
    await redis.start();
    await until(() => a.runtime.store.problem() === undefined);
    await a.purge('/blog/a');
    await until(() => told().length === 2);
    expect(told()[1]?.[0]).toBe('purge-works');
    logged.mockRestore();
  });
});

describe('a receiver', () => {
  const PATIENCE = { retries: 100, minTimeout: 5, maxTimeout: 5, timeout: 2000 };
  let logged: jest.SpyInstance;
  beforeEach(() => {
    logged = jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(() => logged.mockRestore());

  test('that is down is logged once, without its address, and told in the end, in order', async () => {
    receiver.reply = () => ({ status: 503, body: '' });
    const delivery = new NoticeDelivery(settings, PATIENCE);
    delivery.tell('purge-failed', [{ what: '/a' }]);
    await until(() => receiver.calls.length > 3);
    delivery.tell('post-broke', [{ what: 'posts/a.mdx' }]);
    for (const what of ['/b', '/c']) delivery.tell('purge-failed', [{ what }]);
    receiver.calls = [];
    receiver.reply = () => ({ body: '' });
    await until(() => receiver.calls.length === 3);
    expect(told()).toEqual([
      ['purge-failed', '/a'],
      ['post-broke', 'posts/a.mdx'],
      ['purge-failed', '/b', '/c'],
    ]);
    expect(logged.mock.calls).toEqual([
      [`NOTIFY_URL at ${receiver.url} cannot be told what happens: it answered 503`],
    ]);
  });

  test('that is not there, or does not answer, is logged once', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const delivery = new NoticeDelivery(() => ({ ...settings(), notifyUrl: `${nowhere}/hush` }), {
      ...PATIENCE,
      retries: 2,
    });
    delivery.tell('purge-failed', [{ what: '/a' }]);
    await until(() => logged.mock.calls.length === 1);
    delivery.tell('post-broke', [{ what: 'posts/a.mdx' }]);
    receiver.reply = () => undefined as never;
    const waiting = new NoticeDelivery(settings, { ...PATIENCE, retries: 1, timeout: 50 });
    waiting.tell('purge-failed', [{ what: '/a' }]);
    await until(() => receiver.calls.length === 2);
    await until(() => logged.mock.calls.length === 2);
    expect(logged.mock.calls.flat()).toEqual([
      expect.stringMatching(new RegExp(`^NOTIFY_URL at ${nowhere} cannot be told .*ECONNREFUSED`)),
      expect.stringMatching(/no answer within 0\.05 s$/),
    ]);
    expect(String(logged.mock.calls)).not.toContain('hush');
  });

  test('that does not know the address is not asked again', async () => {
    receiver.reply = () => ({ status: 404, body: '' });
    const delivery = new NoticeDelivery(settings, PATIENCE);
    delivery.tell('purge-failed', [{ what: '/a' }]);
    delivery.tell('post-broke', [{ what: 'posts/a.mdx' }]);
    await expectTold(['purge-failed', '/a'], ['post-broke', 'posts/a.mdx']);
  });

  test('that hangs does not have more than so much wait', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    receiver.reply = async () => {
      await held;
      return { body: '' };
    };
    const delivery = new NoticeDelivery(settings, { ...PATIENCE, timeout: 20_000 });
    for (let number = 0; number < 100; number += 1) {
      delivery.tell(number % 2 ? 'purge-failed' : 'purge-works', [{ what: `/${number}` }]);
    }
    letGo();
    await until(() => receiver.calls.length === 21);
    await expectTold(
      ['purge-works', '/0'],
      ...Array.from({ length: 20 }, (_, index) => [
        index % 2 ? 'purge-failed' : 'purge-works',
        `/${index + 80}`,
      ]),
    );
  });
});

test('what is sent is bounded, has no secret, and calls nobody', () => {
  const items = Array.from({ length: 10 }, () => ({
    what: `/<!channel>\`@all\`\n${'x'.repeat(5000)}`,
    why: `asked with hush-hush-hush-hush & ${encodeURIComponent('hush-hush-hush-hush')}`,
  }));
  const body = JSON.stringify(bodyOf({ event: 'purge-failed', items, more: 3 }, settings()));
  expect(body.length).toBeLessThan(10_000);
  expect(body).not.toContain('hush-hush');
  const { text = '' }: { text?: string } = JSON.parse(body);
  expect(text.split('\n')).toHaveLength(12);
  expect(text).toContain("• `/&lt;!channel&gt;'@all' xxx");
  expect(text).toContain('`asked with [secret] &amp; [secret]`');
  expect(text).toMatch(/\nand 3 more$/);
});
