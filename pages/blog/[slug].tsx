import type { GetStaticPaths, GetStaticProps } from 'next';
import { PostPage } from '../../components/post-page';
import { environment } from '../../lib/config';
import type { PageProps } from '../../lib/content/page-props';
import { runtime } from '../../lib/runtime';
import { pathOf } from '../../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default PostPage;

export const getStaticPaths = (() =>
  runtime().staticPaths('/blog/[slug]', environment().prerenderPosts)) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    ['post', 'page'],
    pathOf('blog', params?.slug ?? ''),
    previewData,
  )) satisfies GetStaticProps<PageProps, { slug: string }>;
