/** Metrics for a Prometheus, behind the purge secret or METRICS_TOKEN: see `docs/watching.md`. */
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { METRICS_TYPE } from '../../lib/console/metrics';
import { responseToFailure } from '../../lib/purge/response';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { authorise, findSecret, isRight } from '../../lib/secret';

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return res.status(405).json({ message: 'Method not allowed' });
  }
  try {
    admit(req);
    const { metrics } = await runtimeOfProcess();
    const text = await metrics.scrape();
    res.setHeader('Content-Type', METRICS_TYPE);
    res.status(200).send(text);
  } catch (error) {
    const { status, headers, body } = responseToFailure(error, undefined);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    res.status(status).json(body);
  }
}

/** Throws 401 or 429. The token of the metrics counts in a header only: addresses are logged. */
function admit({ headers, query, socket }: NextApiRequest): void {
  const { secrets, metricsToken } = environment();
  if (metricsToken !== undefined && isRight(findSecret(headers, {}), [metricsToken])) return;
  authorise(findSecret(headers, query), secrets, socket.remoteAddress ?? 'unknown');
}
