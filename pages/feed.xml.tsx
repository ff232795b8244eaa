import type { GetServerSideProps } from 'next';
import { feedOf } from '../lib/readers/feed';
import { sendFromSite } from '../lib/readers/site-texts';
import { runtime } from '../lib/runtime';
import type { Post } from '../lib/source/post';

export default function Feed() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const { snapshots, bodies, settings } = runtime();
  const html = async (post: Post) => (await bodies.render(post)).html;
  return sendFromSite(context, 'application/rss+xml', 'feed', await snapshots.current(), (site) =>
    feedOf(site, settings().siteUrl, html),
  );
}) satisfies GetServerSideProps;
