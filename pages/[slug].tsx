import type { GetStaticPaths, GetStaticProps } from 'next';
import { Layout } from '../components/layout';
import { Prose } from '../components/prose';
import { pageProps, staticPaths, type PageProps } from '../lib/page-props';
import { pathOf, type StandaloneView } from '../lib/site';

export const config = { unstable_runtimeJS: false };

export default function Standalone({ view, body }: PageProps<StandaloneView>) {
  return (
    <Layout title={view.title} description={view.summary} url={view.url}>
      <article>
        <h1>{view.title}</h1>
        <Prose html={body} />
      </article>
    </Layout>
  );
}

export const getStaticPaths = (() => staticPaths(/^\/[^/]+$/)) satisfies GetStaticPaths;

export const getStaticProps = (({ params }) =>
  pageProps('page', pathOf(params?.slug ?? ''))) satisfies GetStaticProps<
  PageProps,
  { slug: string }
>;
