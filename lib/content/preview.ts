/**
 * Previews: the signed links by which WordPress opens a draft on the site for its editor.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import createError from 'http-errors';
import { z } from 'zod';
import { previewsClosed, SECRET_CHARACTERS } from '../config';
import type { Fields } from '../secret';
import type { DraftId } from '../source/draft-id';

const number = z.string().regex(/^[1-9]\d{0,15}$/);
const Link = z.object({
  type: z.enum(['post', 'page']),
  id: number,
  /** Seconds since 1970. */
  expires: number,
  signature: z.string().regex(/^[\da-f]{64}$/),
});

/**
 * Reads the query of a link such as `?type=post&id=12&expires=1795363200&signature=…`, which is
 * signed with one of `secrets` that is long enough. Throws 401 if it was not made by who knows one, or
 * 503 if none can be made, and 410 if it expired.
 */
export function readPreviewLink(query: Fields, secrets: readonly string[], nowMs: number): DraftId {
  const link = Link.safeParse(query).data;
  const long = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS);
  const isSigned = link && long.some((secret) => isSignature(link, secret));
  if (!isSigned) {
    const closed = previewsClosed(secrets);
    if (closed) throw createError(503, closed, { expose: true });
    throw createError(401, 'This is no preview link that WordPress made for this site');
  }
  if (Number(link.expires) * 1000 < nowMs) {
    throw createError(410, 'This preview link has expired: press Preview in WordPress once more');
  }
  return { id: Number(link.id), page: link.type === 'page' };
}

/** As `evergreen_preview_link()` of our plugin signs. */
function isSignature({ type, id, expires, signature }: z.infer<typeof Link>, secret: string) {
  const signed = createHmac('sha256', secret).update(`preview ${type} ${id} ${expires}`).digest();
  return timingSafeEqual(signed, Buffer.from(signature, 'hex'));
}
