/** The newest posts; or the standalone page that a WordPress has as its front page. */
import type { GetStaticProps } from 'next';
import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';
import { Owner } from '../components/owner';
import { PostList } from '../components/post-list';
import { StandalonePage } from '../components/standalone-page';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import type { ListView, StandaloneView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Home(props: PageProps<StandaloneView> | PageProps<ListView>) {
  return isStandalone(props) ? <StandalonePage {...props} /> : <Newest {...props} />;
}

const isStandalone = (
  props: PageProps<StandaloneView> | PageProps<ListView>,
): props is PageProps<StandaloneView> => props.view.kind === 'page';

function Newest({ view }: PageProps<ListView>) {
  const { name, description, prefix, words } = useSite();
  const { pages = [], topics = [] } = view;
  return (
    <Layout title={name} description={description} url={view.url}>
      <Owner />
      <PostList view={view} />
      {view.posts.length > 0 && (
        <p className="further">
          <a href={`${prefix}/archive`}>{words.archive}</a>
        </p>
      )}
      {topics.length > 0 && (
        <nav className="further" aria-labelledby="page.topics">
          <h2 id="page.topics">{words.topics}</h2>
          <ul className="topics">
            {topics.map(({ path, title }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
          <a href={`${prefix}/topics`}>{words.allTopics}</a>
        </nav>
      )}
      {pages.length > 0 && (
        <nav className="further" aria-labelledby="page.pages">
          <h2 id="page.pages">{words.standalonePages}</h2>
          <ul className="pages">
            {pages.map(({ path, title }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </Layout>
  );
}

export const getStaticProps = (({ previewData }) =>
  runtime().pageProps(['home', 'page'], '/', previewData)) satisfies GetStaticProps<PageProps>;
