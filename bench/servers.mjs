/** Redis, Varnish and nginx for the bench: those of the tests. None of them outlives the bench. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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

/** By which nginx serves files that were compressed in Brotli. */
const BROTLI_MODULE = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so';

export const areInstalled = () =>
  edges.isInstalled() && redis.isInstalled() && [WRK, BROTLI_MODULE].every(existsSync);

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
 * An nginx that serves a text as a file: `url` as it is, or compressed for each visitor; `compressedUrl`
 * compressed beforehand.
 * @param {string} html
 */
export async function serveFile(html) {
  const dir = path.join(TEST_DIR, 'file');
  await mkdir(path.join(dir, 'compressed'), { recursive: true });
  await writeFile(path.join(dir, 'page.html'), html);
  await writeCompressed(path.join(dir, 'compressed/page.html'), html);
  const { url, close } = await serveFolder(dir);
  return { url: `${url}/page.html`, compressedUrl: `${url}/compressed/page.html`, close };
}

/**
 * Writes a file as it is, in gzip and in Brotli, as nginx finds them.
 * @param {string} file
 * @param {string} text
 */
export async function writeCompressed(file, text) {
  await writeFile(file, text);
  await writeFile(`${file}.gz`, gzipSync(text));
  await writeFile(`${file}.br`, brotliCompressSync(text));
}

let folders = 0;

/**
 * An nginx that serves the files of a folder; those below `compressed/`, or all with `compressed`, as they
 * were compressed beforehand.
 * @param {string} root
 * @param {boolean} [compressed]
 */
export async function serveFolder(root, compressed = false) {
  folders += 1;
  const dir = path.join(TEST_DIR, `nginx-${folders}`);
  await mkdir(dir, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const beforehand = 'gzip_static on; brotli_static on;';
  await writeFile(
    path.join(dir, 'site.conf'),
    `types { text/html html; }
    server {
      listen ${address};
      root ${root};
      gzip on;
      ${compressed ? beforehand : ''}
      location /compressed/ { ${beforehand} }
    }`,
  );
  const main = `load_module ${BROTLI_MODULE};\n${edges.mainOf(dir)}`;
  await writeFile(path.join(dir, 'main.conf'), main);
  const args = ['-p', dir, '-c', path.join(dir, 'main.conf'), '-e', path.join(dir, 'errors')];
  const child = spawn('/usr/sbin/nginx', args, { stdio: 'ignore' });
  ends.add(() => child.kill());
  const url = `http://${address}`;
  await until(async () => (await fetch(url).catch(() => undefined)) !== undefined);
  const close = async () => {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  };
  return { url, close };
}
