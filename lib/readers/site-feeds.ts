/** Sends a feed of all posts, in the language whose address was asked for. */
import type { GetServerSidePropsContext } from 'next';
import type { Environment } from '../config';
import type { Snapshots } from '../content/snapshots';
import { feedOfAll, FEEDS, type FeedFormat } from '../site/feeds';
import { prefixOf, sectionOfPath } from '../site/languages';
import { feedOf } from './feed';
import type { FeedTexts } from './feed-texts';
import { sendFromSite } from './site-texts';

interface Parts {
  snapshots: Pick<Snapshots, 'current' | 'withTexts'>;
  feedTexts: FeedTexts;
  settings: () => Environment;
}

/** Answers a request for a feed. */
export async function sendFeed(
  context: GetServerSidePropsContext,
  format: FeedFormat,
  { snapshots, feedTexts, settings }: Parts,
) {
  // By the address as it was written: a query could name a language, too, which no purge would.
  const section = sectionOfPath(context.req.url ?? '');
  const name = feedOfAll(prefixOf(section), format);
  return snapshots.withTexts(async () =>
    sendFromSite(context, FEEDS[format].type, name, await snapshots.current(), (site) =>
      feedOf(site, settings().siteUrl, feedTexts, format, section),
    ),
  );
}
