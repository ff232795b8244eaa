/**
 * Threads for tests of what starts them: real ones, that do with a body what it says.
 */
import { Worker } from 'node:worker_threads';

const CODE = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ body }) => {
  if (body === 'never begin') for (;;);
  parentPort.postMessage('begun');
  if (body === 'hang') for (;;);
  if (body === 'wait') return;
  if (body === 'explode') for (const all = []; ; ) all.push({ length: all.length });
  if (body === 'exit') process.exit(3);
  if (body === 'throw') setTimeout(() => { throw new Error('thrown later'); });
  else setTimeout(answer, body === 'pause' ? 500 : 0);
  function answer() { parentPort.postMessage({ outcome: { body: { html: body } }, tookMs: 1 }); }
});
`;

/** Starts such a thread. */
export const startTestThread = (): Worker =>
  new Worker(CODE, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
