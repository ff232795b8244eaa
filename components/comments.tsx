/** What readers wrote below a post, and where one can write more. */
import type { ShownComment } from '../lib/body/comments';
import { formatDay } from '../lib/site/day';
import type { DiscussionView } from '../lib/site/views';
import { useSite, useWords } from './frame-context';

export function Comments({
  discussion,
  comments = [],
}: {
  discussion?: DiscussionView;
  comments?: ShownComment[];
}) {
  const words = useWords();
  if (!discussion) return null;
  const { more, readAt, writeAt } = discussion;
  const rest = words.moreComments(more);
  return (
    <section className="comments" aria-labelledby="page.comments">
      <h2 id="page.comments">{words.comments}</h2>
      <Thread comments={comments} />
      {more > 0 && <p className="meta">{readAt ? <a href={readAt}>{rest}</a> : rest}</p>}
      {writeAt && (
        <p className="meta">
          <a href={writeAt} rel="nofollow">
            {words.writeAComment}
          </a>
        </p>
      )}
    </section>
  );
}

function Thread({ comments }: { comments: ShownComment[] }) {
  const { days } = useSite();
  if (comments.length === 0) return null;
  return (
    <ol>
      {comments.map(({ id, author, url, date, day, html, replies }) => (
        // As WordPress has it, so that links to a comment lead there.
        <li key={id} id={`comment-${id}`}>
          <p className="meta">
            <b>
              {url === undefined ? (
                author
              ) : (
                <a href={url} rel="nofollow ugc">
                  {author}
                </a>
              )}
            </b>
            {' · '}
            <time dateTime={date}>{formatDay(day, days)}</time>
          </p>
          <div dangerouslySetInnerHTML={{ __html: html }} />
          <Thread comments={replies} />
        </li>
      ))}
    </ol>
  );
}
