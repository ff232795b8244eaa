/**
 * The texts of posts as the feeds have them, at a bounded cost: those that were asked for last are kept, for all
 * feeds together, and others go on while new ones are made.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import createError from 'http-errors';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { readerHtml } from './feed-html';
import { messageOf } from '../message-of';
import type { Post } from '../source/post';
import { isMoved } from '../text';

/** The HTML of a post's body. Throws if it cannot be rendered. */
export type HtmlOf = (post: Post) => Promise<string>;

/** A post, and the whole address of its page. */
export interface FeedPost {
  post: Post;
  url: string;
}

/** Characters that are kept, of all texts together. */
const MOST_CHARACTERS = 16 * 1024 ** 2;

/** Feeds of topics that may wait for their turn, the one in hand included. */
const MOST_WAITING = 20;

/** The texts of the feeds of one process. */
export class FeedTexts {
  /** By all that they are made of. `Bodies` keeps the HTML of a hundred, whichever they are. */
  private readonly kept: LRUCache<string, string>;
  private readonly making = new Map<string, Promise<string>>();
  private readonly inTurn = pLimit(1);
  private readonly topicsInTurn = pLimit(1);
  /** The faults that were told, so that each is told once, and not at every change of the site. */
  private readonly told = new LRUCache<string, true>({ max: 1000 });

  constructor(
    private readonly html: HtmlOf,
    mostCharacters = MOST_CHARACTERS,
  ) {
    this.kept = new LRUCache({
      maxSize: mostCharacters,
      sizeCalculation: (text, key) => text.length + key.length,
    });
  }

  /**
   * The texts of the posts of a feed, in their order; undefined for one that cannot be rendered, which is
   * told once. Rejects if one is another text by now.
   */
  of(posts: FeedPost[]): Promise<(string | undefined)[]> {
    return Promise.all(
      posts.map(({ post, url }) =>
        this.textOf(post, url).catch((error: unknown) => this.tell(post, error)),
      ),
    );
  }

  /**
   * Makes the feed of a topic when its turn comes, so that the feeds of all posts wait for one of thousands at
   * most. Rejects with an HttpError 503 if too many others wait.
   */
  async inTurnOfTopics<T>(make: () => Promise<T>): Promise<T> {
    const { topicsInTurn } = this;
    if (topicsInTurn.activeCount + topicsInTurn.pendingCount >= MOST_WAITING) {
      throw createError(503, 'Too many feeds are being made. Try again in a few seconds.');
    }
    return topicsInTurn(make);
  }

  private async textOf(post: Post, url: string): Promise<string> {
    const key = `${post.bodyHash} ${url}`;
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    let making = this.making.get(key);
    if (!making) {
      making = this.inTurn(() => this.make(post, url)).finally(() => this.making.delete(key));
      this.making.set(key, making);
    }
    const text = await making;
    this.kept.set(key, text);
    return text;
  }

  private async make(post: Post, url: string): Promise<string> {
    // To render and to clean a long text may take a tenth of a second each.
    await yieldToEventLoop();
    const html = await this.html(post);
    await yieldToEventLoop();
    return readerHtml(html, url);
  }

  private tell({ slug, file, bodyHash }: Post, error: unknown): undefined {
    if (isMoved(error)) throw error;
    const key = `${slug} ${bodyHash}`;
    if (this.told.has(key)) return;
    this.told.set(key, true);
    console.error(`${file}: stands in the feed without its text: ${messageOf(error)}`);
  }
}
