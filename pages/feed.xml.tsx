import type { GetServerSideProps } from 'next';
import { feedOf } from '../lib/readers/feed';
import { sendFromSite } from '../lib/readers/site-texts';

export default function Feed() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFromSite(context, 'application/rss+xml', 'feed', feedOf)) satisfies GetServerSideProps;
