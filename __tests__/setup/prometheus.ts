/**
 * A real Prometheus for a test, with the files in `deploy/`, on a free port and in a folder of its own, from
 * Debian's package (`.ci/servers` installs it).
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, TEST_DIR } from './build-site';
import { freePort, until } from './site';

/** A value with its labels. */
export interface Sample {
  metric: Record<string, string>;
  value: [time: number, value: string];
}

/** A running Prometheus. */
export interface Prometheus {
  /** What it answers to a query now. */
  ask: (query: string) => Promise<Sample[]>;
  /** Its API. */
  get: <T>(path: string) => Promise<T>;
  close: () => Promise<void>;
}

const isInstalled = (): boolean =>
  ['prometheus', 'promtool'].every((name) =>
    (process.env.PATH ?? '').split(':').some((dir) => existsSync(path.join(dir, name))),
  );

/** A `describe` that is left out, and says so, where Prometheus is not installed. */
export function describeWithPrometheus(name: string, tests: () => void): void {
  if (isInstalled()) {
    describe(name, tests);
    return;
  }
  describe.skip(name, tests);
  try {
    writeFileSync(path.join(TEST_DIR, 'no-prometheus'), '', { flag: 'wx' });
    process.stderr.write('Left out the tests with Prometheus; to run them: sudo .ci/servers\n');
  } catch {
    // Another file of tests has said it.
  }
}

/** Writes the configuration in `deploy/` into a folder, changed for a test; returns its file. */
export async function writeConfiguration(
  dir: string,
  site: string,
  token: string,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await copyFile(path.join(ROOT, 'deploy/alerts.yml'), path.join(dir, 'alerts.yml'));
  const tokenFile = path.join(dir, 'token');
  await writeFile(tokenFile, token);
  let text = await readFile(path.join(ROOT, 'deploy/prometheus.yml'), 'utf8');
  for (const [before, after] of [
    ['/etc/prometheus/evergreen-token', tokenFile],
    ['127.0.0.1:3000', new URL(site).host],
    ['scrape_interval: 15s', 'scrape_interval: 200ms'],
    ['evaluation_interval: 15s', 'evaluation_interval: 200ms'],
  ] as const) {
    if (!text.includes(before)) throw new Error(`deploy/prometheus.yml lacks ${before}`);
    text = text.replace(before, after);
  }
  const file = path.join(dir, 'prometheus.yml');
  await writeFile(file, text);
  return file;
}

/** Starts a Prometheus that scrapes a site. */
export async function startPrometheus(site: string, token: string): Promise<Prometheus> {
  const dir = path.join(TEST_DIR, randomUUID());
  const file = await writeConfiguration(dir, site, token);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const prometheus: Prometheus = {
    get: async (where) => (await (await fetch(`${url}${where}`)).json()).data,
    ask: async (query) => {
      const where = `/api/v1/query?${new URLSearchParams({ query })}`;
      return (await prometheus.get<{ result: Sample[] }>(where)).result;
    },
    close: async () => {
      if (server.exitCode === null) {
        const exited = once(server, 'exit');
        server.kill('SIGKILL');
        await exited;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
  await until(async () => {
    if (server.exitCode !== null) throw new Error('Prometheus ended');
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return prometheus;
}
