/** The newest posts; or the standalone page that a WordPress has as its front page. */
import type { GetStaticProps } from 'next';
import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';
import { PostList } from '../components/post-list';
import { StandalonePage } from '../components/standalone-page';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import { SITE } from '../lib/site/site-config';
import type { ListView, StandaloneView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Home(props: PageProps<StandaloneView> | PageProps<ListView>) {
  return isStandalone(props) ? <StandalonePage {...props} /> : <Newest {...props} />;
}

const isStandalone = (
  props: PageProps<StandaloneView> | PageProps<ListView>,
): props is PageProps<StandaloneView> => props.view.kind === 'page';

function Newest({ view }: PageProps<ListView>) {
  const { name, tagline, description } = useSite();
  return (
    <Layout title={name} description={description} url={view.url} profiles={SITE.profiles}>
      <h1>{tagline || name}</h1>
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

export const getStaticProps = (({ previewData }) =>
  runtime().pageProps(['home', 'page'], '/', previewData)) satisfies GetStaticProps<PageProps>;
