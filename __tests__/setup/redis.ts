/**
 * A real Redis for a test, on a free port and in a folder of its own, from Debian's package
 * (`.ci/servers` installs it).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createClient, type RedisClientType } from 'redis';
import { TEST_DIR } from './build-site';
import { freePort, until } from './site';

/** A running Redis, and what a test may do to it. */
export interface Redis {
  url: string;
  /** A connection of the test's own, made anew at each start. */
  client: () => RedisClientType;
  /** Stops it: `save` keeps what it holds for the next start, `crash` what was saved before. */
  stop: (data?: 'save' | 'lose' | 'crash') => Promise<void>;
  start: () => Promise<void>;
  /** Has it answer nobody until `resume`. */
  pause: () => void;
  resume: () => void;
  close: () => Promise<void>;
}

export const isInstalled = (): boolean =>
  (process.env.PATH ?? '').split(':').some((dir) => existsSync(path.join(dir, 'redis-server')));

/** A `describe` that is left out, and says so once, where Redis is not installed. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (isInstalled()) {
    describe(name, tests);
    return;
  }
  describe.skip(name, tests);
  try {
    writeFileSync(path.join(TEST_DIR, 'no-redis'), '', { flag: 'wx' });
    process.stderr.write('Left out the tests with Redis; to run them: sudo .ci/servers\n');
  } catch {
    // Another file of tests has said it.
  }
}

/** Starts an empty Redis. */
export async function startRedis(settings: string[] = []): Promise<Redis> {
  const dir = path.join(TEST_DIR, randomUUID());
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const password = settings[settings.indexOf('--requirepass') + 1];
  const secret = settings.includes('--requirepass')
    ? `:${encodeURIComponent(password ?? '')}@`
    : '';
  const url = `redis://${secret}127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  let client: RedisClientType | undefined;

  const redis: Redis = {
    url,
    client: () => {
      if (!client) throw new Error('Redis is not running');
      return client;
    },
    stop: async (data = 'save') => {
      if (!server) return;
      const exited = once(server, 'exit');
      client?.destroy();
      if (data === 'save') {
        const last = createClient({ url });
        last.on('error', () => undefined);
        await last.connect();
        await last.sendCommand(['SHUTDOWN', 'SAVE']).catch(() => undefined);
        last.destroy();
      } else server.kill('SIGKILL');
      await exited;
      server = undefined;
      if (data === 'lose') await rm(path.join(dir, 'dump.rdb'), { force: true });
    },
    start: async () => {
      const args = ['--port', String(port), '--dir', dir, '--save', '', '--bind', '127.0.0.1'];
      server = spawn('redis-server', [...args, ...settings], { stdio: 'ignore' });
      await until(async () => {
        const probe = createClient({ url, socket: { reconnectStrategy: false } });
        probe.on('error', () => undefined);
        const isThere = await probe.connect().then(
          () => true,
          () => false,
        );
        if (!isThere) return false;
        client = probe as RedisClientType;
        return true;
      });
    },
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    close: async () => {
      redis.resume();
      await redis.stop('lose');
      await rm(dir, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}
