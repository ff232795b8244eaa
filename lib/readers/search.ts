/**
 * The search: finds posts of the newest site, and shows what of them was found.
 */
import type { Snapshots } from '../content/snapshots';
import type { Post } from '../source/post';
import { isMoved } from '../text';
import { plainBlocks } from '../plain-text';
import { find, type Wanted } from './search-find';
import { fileOfIndex, keepSegments, readSegments } from './search-file';
import { indexOf, newIndex, update, type Index } from './search-index';
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

/** How often the index is kept, at most: each time it is written as a whole. */
const KEPT_EVERY_MS = 60_000;

/** How long a build works on the index, since Next gives up pages after a minute: the start of the server does the rest. */
const MOST_OF_A_BUILD_MS = 40_000;

/** The search of one process. */
export class Search {
  private index?: Index;
  private readonly turns: Turns = newTurns();
  private keptAtMs = -Infinity;
  private keptLater?: NodeJS.Timeout;
  private keeping?: Promise<void>;

  /** `file` is where the index is kept, in the data folder; undefined if nowhere. */
  constructor(
    private readonly snapshots: Pick<Snapshots, 'current'>,
    private readonly file = fileOfIndex(),
  ) {}

  /**
   * Searches the newest site for posts of a language with these words, for somebody at this address. Searches take
   * turns, in rotation among the addresses, since both the update of the index and the search let others
   * go on meanwhile: none sees the index while another changes it. The first turn builds the index; a
   * search that comes meanwhile waits for it. Resolves to undefined if the address, or all of them, have
   * too many searches waiting.
   */
  find(wanted: Wanted, address: string): Promise<SearchResults | undefined> {
    return takeTurn(this.turns, address, async () => {
      const { site, index } = await this.update();
      const { best, total, partial } = await find(index, wanted, MOST_RESULTS);
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

  /** Builds the index, or a part of it, for the server to find. Settles when it is kept; never rejects. */
  async build(): Promise<void> {
    const endMs = performance.now() + MOST_OF_A_BUILD_MS;
    const work = () => this.update(() => performance.now() > endMs);
    await takeTurn(this.turns, NOBODY, work).catch(console.error);
    await this.keeping;
  }

  /** Keeps no more. */
  close(): void {
    clearTimeout(this.keptLater);
  }

  /** Brings the index up to date with the newest site. */
  private async update(isOver?: () => boolean): Promise<{ site: Site; index: Index }> {
    const { site } = await this.snapshots.current();
    const { file } = this;
    this.index ??= await indexOf((file !== undefined && (await readSegments(file))) || []);
    try {
      if (await update(this.index, site.posts, isOver)) this.keep();
    } catch (error) {
      // It may be half updated.
      this.index = newIndex();
      throw error;
    }
    return { site, index: this.index };
  }

  /** Keeps the index, now or later. */
  private keep(): void {
    const { file, index } = this;
    if (file === undefined || !index || this.keptLater) return;
    const waitMs = this.keptAtMs + KEPT_EVERY_MS - performance.now();
    if (waitMs > 0) {
      const keepInTurn = () => takeTurn(this.turns, NOBODY, async () => this.keep());
      this.keptLater = setTimeout(() => {
        this.keptLater = undefined;
        void keepInTurn().catch(console.error);
      }, waitMs).unref();
      return;
    }
    this.keptAtMs = performance.now();
    this.keeping = keepSegments(file, index.segments).catch(console.error);
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
  post: Post,
  terms: ReadonlySet<string>,
  slice: Slices,
): Promise<Segment[]> {
  const { summary } = post;
  let best: Snippet | undefined;
  let read = 0;
  for (const { text, length } of plainBlocks(bodyOf(post))) {
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

/** The body of a post; nothing, if it is another one by now. */
function bodyOf({ text }: Post): string {
  try {
    return text.read();
  } catch (error) {
    if (isMoved(error)) return '';
    throw error;
  }
}

/** The more of the words the better, and then rather a sentence than a heading. */
function worth({ segments, found }: Snippet): number {
  const length = segments.reduce((sum, { text }) => sum + text.length, 0);
  return found + Math.min(length, TELLING) / (TELLING + 1);
}
