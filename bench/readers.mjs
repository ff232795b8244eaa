/**
 * Visitors, in a process of their own, so that what else the bench does slows no measurement. Gets
 * the addresses of pages as a message, and visits them at random at a steady pace, whatever is still
 * under way: readers do not wait for each other. At the next message it answers how many
 * milliseconds each visit took. Its argument is how many visits it makes in a second.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from './posts.mjs';
import { timedGet } from './timed-get.mjs';

const PER_SECOND = Number(process.argv[2]);

/**
 * Visits a page; again, as browsers do, where the connection was refused a place in the server's queue.
 * @param {string} url
 * @returns {Promise<number>}
 */
async function visit(url, begun = performance.now()) {
  const answer = await timedGet(url).catch((error) => {
    if (error.code !== 'ECONNRESET') throw error;
  });
  if (!answer) return visit(url, begun);
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
  return performance.now() - begun;
}

const { one } = seeded(1);
for (;;) {
  /** @type {string[][]} */
  const [urls = []] = await once(process, 'message');
  let isOver = false;
  process.once('message', () => (isOver = true));
  const visits = [];
  const begun = performance.now();
  while (!isOver) {
    const due = ((performance.now() - begun) / 1000) * PER_SECOND;
    while (visits.length < due) visits.push(visit(one(urls)));
    await pause(1);
  }
  process.send?.(await Promise.all(visits));
}
