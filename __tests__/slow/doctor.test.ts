/** `npm run doctor`, as a child process in the folder of a real site, with things made wrong on purpose. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { edgeOf, hasVarnish } from '../setup/edges';
import { describeWithRedis, startRedis } from '../setup/redis';
import { runCommand, type Run } from '../setup/run-command';
import { freePort, SECRET, startSite, type Site } from '../setup/site';

/** What stands in no output, wherever it was set. */
const PASSWORD = 'a-password-of-the-tests';

let site: Site;
let written = '';

beforeAll(async () => {
  site = await startSite({ a: 'Text of a.', b: 'Text of b.' });
  await site.purge('/blog/a');
  await touch('.next/BUILD_ID', 1);
});
afterAll(() => site.close());
afterEach(() => {
  for (const word of [SECRET, PASSWORD]) expect(written).not.toContain(word);
});

/** Has a file have changed so many minutes from now. */
async function touch(name: string, minutes: number) {
  const time = new Date(Date.now() + minutes * 60_000);
  await utimes(path.join(site.dir, name), time, time);
}

/** Runs the command in the site's folder. */
async function run(env: Record<string, string> = {}, args: string[] = []): Promise<Run> {
  const ended = await runCommand('doctor', {
    cwd: site.dir,
    args,
    env: { SITE_URL: 'https://blog.example', MY_SECRET_TOKEN: SECRET, ...env },
  });
  written += ended.out + ended.err;
  return ended;
}

/** The results by name, each `state: what was found`. */
async function resultsOf(env: Record<string, string> = {}): Promise<Record<string, string[]>> {
  const { out } = await run(env, ['--json']);
  const results: { name: string; state: string; found: string }[] = JSON.parse(out);
  const byName: Record<string, string[]> = {};
  for (const { name, state, found } of results) (byName[name] ??= []).push(`${state}: ${found}`);
  return byName;
}

/** All files, but for what the site itself finds out about posts meanwhile. */
const filesIn = async (dir: string) =>
  (await readdir(dir, { recursive: true })).filter((name) => !name.startsWith('.evergreen/v1'));

/** Answers as an edge that ails. */
async function serving<T>(listener: RequestListener, work: (url: string) => Promise<T>) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('a site that is well: 0, and nothing was changed', async () => {
  const before = await filesIn(site.dir);
  const { status, out, err } = await run();
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).not.toMatch(/^(?:error|warning)/m);
  expect(out).toMatch(/^ok +posts +2 posts can be read in /m);
  expect(out).toMatch(/^ok +history +1 purge can be read, the last at \d{4}-/m);
  expect(out).toMatch(/^ok +build +The site was built at /m);
  expect(out).toMatch(/^skipped +redis +/m);
  expect(out).toMatch(/\n\n0 errors, 0 warnings\.\n$/);
  expect(await filesIn(site.dir)).toEqual(before);
});

test('what will not always work: 0, with warnings that say what to do', async () => {
  const env = path.join(site.dir, '.env.local');
  await writeFile(env, `MY_SECRET_TOKEN_PREVIOUS=${PASSWORD}\n`);
  await chmod(env, 0o644);
  await site.write('broken', 'Text.', { date: 'never' });
  await touch('lib/hash.ts', 2);
  const file = path.join(site.dir, '.evergreen/history/purges-000001.jsonl');
  await appendFile(file, '\n{"id":"torn');
  await site.purge('/blog/a');
  const { status, out } = await run({ SITE_URL: '' });
  await rm(env);
  await site.remove('broken');
  await touch('lib/hash.ts', -2);
  expect(status).toBe(0);
  const lines = out.split('\n').filter((line) => /^(?:warning|error)/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^warning +secret +The previous secret is still accepted\.$/),
    expect.stringMatching(/^warning +address +.*localhost:3000, which only this machine can open/),
    expect.stringMatching(/^warning +posts +2 posts can be read in .*, and 1 other cannot\.$/),
    expect.stringMatching(/^warning +history +1 entry of it cannot be read/),
    expect.stringMatching(/^warning +build +lib\/hash\.ts is newer than the build of /),
    expect.stringMatching(/^warning +permissions +\.env\.local can be read by every user/),
  ]);
  expect(out).toContain('→ Remove MY_SECRET_TOKEN_PREVIOUS once');
  expect(out).toContain('→ npm run check:posts');
  expect(out).toMatch(/\n0 errors, 6 warnings\.\n$/);
});

