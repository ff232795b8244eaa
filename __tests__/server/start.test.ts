/**
 * A start that fails: Next would keep its failure, and answer every request with a 500.
 */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { NEXT } from '../setup/build-site';
import { freePort, startSite, until, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite({ hello: 'Text.' });
  await site.stop();
});
afterAll(() => site.close());

/** Starts a server by a line of the shell; answers how it ended, and what it said. */
async function startBy(line: string, env: Record<string, string> = {}) {
  const command = [process.execPath, NEXT, 'start', '-p', String(await freePort())];
  const server = spawn('sh', ['-c', line, 'sh', ...command], {
    cwd: site.dir,
    env: { ...process.env, NODE_ENV: 'production', MY_SECRET_TOKEN: 'x'.repeat(16), ...env },
  });
  let log = '';
  server.stderr.on('data', (data: Buffer) => (log += data.toString()));
  try {
    await until(() => server.exitCode !== null);
    return { code: server.exitCode, log };
  } finally {
    server.kill('SIGKILL');
  }
}

test('ends with a message where there are no file handles left', async () => {
  const { code, log } = await startBy('ulimit -n 30; exec "$@"');
  expect(code).toBe(1);
  // Whatever was loaded when they ran out; of a package some loaders say that it cannot be found.
  expect(log).toMatch(
    /(?:The configuration cannot be loaded|The server could not start, and ends): .*(?:EMFILE|Cannot find package)/,
  );
});

test('ends with a message where a file that it needs cannot be read', async () => {
  await mkdir(path.join(site.dir, '.next/server/owed-to-edges'));
  const { code, log } = await startBy('exec "$@"', { EDGE_URLS: 'http://127.0.0.1:1' });
  expect(code).toBe(1);
  expect(log).toMatch(/The server could not start, and ends: .*EISDIR/);
});
