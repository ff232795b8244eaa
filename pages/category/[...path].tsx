/** The categories below others, and what else may have an address below that of a category. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { ListPage } from '../../components/list-page';
import { PostPage } from '../../components/post-page';
import type { PageProps } from '../../lib/content/page-props';
import { runtime } from '../../lib/runtime';
import { pathOf } from '../../lib/site/paths';
import type { ListView, PostView, StandaloneView } from '../../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function BelowCategory({
  view,
  ...props
}: PageProps<ListView | PostView | StandaloneView>) {
  return view.kind === 'post' || view.kind === 'page' ? (
    <PostPage {...props} view={view} />
  ) : (
    <ListPage {...props} view={view} />
  );
}

export const getStaticPaths = (() =>
  runtime().staticPaths('/category/[...path]')) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    ['category', 'post', 'page'],
    pathOf('category', ...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
