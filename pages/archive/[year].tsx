/** The posts of one year; or what else its source has at such an address. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { AnyPage } from '../../components/any-page';
import type { PageProps } from '../../lib/content/page-props';
import { runtime } from '../../lib/runtime';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticPaths = (() =>
  runtime().staticPaths('/archive/[year]')) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    ['years', 'page', 'post'],
    pathOf('archive', params?.year ?? ''),
    previewData,
  )) satisfies GetStaticProps<PageProps, { year: string }>;
