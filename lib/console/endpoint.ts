/** Endpoints by which operators and their scripts read: JSON for who has the secret, never stored. */
import { isHttpError } from 'http-errors';
import type { NextApiHandler, NextApiRequest } from 'next';
import { environment } from '../config';
import { messageOf } from '../message-of';
import { knownSecrets } from '../purge/response';
import { authorise, findSecret, withoutSecrets } from '../secret';

/**
 * A handler that answers a GET with what `answerTo` makes of its query, or with the HTTP error that it throws. Of
 * anything else that it throws `failure` is the beginning of a sentence, and the status 503.
 */
export const operatorsEndpoint =
  (
    answerTo: (query: NextApiRequest['query']) => Promise<object>,
    failure: string,
  ): NextApiHandler =>
  async (req, res) => {
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
      const message = isRefusal ? error.message : `${failure}: ${messageOf(error)}`;
      const status = isRefusal ? error.status : 503;
      res.status(status).json({ message: withoutSecrets(message, knownSecrets()) });
    }
  };
