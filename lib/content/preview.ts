/**
 * Previews: the signed links by which WordPress opens a draft on the site for its editor.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import createError from 'http-errors';
import { z } from 'zod';
import { SECRET_CHARACTERS } from '../config';
import type { Fields } from '../secret';

/** Which post of the source a preview shows. Browsers bring it back in a cookie that Next seals. */
export const DraftId = z.object({ id: z.number().int().positive(), page: z.boolean() });
export type DraftId = z.infer<typeof DraftId>;

const number = z.string().regex(/^[1-9]\d{0,15}$/);
const Link = z.object({
  type: z.enum(['post', 'page']),
  id: number,
  /** Seconds since 1970. */
  expires: number,
  signature: z.string().regex(/^[\da-f]{64}$/),
});

/**
 * Why there are no previews, if so. A link that was signed with a short secret would give the secret
 * away: somebody who may preview, and not purge, could guess it from the link without asking the site.
 */
export function previewsClosed([current = '']: string[]): string | undefined {
  if (current.length >= SECRET_CHARACTERS) return undefined;
  return (
    `Previews are closed: MY_SECRET_TOKEN has fewer than ${SECRET_CHARACTERS} characters, and links ` +
    'to previews are signed with it. Set a longer one on the site and in WordPress.'
  );
}

/**
 * Reads the query of a link such as `?type=post&id=12&expires=1795363200&signature=…`, which is
 * signed with one of `secrets` that is long enough. Throws 401 if it was not made by who knows one, or
 * 503 if none can be made, and 410 if it expired.
 */
export function readPreviewLink(query: Fields, secrets: string[], nowMs: number): DraftId {
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
