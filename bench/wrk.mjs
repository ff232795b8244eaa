/**
 * Puts a server under load with wrk, from Debian's packages: an edge answers more visitors than a
 * program on Node.js, as `loader.mjs` is one, can send.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CONNECTIONS } from './load.mjs';

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));
export const WRK = '/usr/bin/wrk';

/** @typedef {'identity' | 'gzip' | 'br'} Encoding How a page is asked for. */

/**
 * Asks for one page for so long. Throws if it failed once.
 * @param {{ url: string, seconds: number, encoding: Encoding }} load
 * @returns {Promise<import('./loader.mjs').Loaded>}
 */
export async function putLoad({ url, seconds, encoding }) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', SCRIPT];
  const headers = ['-H', `accept-encoding: ${encoding}`];
  const { stdout } = await promisify(execFile)(WRK, [...args, ...headers, url]);
  const { failed, ...loaded } = JSON.parse(stdout.slice(stdout.lastIndexOf('{')));
  if (failed > 0) throw new Error(`${url} under load: ${failed} requests failed`);
  return loaded;
}
