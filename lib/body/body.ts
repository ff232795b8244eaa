/**
 * From a post to the HTML of its body, whatever it is written in. The last ones are kept.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { renderUntrustedHtml } from './untrusted-html';
import { explainMdx, renderMdx, warmUpMdx } from './mdx';
import type { Post, Problem } from '../source/post';
import type { Body } from './prose';
import { noteVerdict, type Verdict } from './verdicts';

// Next bundles each page and each API route with a copy of this module: the memory is the process's.
const KEY = Symbol.for('evergreen.rendered');
const shared: typeof globalThis & { [KEY]?: LRUCache<string, Promise<Body>> } = globalThis;

/** The bodies rendered last, so that a body that was checked is not rendered again for its page. */
const rendered = (shared[KEY] ??= new LRUCache<string, Promise<Body>>({ max: 100 }));

/** Renders a post's body. Throws if that cannot be done. */
export function renderBody(post: Post): Promise<Body> {
  let body = rendered.get(post.bodyHash);
  if (!body) {
    body = post.html ? renderUntrustedHtml(post.body, post.html) : renderMdx(post);
    rendered.set(post.bodyHash, body);
    // A failure is reported to whoever asked, and tried again by the next.
    body.catch(() => rendered.delete(post.bodyHash));
  }
  return body;
}

/** Renders a post's body, and notes whether that can be done; returns what is wrong with it, if anything. */
export async function checkBody(post: Post): Promise<Problem | undefined> {
  try {
    await renderBody(post);
    noteVerdict(post.bodyHash, null);
  } catch (error) {
    const verdict = await explain(post, error);
    // Neither a text that is not known nor a machine without file handles says anything of the body.
    if (!post.recalled && !isOfTheMachine(error)) noteVerdict(post.bodyHash, verdict);
    return problemOf(post, verdict);
  }
}

/** The problem of a post whose body doesn't render. */
export function problemOf(post: Post, { line, message }: NonNullable<Verdict>): Problem {
  const { slug, page, file } = post;
  return { slug, page, file, line: line && line + linesBefore(post), message };
}

async function explain(post: Post, error: unknown): Promise<NonNullable<Verdict>> {
  if (post.html) {
    const reason = error instanceof Error ? error.message : String(error);
    return { message: `the HTML cannot be rendered: ${reason}` };
  }
  const { line, reason } = await explainMdx(post.body, error);
  const message = `the MDX cannot be rendered: ${reason}`;
  return { line: line && line - linesBefore(post), message };
}

/** Lines before the trimmed text: the front matter of one file may be longer than that of another. */
const linesBefore = ({ body }: Post): number =>
  (/^\s*/.exec(body)?.[0].split('\n').length ?? 1) - 1;

/** True for errors of the operating system, such as too many open files. */
const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'errno' in error;

/** Renders posts for nothing but to have the renderers loaded and optimised before the first edit. */
export async function warmUp(posts: Post[]): Promise<void> {
  for (const { body, html } of posts) {
    // Requests come first: the awaits of a compiler alone never let one in.
    await breathe();
    await (html ? renderUntrustedHtml(body, html) : warmUpMdx(body)).catch(() => undefined);
  }
}
