/**
 * Opens a preview by a link that WordPress signed, or leaves one. What it opens is bound to the page of
 * the draft: all others stay what visitors see.
 */
import { isHttpError } from 'http-errors';
import type { NextApiRequest, NextApiResponse } from 'next';
import { environment } from '../../lib/config';
import { logError } from '../../lib/log';
import { checkPath } from '../../lib/purge/paths';
import { readPreviewLink } from '../../lib/content/preview';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { withoutSecrets } from '../../lib/secret';
import { messageOf } from '../../lib/message-of';

/** For how long a browser shows the draft, in seconds. */
const SHOWN_FOR = 3600;

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  if (req.method !== 'GET') {
    res.setHeader('Allow', 'GET');
    return res.status(405).send('Method not allowed');
  }
  const { leave } = req.query;
  try {
    if (typeof leave === 'string') return await leavePreview(leave, res);
    const draft = readPreviewLink(req.query, environment().secrets, Date.now());
    const { withDraft } = await runtimeOfProcess();
    const { path } = await withDraft(draft);
    res.setPreviewData(draft, { maxAge: SHOWN_FOR, path });
    res.redirect(307, path);
  } catch (error) {
    if (isHttpError(error) && error.expose) return res.status(error.status).send(error.message);
    const clean = (text: string) => withoutSecrets(text, environment().secrets);
    logError(error, clean);
    const message = messageOf(error);
    res.status(500).send(clean(`There is no preview: ${message}`));
  }
}

/** Shows a page as visitors see it again, or the newest posts where they see none. */
async function leavePreview(written: string, res: NextApiResponse): Promise<void> {
  const checked = checkPath(written, []);
  const path = checked.problem === undefined ? checked.page : undefined;
  if (path === undefined) return res.status(400).send('leave must be the path of a page');
  res.clearPreviewData({ path });
  const { snapshots } = await runtimeOfProcess();
  const { site } = await snapshots.current();
  res.redirect(307, site.pages.has(path) ? path : '/');
}
