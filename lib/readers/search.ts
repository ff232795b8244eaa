/**
 * The search: finds posts of the newest site, and shows what of them was found.
 */
import type { Snapshots } from '../content/snapshots';
import type { Post } from '../source/post';
import { plainBlocks } from '../plain-text';
import { find, type Wanted } from './search-find';
import { newIndex, update, type Index } from './search-index';
import { wordsIn, type Word } from './search-words';
import { mark, snippetOf, type Segment, type Snippet } from './snippet';
import type { Site } from '../site/site';
import { pathOfPost } from '../site/paths';
import type { PostSummary } from '../site/views';
import { CHARACTERS_OF_A_UNIT, slices, STRIDE, type Slices } from '../slices';
import { newTurns, takeTurn, type Turns } from './turns';

/** Posts that an answer shows. */
const MOST_RESULTS = 20;

/** How far a body is read for the passage that an answer shows of it, in characters. */
const MOST_READ_FOR_SNIPPET = 50_000;

/** Whose turn the work is that nobody asked for. No address is empty. */
const NOBODY = '';

/** What a search found. */
export interface SearchResults {
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

/** The search of one process. */
export class Search {
  private index: Index = newIndex();
  private readonly turns: Turns = newTurns();

  constructor(private readonly snapshots: Pick<Snapshots, 'current'>) {}

  /**
   * Searches the newest site for posts of a language with these words, for somebody at this address. Searches take
   * turns, in rotation among the addresses, since both the update of the index and the search let others
   * go on meanwhile: none sees the index while another changes it. The first turn builds the index; a
   * search that comes meanwhile waits for it. Resolves to undefined if the address, or all of them, have
   * too many searches waiting.
   */
  find(wanted: Wanted, address: string): Promise<SearchResults | undefined> {
    return takeTurn(this.turns, address, async () => {
      const site = await this.update();
      const { best, total, partial } = await find(this.index, wanted, MOST_RESULTS);
      const slice = slices();
      const results: Result[] = [];
      for (const { post, terms } of best) results.push(await resultOf(site, post, terms, slice));
      return { results, total, partial };
    });
  }

  /** Builds the index before anybody searches, in slices. Settles when that is done; never rejects. */
  async warmUp(): Promise<void> {
    await takeTurn(this.turns, NOBODY, () => this.update()).catch(console.error);
  }

  /** Brings the index up to date with the newest site, and returns that. */
  private async update(): Promise<Site> {
    const { site } = await this.snapshots.current();
    try {
      await update(this.index, site.posts);
    } catch (error) {
      // It may be half updated.
      this.index = newIndex();
      throw error;
    }
    return site;
  }
}

async function resultOf(
  site: Site,
  post: Post,
  terms: ReadonlySet<string>,
  slice: Slices,
): Promise<Result> {
  const path = pathOfPost(post);
  const view = site.pages.get(path)?.view;
  return {
    path,
    title: mark(post.title, terms),
    snippet: await snippetFor(post, terms, slice),
    post: view?.kind === 'post' ? view.post : undefined,
  };
}

/** A shorter passage says little, such as a heading. */
const TELLING = 60;

/**
 * From the body, if it has any of the terms; else the summary, if there is one. Never from two of its passages, which
 * a page shows below each other.
 */
async function snippetFor(
  { body, summary }: Post,
  terms: ReadonlySet<string>,
  slice: Slices,
): Promise<Segment[]> {
  let best: Snippet | undefined;
  let read = 0;
  for (const { text, length } of plainBlocks(body)) {
    await slice(length / CHARACTERS_OF_A_UNIT);
    if (text !== '') {
      const words: Word[] = [];
      for (const word of wordsIn(text)) {
        if (words.push(word) % STRIDE === 0) await slice(STRIDE);
      }
      const snippet = snippetOf(text, terms, words);
      if (!best || worth(snippet) > worth(best)) best = snippet;
    }
    if ((read += length) >= MOST_READ_FOR_SNIPPET) break;
  }
  if (summary !== undefined && !best?.found) return snippetOf(summary, terms).segments;
  return best?.segments ?? [];
}

/** The more of the words the better, and then rather a sentence than a heading. */
function worth({ segments, found }: Snippet): number {
  const length = segments.reduce((sum, { text }) => sum + text.length, 0);
  return found + Math.min(length, TELLING) / (TELLING + 1);
}
