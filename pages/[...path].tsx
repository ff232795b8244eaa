/** What has no route of its own: the standalone pages. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { Layout } from '../components/layout';
import { PostContents } from '../components/post-contents';
import { PostPicture } from '../components/post-picture';
import { Prose } from '../components/prose';
import { imagePath } from '../lib/readers/open-graph-image';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import { pathOf } from '../lib/site/paths';
import type { StandaloneView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Standalone({ view, body }: PageProps<StandaloneView>) {
  const image = new URL(imagePath({ slug: view.body.slug, title: view.title }), view.url).href;
  return (
    <Layout
      title={view.title}
      description={view.summary}
      url={view.url}
      image={image}
      elements={body?.elements}
    >
      <article>
        <h1>{view.title}</h1>
        <PostPicture image={view.image} />
        <PostContents headings={body?.headings} />
        <Prose html={body?.html} />
      </article>
    </Layout>
  );
}

export const getStaticPaths = (() => runtime().staticPaths('/[...path]')) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    'page',
    pathOf(...(params?.path ?? [])),
    previewData,
  )) satisfies GetStaticProps<PageProps, { path: string[] }>;
