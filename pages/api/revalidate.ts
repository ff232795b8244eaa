/** The purge endpoint: who may call it, what it takes and what it answers is in the manual. */
import type { NextApiRequest, NextApiResponse } from 'next';
import { responseToFailure, type Outcome } from '../../lib/purge/response';
import { environment } from '../../lib/config';
import { meansOf } from '../../lib/purge/means';
import { logPurge } from '../../lib/purge/purge-log';
import { admit } from '../../lib/purge/purge-request';
import { endLateBody } from '../../lib/purge/request-body';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next's own parser would answer 400 and 413 before this handler could. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const started = performance.now();
  const outcome = await purgeFor(req, res, started);
  logPurge(req, outcome, Math.round(performance.now() - started));
  const { status, headers, body } = outcome.answer;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  endLateBody(req);
  return typeof body === 'string' ? res.status(status).send(body) : res.status(status).json(body);
}

async function purgeFor(
  req: NextApiRequest,
  res: NextApiResponse,
  started: number,
): Promise<Outcome> {
  try {
    const settings = environment();
    const { caller, read } = await admit(req, settings.secrets);
    const { ledger } = await runtimeOfProcess();
    return await ledger.purge({ ...meansOf(req, res, settings), caller, read, started });
  } catch (error) {
    return { error, answer: responseToFailure(error, undefined) };
  }
}
