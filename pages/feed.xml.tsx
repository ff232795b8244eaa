import type { GetServerSideProps } from 'next';
import { feedOf } from '../lib/feed';
import { sendFromSite } from '../lib/send';

export default function Feed() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFromSite(context, 'application/rss+xml', 'feed', feedOf)) satisfies GetServerSideProps;
