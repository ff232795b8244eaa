/** "Is this page fresh?", for scripts: the answer with its proof, as the console shows it. */
import { isHttpError } from 'http-errors';
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { runtime } from '../../lib/runtime';
import { authorise, findSecret } from '../../lib/secret';

/** Next would parse a body of 1 MB before the secret is checked. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return res.status(405).json({ message: 'Method not allowed' });
  }
  try {
    const shown = findSecret(req.headers, req.query);
    authorise(shown, environment().secrets, req.socket.remoteAddress ?? 'unknown');
    const { path } = req.query;
    if (typeof path !== 'string') {
      return res.status(400).json({ message: 'path must be one page, such as /blog/my-post' });
    }
    res.status(200).json(await runtime().freshness.ask(path));
  } catch (error) {
    if (!isHttpError(error)) throw error;
    for (const [name, value] of Object.entries(error.headers ?? {})) res.setHeader(name, value);
    res.status(error.status).json({ message: error.message });
  }
}
