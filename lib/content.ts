/**
 * The newest content of this process: loads shared among requests, and the site that they give.
 */
import { checkBody, renderBody, type Body } from './mdx';
import { environment } from './environment';
import { describeProblem, type Post, type Problem } from './post';
import { loadPostsFolder, type LoadedPosts } from './posts-folder';
import { pathOf, postOf, siteOf, type Page, type Site } from './site';
import { storedView } from './store.mjs';

/** What was read from the source at one instant. */
export interface Content {
  /** Counts the contents of this process; a higher number means content read later. */
  number: number;
  site: Site;
  /** What cannot be used now. */
  problems: Problem[];
  /** The same, by the paths that its post may have. */
  problemAt: ReadonlyMap<string, Problem>;
  loadedAtMs: number;
}

/** What the page store asks about a path: see `lib/store.mjs`. */
export interface Wanted {
  /** The number of the content that says so. */
  number: number;
  /** The revision that the stored page should have; null: the site has no such page. */
  revision: string | null;
}

/** Renders of one purge or one crawl share content that is no older than this. */
const SHARED_FOR_MS = 1000;

/** How long a 404 may be kept: its page may be published any moment, and without a purge. */
export const NOT_FOUND_SECONDS = 60;

interface State {
  posts?: LoadedPosts;
  content?: Content;
  /** The paths of the site as it was first read. */
  firstPaths?: ReadonlySet<string>;
  /** When a visitor of an unknown path last had the source looked at, in ms since 1970. */
  lookedAtMs?: number;
  running?: Promise<Content>;
  next?: Promise<Content>;
  /** How the page store, which Next loads by itself, asks what it should hold. */
  wanted: typeof wanted;
  wantedOnVisit: typeof wantedOnVisit;
}

// Next bundles each page and each API route with a copy of this module: the state is the process's.
const KEY = Symbol.for('evergreen.content');
const shared: typeof globalThis & { [KEY]?: State } = globalThis;
const state: State = (shared[KEY] ??= { wanted, wantedOnVisit });

/**
 * Loads content that is read after this call: what an edit before the call changed is in it. Calls
 * that wait at the same time share one load, which begins after all of them. Throws if the source
 * cannot be read; the newest content then stays what it was.
 */
export function loadContent(): Promise<Content> {
  if (!state.running) return begin();
  return (state.next ??= state.running
    .catch(() => undefined)
    .then(() => {
      state.next = undefined;
      return begin();
    }));
}

/**
 * The newest content, looked at again if it is older than a second. With a source that cannot be
 * read it is what was read last, so that visitors go on reading; throws if there is none.
 */
export async function currentContent(): Promise<Content> {
  const content = newest();
  const { building, developing } = environment();
  // A build renders from one content, whatever happens to the source meanwhile; whoever develops
  // sees an edit at once.
  const sharedForMs = building ? Infinity : developing ? 0 : SHARED_FOR_MS;
  if (content && Date.now() - content.loadedAtMs < sharedForMs) return content;
  try {
    await loadContent();
  } catch (error) {
    if (!content) throw error;
    console.error(error);
  }
  return newest() ?? loadContent();
}

/** The body of a page, if it has one. Throws if it cannot be rendered, and says why. */
export async function bodyOf(content: Content, page: Page): Promise<Body | undefined> {
  const post = 'body' in page.view ? content.site.posts.get(page.view.body.slug) : undefined;
  if (!post) return undefined;
  const problem = await checkBody(post);
  if (problem) throw new Error(describeProblem(problem));
  return renderBody(post);
}

/** The paths of the site when this process read it first. */
export const firstPaths = (): ReadonlySet<string> => state.firstPaths ?? new Set();

function begin(): Promise<Content> {
  const load = read().finally(() => {
    if (state.running === load) state.running = undefined;
  });
  return (state.running = load);
}

async function read(): Promise<Content> {
  const loadedAtMs = Date.now();
  const { postsDir } = environment();
  const posts = await loadPostsFolder(postsDir, state.posts, checkBody, recall);
  const before = newest();
  const same = posts.posts === state.posts?.posts;
  state.posts = posts;
  const site = same && before ? before.site : computeSite(posts.posts, before?.site);
  state.firstPaths ??= new Set(site.pages.keys());
  return (state.content = {
    number: (before?.number ?? 0) + 1,
    site,
    problems: posts.problems,
    problemAt: new Map(
      posts.problems.flatMap((problem) => [
        [pathOf(problem.slug), problem],
        [pathOf('blog', problem.slug), problem],
      ]),
    ),
    loadedAtMs,
  });
}

/** The last good version of a post that this process never read: what its stored page was made of. */
function recall(slug: string): Post | undefined {
  const view = storedView(pathOf('blog', slug)) ?? storedView(pathOf(slug));
  return view && 'body' in view ? postOf(view, `${slug}.mdx`) : undefined;
}

const computeSite = (posts: Post[], former?: Site): Site =>
  siteOf(posts, Date.now(), environment().siteUrl, former);

/** The newest content; a post whose time has come is in it, without another load. */
function newest(): Content | undefined {
  const { content, posts } = state;
  if (content && posts && content.site.until <= Date.now()) {
    state.content = {
      ...content,
      number: content.number + 1,
      site: computeSite(posts.posts, content.site),
    };
  }
  return state.content;
}

/** What the site wants of a path; undefined if that cannot be known, and the stored page stays. */
function wanted(path: string): Wanted | undefined {
  const content = newest();
  if (!content) return undefined;
  const page = content.site.pages.get(path);
  // A post that cannot be read and has no last good version here.
  if (!page && content.problemAt.has(path)) return undefined;
  return { number: content.number, revision: page?.revision ?? null };
}

/**
 * The same for a visitor: waits for the first content after a start, and lets the stored page stay
 * where the wanted one would fail to render.
 */
async function wantedOnVisit(
  path: string,
  stored: { revision: string | null } | null,
): Promise<Wanted | undefined> {
  if (!state.content) await loadContent().catch(console.error);
  let answer = wanted(path);
  if (answer?.revision === null && isOldFor404()) {
    state.lookedAtMs = Date.now();
    await loadContent().catch(console.error);
    answer = wanted(path);
  }
  if (!answer?.revision || !stored || stored.revision === answer.revision) return answer;
  return (await failureAt(path)) ? undefined : answer;
}

function isOldFor404(): boolean {
  const lookedAtMs = Math.max(state.content?.loadedAtMs ?? 0, state.lookedAtMs ?? 0);
  const keptForMs = 1000 * Math.min(NOT_FOUND_SECONDS, environment().revalidateSeconds);
  return Date.now() - lookedAtMs > keptForMs;
}

/** Why the page of a path cannot be rendered from the newest content, if so. */
export async function failureAt(path: string): Promise<Problem | undefined> {
  const content = newest();
  const view = content?.site.pages.get(path)?.view;
  const post = view && 'body' in view ? content?.site.posts.get(view.body.slug) : undefined;
  return content?.problemAt.get(path) ?? (post && (await checkBody(post)));
}
