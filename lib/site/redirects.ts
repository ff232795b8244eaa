/** Aliases: other addresses of a post, each of which is a redirect to it. */
import type { Post } from '../source/post';
import { pathOf, pathOfPost, segmentsOf } from './paths';
import { isReserved } from './routes';
import { hasSegmentForm } from './slugs';

/** The path of an alias, or why it is none. */
export type CheckedAlias =
  { path: string; problem?: undefined } | { path?: undefined; problem: string };

/** Without the ending of a file: what has one is looked for without it. */
const isSegment = (part: string): boolean => hasSegmentForm(part) && !/\.[a-z]\w*$/i.test(part);

/**
 * Checks an alias as its author writes it: a path, or another slug, which stands for a path of the
 * post's own kind.
 */
export function checkAlias(written: string, post: Pick<Post, 'page'>): CheckedAlias {
  const no = (why: string) => ({ problem: `${JSON.stringify(written)} ${why}` });
  const isPath = written.startsWith('/');
  let parts: string[];
  try {
    parts = (isPath ? written.slice(1).replace(/\/$/, '').split('/') : [written]).map((part) =>
      decodeURIComponent(part).normalize('NFC'),
    );
  } catch {
    return no('has broken percent-encoding');
  }
  const [slug = ''] = parts;
  if (!parts.every(isSegment)) {
    return no(
      'must be a path of this site, such as /2019/old-name, or another slug, such as old-name: ' +
        'letters, digits and hyphens',
    );
  }
  const path = isPath ? pathOf(...parts) : pathOfPost({ slug, page: post.page });
  if (isReserved(...segmentsOf(path))) return no('belongs to the site itself');
  return { path };
}
