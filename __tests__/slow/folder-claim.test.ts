/**
 * One server at a time serves a build folder, unless Redis tells them of each other's purges.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CLAIMS, claimFolder, type Claim } from '../../lib/store/folder-claim';
import { NEXT } from '../setup/build-site';
import { freePort, SECRET, startSite, until, type Site } from '../setup/site';

const HELD = 'Another server already serves';
const WAITING = 'waiting up to 10 s';
const UNKNOWN = 'cannot tell whether another server';

describe('a claim', () => {
  let folder: string;
  const claims: Claim[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'claim-'));
  });
  afterEach(async () => {
    for (const claim of claims.splice(0)) claim.release();
    await rm(folder, { recursive: true });
  });

  const claim = async (waitMs = 0) => {
    const got = await claimFolder(folder, waitMs);
    if (got) claims.push(got);
    return got !== undefined;
  };

  /** What a process leaves behind that was killed. */
  async function leaveBehind(name: string): Promise<void> {
    const server = createServer();
    const file = path.join(folder, name);
    await once(server.listen(`${file}.bound`), 'listening');
    await rename(`${file}.bound`, file);
    server.close();
    await once(server, 'close');
  }

  test('is had by one, and by the next when that one lets go', async () => {
    expect(await claim()).toBe(true);
    expect(await claim()).toBe(false);
    claims[0]?.release();
    expect(await claim()).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('waits for the one who has it', async () => {
    await claim();
    const noted = jest.fn();
    const next = claimFolder(folder, 20_000, noted);
    await until(() => noted.mock.calls.length === 1);
    claims[0]?.release();
    claims.push(...[await next].filter((got) => got !== undefined));
    expect(claims).toHaveLength(2);
    expect(noted).toHaveBeenCalledTimes(1);
  });

  test('of a process that is gone counts for nothing, and is removed', async () => {
    await leaveBehind('a');
    await leaveBehind('b');
    await writeFile(path.join(folder, 'c'), 'not even a socket');
    expect(await claim()).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('is had by exactly one of many who come at once and find one of a process that is gone', async () => {
    for (let round = 0; round < 5; round += 1) {
      await leaveBehind(`gone-${round}`);
      const had = await Promise.all(Array.from({ length: 12 }, () => claim(2000)));
      expect(had.filter(Boolean)).toHaveLength(1);
      for (const one of claims.splice(0)) one.release();
    }
  }, 60_000);

  test('cannot be had where there can be no socket', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    await expect(claimFolder(folder, 0)).rejects.toThrow(/EEXIST|ENOTDIR/);
    await rm(folder);
    await mkdir(path.join(folder, 'directory'), { recursive: true });
    await expect(claimFolder(folder, 0)).rejects.toThrow(/directory/);
    const long = path.join(folder, 'x'.repeat(100));
    await expect(claimFolder(long, 0)).rejects.toThrow('too long');
  });
});

describe('a server', () => {
  let site: Site;
  const others: ChildProcess[] = [];
  beforeAll(async () => {
    site = await startSite({ hello: 'Text.' });
  });
  afterEach(() => {
    for (const other of others.splice(0)) other.kill('SIGKILL');
  });
  afterAll(() => site.close());

  /** Another `next start` in the folder of the site, which is not waited for. */
  async function startAnother(env: Record<string, string> = {}, before: string[] = []) {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const server = spawn(process.execPath, [...before, NEXT, 'start', '-p', String(port)], {
      cwd: site.dir,
      env: { ...process.env, NODE_ENV: 'production', MY_SECRET_TOKEN: SECRET, ...env },
    });
    others.push(server);
    let log = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (data: Buffer) => (log += data.toString()));
    }
    const serves = async () => (await fetch(`${url}/`).catch(() => undefined))?.status === 200;
    return { server, serves, log: () => log };
  }

  const hasEnded = ({ server }: { server: ChildProcess }) => server.exitCode !== null;

  test('waits for the one before it, and then ends and says what to do', async () => {
    const second = await startAnother();
    await until(() => hasEnded(second));
    expect(second.server.exitCode).toBe(1);
    expect(second.log()).toContain(WAITING);
    expect(second.log()).toContain(`${HELD} ${site.dir}`);
    expect(second.log()).toContain('REDIS_URL');
    expect((await site.visit('/blog/hello')).status).toBe(200);
    expect((await site.purge('/blog/hello')).body).toBe('{"revalidated":true}');
  });

  test('serves when the one before it ends meanwhile', async () => {
    const second = await startAnother();
    await until(() => second.log().includes(WAITING));
    await site.stop();
    await until(second.serves);
    expect(second.log()).not.toContain(HELD);
    second.server.kill('SIGTERM');
    await once(second.server, 'exit');
    expect(await readdir(path.join(site.dir, CLAIMS))).toEqual([]);
    await site.start();
  });

  test('starts at once after kill -9', async () => {
    const seen = site.log().length;
    await site.stop('SIGKILL');
    expect(await readdir(path.join(site.dir, CLAIMS))).toHaveLength(1);
    await site.start();
    expect((await site.visit('/blog/hello')).status).toBe(200);
    expect(site.log().slice(seen)).not.toMatch(/waiting|already serves|cannot tell/);
    expect(await readdir(path.join(site.dir, CLAIMS))).toHaveLength(1);
  });

  test('is alone in a cluster too', async () => {
    await site.stop();
    const script = path.join(site.dir, 'cluster.cjs');
    await writeFile(
      script,
      `const cluster = require('node:cluster');
      cluster.setupPrimary({ exec: process.argv[2], args: ['start', '-p', process.argv[3]] });
      cluster.on('exit', (_, code) => process.send(code));
      cluster.fork();
      cluster.fork();`,
    );
    const port = await freePort();
    const primary = fork(script, [NEXT, String(port)], {
      cwd: site.dir,
      env: { ...process.env, NODE_ENV: 'production', MY_SECRET_TOKEN: SECRET },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    others.push(primary);
    let log = '';
    primary.stderr?.on('data', (data: Buffer) => (log += data.toString()));
    const codes: unknown[] = [];
    primary.on('message', (code) => codes.push(code));
    await until(() => codes.length > 0);
    expect(codes).toEqual([1]);
    expect(log).toContain(`${HELD} ${site.dir}`);
    expect((await fetch(`http://localhost:${port}/blog/hello`)).status).toBe(200);
    const exited = once(primary, 'exit');
    primary.kill('SIGKILL');
    await exited;
    // The worker ends when it has lost its primary.
    await site.start();
    await until(async () => (await site.visit('/blog/hello')).status === 200);
  });

  test('warns and serves where there can be no socket', async () => {
    await site.stop();
    const folder = path.join(site.dir, CLAIMS);
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    const seen = site.log().length;
    await site.start();
    const second = await startAnother();
    await until(second.serves);
    expect((await site.visit('/')).status).toBe(200);
    for (const log of [site.log().slice(seen), second.log()]) {
      expect(log.split(UNKNOWN)).toHaveLength(2);
    }
    await site.stop();
    await rm(folder);
    await site.start();
  });

  test('needs no claim with Redis', async () => {
    const withRedis = await startAnother({ REDIS_URL: 'redis://127.0.0.1:1' });
    await until(() => withRedis.log().includes('Redis at redis://127.0.0.1:1'));
    expect(withRedis.log()).not.toMatch(/waiting|already serves|cannot tell/);
    expect(hasEnded(withRedis)).toBe(false);
  });
});
