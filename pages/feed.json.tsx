import type { GetServerSideProps } from 'next';
import { sendFeed } from '../lib/readers/site-feeds';
import { runtime } from '../lib/runtime';

export default function Feed() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFeed(context, 'json', runtime())) satisfies GetServerSideProps;
