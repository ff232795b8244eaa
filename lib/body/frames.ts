/**
 * Frames of other sites in a tree of HTML: what may be embedded is loaded when the reader asks for it, and
 * all else becomes a link, so that nobody else's page is in ours, and nobody else learns of our readers.
 */
import type { Element, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import type { Words } from '../site/words/words';
import { EMBED_ELEMENT, embedLabel, embedOf, linkOfFrame } from './embeds';
import { linkTo } from './hast';
import { quoted, type Notes } from './notes';

/** What a frame that may not be embedded is one of many of. */
export const OTHER_FRAME = 'a frame that becomes a link';

/** Says that a frame became a link. */
export const otherFrame = (href: string): string =>
  `the frame of ${quoted(href)} is shown as a link: the site embeds no pages of that kind`;

/** Puts something else in the place of all frames. */
export function showFrames(tree: Root, words: Words, notes?: Notes): void {
  visit(tree, 'element', (frame, index, parent) => {
    if (frame.tagName !== 'iframe' || !parent || index === undefined) return;
    parent.children[index] = insteadOf(frame, words, notes);
    return [SKIP, index + 1];
  });
}

function insteadOf(
  { properties, position }: Element,
  words: Words,
  notes?: Notes,
): Root['children'][number] {
  const src = typeof properties.src === 'string' ? properties.src : '';
  const title = typeof properties.title === 'string' ? properties.title : '';
  const embed = embedOf(src);
  if (embed) {
    const link = linkTo(embed.page, embedLabel(embed, title, words));
    return {
      type: 'element',
      tagName: EMBED_ELEMENT,
      properties: { className: [embed.form], dataSrc: embed.frame },
      children: [link],
    };
  }
  const link = linkOfFrame(src);
  if (!link) return { type: 'text', value: '' };
  notes?.add(OTHER_FRAME, otherFrame(link.href), position?.start.line);
  return linkTo(link.href, title.trim() || link.text);
}

/** Custom elements that pages have modules for: no others pass an allow-list. */
const OURS = [EMBED_ELEMENT, 'copy-button'];

/** The custom elements in a tree, sorted. */
export function elementsOf(tree: Root): string[] {
  const found = new Set<string>();
  visit(tree, 'element', ({ tagName }) => {
    if (OURS.includes(tagName)) found.add(tagName);
  });
  return [...found].sort();
}
