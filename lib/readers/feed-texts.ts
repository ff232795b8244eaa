/**
 * The texts of posts as the feed has them, at a bounded cost: those of the last feed are kept, and others
 * go on while new ones are made.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { readerHtml } from './feed-html';
import { messageOf } from '../message-of';
import type { Post } from '../source/post';

/** The HTML of a post's body. Throws if it cannot be rendered. */
export type HtmlOf = (post: Post) => Promise<string>;

/** A post, and the whole address of its page. */
export interface FeedPost {
  post: Post;
  url: string;
}

/** The texts of the feed of one process. */
export class FeedTexts {
  /**
   * Those of the feed that was made last, by all that they are made of: never more than one feed has.
   * `Bodies` keeps the HTML of a hundred, whichever they are.
   */
  private texts: ReadonlyMap<string, Promise<string>> = new Map();
  private readonly inTurn = pLimit(1);
  /** The faults that were told, so that each is told once, and not at every change of the site. */
  private readonly told = new LRUCache<string, true>({ max: 1000 });

  constructor(private readonly html: HtmlOf) {}

  /**
   * The texts of the posts of a feed, in their order; undefined for one that cannot be rendered, which is
   * told once. The next feed takes from these what is the same.
   */
  of(posts: FeedPost[]): Promise<(string | undefined)[]> {
    const before = this.texts;
    const texts = new Map<string, Promise<string>>();
    this.texts = texts;
    return Promise.all(
      posts.map(({ post, url }) => {
        const key = `${post.bodyHash} ${url}`;
        const text = before.get(key) ?? this.inTurn(() => this.make(post, url));
        texts.set(key, text);
        return text.catch((error: unknown) => {
          // Don't cache failures.
          texts.delete(key);
          return this.tell(post, error);
        });
      }),
    );
  }

  private async make(post: Post, url: string): Promise<string> {
    // To render and to clean a long text may take a tenth of a second each.
    await yieldToEventLoop();
    const html = await this.html(post);
    await yieldToEventLoop();
    return readerHtml(html, url);
  }

  private tell({ slug, file, bodyHash }: Post, error: unknown): undefined {
    const key = `${slug} ${bodyHash}`;
    if (this.told.has(key)) return;
    this.told.set(key, true);
    console.error(`${file}: stands in the feed without its text: ${messageOf(error)}`);
  }
}
