/** Requests that are timed. Not by `fetch`, which gives up when a connection takes ten seconds. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';

const agent = new Agent({ keepAlive: true });

/**
 * Gets a page whole, over a connection that is free; answers its status and the milliseconds.
 * @param {string} url
 */
export async function timedGet(url) {
  const begun = performance.now();
  const response = await open(url);
  await text(response);
  return { status: response.statusCode, ms: performance.now() - begun };
}

/**
 * @param {string} url
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
async function open(url) {
  const request = get(url, { agent });
  try {
    const [response] = await once(request, 'response');
    return response;
  } catch (error) {
    // The server was about to close a connection that had been idle.
    if (request.reusedSocket) return open(url);
    throw error;
  }
}
