/** The archive by year: all posts, or those of one year. */
import type { PageProps } from '../lib/content/page-props';
import type { YearsView } from '../lib/site/views';
import { useSite } from './frame-context';
import { Layout } from './layout';
import { PostLines } from './post-list';

export function YearsPage({ view: { title, url, years, all } }: PageProps<YearsView>) {
  const { description, words } = useSite();
  return (
    <Layout title={title} description={`${title}. ${description}`} url={url}>
      <h1>{title}</h1>
      {years.length === 0 && <p>{words.noPostYet}</p>}
      {years.map(({ path, title: year, count, posts }) => (
        <section key={path} className="year" aria-labelledby={`page.${year}`}>
          <h2 id={`page.${year}`}>
            <a href={path}>{year}</a> <span className="count">{words.posts(count)}</span>
          </h2>
          {posts && <PostLines posts={posts} isOfYear />}
        </section>
      ))}
      {all !== undefined && (
        <nav className="pager" aria-label={words.pagesOfTheList}>
          <a href={all}>{words.allPosts}</a>
        </nav>
      )}
    </Layout>
  );
}
