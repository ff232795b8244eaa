/**
 * From a post to the HTML of its body, whatever it is written in. The last ones are kept.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { renderUntrustedHtml } from './untrusted-html';
import { timeSlices } from '../slices';
import { explainMdx, renderMdx, warmUpMdx, type Components } from './mdx';
import type { Post, Problem } from '../source/post';
import type { Body } from './prose';
import { Verdicts, type Verdict } from './verdicts';
import { messageOf } from '../message-of';

/** Bodies that are kept, so that one that was checked is not rendered again for its page. */
const MOST_KEPT = 100;

/** The bodies of one process. */
export class Bodies {
  private readonly rendered = new LRUCache<string, Promise<Body>>({ max: MOST_KEPT });

  /** `components` are those that MDX may use. */
  constructor(
    private readonly components: Components,
    readonly verdicts = new Verdicts(),
  ) {}

  /** Renders a post's body. Throws if that cannot be done. */
  render(post: Post): Promise<Body> {
    let body = this.rendered.get(post.bodyHash);
    if (!body) {
      body = post.html
        ? renderUntrustedHtml(post.body, post.html)
        : renderMdx(post, this.components);
      this.rendered.set(post.bodyHash, body);
      // A failure is reported to its caller, and the next caller tries again.
      body.catch(() => this.rendered.delete(post.bodyHash));
    }
    return body;
  }

  /** Renders a post's body, and notes whether that can be done; returns what is wrong with it, if anything. */
  async check(post: Post): Promise<Problem | undefined> {
    try {
      await this.render(post);
      this.verdicts.note(post.bodyHash, null);
    } catch (error) {
      const verdict = await this.explain(post, error);
      // Neither a text that is not known nor a machine without file handles says anything of the body.
      if (!post.recalled && !isOfTheMachine(error)) this.verdicts.note(post.bodyHash, verdict);
      return problemOf(post, verdict);
    }
  }

  /**
   * Checks posts that have no verdict yet, and returns what is wrong with those that fail. The processes
   * of a build share the work: each begins somewhere else, and skips what another one has done.
   */
  async checkAll(posts: readonly Post[]): Promise<ReadonlyMap<Post, Problem>> {
    const failures = new Map<Post, Problem>();
    const begin = Math.floor(Math.random() * posts.length);
    const yieldInTime = timeSlices();
    for (const post of [...posts.slice(begin), ...posts.slice(0, begin)]) {
      await yieldInTime();
      this.verdicts.read();
      if (!this.hasNoVerdict(post)) continue;
      const problem = await this.check(post);
      if (problem) failures.set(post, problem);
    }
    return failures;
  }

  /** True for a post whose body nobody has rendered yet. A draft is shown nowhere, and may be unfinished. */
  hasNoVerdict({ draft, bodyHash }: Post): boolean {
    return !draft && this.verdicts.on(bodyHash) === undefined;
  }

  /** Renders posts for nothing but to have the renderers loaded and optimised before the first edit. */
  async warmUp(posts: Post[]): Promise<void> {
    for (const { body, html } of posts) {
      // Requests come first: the awaits of a compiler alone never let one in.
      await yieldToEventLoop();
      await (html ? renderUntrustedHtml(body, html) : warmUpMdx(body)).catch(() => undefined);
    }
  }

  private async explain(post: Post, error: unknown): Promise<NonNullable<Verdict>> {
    if (post.html) {
      const reason = messageOf(error);
      return { message: `the HTML cannot be rendered: ${reason}` };
    }
    const { line, reason } = await explainMdx(post.body, error, this.components);
    const message = `the MDX cannot be rendered: ${reason}`;
    return { line: line && line - linesBefore(post), message };
  }
}

/** The problem of a post whose body doesn't render. */
export function problemOf(post: Post, { line, message }: NonNullable<Verdict>): Problem {
  const { slug, page, file } = post;
  return { slug, page, file, line: line && line + linesBefore(post), message };
}

/** Lines before the trimmed text: the front matter of one file may be longer than that of another. */
const linesBefore = ({ body }: Post): number =>
  (/^\s*/.exec(body)?.[0].split('\n').length ?? 1) - 1;

/** True for errors of the operating system, such as too many open files. */
const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'errno' in error;
