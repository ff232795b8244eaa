/** All categories and tags. */
import type { PageProps } from '../lib/content/page-props';
import type { Topic, TopicsView } from '../lib/site/views';
import { useSite } from './frame-context';
import { Layout } from './layout';

export function TopicsPage({ view }: PageProps<TopicsView>) {
  const { categories, tags } = view;
  const { description, words } = useSite();
  return (
    <Layout title={words.topics} description={`${words.allTopics}. ${description}`} url={view.url}>
      <h1>{words.topics}</h1>
      {categories.length + tags.length === 0 && <p>{words.noTopicYet}</p>}
      <TopicList heading={words.categories} topics={categories} />
      <TopicList heading={words.tags} topics={tags} />
    </Layout>
  );
}

function TopicList({ heading, topics }: { heading: string; topics: Topic[] }) {
  if (topics.length === 0) return null;
  return (
    <>
      <h2>{heading}</h2>
      <ul className="topics">
        {topics.map(({ path, title, count }) => (
          <li key={path}>
            <a href={path}>{title}</a> <span className="count">{count}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
