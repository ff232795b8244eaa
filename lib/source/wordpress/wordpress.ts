/**
 * A headless WordPress as a source: reads all of it once, and later what a hint names; what no hint
 * named is found by comparing lists of ids and dates, now and then.
 */
import { postsIn, type Hint } from '../changes';
import { keepIfSame, type Post, type Problem } from '../post';
import type { Aliases } from '../../site/other-addresses';
import { slugIn } from './addresses';
import { LIMITS, openWordPress, type Access, type Limits } from './client';
import { compareLists, type Unshown } from './compare';
import { followHint, idsToRead, type Watched } from './follow';
import { waitForChanges, type Late } from './late';
import { copyOf, mayChangeOthers, type Library } from './library';
import type { PostsAt } from './paths';
import { postsOf } from './posts';

/** What a load found; give it to the next load. */
export interface LoadedWordPress {
  /** The same array as before when no post changed. */
  posts: Post[];
  problems: Problem[];
  /** What cannot be on the site, and why. */
  warnings: Problem[];
  /** The same map as before when nothing in it changed. */
  aliases: Aliases;
  /** When visitors should have it loaded again, in ms since 1970. */
  dueAtMs: number;
  library: Library;
  /** The posts by the ids of their articles. */
  postsById: ReadonlyMap<number, Post>;
  /** When all is to be compared again, in ms since 1970. */
  compareAtMs: number;
  unshown: Unshown;
  watched: Watched;
}

/** How a load goes about it. */
export interface WordPressOptions {
  /** For how long visitors do with what is known, without a purge. */
  compareAfterMs: number;
  /** Where blog posts stand on the site. */
  postsAt?: PostsAt;
  access?: Access;
  limits?: Limits;
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
  { compareAfterMs, postsAt, access, limits = LIMITS, waitsMs = WAITS_MS }: WordPressOptions,
): Promise<LoadedWordPress> {
  const now = Date.now();
  const known: Library = previous?.library ?? copyOf();
  const library = copyOf(known);
  const reader = { ask: openWordPress(address, limits, access), address, library };
  const changes = hint ?? [];
  const watched = new Map([...(previous?.watched ?? [])].filter(([, untilMs]) => untilMs > now));

  let unshown = previous?.unshown;
  let compareAtMs = previous?.compareAtMs ?? 0;
  const isDue = !hint || now >= compareAtMs;
  const isFollowed =
    !isDue && unshown !== undefined && (await followHint(reader, changes, unshown, watched));
  if (!unshown || !isFollowed || mayChangeOthers(known, library)) {
    try {
      unshown = await compareLists(reader, idsToRead(changes, library, watched));
      compareAtMs = now + compareAfterMs;
    } catch (error) {
      if (!previous || !hint || changes.length > 0) throw error;
      // Visitors have what is known; the next purge reports it.
      console.error(error);
      return { ...previous, compareAtMs: now + POSTPONED_MS, dueAtMs: now + POSTPONED_MS };
    }
  }

  const late = await waitForChanges(reader, changes, waitsMs);
  for (const { id } of postsIn(changes)) watched.delete(id);
  for (const { change } of late) watched.set(change.id, now + WATCHED_FOR_MS);
  const { posts: postsById, warnings, aliases } = postsOf(library, address, postsAt, previous);
  return {
    posts: keepIfSame([...postsById.values()], previous?.posts),
    problems: late.map((one) => problemOf(one, library, postsById)),
    warnings,
    aliases,
    library,
    postsById,
    compareAtMs,
    dueAtMs: Math.min(compareAtMs, watched.size > 0 ? now + LOOK_AT_WATCHED_MS : Infinity),
    unshown,
    watched,
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
