import type { GetServerSideProps } from 'next';
import { feedOf } from '../lib/readers/feed';
import { sendFromSite } from '../lib/readers/site-texts';
import { runtime } from '../lib/runtime';

export default function Feed() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const { snapshots, feedTexts, settings } = runtime();
  return sendFromSite(context, 'application/rss+xml', 'feed', await snapshots.current(), (site) =>
    feedOf(site, settings().siteUrl, feedTexts),
  );
}) satisfies GetServerSideProps;
