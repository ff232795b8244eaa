/**
 * Texts of a site, such as the feed: each is made once, when it is first asked for.
 */
import type { GetServerSidePropsContext, GetServerSidePropsResult } from 'next';
import type { Snapshot } from '../content/snapshots';
import type { Site } from '../site/site';
import { sendText, versioned, type Text } from './send';

type Result = GetServerSidePropsResult<Record<string, never>>;

/** Makes a text of a site. No text: there is no such address. */
export type Make = (site: Site) => string | undefined | Promise<string | undefined>;

/** Made once for each site; a site that has gone takes its texts with it. */
const made = new WeakMap<Site, Map<string, Promise<Text | undefined>>>();

/** Sends a text that is made of a site and kept with it under a name; or 404. */
export async function sendFromSite(
  { req, res }: GetServerSidePropsContext,
  contentType: string,
  name: string,
  { site }: Snapshot,
  make: Make,
): Promise<Result> {
  const text = await textOf(site, name, make);
  if (text === undefined) return { notFound: true };
  await sendText(req, res, contentType, text);
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
    // Don't keep failures or misses.
    making.then(
      (text) => text === undefined && texts.delete(name),
      () => texts.delete(name),
    );
  }
  return making;
}
