/**
 * Long work in slices, between which the event loop has a turn, so that visitors are served meanwhile.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** How long others wait at most for a piece of work that is done in slices. */
const SLICE_MS = 8;

/** Returns what to await between two steps of a piece of work: it yields once a slice has passed. */
export function slices(): () => Promise<void> {
  let endMs = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < endMs) return;
    await yieldToEventLoop();
    endMs = performance.now() + SLICE_MS;
  };
}
