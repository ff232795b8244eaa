/**
 * The requests of visitors that this server is answering: each takes a dozen turns of the event loop, and work
 * that can wait lets them have those.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { onRequest } from './exchange';

/** The longest that a piece of work waits for visitors, in ms: one who reads slowly holds up nobody. */
const LONGEST_WAIT_MS = 20;

/** The visitors of one process. */
export class Visitors {
  private answering = 0;

  constructor(private readonly longestWaitMs = LONGEST_WAIT_MS) {}

  /** Notes all requests from now on, but those for the API. Returns what ends that. */
  watchAll(): () => void {
    return onRequest((request, response) => {
      if (request.url?.startsWith('/api/')) return;
      this.answering += 1;
      // Once all of it is on its way, or nobody waits for it any more.
      let isAnswered = false;
      const end = () => {
        if (!isAnswered) this.answering -= 1;
        isAnswered = true;
      };
      response.once('finish', end).once('close', end);
    });
  }

  /**
   * Resolves when nobody waits for an answer, or after as many ms as work has just taken: under a load without
   * end visitors have half of the time. Always lets the event loop turn once.
   */
  async letPass(workedMs: number): Promise<void> {
    const until = performance.now() + Math.min(workedMs, this.longestWaitMs);
    do await yieldToEventLoop();
    while (this.answering > 0 && performance.now() < until);
  }
}
