import type { GetServerSideProps } from 'next';
import { feedOf } from '../lib/readers/feed';
import { sendFromSite } from '../lib/readers/site-texts';
import { runtime } from '../lib/runtime';
import { FEEDS } from '../lib/site/feeds';

export default function Feed() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const { snapshots, feedTexts, settings } = runtime();
  const { path, type } = FEEDS.rss;
  return sendFromSite(context, type, path, await snapshots.current(), (site) =>
    feedOf(site, settings().siteUrl, feedTexts, 'rss'),
  );
}) satisfies GetServerSideProps;
