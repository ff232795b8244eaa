/**
 * Comments on posts of WordPress, as far as the site shows them. Pure.
 */
import { hash } from '../../hash';
import type { Comment, Discussion } from '../post';
import { dateOf, dayIn } from './dates';
import { textOf } from './html-text';
import type { RestComment } from './rest';

/** What is known of the comments on a post. */
export type KnownComments = Pick<Discussion, 'comments' | 'hash' | 'more'>;

/** What one page shows: the oldest, of which our plugin sends as many. */
const MOST_COMMENTS = 500;
const MOST_CHARACTERS = 300_000;
/** WordPress itself takes no longer one. */
const MOST_OF_A_COMMENT = 70_000;

/** The comments on a post of which there are `total`. Those that are too many, or too long, are only counted. */
export function commentsOf(list: readonly RestComment[], total = list.length): KnownComments {
  const comments: Comment[] = [];
  let characters = 0;
  for (const rest of [...list].sort(oldestFirst)) {
    const { length } = rest.content.rendered;
    if (length > MOST_OF_A_COMMENT || comments.length === MOST_COMMENTS) continue;
    if ((characters += length) > MOST_CHARACTERS) break;
    comments.push(commentOf(rest));
  }
  const more = Math.max(total, list.length) - comments.length;
  return { comments, hash: hash(JSON.stringify(comments)), more };
}

/** Comments on many posts, by the posts. */
export function commentsByPost(list: readonly RestComment[]): Map<number, KnownComments> {
  const byPost = new Map<number, RestComment[]>();
  for (const comment of list) {
    const known = byPost.get(comment.post);
    if (known) known.push(comment);
    else byPost.set(comment.post, [comment]);
  }
  return new Map([...byPost].map(([post, comments]) => [post, commentsOf(comments)]));
}

/** What readers of a post have of its comments; undefined if there are none, and none can be written. */
export function discussionOf(
  { comments, hash, more }: KnownComments = NO_COMMENTS,
  { link, isOpen }: { link: string; isOpen: boolean },
  isWordPressOpen: boolean,
): Discussion | undefined {
  const canWrite = isWordPressOpen && isOpen;
  if (comments.length + more === 0 && !canWrite) return undefined;
  const at = (fragment: string) => Object.assign(new URL(link), { hash: fragment }).href;
  return {
    comments,
    hash,
    more,
    ...(isWordPressOpen && more > 0 && { readAt: at('comments') }),
    ...(canWrite && { writeAt: at('respond') }),
  };
}

const oldestFirst = (a: RestComment, b: RestComment): number =>
  a.date_gmt === b.date_gmt ? a.id - b.id : a.date_gmt < b.date_gmt ? -1 : 1;

function commentOf({
  id,
  parent,
  author_name,
  author_url,
  date: local,
  date_gmt,
  content,
}: RestComment): Comment {
  const date = dateOf(date_gmt) ?? '1970-01-01T00:00:00.000Z';
  return {
    id,
    parent,
    author: textOf(author_name) || 'Anonymous',
    ...(/^https?:/i.test(author_url) && URL.canParse(author_url) && { url: author_url }),
    date,
    day: dayIn(local) ?? date.slice(0, 10),
    html: content.rendered.trim(),
  };
}

const NO_COMMENTS = commentsOf([]);
