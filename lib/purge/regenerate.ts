/**
 * Regenerates one page: renders it until the page store has taken a page that was rendered from
 * content at least as new as asked for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  confirm,
  isInCharge,
  isRenderedOtherwise,
  storeFailure,
  storeRemoval,
  takenFor,
  type Numbered,
} from '../store/store.mjs';

/** Renders that are begun for one call before it gives up. */
const TRIES = 5;
/** Before each try: at first at once, since the usual cause is a render that had begun before. */
const PAUSES_MS = [0, 0, 50, 200, 800];

/**
 * A page that was rendered so shortly before a call, and is the wanted one still, need not be again. A
 * burst of calls takes the server seconds to accept.
 */
const BURST_MS = 5000;

/** The renders that are under way, by path: all calls for a path share the one that runs. */
const renders = new Map<string, Promise<void>>();

/**
 * Regenerates the page of `path` from `content` or newer, for a call that arrived at `arrivedMs`. `revalidate` is Next's `res.revalidate`, called once where the store is not in charge.
 * Throws the cause if the page was not rendered, or not stored.
 */
export async function regenerate(
  { path, content, arrivedMs }: { path: string; content: Numbered; arrivedMs: number },
  revalidate: (path: string) => Promise<void>,
): Promise<void> {
  const isTaken = () => takenFor(path, content) !== undefined && !isRenderedOtherwise(path);
  await confirm(path, content, arrivedMs - BURST_MS);
  if (isTaken()) return;
  if (await storeRemoval(path)) return;
  let failure: unknown;
  for (let tries = 0; tries < TRIES;) {
    if (!renders.has(path)) {
      const wait = PAUSES_MS[tries] ?? 0;
      if (wait > 0) await pause(wait);
      tries += 1;
    }
    try {
      failure = undefined;
      await (renders.get(path) ?? render(path, revalidate));
    } catch (error) {
      if (!isInCharge()) throw error;
      failure = error;
    }
    // Where the store is in charge, what res.revalidate says proves nothing: Next may have joined the
    // call to a render that began before the edit, and drops errors of the store.
    if (!isInCharge() || isTaken()) return;
  }
  throw storeFailure(path) ?? failure ?? new Error('Its content changes faster than it renders');
}

function render(path: string, revalidate: (path: string) => Promise<void>): Promise<void> {
  const running = Promise.resolve()
    .then(() => revalidate(path))
    .finally(() => renders.delete(path));
  renders.set(path, running);
  return running;
}
