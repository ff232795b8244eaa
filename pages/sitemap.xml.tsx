import type { GetServerSideProps } from 'next';
import { sitemapOf, sendFromSite } from '../lib/feed';

export default function Sitemap() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFromSite(context, 'application/xml', sitemapOf)) satisfies GetServerSideProps;
