/**
 * The newest content of this process: loads shared among requests, and the site that they give.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { reportProblems } from './build-problems';
import { checkBody, renderBody } from '../body/body';
import { environment } from '../config';
import { mergeHints, type Hint } from '../purge/hint';
import { describeProblem, type Post, type Problem } from '../source/post';
import type { Body } from '../body/prose';
import type { DraftId } from './preview';
import { pathOfPost, pathsOfProblem } from '../site/paths';
import { aliasesOf, postOf } from '../site/recall';
import { siteOf, type Site } from '../site/site';
import { loadSources, testOfWordPress, type Loaded } from '../source/sources';
import { refuseMassRemoval } from './mass-removal';
import { beginLoad, isOutdated, storedAtStart, storedView } from '../store/store.mjs';
import { checkPosts, usablePosts, type Manner, type UsablePosts } from './usable-posts';
import { sweepVerdicts } from '../body/verdicts';
import { loadDraft } from '../source/wordpress/wordpress';

/** What was read from the source at one instant. */
export interface Content {
  /** Counts the loads; a higher number means content read later. See `lib/store/redis-pages.mjs`. */
  number: number;
  /** Numbers count within an epoch, which ends when Redis is restarted. */
  epoch: string;
  site: Site;
  /** What cannot be used now. */
  problems: Problem[];
  /** The same, by the paths that its post may have. */
  problemAt: ReadonlyMap<string, Problem>;
  /** Posts that the site will have once their bodies were seen to render, by path. */
  unchecked: ReadonlyMap<string, Post>;
  loadedAtMs: number;
  /** Until when visitors' pages may be rendered from it, in ms since 1970. */
  dueAtMs: number;
}

/** What the page store asks about a path: see `lib/store/store.mjs`. */
export interface Wanted {
  /** The content that says so. */
  number: number;
  epoch: string;
  /** The revision that the stored page should have; null: the site has no such page. */
  revision: string | null;
}

/** How long a 404 may be kept: its page may be published any moment, and without a purge. */
export const NOT_FOUND_SECONDS = 60;

/** How long visitors wait for the source to be read, and when it is tried again after a failure. */
const LONGEST_WAIT_MS = 5000;
const TRIED_AGAIN_AFTER_MS = 1000;

interface State {
  loaded?: Loaded;
  usable?: UsablePosts;
  content?: Content;
  /** The site with all that is unchecked. */
  whole?: { content: Content; site: Site };
  /** The paths of the site as it was first read. */
  firstPaths?: ReadonlySet<string>;
  /** When a visitor of an unknown path last had the source looked at, in ms since 1970. */
  lookedAtMs?: number;
  /** While there is no content that is new enough: since when visitors wait, and when that failed last. */
  waitingSinceMs?: number;
  failedAtMs?: number;
  running?: Promise<Content>;
  next?: Promise<Content>;
  /** What is known to have changed by those who wait for the next load. */
  nextHint?: Hint;
  /** Whether one of them confirmed that most posts are to be removed. */
  nextConfirms?: boolean;
  /** The failure that visitors' loads told last. */
  reported?: string;
  /** What was not adopted, since most posts would have been removed. */
  refused?: Content;
  /** No more posts than this are stored. */
  mostStored?: number;
  /** While posts are being checked that are not listed yet. */
  checking?: Promise<void>;
  /** How the page store, which Next loads by itself, asks what it should hold. */
  wanted: typeof wanted;
  wantedOnVisit: typeof wantedOnVisit;
  refresh: typeof refresh;
}

// Next bundles each page and each API route with a copy of this module: the state is the process's.
const KEY = Symbol.for('evergreen.content');
const shared: typeof globalThis & { [KEY]?: State } = globalThis;
const state: State = (shared[KEY] ??= { wanted, wantedOnVisit, refresh });

/** The hint of who only wants to see what visitors see. */
const NOTHING: Hint = [];

/**
 * Loads content that is read after this call: what an edit before the call changed is in it, if `hint`
 * names it or there is no hint. Calls that wait at the same time share one load, which begins after
 * all of them and looks at what each of them named. Throws if a source cannot be read, or has lost most
 * of its posts and nobody confirmed that; the newest content then stays what it was.
 */
export function loadContent(hint?: Hint, confirmsRemovals = false): Promise<Content> {
  if (!state.running) return begin(hint, confirmsRemovals);
  state.nextHint = state.next ? mergeHints(state.nextHint, hint) : hint;
  state.nextConfirms = confirmsRemovals || (state.next !== undefined && state.nextConfirms);
  return (state.next ??= state.running
    .catch(() => undefined)
    .then(() => {
      state.next = undefined;
      return begin(state.nextHint, state.nextConfirms ?? false);
    }));
}

/**
 * The newest content, looked at again when its sources say so, the folder after a second, or when a
 * purge on another instance was about something newer. With a source that cannot be read it is what
 * was read last, so that visitors go on reading; throws if there is none.
 */
