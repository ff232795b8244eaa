/** When a post was written, by whom, and what it is about. */
import type { PostSummary } from '../lib/site';

/** A date as readers write it, in UTC, so that it is the same wherever the page is rendered. */
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

function Day({ date }: { date: string }) {
  return <time dateTime={date.slice(0, 10)}>{format.format(new Date(date))}</time>;
}

export function PostMeta({ post, full = false }: { post: PostSummary; full?: boolean }) {
  return (
    <p className="meta">
      <Day date={post.date} />
      {full && post.updated && (
        <>
          , updated <Day date={post.updated} />
        </>
      )}
      {full && post.author && <> · {post.author}</>}
      {post.category && (
        <>
          {' '}
          · <a href={post.category.path}>{post.category.title}</a>
        </>
      )}
    </p>
  );
}
