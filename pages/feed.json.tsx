import type { GetServerSideProps } from 'next';
import { sendFeed } from '../lib/readers/site-feeds';
import { runtimeOfProcess } from '../lib/runtime-of-process';

export default function Feed() {
  return null;
}

export const getServerSideProps = (async (context) =>
  sendFeed(context, 'json', await runtimeOfProcess())) satisfies GetServerSideProps;
