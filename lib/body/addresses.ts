/**
 * The addresses in a tree of HTML, made whole: where it is shown, nothing else resolves them.
 */
import parseSrcset from '@prettier/parse-srcset';
import type { Root } from 'hast';
import { visit } from 'unist-util-visit';

/** The attributes that hold one address, but for `href`. */
const ADDRESSES = ['src', 'poster', 'cite'];

/** Makes all addresses but those of links whole. One that cannot be resolved goes. */
export function makeAbsolute(tree: Root, base: string): void {
  visit(tree, 'element', ({ properties }) => {
    for (const name of ADDRESSES) {
      const value = properties[name];
      if (typeof value === 'string') properties[name] = absolute(value, base);
    }
    const { srcSet } = properties;
    if (typeof srcSet === 'string') properties.srcSet = absoluteSet(srcSet, base);
  });
}

/** An address as a whole; undefined if it cannot be one. */
export const absolute = (address: string, base: string): string | undefined =>
  URL.canParse(address, base) ? new URL(address, base).href : undefined;

/**
 * A `srcset` with whole addresses, without those that cannot be one. Undefined if it is malformed: the
 * image has its `src` then.
 */
function absoluteSet(srcSet: string, base: string): string | undefined {
  try {
    const candidates = parseSrcset(srcSet).flatMap(({ source, width, height, density }) => {
      const url = absolute(source.value, base);
      if (!url || !/^https?:/.test(url)) return [];
      const descriptors = [width && `${width.value}w`, height && `${height.value}h`];
      return [url, ...descriptors, density && `${density.value}x`].filter(Boolean).join(' ');
    });
    return candidates.join(', ') || undefined;
  } catch {
    return undefined;
  }
}
