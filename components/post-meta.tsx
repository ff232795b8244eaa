/** When a post was written, by whom, and what it is about. */
import { Fragment } from 'react';
import type { AuthorLink, PostEntry, PostSummary } from '../lib/site/views';
import { formatDay } from '../lib/site/day';
import { useSite } from './frame-context';

function Day({ date }: { date: string }) {
  return <time dateTime={date}>{formatDay(date, useSite().days)}</time>;
}

function AuthorName({ author: { title, path } }: { author: AuthorLink }) {
  return path === undefined ? (
    title
  ) : (
    <a href={path} rel="author">
      {title}
    </a>
  );
}

/** For a list, or with more to tell on the post's own page. */
export function PostMeta({
  post,
  minutes,
}: {
  post: PostEntry | PostSummary;
  /** Reading time. */
  minutes?: number;
}) {
  return (
    <p className="meta">
      {post.sticky && 'Pinned · '}
      <Day date={post.date} />
      {'updated' in post && post.updated && (
        <>
          , updated <Day date={post.updated} />
        </>
      )}
      {'author' in post && post.author && (
        <>
          {' '}
          · <AuthorName author={post.author} />
        </>
      )}
      {minutes !== undefined && ` · ${minutes} min read`}
      {post.category && (
        <>
          {' '}
          · <a href={post.category.path}>{post.category.title}</a>
        </>
      )}
      {'alsoIn' in post &&
        post.alsoIn?.map(({ path, title }, index) => (
          <Fragment key={path}>
            {index > 0 || post.category ? ', ' : ' · '}
            <a href={path}>{title}</a>
          </Fragment>
        ))}
    </p>
  );
}
