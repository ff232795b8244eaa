/**
 * The search: finds posts of the newest site, and shows what of them was found.
 */
import { currentContent } from './content';
import type { Post } from './post';
import { find, newIndex, update, type Index } from './search-index';
import { mark, plainText, snippetOf, type Segment } from './search-text';
import { pathOfPost, type PostSummary, type Site } from './site';

/** Posts that an answer shows. */
const MOST_RESULTS = 20;

/** Searches that may wait for their turn; more would wait longer than a reader does. */
const MOST_WAITING = 50;

/** What a search found. */
export interface Answer {
  /** The best of what was found. */
  results: Result[];
  /** How many posts were found. */
  total: number;
  /** True if no post has all the words: those that were found have some of them. */
  partial: boolean;
}

/** One post that was found, as a page shows it. */
export interface Result {
  path: string;
  title: Segment[];
  snippet: Segment[];
  /** Absent for a standalone page. */
  post?: PostSummary;
}

interface State {
  index: Index;
  /** The end of the work on the index that was asked for last. */
  turn: Promise<unknown>;
  waiting: number;
}

// Next bundles each page and each API route with a copy of this module: the index is the process's.
const KEY = Symbol.for('evergreen.search');
const shared: typeof globalThis & { [KEY]?: State } = globalThis;

/**
 * Searches the newest site for posts with these words. The first call builds the index. Calls take
 * turns, since both the update and the search let others go on meanwhile: none sees the index while
 * another changes it. Undefined if too many wait.
 */
export async function search(words: string[]): Promise<Answer | undefined> {
  const state = (shared[KEY] ??= { index: newIndex(), turn: Promise.resolve(), waiting: 0 });
  if (state.waiting >= MOST_WAITING) return undefined;
  state.waiting += 1;
  const answer = state.turn.then(async () => {
    const { site } = await currentContent();
    try {
      await update(state.index, site.posts);
    } catch (error) {
      // It may be half updated.
      state.index = newIndex();
      throw error;
    }
    const { best, total, partial } = await find(state.index, words, MOST_RESULTS);
    return { results: best.map(({ post, terms }) => resultOf(site, post, terms)), total, partial };
  });
  state.turn = answer.catch(() => undefined).finally(() => (state.waiting -= 1));
  return answer;
}

function resultOf(site: Site, post: Post, terms: ReadonlySet<string>): Result {
  const path = pathOfPost(post);
  const view = site.pages.get(path)?.view;
  return {
    path,
    title: mark(post.title, terms),
    snippet: snippetFor(post, terms),
    post: view?.kind === 'post' ? view.post : undefined,
  };
}

/** From the body, if it has any of the terms; else the summary, if there is one. */
function snippetFor({ body, summary }: Post, terms: ReadonlySet<string>): Segment[] {
  const fromBody = snippetOf(plainText(body), terms);
  return fromBody.found > 0 || summary === undefined
    ? fromBody.segments
    : snippetOf(summary, terms).segments;
}
