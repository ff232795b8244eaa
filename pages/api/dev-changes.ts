/**
 * Tells the pages of `npm run dev` of each change of the site, so that they load themselves again, an error's page
 * included. Under `next start` there is no such address.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { NextApiRequest, NextApiResponse } from 'next';
import type { Snapshot } from '../../lib/content/snapshots';
import { hash } from '../../lib/hash';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

/** How long a change may stay unseen. Watching the folder misses files that are replaced by a rename. */
const LOOK_AGAIN_MS = 300;

/** What the pages were made of that some page was told of last: one that was rendered before listens later. */
let toldLast: string | undefined;

export default async function handler(_req: NextApiRequest, res: NextApiResponse): Promise<void> {
  const { settings, snapshots } = await runtimeOfProcess();
  if (!settings().developing) {
    res.status(404).end();
    return;
  }
  let isOpen = true;
  res.on('close', () => (isOpen = false));
  let seen = await snapshots.current();
  let madeOf = inputsOf(seen);
  const before = toldLast ?? madeOf;
  // Without a transformation, compression would hold the event back.
  res.writeHead(200, {
    'Cache-Control': 'no-cache, no-transform',
    'Content-Type': 'text/event-stream',
  });
  res.write(': ready\n\n');
  while (isOpen && madeOf === before) {
    await pause(LOOK_AGAIN_MS);
    const now = await snapshots.current();
    if (now.site !== seen.site || now.problemAt.size > 0 || seen.problemAt.size > 0) {
      madeOf = inputsOf(now);
    }
    seen = now;
  }
  toldLast = madeOf;
  // The page loads again, and listens again.
  res.end('data: changed\n\n');
}

/** All that pages are made of, in one text; of bodies it has the hashes. */
const inputsOf = ({ site, problemAt }: Snapshot): string =>
  hash(
    JSON.stringify([
      [...site.posts.values()].map((post) => ({ ...post, body: undefined })),
      [...problemAt],
    ]),
  );
