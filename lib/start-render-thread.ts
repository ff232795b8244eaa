/**
 * Starts the thread for heavy bodies. Apart, in these words: by them the bundler finds its code, and makes a
 * bundle of it, which lies wherever the server's own code does.
 */
import { Worker } from 'node:worker_threads';
import { MOST_MIB } from './body/render-thread';

/** A thread that runs `in-render-thread.ts`. */
export const startRenderThread = (): Worker =>
  new Worker(new URL('./in-render-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MIB },
  });
