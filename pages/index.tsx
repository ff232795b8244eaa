import type { GetStaticProps } from 'next';
import { Layout } from '../components/layout';
import { PostList } from '../components/post-list';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import type { ListView } from '../lib/site/views';
import { SITE } from '../lib/site/site-config';

export const config = { unstable_runtimeJS: false };

export default function Home({ view }: PageProps<ListView>) {
  return (
    <Layout
      title={SITE.name}
      description={SITE.description}
      url={view.url}
      profiles={SITE.profiles}
    >
      <h1>{SITE.tagline}</h1>
      {view.pages && view.pages.length > 0 && (
        <nav className="pages" aria-label="Standalone pages">
          {view.pages.map(({ path, title }) => (
            <a key={path} href={path}>
              {title}
            </a>
          ))}
        </nav>
      )}
      <PostList view={view} />
    </Layout>
  );
}

export const getStaticProps = (() => runtime().pageProps('home', '/')) satisfies GetStaticProps;
