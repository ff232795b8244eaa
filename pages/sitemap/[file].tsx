import type { GetServerSideProps } from 'next';
import { sendFromSite } from '../../lib/readers/site-texts';
import { sitemapPartOf } from '../../lib/readers/sitemap';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

export default function SitemapPart() {
  return null;
}

export const getServerSideProps = (async (context) => {
  const file = context.params?.file ?? '';
  const { snapshots, settings } = await runtimeOfProcess();
  return sendFromSite(context, 'application/xml', file, await snapshots.current(), (site) =>
    sitemapPartOf(site, settings().siteUrl, file),
  );
}) satisfies GetServerSideProps<Record<string, never>, { file: string }>;
