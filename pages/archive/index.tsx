/** All posts by year; or a standalone page that its owner has there. */
import type { GetStaticProps } from 'next';
import { AnyPage } from '../../components/any-page';
import { runtime } from '../../lib/runtime';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticProps = (({ previewData }) =>
  runtime().pageProps(
    ['years', 'page', 'post'],
    pathOf('archive'),
    previewData,
  )) satisfies GetStaticProps;
