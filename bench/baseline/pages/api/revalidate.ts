/** The handler of the tutorials. */
import type { NextApiRequest, NextApiResponse } from 'next';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.query.secret !== process.env.MY_SECRET_TOKEN) {
    return res.status(401).json({ message: 'Invalid token' });
  }
  if (!req.query.path) return res.status(400).json({ message: 'Path parameter is required' });
  try {
    await res.revalidate(String(req.query.path));
    return res.json({ revalidated: true });
  } catch {
    return res.status(500).send('Error revalidating');
  }
}
