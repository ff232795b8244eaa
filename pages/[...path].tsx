/** What has no route of its own: standalone pages, and posts at the permalinks of their source. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { PostPage } from '../components/post-page';
import { environment } from '../lib/config';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import { pathOf } from '../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default PostPage;

export const getStaticPaths = (() =>
  runtime().staticPaths('/[...path]', environment().prerenderPosts)) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    ['post', 'page'],
    pathOf(...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
