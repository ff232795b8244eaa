import type { GetServerSideProps } from 'next';
import { sendFromSite } from '../lib/readers/site-texts';
import { sitemapOf } from '../lib/readers/sitemap';
import { runtimeOfProcess } from '../lib/runtime-of-process';

export default function Sitemap() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const { snapshots, settings } = await runtimeOfProcess();
  return sendFromSite(context, 'application/xml', 'sitemap', await snapshots.current(), (site) =>
    sitemapOf(site, settings().siteUrl),
  );
}) satisfies GetServerSideProps;
