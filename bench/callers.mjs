/**
 * Senders of webhooks, in a process of their own, so that what they do is not counted as the server's.
 * Gets a `Burst` as a message, and answers with `Answers` when all calls were answered: they are spread
 * evenly, and none waits for another.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { timedGet } from './timed-get.mjs';

/**
 * @typedef {{ urls: string[], calls: number, overMs: number }} Burst Calls of the addresses in turns.
 * @typedef {{ answerMs: number[], good: number, lastMs: number }} Answers
 *   How long each took, without those that were lost; how many had the status 200; and when the last came,
 *   from the beginning.
 */

/**
 * @param {Burst} burst
 * @returns {Promise<Answers>}
 */
async function send({ urls, calls, overMs }) {
  /** @type {ReturnType<typeof timedGet>[]} */
  const sent = [];
  const begun = performance.now();
  while (sent.length < calls) {
    const due = (calls * (performance.now() - begun)) / overMs;
    while (sent.length < Math.min(due, calls)) {
      sent.push(timedGet(urls[sent.length % urls.length] ?? ''));
    }
    await pause(1);
  }
  const answers = (await Promise.allSettled(sent)).flatMap((one) =>
    one.status === 'fulfilled' ? one.value : [],
  );
  return {
    answerMs: answers.map(({ ms }) => ms),
    good: answers.filter(({ status }) => status === 200).length,
    lastMs: performance.now() - begun,
  };
}

process.on('message', async (burst) => process.send?.(await send(/** @type {Burst} */ (burst))));
