/**
 * Is loaded into a server before it starts (`--expose-gc --import`): answers each message with the
 * memory that the process uses, once the garbage has been collected.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** What finalizers and caches let go of at one collection is collected at the next. */
const COLLECTIONS = 5;

process.on('message', async () => {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    globalThis.gc?.();
    await pause(100);
  }
  process.send?.(process.memoryUsage());
});
