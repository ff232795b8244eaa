/**
 * Highlights the code of a body, with marked lines, and a bar that names it and has a button to copy it. By classes, since the
 * site's policy forbids style attributes.
 */
import rehypeShikiFromHighlighter from '@shikijs/rehype/core';
import { transformerMetaHighlight } from '@shikijs/transformers';
import type { ElementContent, Root } from 'hast';
import { LRUCache } from 'lru-cache';
import {
  bundledLanguagesInfo,
  createBundledHighlighter,
  createCssVariablesTheme,
  createOnigurumaEngine,
  type ShikiTransformer,
  type ThemeRegistration,
} from 'shiki';
import { visit } from 'unist-util-visit';
import type { VFile } from 'vfile';
import type { Words } from '../site/words/words';
import { grammars } from './grammars';
import { element } from './hast';

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

/** Highlights the code in a tree. */
export async function highlightCode(tree: Root, file: VFile): Promise<void> {
  const highlight = await highlighting();
  await highlight(tree, file, () => undefined);
}

const createHighlighter = createBundledHighlighter({
  langs: grammars,
  themes: {},
  engine: () => createOnigurumaEngine(import('shiki/wasm')),
});

type Highlight = ReturnType<typeof rehypeShikiFromHighlighter>;
let loading: Promise<Highlight> | undefined;

/** Made when first needed; each language is loaded with the first code in it. */
function highlighting(): Promise<Highlight> {
  return (loading ??= createHighlighter({ themes: [THEME], langs: [] }).then((highlighter) =>
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

/** The bar above code: its title or its language, and a button that copies it. */
const framed: ShikiTransformer = {
  root(root) {
    const meta = this.options.meta?.__raw ?? '';
    const title = /\btitle="([^"]*)"/.exec(meta)?.[1];
    const label = title ?? nameOfLanguage(this.options.lang);
    const isCopied = /(?:^|\s)copy(?:\s|$)/.test(meta.replace(/"[^"]*"/g, ''));
    const content: ElementContent[] = root.children.filter((node) => node.type === 'element');
    if (label === undefined && !isCopied) {
      root.children = content;
      return;
    }
    const bar = element('figcaption', title === undefined ? {} : { class: 'file' }, [
      ...(label === undefined ? [] : [{ type: 'text' as const, value: label }]),
      element(COPY_BUTTON, {}),
    ]);
    root.children = [element('figure', { class: 'code' }, [bar, ...content])];
  },
};

const COPY_BUTTON = 'copy-button';

let names: ReadonlyMap<string, string> | undefined;

/** A language as people know it, such as TypeScript; undefined for a text that is in none. */
function nameOfLanguage(language: string): string | undefined {
  names ??= new Map(
    bundledLanguagesInfo.flatMap(({ id, aliases = [], name }) =>
      [id, ...aliases].map((known) => [known, name] as const),
    ),
  );
  return names.get(language);
}

/** Gives the buttons their words. Apart from the highlighting, which keeps what it made for all languages. */
export function nameButtons(tree: Root, { copy, copied, selected }: ButtonWords): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    if (tagName !== COPY_BUTTON) return;
    Object.assign(properties, { dataCopy: copy, dataCopied: copied, dataSelected: selected });
  });
}

type ButtonWords = Pick<Words, 'copy' | 'copied' | 'selected'>;
