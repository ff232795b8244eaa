/** What the forms of the console post to: signing in and out, and purges. Each answer leads to a page of the console. */
import createError, { isHttpError } from 'http-errors';
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { isOfThisSite } from '../../lib/console/connection';
import { destinationOf, SIGN_IN } from '../../lib/console/guard';
import {
  isEmpty,
  namedIn,
  queryOf,
  requestOf,
  retryOf,
  type Named,
} from '../../lib/console/purge-form';
import {
  isFormOf,
  secretsOfConsole,
  SESSION_COOKIE,
  sessionOf,
  setCookie,
  signIn,
} from '../../lib/console/session';
import { callerOf } from '../../lib/purge/caller';
import { meansOf } from '../../lib/purge/means';
import { logPurge } from '../../lib/purge/purge-log';
import { endLateBody, readBody, type BodyLimit } from '../../lib/purge/request-body';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { authorise, throttled, type Fields } from '../../lib/secret';

/** Next's own parser would answer 400 and 413 before this handler could. */
export const config = { api: { bodyParser: false } };

const LIMIT: BodyLimit = {
  bytes: 64 * 1024,
  tooLarge: 'The form is larger than 64 KB; name fewer pages, or a pattern such as /blog/[slug]',
};

/** One action of somebody who signed in; returns where it leads. */
type Action = (form: Fields, req: NextApiRequest, res: NextApiResponse) => Promise<string>;

const ACTIONS = new Map<unknown, Action>([
  [
    'sign-out',
    async (_form, _req, res) => {
      res.setHeader('Set-Cookie', setCookie(undefined));
      return `${SIGN_IN}?why=out`;
    },
  ],
  ['plan', async (form) => planAddress(namedIn(form))],
  ['purge', (form, req, res) => purge(namedIn(form), req, res)],
  [
    'retry',
    async ({ id }, req, res) => {
      const { history } = await runtimeOfProcess();
      const record = await history.one(String(id));
      if (!record) throw createError(404, 'That purge is not in the history any more');
      return purge(retryOf(record), req, res);
    },
  ],
]);

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  try {
    res.redirect(303, await destinationFor(req, res));
  } catch (error) {
    if (!isHttpError(error) || !error.expose) throw error;
    endLateBody(req);
    for (const [name, value] of Object.entries(error.headers ?? {})) res.setHeader(name, value);
    res.status(error.status).send(error.message);
  }
}

async function destinationFor(req: NextApiRequest, res: NextApiResponse): Promise<string> {
  const { secrets, siteUrl } = environment();
  if (secretsOfConsole(secrets).length === 0) throw createError(404, 'Not found');
  if (req.method !== 'POST') {
    throw createError(405, 'Method not allowed', { headers: { Allow: 'POST' } });
  }
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '')) {
    throw createError(415, 'Only forms are taken here');
  }
  const session = sessionOf(req.cookies[SESSION_COOKIE], secrets, Date.now());
  const { form } = await readBody(req, LIMIT).catch((error: unknown) => {
    throw session ? error : throttled(error, addressOf(req));
  });
  const isOurs = isOfThisSite(req.headers, siteUrl);
  if (form.action === 'sign-in') {
    return isOurs ? signedIn(form, req, res) : `${SIGN_IN}?why=elsewhere`;
  }
  if (!session) return SIGN_IN;
  if (!isOurs || !isFormOf(session, form.token)) {
    throw createError(403, 'This form is not of your session; open the page again');
  }
  const action = ACTIONS.get(form.action);
  if (!action) throw createError(400, 'No form of the console does that');
  return action(form, req, res);
}

function signedIn(form: Fields, req: NextApiRequest, res: NextApiResponse): string {
  const secrets = secretsOfConsole(environment().secrets);
  const to = destinationOf(form.to);
  try {
    authorise(form.secret, secrets, addressOf(req));
  } catch (error) {
    const why = isHttpError(error) && error.status === 429 ? 'throttled' : 'wrong';
    return `${SIGN_IN}?${new URLSearchParams({ why, to }).toString()}`;
  }
  res.setHeader('Set-Cookie', setCookie(signIn(form.secret, secrets, Date.now())));
  return to;
}

const addressOf = ({ socket }: NextApiRequest): string => socket.remoteAddress ?? 'unknown';

const planAddress = (named: Named): string =>
  isEmpty(named) ? '/console/purge' : `/console/purge?${queryOf(named)}`;

/** Carries a purge out as `/api/revalidate` does, and leads to its record. */
async function purge(named: Named, req: NextApiRequest, res: NextApiResponse): Promise<string> {
  const started = performance.now();
  const settings = environment();
  const caller = callerOf(req, { form: {}, json: {} }, undefined, settings.secrets);
  const { ledger } = await runtimeOfProcess();
  const outcome = await ledger.purge({
    ...meansOf(req, res, settings),
    caller: { ...caller, secret: 'console', sender: 'the console' },
    read: () => requestOf(named, false),
    started,
  });
  logPurge(req, outcome, Math.round(performance.now() - started));
  if (outcome.record !== undefined) return `/console/purges/${encodeURIComponent(outcome.record)}`;
  return `/console/purge?lost=${outcome.answer.status < 400 ? 'done' : 'failed'}`;
}