test('what does not work: 1, each named, side by side', async () => {
  const [away, posts, data] = [await freePort(), 'not-a-folder', 'no-folder'];
  for (const name of [posts, data]) await writeFile(path.join(site.dir, name), 'a file');
  const refusing: RequestListener = (_, response) => response.writeHead(403).end();
  const found = await serving(refusing, (closed) =>
    // It takes a connection, and says nothing.
    serving(
      () => undefined,
      (silent) =>
        resultsOf({
          MY_SECRET_TOKEN: '',
          POSTS_DIR: posts,
          WORDPRESS_URL: `http://127.0.0.1:${away}`,
          WORDPRESS_USER: 'editor',
          WORDPRESS_APP_PASSWORD: PASSWORD,
          DATA_DIR: data,
          REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${away}`,
          NOTIFY_URL: `http://hooks.example/${PASSWORD}`,
          EDGE_URLS: [closed, silent, `http://127.0.0.1:${away}`].join(','),
        }),
    ),
  );
  expect(found).toMatchObject({
    settings: [expect.stringMatching(/^ok: /)],
    secret: ['error: No secret is set, so nobody can purge.'],
    watching: [expect.stringMatching(/^warning: Notices are sent to hooks\.example without/)],
    posts: [
      expect.stringMatching(/^error: The posts folder .*not-a-folder cannot be read \(ENOTDIR\)/),
    ],
    wordpress: [
      expect.stringMatching(/^error: The site cannot read posts\. .*ECONNREFUSED/),
      expect.stringMatching(/^error: Previews are closed/),
    ],
    folders: [expect.stringMatching(/^error: .*no-folder cannot be written \(ENOTDIR\)/)],
    redis: [
      expect.stringMatching(
        /^error: Redis at redis:.*127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/,
      ),
    ],
    history: [expect.stringMatching(/^error: Redis at .* cannot be used/)],
    edges: [
      expect.stringMatching(/^error: The edge .* did not take the purge of .*: it answered 403\.$/),
      expect.stringMatching(/^error: The edge .* did not take the purge of .*: no answer within /),
      expect.stringMatching(/^error: The edge .* did not take the purge of .*ECONNREFUSED/),
    ],
    // The one that refuses has told the time.
    clock: [expect.stringMatching(/^ok: The clock agrees with http:\/\/127\.0\.0\.1:\d+\.$/)],
    build: [expect.stringMatching(/^ok: /)],
  });
  for (const name of [posts, data]) await rm(path.join(site.dir, name));
});

test('settings that cannot be used: 1, and what needs them is left out', async () => {
  const { status, out } = await run({ REDIS_URL: `redis:/${PASSWORD}@`, EDGE_URLS: 'varnish' });
  expect(status).toBe(1);
  expect(out).toMatch(/^error +settings +.*EDGE_URLS=varnish: must be http or https addresses/m);
  expect(out).toMatch(/^error +settings +.*REDIS_URL=…@: must have /m);
  expect(out).toMatch(/^skipped +edges +The settings cannot be used/m);
  expect(out).toMatch(/^ok +versions +Node\.js/m);
});

test('a clock that is wrong is found by that of an edge', async () => {
  const edge: RequestListener = (_, response) =>
    response.writeHead(200, { Date: new Date(Date.now() + 3_600_000).toUTCString() }).end();
  const { clock } = await serving(edge, (url) => resultsOf({ EDGE_URLS: url }));
  expect(clock).toEqual([
    expect.stringMatching(/^error: The clock of .* is 3\d{3}\.\d s ahead of/),
  ]);
});

test('wrong use: 2', async () => {
  const { status, out, err } = await run({}, ['--fix']);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain('npm run doctor');
  expect((await run({}, ['-h'])).out).toMatch(/Exit status: 0 [^;]*; 1 [^;]*; 2 /);
});

(hasVarnish() ? test : test.skip)('a real Varnish takes a PURGE, and tells the time', async () => {
  const edge = await edgeOf('varnish');
  try {
    await edge.start(site.url);
    expect(await resultsOf({ EDGE_URLS: edge.url })).toMatchObject({
      edges: [expect.stringMatching(`^ok: The edge ${edge.url} takes a PURGE`)],
      clock: [`ok: The clock agrees with ${edge.url}.`],
    });
  } finally {
    await edge.close();
  }
});

describeWithRedis('a real Redis', () => {
  test('that may drop what it holds, and one whose password is another', async () => {
    const redis = await startRedis([
      ...['--requirepass', PASSWORD, '--maxmemory', '100mb'],
      ...['--maxmemory-policy', 'allkeys-lru'],
    ]);
    try {
      const found = await resultsOf({ REDIS_URL: redis.url });
      expect(found).toMatchObject({
        redis: [
          expect.stringMatching(/^ok: Redis at redis:\/\/….* answers in \d+ ms, and is \d+\./),
          expect.stringMatching(/^error: .*maxmemory-policy allkeys-lru/),
          expect.stringMatching(/^warning: Redis saves nothing to disk/),
        ],
        history: ['ok: 0 purges can be read.'],
        clock: ['ok: The clock agrees with Redis.'],
      });
      const refused = await resultsOf({ REDIS_URL: redis.url.replace(PASSWORD, 'wrong') });
      expect(refused.redis).toEqual([
        expect.stringMatching(/^error: Redis at .* cannot be used: .*(?:WRONGPASS|invalid)/i),
      ]);
    } finally {
      await redis.close();
    }
  });
});

const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

(isRootOnLinux ? test : test.skip)('a disk that is full, where one may be mounted', async () => {
  const data = path.join(site.dir, '.evergreen');
  const history = async () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    return JSON.parse((await site.visit('/api/purges?limit=1', headers)).text);
  };
  const [{ id: last }] = (await history()).purges;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', data]).status !== 0) return;
  try {
    await writeFile(path.join(data, 'filling'), 'x'.repeat(1_000_000)).catch(() => undefined);
    const { folders, disk } = await resultsOf();
    expect(folders?.[0]).toMatch(/^error: .*\.evergreen cannot be written \(ENOSPC\)/);
    expect(disk?.[0]).toMatch(/^error: Where .*\.evergreen lies, 0 MiB are free/);
    // A purge stays true, and it is said that the history lacks it.
    await site.write('a', 'Edited on a full disk.');
    expect(await site.purge('/blog/a')).toEqual({ status: 200, body: '{"revalidated":true}' });
    expect((await site.visit('/blog/a')).text).toContain('Edited on a full disk.');
    expect((await history()).lost).toMatchObject({
      count: 1,
      reason: expect.stringContaining('ENOSPC'),
    });
  } finally {
    spawnSync('umount', [data]);
  }
  await site.purge('/blog/b');
  const { purges } = await history();
  expect(purges[0].id).not.toBe(last);
  expect(purges[0].named.paths).toEqual(['/blog/b']);
});
