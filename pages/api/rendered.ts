/** When the page that visitors of a path are served was rendered: for `<page-age>`, and for the curious. */
import type { NextApiRequest, NextApiResponse } from 'next';
import { checkPath } from '../../lib/purge/paths';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  const { path } = req.query;
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return res.status(405).json({ message: 'Method not allowed' });
  }
  const checked = typeof path === 'string' ? checkPath(path, []) : undefined;
  const page = checked?.problem === undefined ? checked?.page : undefined;
  if (page === undefined) return res.status(400).json({ message: 'path must be one page' });
  const { store } = await runtimeOfProcess();
  const at = await store.renderedAt(page);
  if (!at) return res.status(404).json({ message: 'No page is stored for this path' });
  res.setHeader('Last-Modified', at.toUTCString());
  res.status(200).json({ path: page, rendered: at.toISOString() });
}
