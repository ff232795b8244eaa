/** When a post was written, what it is about, and by whom: in one line. */
import { Fragment, type ReactNode } from 'react';
import type { AuthorLink, Link, PostEntry, PostSummary } from '../lib/site/views';
import type { Unpublished } from '../lib/source/post';
import { formatDay } from '../lib/site/day';
import { useArticle } from './article';

function Day({ date }: { date: string }) {
  return <time dateTime={date}>{formatDay(date, useArticle().days)}</time>;
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

/** What its author sees of a post in development, and nobody else. */
export function UnpublishedMark({ why }: { why: Unpublished }) {
  const { words } = useArticle();
  return <strong>{{ draft: words.draft, scheduled: words.scheduled }[why]}</strong>;
}

/** The dot stays with what is before it, and the line breaks behind it. */
const BETWEEN = '\u00A0· ';

/** For a list, or with more to tell on the post's own page. */
export function PostMeta({
  post,
  minutes,
}: {
  post: PostEntry | PostSummary;
  /** Reading time. */
  minutes?: number;
}) {
  const { words } = useArticle();
  const { updated, author, alsoIn = [] }: Partial<PostSummary> = post;
  const categories = [...(post.category ? [post.category] : []), ...alsoIn];
  const items: ReactNode[] = [
    post.unpublished && <UnpublishedMark why={post.unpublished} />,
    post.sticky && words.pinned,
    <Day key="day" date={post.date} />,
    updated && (
      <>
        {`${words.updated} `}
        <Day date={updated} />
      </>
    ),
    minutes !== undefined && words.minutesToRead(minutes),
    categories.length > 0 && <Links links={categories} />,
    author && <AuthorName author={author} />,
  ].filter(Boolean);
  return (
    <p className="meta">
      {items.map((item, index) => (
        <Fragment key={index}>
          {index > 0 && BETWEEN}
          {item}
        </Fragment>
      ))}
    </p>
  );
}

const Links = ({ links }: { links: readonly Link[] }) =>
  links.map(({ path, title }, index) => (
    <Fragment key={path}>
      {index > 0 && ', '}
      <a href={path}>{title}</a>
    </Fragment>
  ));
