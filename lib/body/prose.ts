/**
 * What makes a body good to read, whatever its source: links to its headings, a table of contents, and
 * its reading time. Works on trees of HTML.
 */
import type { Element, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import rehypeAutolinkHeadings from 'rehype-autolink-headings';
import rehypeSlug from 'rehype-slug';
import type { PluggableList } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { z } from 'zod';
import type { Words } from '../site/words/words';
import { find } from './hast';
import { highlightCode, nameButtons } from './highlighting';

/** A heading in the table of contents. */
export interface Heading {
  id: string;
  title: string;
  /** 2 or 3. */
  depth: number;
}

/** What readers are told of a body before they read it. */
export interface Outline {
  headings: Heading[];
  /** Reading time, at least 1. */
  minutes: number;
}

/** What is checked of an outline that was kept. */
export const OUTLINE_SHAPE = { headings: z.array(z.object({})), minutes: z.number() };

/** Something that a body does without, or shows otherwise than its author may expect. */
export interface BodyWarning {
  /** Counts from 1 in the text of the post, blank lines for the front matter included. */
  line?: number;
  /** What it is one of many of, in a few words, such as `HTML that is left out`. */
  kind: string;
  message: string;
}

/** A body as its page shows it. */
export interface Body extends Outline {
  html: string;
  warnings?: BodyWarning[];
  /** The custom elements in it, each a module of that name in `public/elements/`. */
  elements: string[];
  /** True for one with classes of blocks, whose page has the stylesheet of blocks. */
  hasBlocks?: boolean;
}

/** What an adult reads silently in English: M. Brysbaert, 2019, doi:10.1016/j.jml.2019.104047. */
const WORDS_PER_MINUTE = 238;
const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The plugins for a body's tree, in their order; they fill `outline`. `late` ones come when headings have
 * their names, and before code is highlighted.
 */
export const prosePlugins = (
  outline: Outline,
  words: Words,
  late: PluggableList = [],
): PluggableList => [
  rehypeSlug,
  () => nameEmptyIds,
  () => (tree: Root) => {
    Object.assign(outline, outlineOf(tree));
  },
  [
    rehypeAutolinkHeadings,
    {
      behavior: 'append',
      test: (heading: Element) => !isFootnoteLabel(heading),
      properties: (heading: Element) => ({
        className: 'anchor',
        ariaLabel: words.linkTo(toString(heading)),
      }),
      content: { type: 'text', value: '#' },
    },
  ],
  ...late,
  () => tieNotes,
  () => highlightCode,
  () => (tree: Root) => nameButtons(tree, words),
];

/** A heading without a letter or a digit, such as one emoji, gets an id that names nothing. */
function nameEmptyIds(tree: Root): void {
  visit(tree, 'element', ({ properties }) => {
    if (typeof properties.id === 'string') {
      properties.id = properties.id.replace(/^(-\d+)?$/, 'part$1');
    }
  });
}

function outlineOf(tree: Root): Outline {
  const headings: Heading[] = [];
  visit(tree, 'element', (element) => {
    const depth = ['h2', 'h3'].indexOf(element.tagName) + 2;
    const { id } = element.properties;
    if (depth < 2 || typeof id !== 'string' || isFootnoteLabel(element)) return;
    headings.push({ id, title: toString(element), depth });
  });
  const minutes = Math.max(1, Math.round(wordsIn(toString(tree)) / WORDS_PER_MINUTE));
  return { headings, minutes };
}

/** Up to 1,000 characters, to the end of a word where there is one. */
const PIECE = /[^]{1,1000}(?=\s|$)|[^]{1,1000}/g;

/** In pieces: each word that the segmenter finds holds a copy of the text that it was found in. */
function wordsIn(text: string): number {
  let count = 0;
  for (const [piece] of text.matchAll(PIECE)) {
    for (const { isWordLike } of words.segment(piece)) if (isWordLike) count += 1;
  }
  return count;
}

/** It is for screen readers only; GFM makes it. */
const isFootnoteLabel = ({ properties }: Element) => properties.id === 'footnote-label';

/**
 * Gives each footnote and the first reference to it the same name, by which the stylesheet has the note stand
 * beside its reference, where a browser can do that.
 */
function tieNotes(tree: Root): void {
  const references = new Map<string, Element>();
  visit(tree, 'element', (element) => {
    const { href, dataFootnoteRef } = element.properties;
    if (dataFootnoteRef !== undefined && typeof href === 'string' && !references.has(href)) {
      references.set(href, element);
    }
  });
  if (references.size === 0) return;
  const section = find(tree, ({ properties }) => properties.dataFootnotes !== undefined);
  if (!section) return;
  let number = 0;
  visit(section, 'element', ({ tagName, properties }) => {
    const reference = tagName === 'li' && references.get(`#${String(properties.id)}`);
    if (!reference) return;
    number += 1;
    properties.dataNote = reference.properties.dataNote = `--${number}`;
  });
}

/** A table that is wider than the screen scrolls by itself, with the keyboard too; one in another scrolls with it. */
export function scrollTables(tree: Root, words: Pick<Words, 'table'>): void {
  visit(tree, 'element', (element, index, parent) => {
    if (element.tagName !== 'table' || !parent || index === undefined) return;
    const properties = { className: ['table'], role: 'group', ariaLabel: words.table, tabIndex: 0 };
    parent.children[index] = { type: 'element', tagName: 'div', properties, children: [element] };
    return [SKIP, index + 1];
  });
}
