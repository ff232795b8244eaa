import type { GetStaticPaths, GetStaticProps } from 'next';
import { ListPage } from '../../../components/list-page';
import { pageProps, staticPaths, type PageProps } from '../../../lib/content/page-props';
import { pathOf } from '../../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default ListPage;

export const getStaticPaths = (() => staticPaths('/author/[author]')) satisfies GetStaticPaths;

export const getStaticProps = (({ params }) =>
  pageProps('author', pathOf('author', params?.author ?? ''))) satisfies GetStaticProps<
  PageProps,
  { author: string }
>;
