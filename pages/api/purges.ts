/** The history of purges, for who has the secret: filters and paging are in `lib/console/purges-query.ts`. */
import createError, { isHttpError } from 'http-errors';
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { purgesQuery } from '../../lib/console/purges-query';
import { messageOf } from '../../lib/message-of';
import { knownSecrets } from '../../lib/purge/response';
import { runtime } from '../../lib/runtime';
import { authorise, findSecret, withoutSecrets } from '../../lib/secret';

/** Next would parse a body of 1 MB, which nothing here reads. */
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
    res.status(200).json(await answerTo(req.query));
  } catch (error) {
    const isRefusal = isHttpError(error);
    if (!isRefusal) console.error(error);
    for (const [name, value] of Object.entries((isRefusal && error.headers) || {})) {
      res.setHeader(name, value);
    }
    const message = isRefusal ? error.message : `The history cannot be read: ${messageOf(error)}`;
    const status = isRefusal ? error.status : 503;
    res.status(status).json({ message: withoutSecrets(message, knownSecrets()) });
  }
}

async function answerTo(query: NextApiRequest['query']): Promise<object> {
  const { history } = runtime();
  const asked = purgesQuery(query);
  if ('id' in asked) {
    const purge = await history.one(asked.id);
    if (!purge) throw createError(404, 'The history has no purge of this id');
    return { purges: [purge], lost: history.lost };
  }
  const { purges, hasMore } = await history.find(asked);
  const next = hasMore ? purges.at(-1)?.id : undefined;
  return { path: asked.path, purges, next, lost: history.lost };
}
