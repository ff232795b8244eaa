/** Puts a server under load, from a process of its own: see `loader.mjs`. */
import { fileURLToPath } from 'node:url';
import { ask, startNode, stop } from './processes.mjs';

const LOADER = fileURLToPath(new URL('loader.mjs', import.meta.url));

export const CONNECTIONS = 10;

/**
 * @typedef {(load: Omit<import('./loader.mjs').Load, 'connections'>) =>
 *   Promise<import('./loader.mjs').Loaded>} PutLoad
 */

/**
 * Gives `work` a function that puts a server under load, and answers when that is over. It throws if
 * an answer has another status than expected.
 * @template T
 * @param {(putLoad: PutLoad) => Promise<T>} work
 */
export async function withLoader(work) {
  const loader = startNode([LOADER], { cwd: process.cwd(), ipc: true });
  try {
    return await work((load) => ask(loader, { ...load, connections: CONNECTIONS }));
  } finally {
    await stop(loader);
  }
}
