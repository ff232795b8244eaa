/**
 * From a post to the HTML of its body, whatever it is written in. The last ones are kept.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { renderForeignHtml } from './foreign-html';
import { explainMdx, renderMdx, warmUpMdx } from './mdx';
import type { Post, Problem } from './post';
import type { Body } from './prose';

// Next bundles each page and each API route with a copy of this module: the memory is the process's.
const KEY = Symbol.for('evergreen.rendered');
const shared: typeof globalThis & { [KEY]?: LRUCache<string, Promise<Body>> } = globalThis;

/** The bodies rendered last, so that a body that was checked is not rendered again for its page. */
const rendered = (shared[KEY] ??= new LRUCache<string, Promise<Body>>({ max: 100 }));

/** Renders a post's body. Throws if that cannot be done. */
export function renderBody(post: Post): Promise<Body> {
  let body = rendered.get(post.bodyHash);
  if (!body) {
    body = post.html ? renderForeignHtml(post.body, post.html) : renderMdx(post);
    rendered.set(post.bodyHash, body);
    // A failure is reported to whoever asked, and tried again by the next.
    body.catch(() => rendered.delete(post.bodyHash));
  }
  return body;
}

/** Renders a post's body; answers what is wrong with it, if anything. */
export async function checkBody(post: Post): Promise<Problem | undefined> {
  const { slug, page, file } = post;
  try {
    await renderBody(post);
  } catch (error) {
    if (post.html) {
      const reason = error instanceof Error ? error.message : String(error);
      return { slug, page, file, message: `the HTML cannot be rendered: ${reason}` };
    }
    const { line, reason } = await explainMdx(post.body, error);
    return { slug, file, line, message: `the MDX cannot be rendered: ${reason}` };
  }
}

/** Renders posts for nothing but to have the renderers loaded and optimised before the first edit. */
export async function warmUp(posts: Post[]): Promise<void> {
  for (const { body, html } of posts) {
    // Requests come first: the awaits of a compiler alone never let one in.
    await breathe();
    await (html ? renderForeignHtml(body, html) : warmUpMdx(body)).catch(() => undefined);
  }
}
