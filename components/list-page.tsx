/** A page that lists posts: the head of a list, or a numbered page of it. */
import type { PageProps } from '../lib/content/page-props';
import { feedOfList, KINDS_WITH_FEED } from '../lib/site/feeds';
import type { ListView } from '../lib/site/views';
import type { Words } from '../lib/site/words/words';
import { useSite } from './frame-context';
import { Layout } from './layout';
import { PostList } from './post-list';

const HEADINGS: Record<ListView['kind'], (title: string, words: Words) => string> = {
  /** Where it is not at `/`, and has a title of its own. */
  home: (title) => title,
  archive: (_, words) => words.archive,
  category: (title, words) => words.category(title),
  tag: (title, words) => words.tag(title),
  author: (title, words) => words.postsBy(title),
};

export function ListPage({ view }: PageProps<ListView>) {
  const { description, words } = useSite();
  const heading = HEADINGS[view.kind](view.title, words);
  const title = view.number === undefined ? heading : words.numbered(heading, view.number);
  return (
    <Layout
      title={title}
      description={view.about ?? `${title}. ${description}`}
      url={view.url}
      feed={feedOf(view)}
    >
      <h1>{title}</h1>
      {view.about && <p className="lead">{view.about}</p>}
      <PostList view={view} />
    </Layout>
  );
}

/** The feed of a category or a tag, which its numbered pages name, too. */
function feedOf({ kind, url, newest = new URL(url).pathname }: ListView): string | undefined {
  return KINDS_WITH_FEED.some((one) => one === kind) ? feedOfList(newest) : undefined;
}
