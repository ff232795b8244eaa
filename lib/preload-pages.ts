/**
 * Loads the code of all pages and API routes before the first request. Next does so by itself, but only when it
 * lets requests in, and who comes first shares the process with that. It leans on internals of Next: where the
 * manifest of the pages lies, what it holds, and that Next requires those files. Where one changes, Next's own way is all
 * that is left.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { z } from 'zod';

const Manifest = z.record(z.string(), z.string());

/** Loads them one by one. Never rejects: what cannot be loaded fails where it is asked for. */
export async function preloadPages(serverDir = path.resolve('.next', 'server')): Promise<void> {
  const file = path.join(/* turbopackIgnore: true */ serverDir, 'pages-manifest.json');
  try {
    const load = createRequire(file);
    for (const name of Object.values(Manifest.parse(JSON.parse(readFileSync(file, 'utf8'))))) {
      if (!name.endsWith('.js')) continue;
      await yieldToEventLoop();
      // A page that waits for its own modules is a promise.
      await load(path.join(/* turbopackIgnore: true */ serverDir, name));
    }
  } catch {
    // Next tells of it, if it matters.
  }
}
