/**
 * Senders of webhooks, in a process of their own, so that what they do is not counted as the server's.
 * Gets a `Burst` as a message, and answers with `Answers` when all calls were answered: they are spread
 * evenly, and none waits for another.
 */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * @typedef {{ urls: string[], calls: number, overMs: number }} Burst Calls of the addresses in turns.
 * @typedef {{ answerMs: number[], good: number, lastMs: number }} Answers
 *   How long each took, how many had the status 200, and when the last came, from the beginning.
 */

const agent = new Agent({ keepAlive: true });

/** @param {string} url */
async function call(url) {
  const begun = performance.now();
  /** @type {import('node:http').IncomingMessage[]} */
  const [response] = await once(get(url, { agent }), 'response');
  if (!response) throw new Error(`${url} does not answer`);
  await text(response);
  return { ms: performance.now() - begun, status: response.statusCode };
}

/**
 * @param {Burst} burst
 * @returns {Promise<Answers>}
 */
async function send({ urls, calls, overMs }) {
  /** @type {ReturnType<typeof call>[]} */
  const sent = [];
  const begun = performance.now();
  while (sent.length < calls) {
    const due = (calls * (performance.now() - begun)) / overMs;
    while (sent.length < Math.min(due, calls)) {
      sent.push(call(urls[sent.length % urls.length] ?? ''));
    }
    await pause(1);
  }
  const answers = await Promise.all(sent);
  return {
    answerMs: answers.map(({ ms }) => ms),
    good: answers.filter(({ status }) => status === 200).length,
    lastMs: performance.now() - begun,
  };
}

process.on('message', async (burst) => process.send?.(await send(/** @type {Burst} */ (burst))));