export async function currentContent(): Promise<Content> {
  const content = newest();
  const { building, developing } = environment();
  if (!content) return loadContent(NOTHING);
  // A build renders from one content, whatever happens to the source meanwhile.
  if (building) return content;
  const isOld = await isOutdated(content);
  // In development an edit is seen at once.
  const isDue = developing || Date.now() >= content.dueAtMs;
  if (!isOld && !isDue) return content;
  const load = loadContent(developing ? undefined : NOTHING).catch(reportOnce);
  // A load may have to render hundreds of posts that just changed: nobody waits for those.
  const isUrgent = isOld || developing;
  await (isUrgent ? load : Promise.race([load, longestWait()]));
  return newest() ?? content;
}

/** The body of a path's page, if it has one. Throws if it cannot be rendered, and says why. */
export async function bodyOf(
  { site, unchecked }: Content,
  path: string,
): Promise<Body | undefined> {
  const post = unchecked.get(path) ?? site.posts.get(path);
  if (!post) return undefined;
  const problem = await checkBody(post);
  if (problem) throw new Error(describeProblem(problem));
  return renderBody(post);
}

/**
 * The content as it would be with a draft published, now or when it is scheduled, and the draft's path
 * there. Throws if drafts cannot be read, and says what to mend.
 */
export async function contentWith(draft: DraftId): Promise<{ content: Content; path: string }> {
  const { wordpressUrl, wordpressLogin, siteUrl } = environment();
  if (wordpressUrl === undefined || !wordpressLogin) {
    throw new Error(
      'set WORDPRESS_URL, WORDPRESS_USER and WORDPRESS_APP_PASSWORD, and start the site again',
    );
  }
  const content = await currentContent();
  const { wordpress } = state.loaded ?? {};
  const { posts = [] } = state.usable ?? {};
  if (!wordpress) throw new Error('WordPress has not been read yet');
  const post = await loadDraft(wordpressUrl, wordpressLogin, wordpress, draft);
  const path = pathOfPost(post);
  const published = wordpress.made.get(draft.id);
  const others = posts.filter((other) => other !== published && pathOfPost(other) !== path);
  const atMs = Math.max(Date.now(), Date.parse(post.date));
  const site = siteOf([...others, post], atMs, siteUrl, content.site);
  return { content: { ...content, site, problemAt: new Map(), unchecked: new Map() }, path };
}

/** What the last load refused to adopt, for those who only want to know what would become of it. */
export const refusedContent = (): Content | undefined => state.refused;

/** Whether anything has been read since this process started. */
export const hasContent = (): boolean => state.content !== undefined;

/** The paths of the site when this process read it first. */
export const firstPaths = (): ReadonlySet<string> => state.firstPaths ?? new Set();

/** When the next scheduled post is due, in ms since 1970; Infinity if there is none. */
export const nextDueMs = (): number => newest()?.site.until ?? Infinity;

function begin(hint: Hint | undefined, confirmsRemovals: boolean): Promise<Content> {
  const load = read(hint, confirmsRemovals).finally(() => {
    if (state.running === load) state.running = undefined;
  });
  return (state.running = load);
}

async function read(hint: Hint | undefined, confirmsRemovals: boolean): Promise<Content> {
  const loadedAtMs = Date.now();
  const settings = environment();
  const { number, epoch, hint: told } = await beginLoad(newest(), hint);
  const loaded = await loadSources(settings, state.loaded, told);
  // What was read need not be read again, whatever becomes of it.
  state.loaded = loaded;
  const usable = await usablePosts(loaded, state.usable, mannerOf(hint));
  const before = newest();
  const same = usable.posts === state.usable?.posts;
  const site = same && before ? before.site : computeSite(usable.posts, before?.site);
  const { problems, unchecked } = usable;
  const content: Content = {
    number,
    epoch,
    site,
    problems,
    problemAt: new Map(
      problems.flatMap((problem) =>
        pathsOfProblem(problem).map((path) => [path, problem] as const),
      ),
    ),
    unchecked,
    loadedAtMs,
    dueAtMs: loaded.dueAtMs,
  };
  if (settings.building) {
    sweepVerdicts();
    const isOfWordPress = testOfWordPress(loaded);
    reportProblems(
      usable.problems.filter((problem) => !isOfWordPress(problem)),
      usable.problems.filter(isOfWordPress),
    );
  } else if (!settings.developing) {
    const { mostStored } = state;
    state.mostStored = await refuseMassRemoval(loaded, confirmsRemovals, mostStored).catch(
      (error: unknown) => {
        state.refused = content;
        throw error;
      },
    );
  }
  state.usable = usable;
  state.firstPaths ??= new Set(wholeSite(content).pages.keys());
  state.reported = undefined;
  state.refused = undefined;
  if (unchecked.size > 0) checkLater(unchecked);
  return (state.content = content);
}

/** A purge waits until all bodies were checked, a visit only for a few that just changed. */
function mannerOf(hint: Hint | undefined): Manner {
  const { building, developing } = environment();
  const isVisit = hint?.length === 0;
  // Read once, and only if a post has to be recalled.
  let stored: ReturnType<typeof storedAtStart> | undefined;
  return {
    check: developing ? 'never' : building || !isVisit ? 'now' : 'later',
    recall: building
      ? async () => undefined
      : (paths, file) => recall(paths, file, () => (stored ??= storedAtStart())),
  };
}

