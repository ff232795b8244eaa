/**
 * Whether this instance lives (`?live`: it answers), and whether visitors should be sent to it: it has
 * read its content, and reaches the store. The log says more than strangers should know.
 */
import type { NextApiRequest, NextApiResponse } from 'next';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return res.status(405).json({ message: 'Method not allowed' });
  }
  if ('live' in req.query) return res.status(200).json({ live: true });
  const problems = await problemsNow();
  const ready = problems.length === 0;
  res.status(ready ? 200 : 503).json({ ready, problems });
}

async function problemsNow(): Promise<string[]> {
  try {
    const { snapshots, store } = await runtimeOfProcess();
    return [
      ...(snapshots.last ? [] : ['The content has not been read yet']),
      ...(store.problem() === undefined ? [] : ['The store of pages cannot be used']),
    ];
  } catch {
    return ['The server has not been started as it should be'];
  }
}
