/**
 * Pictures in untrusted HTML, as wide as this site shows them, and with their size where the HTML tells it, so that
 * nothing moves when they arrive.
 */
import type { Properties, Root } from 'hast';
import { visit } from 'unist-util-visit';
import { sizesOf } from '../column';

/** WordPress names each of its smaller copies by its size: `tree-300x200.jpg`. */
const SIZE_IN_NAME = /-(\d{1,5})x(\d{1,5})\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)/i;

/** Which of its sizes a browser takes is told for the theme of WordPress: here it is told for our column. */
export function fitPictures(tree: Root): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName !== 'img') return;
    if (properties.width === undefined && properties.height === undefined) {
      Object.assign(properties, sizeInName(properties));
    }
    const { srcSet, width } = properties;
    const hasWidths = typeof srcSet === 'string' && /\s\d+w\s*(?:,|$)/.test(srcSet);
    if (hasWidths) properties.sizes = sizesOf(Number(width) || undefined);
  });
}

function sizeInName({ src }: Properties): Properties {
  const [, width, height] = SIZE_IN_NAME.exec(String(src)) ?? [];
  return width !== undefined && height !== undefined ? { width, height } : {};
}
