/** A list of posts, and the way back in time. */
import { formatDay, formatDayOfYear } from '../lib/site/day';
import type { ListView, PostEntry, Year } from '../lib/site/views';
import { useSite } from './frame-context';
import { UnpublishedMark } from './post-meta';

/** A post as a line of a list. */
type Line = NonNullable<Year['posts']>[number] & Partial<PostEntry>;

/** The posts of a list: by year, where they are of several. */
export function PostList({ view: { posts, newest, older } }: { view: ListView }) {
  const { words } = useSite();
  if (posts.length === 0) return <p>{words.noPostYet}</p>;
  const pinned = posts.filter(({ sticky }) => sticky);
  const years = byYear(posts.filter(({ sticky }) => !sticky));
  return (
    <>
      {pinned.length > 0 && <PostLines posts={pinned} />}
      {years.length === 1
        ? years.map(({ posts: lines, year }) => <PostLines key={year} posts={lines} />)
        : years.map(({ posts: lines, year }) => (
            <section key={year} className="year" aria-labelledby={`page.${year}`}>
              <h2 id={`page.${year}`}>{year}</h2>
              <PostLines posts={lines} isOfYear />
            </section>
          ))}
      {(older ?? newest) && (
        <nav className="pager" aria-label={words.pagesOfTheList}>
          {newest && <a href={newest}>{words.newestPosts}</a>}
          {older && (
            <a href={older} rel="next">
              {words.olderPosts}
            </a>
          )}
        </nav>
      )}
    </>
  );
}

/** Posts, with what they are about where it is told: without their year where all are of one that stands above them. */
export function PostLines({
  posts,
  isOfYear = false,
}: {
  posts: readonly Line[];
  isOfYear?: boolean;
}) {
  const { days, words } = useSite();
  const format = isOfYear ? formatDayOfYear : formatDay;
  return (
    <ul className="posts">
      {posts.map(({ path, title, date, summary, category, sticky, unpublished }) => (
        <li key={path}>
          <a href={path}>{title}</a>
          <p className="meta">
            {unpublished && <UnpublishedMark why={unpublished} />}
            {sticky && <b>{`${words.pinned} · `}</b>}
            {category && (
              <>
                <a href={category.path}>{category.title}</a>
                {' · '}
              </>
            )}
            <time dateTime={date}>{format(date, days)}</time>
          </p>
          {summary && <p className="about">{summary}</p>}
        </li>
      ))}
    </ul>
  );
}

/** Each year with its posts, in the order in which they stand. */
function byYear(posts: readonly PostEntry[]): { year: string; posts: PostEntry[] }[] {
  const years = new Map<string, PostEntry[]>();
  for (const post of posts) {
    const year = post.date.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), post]);
  }
  return [...years].map(([year, of]) => ({ year, posts: of }));
}
