/** The categories below others, and what else may have an address below that of a category. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { AnyPage } from '../../components/any-page';
import type { PageProps } from '../../lib/content/page-props';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths('/category/[...path]')) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params, previewData }) =>
  (await runtimeOfProcess()).pageProps(
    ['category', 'post', 'page'],
    pathOf('category', ...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
