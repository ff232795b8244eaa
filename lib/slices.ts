/** Long work in slices: between two of them the event loop gets to everybody else's requests. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/**
 * Units of work between two turns of the event loop. A unit is about a microsecond: a word indexed, a
 * post scored, or `CHARACTERS_OF_A_UNIT` read. Counted in work and not in time, so that a test can count too.
 */
const SLICE_UNITS = 2000;

/** How many characters of a text are read in a unit. */
export const CHARACTERS_OF_A_UNIT = 8;

/** How many words or posts are gone through between two counts of their units. */
export const STRIDE = 100;

/** Counts units of work that were done, and lets others go on when they make up a slice. */
export type Slices = (units: number) => Promise<void>;

/** For one piece of work, whose units are counted from its beginning. */
export function slices(): Slices {
  let done = 0;
  return async (units) => {
    done += units;
    if (done < SLICE_UNITS) return;
    done = 0;
    // Keeps the process alive: without a timer or a request an idle loop would not come back to it.
    await yieldToEventLoop();
  };
}

/** How long others wait at most for work of which a step takes more than a few microseconds, in ms. */
const SLICE_MS = 8;

/** For a piece of work whose steps cannot be counted in units, such as renders: by the clock. */
export function timeSlices(): () => Promise<void> {
  let endMs = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < endMs) return;
    await yieldToEventLoop();
    endMs = performance.now() + SLICE_MS;
  };
}
