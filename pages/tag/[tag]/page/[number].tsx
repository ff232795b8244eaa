import type { GetStaticPaths, GetStaticProps } from 'next';
import { ListPage } from '../../../../components/list-page';
import type { PageProps } from '../../../../lib/content/page-props';
import { runtimeOfProcess } from '../../../../lib/runtime-of-process';
import { pathOf } from '../../../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default ListPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths('/tag/[tag]/page/[number]')) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params }) =>
  (await runtimeOfProcess()).pageProps(
    'tag',
    pathOf('tag', params?.tag ?? '', 'page', params?.number ?? ''),
  )) satisfies GetStaticProps<PageProps, { tag: string; number: string }>;
