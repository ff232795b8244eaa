/**
 * Regenerates one page: renders it until the page store has what the newest snapshot expects.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Version } from '../store/place';
import type { Store } from '../store/store';
import { TimeOut, within } from '../within';

/** Renders that are begun for one page before it is given up. */
const TRIES = 5;
/** Before each try: at first at once, since the usual cause is a render that had begun before. */
const PAUSES_MS = [0, 0, 50, 200, 800];

/** How long a render may take: what never ends must not hold up its callers for ever. */
const LONGEST_RENDER_MS = 10_000;
const NOT_IN_TIME = `The page did not render within ${LONGEST_RENDER_MS / 1000} seconds`;

/**
 * A page that was rendered so shortly before a call, and is the expected one still, need not be again. A
 * burst of calls takes the server seconds to accept.
 */
const BURST_MS = 5000;

/** Next's `res.revalidate`. */
export type Revalidate = (path: string) => Promise<void>;

/** A page that purges wait for. */
export interface WantedPage {
  path: string;
  /** It is to be rendered from this snapshot or a newer one. */
  snapshot: Version & { loadedAtMs: number };
  /** When the last of the calls had arrived, in ms since 1970. */
  arrivedMs: number;
  /** Of one of the callers. It goes on working when that one has hung up. */
  revalidate: Revalidate;
}

/**
 * Regenerates a page. `revalidate` is called once where the store is not in charge. Throws the cause if the
 * page was not rendered, or not stored.
 */
export async function regenerate(
  { path, arrivedMs, revalidate }: WantedPage,
  store: Store,
): Promise<void> {
  // What res.revalidate says is all there is to know.
  if (!store.isInCharge) return revalidate(path);
  if (await store.isFresh(path, arrivedMs - BURST_MS)) return;
  if (await store.commitRemoval(path)) return;
  let failure: unknown;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const wait = PAUSES_MS[tries] ?? 0;
    if (wait > 0) await pause(wait);
    try {
      failure = undefined;
      // Next goes on with a render that is given up: the store knows of it until it ends.
      await within(revalidate(path), LONGEST_RENDER_MS);
    } catch (error) {
      if (error instanceof TimeOut) throw new Error(NOT_IN_TIME);
      failure = error;
    }
    // What res.revalidate says proves nothing: Next may have joined the call to a render that began before
    // the edit, and drops errors of the store.
    failure ??= store.failureOf(path);
    if (failure === undefined && (await store.isFresh(path))) return;
  }
  throw failure ?? new Error('Its content changes faster than it renders');
}
