/** What has no route of its own: the standalone pages, and the newest posts where they have a path of theirs. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { ListPage } from '../components/list-page';
import { StandalonePage } from '../components/standalone-page';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import { pathOf } from '../lib/site/paths';
import type { ListView, StandaloneView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function AnyPath(props: PageProps<StandaloneView> | PageProps<ListView>) {
  return isStandalone(props) ? <StandalonePage {...props} /> : <ListPage {...props} />;
}

const isStandalone = (
  props: PageProps<StandaloneView> | PageProps<ListView>,
): props is PageProps<StandaloneView> => props.view.kind === 'page';

export const getStaticPaths = (() => runtime().staticPaths('/[...path]')) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    ['page', 'home'],
    pathOf(...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
