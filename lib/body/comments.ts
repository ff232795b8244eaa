/**
 * Comments as a page shows them: what strangers wrote, by a stricter allow-list than that of posts, and in
 * threads.
 */
import type { Root } from 'hast';
import rehypeParse from 'rehype-parse';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { checkHtmlBounds } from '../html-bounds';
import { timeSlices } from '../slices';
import type { Comment } from '../source/post';
import { absolute } from './addresses';
import { SAFE } from './safe-html';

/** A comment, and those that answer it. */
export interface ShownComment extends Omit<Comment, 'parent'> {
  /** Safe. */
  html: string;
  replies: ShownComment[];
}

/** Answers below answers; deeper ones stand in the last level. */
const MOST_LEVELS = 5;

/** Text and links: no pictures, no frames, no headings, no classes and no ids. */
const SCHEMA: Schema = {
  ...SAFE,
  tagNames: [
    ...['p', 'br', 'blockquote', 'pre', 'ul', 'ol', 'li', 'a', 'b', 'strong', 'i', 'em', 'cite'],
    ...['code', 'kbd', 'q', 's', 'del', 'ins', 'sub', 'sup', 'u'],
  ],
  strip: [...SAFE.strip, 'plaintext'],
  attributes: { a: ['href'] },
  protocols: { href: ['http', 'https'] },
  ancestors: {},
};

/** The comments in threads, each list in the order of `comments`; relative addresses are relative to `base`. */
export async function showComments(
  comments: readonly Comment[],
  base: string,
): Promise<ShownComment[]> {
  const byId = new Map(comments.map((comment) => [comment.id, comment]));
  const processor = processorAt(base);
  const shown = new Map<number, ShownComment>();
  const yieldInTime = timeSlices();
  for (const { id, author, url, date, day, html } of comments) {
    await yieldInTime();
    shown.set(id, { id, author, url, date, day, html: safe(html, processor), replies: [] });
  }
  const top: ShownComment[] = [];
  for (const comment of comments) {
    const above = shown.get(aboveOf(comment, byId) ?? 0);
    const one = shown.get(comment.id);
    if (one) (above?.replies ?? top).push(one);
  }
  return top;
}

/** Below which comment one stands: none if what it answers is not there, or answers it in turn. */
function aboveOf(comment: Comment, byId: ReadonlyMap<number, Comment>): number | undefined {
  const path: number[] = [];
  const seen = new Set([comment.id]);
  for (let one = byId.get(comment.parent); one; one = byId.get(one.parent)) {
    if (seen.has(one.id)) return undefined;
    seen.add(one.id);
    path.unshift(one.id);
  }
  return path[Math.min(path.length, MOST_LEVELS - 1) - 1];
}

const processorAt = (base: string) =>
  unified()
    .use(rehypeParse, { fragment: true })
    .use(() => (tree: Root) => finishLinks(tree, base))
    .use(rehypeSanitize, SCHEMA)
    .use(() => markLinks)
    .use(rehypeStringify);

function safe(html: string, processor: ReturnType<typeof processorAt>): string {
  try {
    checkHtmlBounds(html);
    return String(processor.processSync(html));
  } catch {
    // Nested deeper than anybody writes: its words alone.
    return `<p>${html.replace(/<[^>]*>?/g, ' ').replace(/[<>]/g, ' ')}</p>`;
  }
}

function finishLinks(tree: Root, base: string): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName !== 'a' || typeof properties.href !== 'string') return;
    properties.href = absolute(properties.href, base);
  });
}

/** Search engines are told that the site's owner did not write it. */
function markLinks(tree: Root): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName === 'a') properties.rel = ['nofollow', 'ugc'];
  });
}
