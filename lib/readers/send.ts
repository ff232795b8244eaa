/**
 * Answers with what machines read: caches may keep it, but have to ask each time whether it is the
 * newest still.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import type { GetServerSidePropsContext, GetServerSidePropsResult } from 'next';
import type { Snapshot } from '../content/snapshots';
import { hash } from '../hash';
import type { Site } from '../site/site';

type Result = GetServerSidePropsResult<Record<string, never>>;

/** Makes a text of a site. No text: there is no such address. */
export type Make = (site: Site) => string | undefined | Promise<string | undefined>;

/** A text, and its hash. */
interface Text {
  text: string;
  version: string;
}

const versioned = (text: string): Text => ({ text, version: hash(text) });

/** Made once for each site; a site that has gone takes its texts with it. */
const made = new WeakMap<Site, Map<string, Promise<Text | undefined>>>();

/** Answers with a text that is made of a site and kept with it under a name; or with 404. */
export async function sendFromSite(
  { req, res }: GetServerSidePropsContext,
  contentType: string,
  name: string,
  { site }: Snapshot,
  make: Make,
): Promise<Result> {
  const text = await textOf(site, name, make);
  if (text === undefined) return { notFound: true };
  await sendVersioned(req, res, contentType, text);
  return { props: {} };
}

function textOf(site: Site, name: string, make: Make): Promise<Text | undefined> {
  const texts = made.get(site) ?? new Map<string, Promise<Text | undefined>>();
  made.set(site, texts);
  let making = texts.get(name);
  if (!making) {
    making = Promise.resolve(make(site)).then((text) =>
      text === undefined ? undefined : versioned(text),
    );
    texts.set(name, making);
    // Don't cache failures or misses.
    making.then(
      (text) => text === undefined && texts.delete(name),
      () => texts.delete(name),
    );
  }
  return making;
}

/** Sends a text, or says that the caller's copy of it is good. */
export const sendText = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: string,
  text: string,
): Promise<void> => sendVersioned(req, res, contentType, versioned(text));

const sendVersioned = (
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
interface Answer {
  version: string;
  contentType: string;
  cacheControl?: string;
  body: () => string | Promise<Buffer>;
}

/** Sends a body, which is not asked for where the caller has this version. */
export async function send(
  req: IncomingMessage,
  res: ServerResponse,
  { version, contentType, cacheControl = 'public, no-cache', body }: Answer,
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
