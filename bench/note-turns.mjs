/**
 * Is loaded into a server before it starts (`--import`): looks at the clock as often as the event loop lets it,
 * at most each millisecond, and notes how long it was kept away: one turn of the loop. Answers `begin` and
 * `end`, the latter with the turns between them.
 *
 * On Linux it also notes how long the main thread had a processor in that turn. By the clock a turn is longer
 * on a machine that does other things besides.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * @typedef {object} Turns In ms.
 * @property {number[]} clock
 * @property {number[]} processor Empty where the system does not tell.
 */

/** Threads get this, too. */
if (isMainThread) noteTurns();

function noteTurns() {
  const processorMs = processorOfThread();
  /** @type {Turns} */
  let turns = { clock: [], processor: [] };
  let lastMs = performance.now();
  let lastProcessorMs = processorMs?.() ?? 0;
  setInterval(() => {
    const nowMs = performance.now();
    turns.clock.push(nowMs - lastMs);
    lastMs = nowMs;
    if (!processorMs) return;
    const now = processorMs();
    turns.processor.push(now - lastProcessorMs);
    lastProcessorMs = now;
  }, 1).unref();
  process.on('message', (message) => {
    if (message === 'end') process.send?.(turns);
    else process.send?.('begun');
    turns = { clock: [], processor: [] };
  });
}

/** How long the main thread has had a processor, in ms; undefined where nobody tells. */
function processorOfThread() {
  let file;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
  const buffer = Buffer.alloc(100);
  const opened = file;
  process.on('exit', () => closeSync(opened));
  return () => {
    const length = readSync(opened, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ', 1)[0]) / 1e6;
  };
}
