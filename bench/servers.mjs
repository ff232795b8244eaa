/** Redis, Varnish and nginx for the bench: those of the tests. None of them outlives the bench. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createJiti } from 'jiti';
import { freePort } from './sites.mjs';
import { WRK } from './wrk.mjs';

/** Loads TypeScript of the tests. */
const jiti = createJiti(import.meta.url);
/** @type {typeof import('../__tests__/setup/edges')} */
const edges = await jiti.import('../__tests__/setup/edges.ts');
/** @type {typeof import('../__tests__/setup/redis')} */
const redis = await jiti.import('../__tests__/setup/redis.ts');
/** @type {typeof import('../__tests__/setup/site')} */
const { until } = await jiti.import('../__tests__/setup/site.ts');
/** @type {typeof import('../__tests__/setup/build-site')} */
const { TEST_DIR } = await jiti.import('../__tests__/setup/build-site.ts');

/** @type {Set<() => unknown>} Each ends a process at once. */
const ends = new Set();
process.on('exit', () => {
  ends.forEach((end) => end());
  rmSync(TEST_DIR, { recursive: true, force: true, maxRetries: 5 });
});

export const areInstalled = () => edges.isInstalled() && redis.isInstalled() && existsSync(WRK);

/** Starts an empty Redis. */
export async function openRedis() {
  const started = await redis.startRedis();
  ends.add(() => void started.stop('crash'));
  return started;
}

/**
 * An edge that is not started yet: the site has to know its address first.
 * @param {import('../__tests__/setup/edges').Kind} kind
 */
export async function openEdge(kind) {
  const edge = await edges.edgeOf(kind);
  ends.add(() => void edge.stop());
  return edge;
}

/**
 * An nginx that serves a text as a file: `url` as it is, or compressed for each visitor, as that of
 * `deploy/` does; `compressedUrl` compressed beforehand.
 * @param {string} html
 */
export async function serveFile(html) {
  const dir = path.join(TEST_DIR, 'file');
  await mkdir(path.join(dir, 'compressed'), { recursive: true });
  await writeFile(path.join(dir, 'page.html'), html);
  await writeFile(path.join(dir, 'compressed/page.html'), html);
  await writeFile(path.join(dir, 'compressed/page.html.gz'), gzipSync(html));
  const address = `127.0.0.1:${await freePort()}`;
  await writeFile(
    path.join(dir, 'site.conf'),
    `types { text/html html; }
    server {
      listen ${address};
      root ${dir};
      gzip on;
      location /compressed/ { gzip_static on; }
    }`,
  );
  await writeFile(path.join(dir, 'main.conf'), edges.mainOf(dir));
  const args = ['-p', dir, '-c', path.join(dir, 'main.conf'), '-e', path.join(dir, 'errors')];
  const child = spawn('/usr/sbin/nginx', args, { stdio: 'ignore' });
  ends.add(() => child.kill());
  const url = `http://${address}/page.html`;
  await until(async () => (await fetch(url).catch(() => undefined))?.ok === true);
  const close = async () => {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  };
  return { url, compressedUrl: `http://${address}/compressed/page.html`, close };
}