/** Checks what is not listed yet, while visitors are served, and has it listed then. */
function checkLater(unchecked: ReadonlyMap<string, Post>): void {
  state.checking ??= checkPosts([...unchecked.values()])
    .finally(() => (state.checking = undefined))
    // Which checks what has come meanwhile.
    .then(() => loadContent(NOTHING))
    .then(() => undefined, reportOnce);
}

/**
 * Resolves when no post is left that was not seen to render. To be awaited before a load that needs all
 * of them: visitors' loads, which don't, would have to wait for that one.
 */
export async function allChecked(): Promise<void> {
  if (!state.content) await loadContent(NOTHING).catch(() => undefined);
  while (state.checking) await state.checking;
}

/** The site as it will be when all posts were seen to render. */
export function wholeSite(content: Content): Site {
  const { site, unchecked } = content;
  if (unchecked.size === 0) return site;
  if (state.whole?.content !== content) {
    const others = [...site.posts].filter(([path]) => !unchecked.has(path));
    const posts = [...others.map(([, post]) => post), ...unchecked.values()];
    state.whole = { content, site: computeSite(posts, site) };
  }
  return state.whole.site;
}

/** The last good version of a post that this process never read: what its stored pages were made of. */
async function recall(
  paths: string[],
  file: string,
  stored: typeof storedAtStart,
): Promise<Post | undefined> {
  for (const path of paths) {
    const view = await storedView(path);
    if (!view || !('body' in view)) continue;
    return { ...postOf(view, file), aliases: aliasesOf(path, await stored()) };
  }
}

/** What visitors cannot help is not told for each of them. */
function reportOnce(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (message === state.reported) return;
  state.reported = message;
  console.error(error);
}

const computeSite = (posts: Post[], former?: Site): Site =>
  siteOf(posts, Date.now(), environment().siteUrl, former);

/** The newest content; a post whose time has come is in it, without another load. */
function newest(): Content | undefined {
  const { content, usable } = state;
  if (content && usable && content.site.until <= Date.now()) {
    state.content = {
      ...content,
      // On the way to the number of the next load, which only a load gets.
      number: (content.number + Math.floor(content.number) + 1) / 2,
      site: computeSite(usable.posts, content.site),
    };
  }
  return state.content;
}

/** What the site wants of a path; undefined if that cannot be known, and the stored page stays. */
function wanted(path: string): Wanted | undefined {
  const content = newest();
  if (!content) return undefined;
  const page = content.site.pages.get(path);
  // A post that cannot be used, or is not known to be usable yet, and has no last good version here.
  if (!page && (content.problemAt.has(path) || content.unchecked.has(path))) return undefined;
  const { number, epoch } = content;
  return { number, epoch, revision: page?.revision ?? null };
}

/**
 * The same for a visitor: waits for the first content after a start, and lets the stored page stay
 * where the wanted one would fail to render.
 */
async function wantedOnVisit(
  path: string,
  stored: { revision: string | null } | null,
): Promise<Wanted | undefined> {
  if (!state.content) await refresh();
  let answer = wanted(path);
  if (answer?.revision === null && isOldFor404()) {
    state.lookedAtMs = Date.now();
    await loadContent(NOTHING).catch(reportOnce);
    answer = wanted(path);
  }
  if (!answer?.revision || !stored || stored.revision === answer.revision) return answer;
  return (await failureAt(path)) ? undefined : answer;
}

/**
 * Waits for content, the first one or one that is as new as the newest purge, but not for long: a
 * source that is slow or down must not hold up visitors of pages that are stored.
 */
async function refresh(): Promise<void> {
  const now = Date.now();
  if (!state.running && now - (state.failedAtMs ?? -Infinity) < TRIED_AGAIN_AFTER_MS) return;
  const since = (state.waitingSinceMs ??= now);
  const load = loadContent(NOTHING).then(
    () => {
      state.waitingSinceMs = undefined;
    },
    (error: unknown) => {
      state.failedAtMs = Date.now();
      reportOnce(error);
    },
  );
  await Promise.race([load, longestWait(since)]);
}

/** Resolves when visitors have waited long enough. */
const longestWait = (sinceMs = Date.now()): Promise<void> =>
  pause(Math.max(0, sinceMs + LONGEST_WAIT_MS - Date.now()), undefined, { ref: false });

function isOldFor404(): boolean {
  const lookedAtMs = Math.max(state.content?.loadedAtMs ?? 0, state.lookedAtMs ?? 0);
  const keptForMs = 1000 * Math.min(NOT_FOUND_SECONDS, environment().revalidateSeconds);
  return Date.now() - lookedAtMs > keptForMs;
}

/** Why the page of a path cannot be rendered from the newest content, if so. */
export async function failureAt(path: string): Promise<Problem | undefined> {
  const content = newest();
  const post = content?.site.posts.get(path);
  return content?.problemAt.get(path) ?? (post && (await checkBody(post)));
}
