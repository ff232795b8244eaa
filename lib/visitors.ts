/**
 * The requests of visitors that this server is answering: each takes a dozen turns of the event loop, and work
 * that can wait lets them have those.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { onRequest } from './exchange';

/** The longest that a piece of work waits for visitors, in ms: one who reads slowly holds up nobody. */
const LONGEST_WAIT_MS = 20;

/** A turn that took longer was not the visitors' alone. */
const OTHER_WORK_MS = 1;

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
   * Resolves when nobody waits for an answer, or when visitors had twice as many ms as work has just taken. A turn
   * in which other work was done counts as a short one. Always lets the event loop turn once.
   */
  async letPass(workedMs: number): Promise<void> {
    let leftMs = Math.min(2 * workedMs, this.longestWaitMs);
    do {
      const begun = performance.now();
      await yieldToEventLoop();
      leftMs -= Math.min(performance.now() - begun, OTHER_WORK_MS);
    } while (this.answering > 0 && leftMs > 0);
  }
}
