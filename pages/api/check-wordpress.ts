/** Asked by our plugin when somebody tests the connection: whether this site can read its WordPress. */
import { isHttpError } from 'http-errors';
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { authorise, findSecret } from '../../lib/secret';
import { checkWordPress } from '../../lib/source/wordpress/check';

/** Next would parse a body of 1 MB before the secret is checked. */
export const config = { api: { bodyParser: false } };

/** None while WordPress cannot be read: then that is what is found. */
const warningsNow = async () => (await runtimeOfProcess()).snapshots.newest()?.warnings ?? [];

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  if (req.method !== 'POST') {
    res.setHeader('Allow', 'POST');
    return res.status(405).json({ message: 'Method not allowed' });
  }
  try {
    const settings = environment();
    authorise(
      findSecret(req.headers, req.query),
      settings.secrets,
      req.socket.remoteAddress ?? 'unknown',
    );
    const { home } = req.query;
    if (typeof home !== 'string' || !URL.canParse(home)) {
      return res.status(400).json({ message: 'home must be the address of the WordPress' });
    }
    res.status(200).json({ findings: await checkWordPress(settings, home, await warningsNow()) });
  } catch (error) {
    if (!isHttpError(error)) throw error;
    res.status(error.status).json({ message: error.message });
  }
}
