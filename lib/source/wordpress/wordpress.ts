/**
 * A headless WordPress as a source: reads all of it once, and later what a hint names and brings no news
 * of; what no hint named is found by comparing lists of ids and dates, now and then.
 */
import { postsIn, type Hint } from '../changes';
import { keepIfSame, type Post, type Problem, type Warning } from '../post';
import type { SiteFacts } from '../../site/facts';
import { slugIn } from './addresses';
import { LIMITS, openWordPress, type Access, type Limits } from './client';
import { compareLists, type Unshown } from './compare';
import { followHint, idsToRead, type Watched } from './follow';
import { waitForChanges, type Late } from './late';
import { copyOf, mayChangeOthers, type Library } from './library';
import { factsOf } from './facts';
import type { PostsAt } from './paths';
import { areOfAnother, countedAfter, heldAfter, takeNews, type Counted } from './news';
import { postsOf } from './posts';
import { readNewTerms, type Held } from './reader';
import { readTold, type Answer } from './told';

/** What a load found; give it to the next load. */
export interface LoadedWordPress {
  /** The same array as before when no post changed. */
  posts: Post[];
  problems: Problem[];
  /** When visitors should have it loaded again, in ms since 1970. */
  dueAtMs: number;
  library: Library;
  /** The posts by the ids of their articles. */
  postsById: ReadonlyMap<number, Post>;
  /** When all is to be compared again, in ms since 1970. */
  compareAtMs: number;
  unshown: Unshown;
  watched: Watched;
  /** Up to which number news are known. */
  counted: Counted | undefined;
  held: Held;
  /** What WordPress told of the site, and what that comes to with its posts; the same object where it is equal. */
  told: Answer;
  facts: SiteFacts;
  /** What the site does without, and why. */
  warnings: Warning[];
}

/** How a load goes about it. */
export interface WordPressOptions {
  /** For how long visitors do with what is known, without a purge. */
  compareAfterMs: number;
  /** Where blog posts stand on the site. */
  postsAt?: PostsAt;
  access?: Access;
  limits?: Limits;
  /** What requests for more than everybody may see are signed with: the secrets of purges. */
  secrets?: readonly string[];
  /** False if name, menu and the like are those of `site.config.mjs`. */
  withIdentity?: boolean;
  /** How often, and after which pauses, a post is read again that is not as a hint tells. */
  waitsMs?: readonly number[];
}

const WAITS_MS = [150, 350, 750, 1500, 2000];
const WATCHED_FOR_MS = 10 * 60_000;
const LOOK_AT_WATCHED_MS = 10_000;
/** For how long visitors do with what is known when WordPress could not be compared. */
const POSTPONED_MS = 60_000;

/**
 * Loads all that the WordPress at `address` publishes. With a hint only what it names is read again,
 * unless that tells that more has changed, or the lists have not been compared for long. Throws if
 * WordPress cannot be read.
 */
export async function loadWordPress(
  address: string,
  previous: LoadedWordPress | undefined,
  hint: Hint | undefined,
  {
    compareAfterMs,
    postsAt,
    access,
    limits = LIMITS,
    waitsMs = WAITS_MS,
    secrets = [],
    withIdentity = true,
  }: WordPressOptions,
): Promise<LoadedWordPress> {
  const now = Date.now();
  const known: Library = previous?.library ?? copyOf();
  const library = copyOf(known);
  const ask = openWordPress(address, limits, access);
  const changes = hint ?? [];
  const news = takeNews({ ask, address, library }, changes, previous?.counted);
  const { unread } = news;
  // Without a hint all is named.
  const heldBefore = hint && previous?.held;
  const named = idsToRead(unread, library, new Map());
  const held = heldAfter(heldBefore, news.posts, named, now);
  const reader = { ask, address, library, held };
  const watched = new Map([...(previous?.watched ?? [])].filter(([, untilMs]) => untilMs > now));

  let unshown = previous?.unshown;
  let compareAtMs = previous?.compareAtMs ?? 0;
  let told = previous?.told;
  // The call that brought the news does not wait for a comparison that is due: the next visit makes it.
  const isToldAlone = news.posts.length > 0 && unread.length === 0;
  if (isToldAlone) await readNewTerms(reader);
  const isDue = !hint || (now >= compareAtMs && !isToldAlone);
  const isFollowed =
    !isDue &&
    unshown !== undefined &&
    (isToldAlone || (await followHint(reader, unread, unshown, watched)));
  if (!unshown || !told || !isFollowed || mayChangeOthers(known, library)) {
    try {
      [unshown, told] = await Promise.all([
        compareLists(reader, idsToRead(unread, library, watched)),
        readTold(ask, secrets),
      ]);
      compareAtMs = now + compareAfterMs;
    } catch (error) {
      if (!previous || !hint || hint.length > 0) throw error;
      // Visitors have what is known; the next purge reports it.
      console.error(error);
      return { ...previous, compareAtMs: now + POSTPONED_MS, dueAtMs: now + POSTPONED_MS };
    }
  } else if (
    unread.some(({ kind }) => kind === 'site') ||
    areOfAnother(changes, told.told.newsFrom)
  ) {
    told = await readTold(ask, secrets);
  }

  const late = await waitForChanges(reader, changes, waitsMs);
  for (const { id } of postsIn(changes)) watched.delete(id);
  for (const { change } of late) watched.set(change.id, now + WATCHED_FOR_MS);
  const published = postsOf(
    library,
    address,
    { postsAt, ...told.told, isOpen: told.told.isOpen === true && !access?.basicAuth },
    previous && {
      postsById: previous.postsById,
      aliases: previous.facts.aliases,
    },
  );
  const { posts: postsById } = published;
  const { facts, warnings } = factsOf(
    { told: told.told, library, published, address, withIdentity },
    previous?.facts,
  );
  return {
    posts: keepIfSame([...postsById.values()], previous?.posts),
    problems: late.map((one) => problemOf(one, library, postsById)),
    library,
    postsById,
    compareAtMs,
    dueAtMs: Math.min(compareAtMs, watched.size > 0 ? now + LOOK_AT_WATCHED_MS : Infinity),
    unshown,
    watched,
    counted: countedAfter(changes, previous?.counted, told.told.newsFrom),
    held,
    told,
    facts,
    warnings: [
      ...published.warnings,
      ...(told.warning === undefined
        ? []
        : [{ file: `WordPress at ${address}`, message: told.warning }]),
      ...warnings,
    ],
  };
}

function problemOf(
  { change, message }: Late,
  { articles }: Library,
  postsById: ReadonlyMap<number, Post>,
): Problem {
  const { id, page, slug = '' } = change;
  const article = articles.get(id);
  return {
    slug: article?.slug ?? (slugIn(slug) || String(id)),
    page: article?.page ?? page,
    path: postsById.get(id)?.path,
    file: article?.file ?? `WordPress ${page ? 'page' : 'post'} ${id}`,
    message,
  };
}
