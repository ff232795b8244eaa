/** What a request brings along for its purge: the names of the site's host, and Next's function that renders. */
import type { NextApiRequest, NextApiResponse } from 'next';
import type { Environment } from '../config';
import type { Revalidate } from './regenerate';

/** What a purge needs of its request, besides what it asks for. */
export interface Means {
  /** The hosts that a path may be written with. */
  hosts: string[];
  revalidate: Revalidate;
}

/** The hosts of the site itself, and of its WordPress, whose permalinks name its pages. */
export const hostsOf = ({ siteUrl, wordpressUrl }: Environment): string[] =>
  [siteUrl, wordpressUrl].flatMap((url) => (url ? new URL(url).host : []));

/** What a request brings along for a purge. */
export function meansOf(
  req: Pick<NextApiRequest, 'headers'>,
  res: Pick<NextApiResponse, 'revalidate'>,
  settings: Environment,
): Means {
  const { developing } = settings;
  return {
    hosts: [...hostsOf(settings), req.headers.host ?? ''],
    // In development each visit renders again, and Next fails to regenerate a dynamic route.
    revalidate: developing ? async () => undefined : (path) => res.revalidate(path),
  };
}
