/** The posts of one year; or what else its source has at such an address. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { AnyPage } from '../../components/any-page';
import type { PageProps } from '../../lib/content/page-props';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths('/archive/[year]')) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params, previewData }) =>
  (await runtimeOfProcess()).pageProps(
    ['years', 'page', 'post'],
    pathOf('archive', params?.year ?? ''),
    previewData,
  )) satisfies GetStaticProps<PageProps, { year: string }>;
