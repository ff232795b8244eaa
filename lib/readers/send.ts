/**
 * Sends what machines read: caches may keep it, but have to ask each time whether it is the newest still.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import { hash } from '../hash';

/** A text, and its hash. */
export interface Text {
  text: string;
  version: string;
}

/** A text with its hash. */
export const versioned = (text: string): Text => ({ text, version: hash(text) });

/** Sends a text, or says that the caller's copy of it is good. */
export const sendText = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: string,
  { text, version }: Text,
): Promise<void> =>
  send(req, res, {
    version,
    contentType: `${contentType}; charset=utf-8`,
    body: () => text,
  });

/** What is sent, under a name that no other content has. */
interface Sent {
  version: string;
  contentType: string;
  cacheControl?: string;
  body: () => string | Promise<Buffer>;
}

/** Sends a body, which is not asked for where the caller has this version. */
export async function send(
  req: IncomingMessage,
  res: ServerResponse,
  { version, contentType, cacheControl = 'public, no-cache', body }: Sent,
): Promise<void> {
  const etag = `"${version}"`;
  // Not with the whole request: Node's fetch adds `Cache-Control: no-cache` to If-None-Match, for which
  // `fresh` would send the body again to every feed reader that is written with it.
  const isKnown = fresh({ 'if-none-match': req.headers['if-none-match'] }, { etag });
  const content = isKnown ? undefined : await body();
  // Only now: a body that fails must not be answered with headers that let it be kept.
  res.setHeader('Cache-Control', cacheControl);
  res.setHeader('ETag', etag);
  if (content === undefined) res.statusCode = 304;
  else res.setHeader('Content-Type', contentType);
  res.end(content);
}
