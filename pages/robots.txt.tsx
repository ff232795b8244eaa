import type { GetServerSideProps } from 'next';
import { environment } from '../lib/config';
import { sendText, versioned } from '../lib/readers/send';
import { robotsOf } from '../lib/readers/sitemap';

export default function Robots() {
  return null;
}

export const getServerSideProps = (async ({ req, res }) => {
  await sendText(req, res, 'text/plain', versioned(robotsOf(environment().siteUrl)));
  return { props: {} };
}) satisfies GetServerSideProps;
