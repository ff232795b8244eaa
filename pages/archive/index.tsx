/** All posts by year; or a standalone page that its owner has there. */
import type { GetStaticProps } from 'next';
import { AnyPage } from '../../components/any-page';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticProps = (async ({ previewData }) =>
  (await runtimeOfProcess()).pageProps(
    ['years', 'page', 'post'],
    pathOf('archive'),
    previewData,
  )) satisfies GetStaticProps;
