import type { GetServerSideProps } from 'next';
import { sendFromSite } from '../lib/readers/site-texts';
import { sitemapOf } from '../lib/readers/sitemap';

export default function Sitemap() {
  return null;
}

export const getServerSideProps = ((context) =>
  sendFromSite(context, 'application/xml', 'sitemap', sitemapOf)) satisfies GetServerSideProps;
