import type { GetStaticPaths, GetStaticProps } from 'next';
import { ListPage } from '../../../../components/list-page';
import type { PageProps } from '../../../../lib/content/page-props';
import { runtimeOfProcess } from '../../../../lib/runtime-of-process';
import { pathOf } from '../../../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default ListPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths(
    '/author/[author]/page/[number]',
  )) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params }) =>
  (await runtimeOfProcess()).pageProps(
    'author',
    pathOf('author', params?.author ?? '', 'page', params?.number ?? ''),
  )) satisfies GetStaticProps<PageProps, { author: string; number: string }>;
