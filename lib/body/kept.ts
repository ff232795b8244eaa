/**
 * What bodies were turned into, kept by their keys in the data folder: what MDX compiles to, so that it is
 * not compiled again, and the HTML of Markdown, for the last good version of a post whose text is gone.
 */
import { environment } from '../config';
import { readData, writeData } from '../data-dir';
import { hash } from '../hash';
import { languageOf } from '../site/kin';
import { wordsOf, type Words } from '../site/words/words';
import type { Post } from '../source/post';

/** What tells one body from another: in another language the same text has other words of ours around it. */
export type Written = Pick<Post, 'bodyHash' | 'language'>;

/** The key of a body. A stored page need not tell Swiss German from German, which has the same words. */
export const keyOf = (post: Written): string =>
  `${post.bodyHash} ${languageOf(post).split('-', 1)[0]}`;

/** Our own words in the body of a post. */
export const wordsIn = (post: Pick<Post, 'language'>): Words => wordsOf(languageOf(post));

/**
 * Names the compiler: next.config.js sets it from what turns a body into HTML. Undefined without Next, as
 * in a test of a module, where nothing says whether what is kept still holds.
 */
export const COMPILER = process.env.EVERGREEN_MDX;

/** When a running server keeps what it made: not while somebody waits for the page. */
const KEEP_AFTER_MS = 1000;

/** Keeps what a body was turned into. */
export function keep(post: Written, made: object): void {
  if (COMPILER === undefined) return;
  const name = nameOf(post);
  const text = JSON.stringify(made);
  if (environment().building) writeData('bodies', name, text);
  else setTimeout(() => writeData('bodies', name, text), KEEP_AFTER_MS).unref();
}

/** What a body was turned into; undefined if that is not kept, or is not what `isWhole` knows. */
export function recall<T extends object>(
  post: Written,
  isWhole: (kept: unknown) => kept is T,
): T | undefined {
  if (COMPILER === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(readData('bodies', nameOf(post)) ?? '');
    return isWhole(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

const nameOf = (post: Written): string => `${hash(`${COMPILER} ${keyOf(post)}`)}.json`;
