/** The feed of a category or a tag: `next.config.js` has each served from here. */
import { isHttpError } from 'http-errors';
import type { GetServerSideProps } from 'next';
import { topicFeedOf } from '../lib/readers/feed';
import { sendFromSite } from '../lib/readers/site-texts';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import { FEEDS, feedOfList } from '../lib/site/feeds';
import { pathOf } from '../lib/site/paths';

export default function Feed() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const { language = [], kind = '', path = [] } = context.query;
  const list = listAt([language, kind, path].flat());
  if (list === undefined) return { notFound: true };
  const { snapshots, feedTexts, settings } = await runtimeOfProcess();
  const { site } = await snapshots.current();
  const { pages, leadOf } = site;
  const feed = feedOfList(list);
  if (!pages.has(list)) {
    const lead = leadOf(feed);
    return lead
      ? { redirect: { destination: lead.to, statusCode: lead.status } }
      : { notFound: true };
  }
  try {
    return await snapshots.withTexts(async () =>
      sendFromSite(context, FEEDS.rss.type, feed, await snapshots.current(), (site) =>
        feedTexts.inTurnOfTopics(() => topicFeedOf(site, settings().siteUrl, list, feedTexts)),
      ),
    );
  } catch (error) {
    if (!isHttpError(error)) throw error;
    context.res.writeHead(error.status, { 'Cache-Control': 'no-store', 'Retry-After': '5' });
    context.res.end(`${error.message}\n`);
    return { props: {} };
  }
}) satisfies GetServerSideProps;

/** The path of a list: Next hands over the segments of a rewrite as they are encoded. */
function listAt(segments: readonly string[]): string | undefined {
  try {
    return pathOf(...segments.map((segment) => decodeURIComponent(segment)));
  } catch {
    return undefined;
  }
}
