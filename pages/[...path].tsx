/**
 * What has no route of its own: standalone pages, posts at the permalinks of their source, the newest posts
 * where they have a path of theirs, and all pages of further languages.
 */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { AnyPage } from '../components/any-page';
import { environment } from '../lib/config';
import type { PageProps } from '../lib/content/page-props';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import { pathOf } from '../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default AnyPage;

export const getStaticPaths = (async () =>
  (await runtimeOfProcess()).staticPaths(
    '/[...path]',
    environment().prerenderPosts,
  )) satisfies GetStaticPaths;

export const getStaticProps = (async ({ params, previewData }) =>
  (await runtimeOfProcess()).pageProps(
    ['post', 'page', 'home', 'archive', 'category', 'tag', 'author', 'topics', 'years'],
    pathOf(...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
