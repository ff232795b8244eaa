/** Work that goes on while visitors read pages, and how long these waited. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startNode, stop } from './processes.mjs';

const READERS = fileURLToPath(new URL('readers.mjs', import.meta.url));

/**
 * @typedef {<R>(urls: string[], work: () => Promise<R>) => Promise<{ result: R, visitMs: number[] }>}
 *   WhileRead
 *   Has pages read while something else goes on; returns the milliseconds of the visits, too.
 */

/**
 * Gives `work` a function that has pages read.
 * @template T
 * @param {string} cwd
 * @param {(whileRead: WhileRead) => Promise<T>} work
 * @param {number} [perSecond] How many visits are made in a second.
 */
export async function withReaders(cwd, work, perSecond = 200) {
  const readers = startNode([READERS, String(perSecond)], { cwd, ipc: true });
  try {
    return await work((urls, other) => whileRead(readers, urls, other));
  } finally {
    await stop(readers);
  }
}

/**
 * @template T
 * @param {ReturnType<typeof startNode>} readers
 * @param {string[]} urls
 * @param {() => Promise<T>} work
 */
async function whileRead({ child, log }, urls, work) {
  const done = new AbortController();
  const ended = once(child, 'exit', done).then(() => {
    throw new Error(`The readers failed:\n${log()}`);
  });
  const reading = async () => {
    child.send(urls);
    const result = await work();
    const answer = once(child, 'message', done);
    child.send([]);
    /** @type {number[][]} */
    const [visitMs = []] = await answer;
    return { result, visitMs };
  };
  return Promise.race([reading(), ended]).finally(() => done.abort());
}
