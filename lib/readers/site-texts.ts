/**
 * Texts of a site, such as the feed: each is made once, when it is first asked for, and kept as long as there is
 * room.
 */
import type { GetServerSidePropsContext, GetServerSidePropsResult } from 'next';
import { LRUCache } from 'lru-cache';
import type { Snapshot } from '../content/snapshots';
import type { Site } from '../site/site';
import { sendText, versioned, type Text } from './send';

type Result = GetServerSidePropsResult<Record<string, never>>;

/** Makes a text of a site. No text: there is no such address. */
export type Make = (site: Site) => string | undefined | Promise<string | undefined>;

/** Characters that are kept of one site: a sitemap has seven million at most. */
const MOST_CHARACTERS = 32 * 1024 ** 2;

interface TextsOfSite {
  made: LRUCache<string, Text>;
  making: Map<string, Promise<Text | undefined>>;
}

/** A site that has gone takes its texts with it. */
const textsOf = new WeakMap<Site, TextsOfSite>();

const noTexts = (): TextsOfSite => ({
  made: new LRUCache({ maxSize: MOST_CHARACTERS, sizeCalculation: ({ text }) => text.length + 1 }),
  making: new Map(),
});

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

async function textOf(site: Site, name: string, make: Make): Promise<Text | undefined> {
  const { made, making } = textsOf.get(site) ?? noTexts();
  textsOf.set(site, { made, making });
  const known = made.get(name);
  if (known) return known;
  let text = making.get(name);
  if (!text) {
    text = Promise.resolve(make(site)).then((found) =>
      found === undefined ? undefined : versioned(found),
    );
    making.set(name, text);
  }
  try {
    // Neither failures nor misses are kept.
    const found = await text;
    if (found) made.set(name, found);
    return found;
  } finally {
    making.delete(name);
  }
}
