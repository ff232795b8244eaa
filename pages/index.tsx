import type { GetStaticProps } from 'next';
import { Layout } from '../components/layout';
import { PostList } from '../components/post-list';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import type { ListView } from '../lib/site/views';
import { PROFILES, SITE_DESCRIPTION, SITE_NAME, TAGLINE } from '../lib/site-name';

export const config = { unstable_runtimeJS: false };

export default function Home({ view }: PageProps<ListView>) {
  return (
    <Layout title={SITE_NAME} description={SITE_DESCRIPTION} url={view.url} profiles={PROFILES}>
      <h1>{TAGLINE}</h1>
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
