import type { GetServerSideProps } from 'next';
import { sendFromSite } from '../../lib/readers/site-texts';
import { sitemapPartOf } from '../../lib/readers/sitemap';
import { runtime } from '../../lib/runtime';

export default function SitemapPart() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const file = context.params?.file ?? '';
  const { snapshots, settings } = runtime();
  return sendFromSite(context, 'application/xml', file, await snapshots.current(), (site) =>
    sitemapPartOf(site, settings().siteUrl, file),
  );
}) satisfies GetServerSideProps<Record<string, never>, { file: string }>;
