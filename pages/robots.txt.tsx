import type { GetServerSideProps } from 'next';
import { environment } from '../lib/config';
import { sendText } from '../lib/readers/send';
import { robotsOf } from '../lib/readers/sitemap';

export default function Robots() {
  return null;
}

export const getServerSideProps = (async ({ req, res }) => {
  await sendText(req, res, 'text/plain', robotsOf(environment().siteUrl));
  return { props: {} };
}) satisfies GetServerSideProps;
