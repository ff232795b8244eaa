/**
 * Regenerates one page: renders it until the page store has committed a page that was rendered from a
 * snapshot at least as new as asked for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../store/store';

/** Renders that are begun for one call before it gives up. */
const TRIES = 5;
/** Before each try: at first at once, since the usual cause is a render that had begun before. */
const PAUSES_MS = [0, 0, 50, 200, 800];

/**
 * A page that was rendered so shortly before a call, and is the expected one still, need not be again. A
 * burst of calls takes the server seconds to accept.
 */
const BURST_MS = 5000;

/** Next's `res.revalidate`. */
export type Revalidate = (path: string) => Promise<void>;

/** The renders of one process that purges have begun. */
export class Regeneration {
  /** By path: all calls for a path share the one that runs. */
  private readonly renders = new Map<string, Promise<void>>();

  constructor(private readonly store: Store) {}

  /**
   * Regenerates a page from the newest snapshot, for a call that arrived at `arrivedMs`. `revalidate` is
   * called once where the store is not in charge. Throws the cause if the page was not rendered, or not
   * stored.
   */
  async regenerate(path: string, arrivedMs: number, revalidate: Revalidate): Promise<void> {
    const { store } = this;
    if (store.isInCharge && (await store.isFresh(path, arrivedMs - BURST_MS))) return;
    if (await store.commitRemoval(path)) return;
    let failure: unknown;
    for (let tries = 0; tries < TRIES;) {
      if (!this.renders.has(path)) {
        const wait = PAUSES_MS[tries] ?? 0;
        if (wait > 0) await pause(wait);
        tries += 1;
      }
      try {
        failure = undefined;
        await (this.renders.get(path) ?? this.render(path, revalidate));
      } catch (error) {
        if (!store.isInCharge) throw error;
        failure = error;
      }
      // Where the store is in charge, what res.revalidate says proves nothing: Next may have joined the
      // call to a render that began before the edit, and drops errors of the store.
      if (!store.isInCharge) return;
      failure ??= store.failureOf(path);
      if (failure === undefined && (await store.isFresh(path))) return;
    }
    throw failure ?? new Error('Its content changes faster than it renders');
  }

  private render(path: string, revalidate: Revalidate): Promise<void> {
    const running = Promise.resolve()
      .then(() => revalidate(path))
      .finally(() => this.renders.delete(path));
    this.renders.set(path, running);
    return running;
  }
}
