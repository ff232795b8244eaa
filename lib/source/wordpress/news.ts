/**
 * News: what a webhook of our plugin carries of the posts that changed, so that nothing has to be read of
 * WordPress.
 *
 * WordPress numbers what changes: each request that changes something raises a counter in the database
 * twice, after its first change and after its last, and what it tells is read from the database after
 * that. So news that go on from where a library is are at least as new as all that it has, and lack nothing
 * in between. All else, such as news that overtook others, come twice or were lost, only names what is to be read.
 */
import { highestOf, type Change, type Hint, type PostChange } from '../changes';
import { articleOf } from './article';
import { addArticle, type Held, type HeldPost, type Reader } from './reader';
import { RestPost } from './rest';

/** Up to which number a library has what a WordPress has counted. */
export interface Counted {
  site: string;
  upTo: number;
}

type News = Extract<Change, { kind: 'news' }>;

/** News that were taken, and what is still to be read. */
export interface Taken {
  posts: PostChange[];
  unread: Hint;
}

/**
 * Brings the reader's library up to date with the news in a hint that go on from what is counted. The
 * changes whose news cannot be taken are left to be read.
 */
export function takeNews(reader: Reader, hint: Hint, counted: Counted | undefined): Taken {
  const follows = following(hint, counted);
  const isNews = (change: Change): change is PostChange & { upTo: number } =>
    change.kind === 'post' && change.upTo !== undefined && follows.has(change.upTo);
  const inOrder = hint.filter(isNews).sort((a, b) => a.upTo - b.upTo);
  const posts = inOrder.filter((change) => take(reader, change));
  const known = new Set<Change>(posts);
  return { posts, unread: hint.filter((one) => one.kind !== 'news' && !known.has(one)) };
}

/** What is counted once all that a hint tells of was taken or read, of a WordPress that counts as `site`. */
export function countedAfter(
  hint: Hint,
  counted: Counted | undefined,
  site: string | undefined,
): Counted | undefined {
  if (site === undefined) return undefined;
  const before = counted?.site === site ? counted.upTo : 0;
  const upTo = newsOf(hint, site).reduce(
    (most, news) => Math.max(most, highestOf(news.numbers)),
    before,
  );
  return upTo > 0 ? { site, upTo } : undefined;
}

/** True if a hint has news of a WordPress that counts under another name. */
export const areOfAnother = (hint: Hint, site: string | undefined): boolean =>
  hint.some((change) => change.kind === 'news' && change.site !== site);

/** The highest numbers of the news that go on, one after the other, from what is counted. */
function following(hint: Hint, counted: Counted | undefined): ReadonlySet<number> {
  const follows = new Set<number>();
  if (!counted) return follows;
  let { upTo } = counted;
  const inOrder = newsOf(hint, counted.site)
    .map(({ numbers }) => ({ numbers: new Set(numbers), last: highestOf(numbers) }))
    .sort((a, b) => a.last - b.last);
  for (const { numbers, last } of inOrder) {
    if (last <= upTo || !rangeOf(upTo + 1, last, numbers.size).every((one) => numbers.has(one))) {
      continue;
    }
    follows.add(last);
    upTo = last;
  }
  return follows;
}

/** The whole numbers from one to another; no more than one too many, since the numbers are a sender's. */
const rangeOf = (first: number, last: number, most: number): number[] =>
  Array.from({ length: Math.min(last - first, most) + 1 }, (_, index) => first + index);

const newsOf = (hint: Hint, site: string): News[] =>
  hint.filter((change): change is News => change.kind === 'news' && change.site === site);

/** False if what is told of a post cannot be used. */
function take(reader: Reader, change: PostChange): boolean {
  const { articles } = reader.library;
  const { id, page, modified, gone, shown } = change;
  const known = articles.get(id);
  if (gone) {
    if (known && modified !== undefined && known.modified > modified) return false;
    articles.delete(id);
    return true;
  }
  const told = RestPost.safeParse(shown);
  if (!told.success || told.data.id !== id) return false;
  // Never settled: the next comparison reads it once, as REST shows it.
  const article = articleOf(told.data, reader.address, 0);
  const atLeast = [known?.modified, modified].filter((date) => date !== undefined);
  if (article.page !== page || atLeast.some((date) => article.modified < date)) return false;
  addArticle(reader.library, told.data, article);
  return true;
}

/** For how long an answer that is older than news is not believed. */
const HELD_FOR_MS = 10 * 60_000;

/**
 * What is held once news were taken. Of the posts that any other call `named`, what WordPress shows counts,
 * whatever its date is.
 */
export function heldAfter(
  held: Held | undefined,
  taken: PostChange[],
  named: ReadonlySet<number>,
  now: number,
): ReadonlyMap<number, HeldPost> {
  const still = [...(held ?? [])].filter(([id, { untilMs }]) => untilMs > now && !named.has(id));
  const after = new Map(still);
  for (const { id, modified, gone } of taken) {
    if (!named.has(id)) after.set(id, { modified, gone, untilMs: now + HELD_FOR_MS });
  }
  return after;
}
