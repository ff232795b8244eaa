import type { GetServerSideProps } from 'next';
import { environment } from '../lib/environment';
import { sendText } from '../lib/send';
import { robotsOf } from '../lib/sitemap';

export default function Robots() {
  return null;
}

export const getServerSideProps = (async ({ req, res }) => {
  await sendText(req, res, 'text/plain', robotsOf(environment().siteUrl));
  return { props: {} };
}) satisfies GetServerSideProps;
