/** The home page of the site, or of a further language: whose it is, the newest posts, and what there is besides. */
import type { PageProps } from '../lib/content/page-props';
import type { ListView } from '../lib/site/views';
import { useSite } from './frame-context';
import { Layout } from './layout';
import { Owner } from './owner';
import { PostList } from './post-list';

export function HomePage({ view }: PageProps<ListView>) {
  const { name, description, languages, prefix, words } = useSite();
  const { pages = [], topics = [] } = view;
  return (
    <Layout
      title={name}
      description={description}
      url={view.url}
      translations={languages.map((home) => ({ ...home, title: home.name }))}
    >
      <Owner />
      <PostList view={view} />
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
