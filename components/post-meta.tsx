/** When a post was written, by whom, and what it is about. */
import { Fragment } from 'react';
import type { AuthorLink, PostEntry, PostSummary } from '../lib/site/views';
import type { Unpublished } from '../lib/source/post';
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

const WHY_UNPUBLISHED: Record<Unpublished, string> = {
  draft: 'Draft',
  scheduled: 'Not published yet',
};

/** What its author sees of a post in development, and nobody else. */
export function UnpublishedMark({ why }: { why: Unpublished }) {
  return (
    <>
      <strong>{WHY_UNPUBLISHED[why]}</strong>
      {' · '}
    </>
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
      {post.unpublished && <UnpublishedMark why={post.unpublished} />}
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
