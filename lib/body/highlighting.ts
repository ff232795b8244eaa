/**
 * Highlights the code of a body, with marked lines, titles and a button to copy it. By classes, since the
 * site's policy forbids style attributes.
 */
import rehypeShikiFromHighlighter from '@shikijs/rehype/core';
import { transformerMetaHighlight } from '@shikijs/transformers';
import type { ElementContent, Root } from 'hast';
import { LRUCache } from 'lru-cache';
import {
  createCssVariablesTheme,
  getSingletonHighlighter,
  type ShikiTransformer,
  type ThemeRegistration,
} from 'shiki';
import type { VFile } from 'vfile';
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

type Highlight = ReturnType<typeof rehypeShikiFromHighlighter>;
let loading: Promise<Highlight> | undefined;

/** Made when first needed; each language is loaded with the first code in it. */
function highlighting(): Promise<Highlight> {
  return (loading ??= getSingletonHighlighter({ themes: [THEME], langs: [] }).then((highlighter) =>
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
      content = [element('copy-button', {}, content)];
    }
    if (title !== undefined) {
      const caption = element('figcaption', {}, [{ type: 'text', value: title }]);
      content = [element('figure', { class: 'code' }, [caption, ...content])];
    }
    root.children = content;
  },
};
