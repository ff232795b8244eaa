import type { GetServerSideProps } from 'next';
import { feedOf, sendFromSite } from '../lib/feed';

export default function Feed() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFromSite(context, 'application/rss+xml', feedOf)) satisfies GetServerSideProps;
