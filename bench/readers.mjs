/**
 * Visitors, in a process of their own, so that what else the bench does slows no measurement. Gets
 * the addresses of pages as a message, and visits them at random at a steady pace, whatever is still
 * under way: readers do not wait for each other. At the next message it answers how many
 * milliseconds each visit took. Its argument is how many visits it makes in a second.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from './posts.mjs';

const PER_SECOND = Number(process.argv[2]);

/** @param {string} url */
async function visit(url) {
  const begun = performance.now();
  const response = await fetch(url);
  await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
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
