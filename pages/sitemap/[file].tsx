import type { GetServerSideProps } from 'next';
import { sendFromSite } from '../../lib/readers/site-texts';
import { sitemapPartOf } from '../../lib/readers/sitemap';

export default function SitemapPart() {
  return null;
}

export const getServerSideProps = ((context) => {
  const file = context.params?.file ?? '';
  return sendFromSite(context, 'application/xml', file, (site, origin) =>
    sitemapPartOf(site, origin, file),
  );
}) satisfies GetServerSideProps<Record<string, never>, { file: string }>;
