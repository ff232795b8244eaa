/**
 * What makes a body good to read, whatever its source: links to its headings, a table of contents,
 * its reading time, and highlighted code. Works on trees of HTML.
 */
import rehypeShikiFromHighlighter from '@shikijs/rehype/core';
import { transformerMetaHighlight } from '@shikijs/transformers';
import type { Element, ElementContent, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import { LRUCache } from 'lru-cache';
import rehypeAutolinkHeadings from 'rehype-autolink-headings';
import rehypeSlug from 'rehype-slug';
import {
  createCssVariablesTheme,
  getSingletonHighlighter,
  type ShikiTransformer,
  type ThemeRegistration,
} from 'shiki';
import type { PluggableList } from 'unified';
import { visit } from 'unist-util-visit';
import type { VFile } from 'vfile';

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

/** A body as its page shows it. */
export interface Body extends Outline {
  html: string;
  /** The custom elements in it, each a module of that name in `public/elements/`. */
  elements: string[];
}

/** What an adult reads silently in English: M. Brysbaert, 2019, doi:10.1016/j.jml.2019.104047. */
const WORDS_PER_MINUTE = 238;
const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The plugins for a body's tree, in their order; they fill `outline`. The highlighted code has classes
 * and no style attributes, which the site's policy forbids.
 */
export const prosePlugins = (outline: Outline): PluggableList => [
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
        ariaLabel: `Link to “${toString(heading)}”`,
      }),
      content: { type: 'text', value: '#' },
    },
  ],
  () => async (tree: Root, file: VFile) => {
    await (
      await highlighting()
    )(tree, file, () => undefined);
  },
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

/** Characters of a line of code that is highlighted. */
const MOST_HIGHLIGHTED = 2000;

const THEME: ThemeRegistration = createCssVariablesTheme();

/** The blocks highlighted last: an edit of a post leaves most of its code as it was. */
const highlighted = new LRUCache<string, Root>({ max: 500 });

/** A copy, since it becomes a part of another tree. */
function kept(key: string): Root | undefined {
  const code = highlighted.get(key);
  return code && structuredClone(code);
}

type Highlight = ReturnType<typeof rehypeShikiFromHighlighter>;
let highlight: Promise<Highlight> | undefined;

/** Made when first needed; each language is loaded with the first code in it. */
function highlighting(): Promise<Highlight> {
  return (highlight ??= getSingletonHighlighter({ themes: [THEME], langs: [] }).then(
    (highlighter) =>
      rehypeShikiFromHighlighter(highlighter, {
        theme: THEME,
        lazy: true,
        defaultLanguage: 'text',
        fallbackLanguage: 'text',
        cache: { get: kept, set: (key, code) => highlighted.set(key, code) },
        // For one line. On a busy machine the first code takes longer than Shiki's half a second, after
        // which it leaves the rest of the line as it is: other bytes than the next time.
        tokenizeTimeLimit: 5000,
        // A longer line is plain: some grammars take quadratic time for it.
        tokenizeMaxLineLength: MOST_HIGHLIGHTED,
        transformers: [transformerMetaHighlight({ className: 'marked' }), byClasses, framed],
      }),
  ));
}

/** What the stylesheet has a colour for, as the theme names it. */
const KINDS = /--shiki-token-(keyword|string|comment|constant|function|inserted|deleted)\b/;

/** The theme's colours are variables, such as `var(--shiki-token-keyword)`: classes are made of them. */
const byClasses: ShikiTransformer = {
  span(node, _line, _column, _element, token) {
    const kind = KINDS.exec(token.color ?? '')?.[1];
    node.properties = kind === undefined ? {} : { class: kind };
  },
  line(node) {
    node.children = node.children.flatMap(unwrapPlain);
  },
  code(node) {
    node.children = node.children.flatMap((line) => {
      if (line.type !== 'element') return [line];
      const isMarked = String(line.properties.class).includes('marked');
      return isMarked ? [{ ...line, properties: { class: 'marked' } }] : line.children;
    });
  },
  pre(node) {
    // A block that is wider than the screen scrolls by itself, with the keyboard too.
    node.properties = { tabindex: 0 };
  },
};

const unwrapPlain = (node: ElementContent): ElementContent[] =>
  node.type === 'element' && Object.keys(node.properties).length === 0 ? node.children : [node];

/** ```` ```ts title="lib/site/site.ts" copy ````: a caption above the code, and a button that copies it. */
const framed: ShikiTransformer = {
  root(root) {
    const meta = this.options.meta?.__raw ?? '';
    const title = /\btitle="([^"]*)"/.exec(meta)?.[1];
    let content: ElementContent[] = root.children.filter((node) => node.type === 'element');
    if (/(?:^|\s)copy(?:\s|$)/.test(meta.replace(/"[^"]*"/g, ''))) {
      content = [element('copy-button', content)];
    }
    if (title !== undefined) {
      const caption = element('figcaption', [{ type: 'text', value: title }]);
      content = [{ ...element('figure', [caption, ...content]), properties: { class: 'code' } }];
    }
    root.children = content;
  },
};

const element = (tagName: string, children: ElementContent[]): Element => ({
  type: 'element',
  tagName,
  properties: {},
  children,
});
