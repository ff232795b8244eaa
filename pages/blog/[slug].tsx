import type { GetStaticPaths, GetStaticProps } from 'next';
import { PostPage } from '../../components/post-page';
import { environment } from '../../lib/config';
import type { PageProps } from '../../lib/content/page-props';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default PostPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths(
    '/blog/[slug]',
    environment().prerenderPosts,
  )) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params, previewData }) =>
  (await runtimeOfProcess()).pageProps(
    ['post', 'page'],
    pathOf('blog', params?.slug ?? ''),
    previewData,
  )) satisfies GetStaticProps<PageProps, { slug: string }>;
