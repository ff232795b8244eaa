/**
 * What runs in the thread for heavy bodies: `lib/body/render-thread.ts` starts it through
 * `start-render-thread.ts`, and sends it bodies one by one.
 */
import { parentPort } from 'node:worker_threads';
import { mdxComponents } from '../components/mdx-components';
import { outcomeOf, type BodyJob } from './body/render';
import type { ThreadMessage } from './body/render-thread';

// In a thread it would end that, and look like a fault of the machine.
process.exit = () => {
  throw new Error('process.exit is not for posts');
};

const say = (message: ThreadMessage) => parentPort?.postMessage(message);

parentPort?.on('message', (job: BodyJob) => {
  say('begun');
  const begunMs = performance.now();
  void outcomeOf(job, mdxComponents).then((outcome) =>
    say({ outcome, tookMs: performance.now() - begunMs }),
  );
});
