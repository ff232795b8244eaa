/**
 * Untrusted HTML, from a CMS, as a body of this site: sanitised, its addresses made good here, and then
 * treated as any other body. Never through MDX, which runs what it is given.
 */
import type { Element, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import rehypeParse from 'rehype-parse';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { checkHtmlBounds } from '../html-bounds';
import type { UntrustedHtml } from '../source/post';
import { absolute, makeAbsolute } from './addresses';
import { shapeBlocks } from './block-shapes';
import { BLOCK_CLASSES } from './blocks';
import { showEmbeds } from './embeds-of-wordpress';
import { fitPictures } from './fitted-pictures';
import { elementsOf, showFrames } from './frames';
import { showLazyPictures } from './lazy-pictures';
import { linkToLeftOut, SEARCH } from './left-out';
import { Notes } from './notes';
import type { Words } from '../site/words/words';
import { prosePlugins, scrollTables, type Body, type Outline } from './prose';
import { SAFE } from './safe-html';

/** What may stand in a body. */
const SCHEMA: Schema = {
  ...SAFE,
  tagNames: [...SAFE.tagNames, 'address', 'iframe'],
  strip: [...SAFE.strip.filter((name) => name !== 'iframe'), 'plaintext'],
  attributes: {
    ...SAFE.attributes,
    // The identifiers of the page around the body begin with `page.`.
    '*': [...SAFE.attributes['*'], ['id', /^(?!page\.)\S+$/], ['className', ...BLOCK_CLASSES]],
    a: ['href', 'hrefLang', ['rel', 'nofollow', 'ugc', 'sponsored', 'noopener', 'noreferrer']],
    img: [...SAFE.attributes.img, ['loading', 'lazy'], 'decoding'],
    video: [...SAFE.attributes.video, 'loop', 'muted', 'playsInline'],
    audio: [...SAFE.attributes.audio, 'loop'],
    ol: [...SAFE.attributes.ol, ['type', '1', 'a', 'A', 'i', 'I']],
    th: [...SAFE.attributes.th, ['align', 'left', 'center', 'right']],
    td: [...SAFE.attributes.td, ['align', 'left', 'center', 'right']],
    details: ['open'],
    code: [['className', /^language-[\w+#-]+$/]],
    // A link to its page stands for it.
    iframe: ['src'],
  },
  protocols: { ...SAFE.protocols, href: ['http', 'https', 'mailto', 'tel'] },
};

/** Renders it. Throws if it is too long, or nested too deep. */
export async function renderUntrustedHtml(
  html: string,
  { base, links, original }: UntrustedHtml,
  words: Words,
): Promise<Body> {
  checkHtmlBounds(html);
  const outline: Outline = { headings: [], minutes: 1 };
  const notes = new Notes();
  const found = { hasBlocks: false };
  const processor = unified()
    .use(rehypeParse, { fragment: true })
    .use(() => (tree: Root) => {
      nameLanguages(tree);
      showLazyPictures(tree);
      showEmbeds(tree);
      linkToLeftOut(tree, original, words, notes);
      found.hasBlocks = shapeBlocks(tree);
    })
    .use(rehypeSanitize, SCHEMA)
    .use(() => (tree: Root) => {
      resolve(tree, base, { ...links, [SEARCH]: '/search' });
      fitPictures(tree);
      showFrames(tree, words, notes);
      scrollTables(tree, words);
    })
    .use(prosePlugins(outline, words))
    .use(rehypeStringify);
  // Not `process`, which never settles if the last step throws after one that it awaited.
  const tree = await processor.run(processor.parse(html));
  return {
    html: processor.stringify(tree),
    ...outline,
    elements: elementsOf(tree),
    ...(found.hasBlocks && found),
    ...(notes.warnings.length > 0 && { warnings: notes.warnings }),
  };
}

/** What only classes tell is told in plain HTML, before they go. */
function nameLanguages(tree: Root): void {
  visit(tree, 'element', (element) => {
    if (element.tagName !== 'pre') return;
    nameLanguage(element);
    return SKIP;
  });
}

/** Makes a block of code one that can be highlighted, wherever its plugin names the language. */
function nameLanguage(pre: Element): void {
  const inner = pre.children.filter(({ type }) => type !== 'text');
  const [first] = inner;
  const code = inner.length === 1 && first?.type === 'element' ? first : undefined;
  const isCode = code?.tagName === 'code';
  const language = languageOf(pre) ?? (isCode ? languageOf(code) : undefined);
  if (language === undefined) return;
  pre.children = [
    {
      type: 'element',
      tagName: 'code',
      properties: { className: [`language-${language}`] },
      children: [{ type: 'text', value: toString(pre) }],
    },
  ];
}

/** `language-php`, `lang-php`, or `brush: php; title: …`. */
function languageOf({ properties: { className } }: Element): string | undefined {
  const classes = Array.isArray(className) ? className.join(' ') : '';
  return /(?:^|\s)(?:lang(?:uage)?-|brush:\s*)([\w+#-]+)/.exec(classes)?.[1]?.toLowerCase();
}

/** Links to content that the site has too lead to its pages; everything else is at its old host. */
function resolve(tree: Root, base: string, links: UntrustedHtml['links']): void {
  makeAbsolute(tree, base);
  visit(tree, 'element', ({ tagName, properties }) => {
    const { href } = properties;
    if (tagName !== 'a' || typeof href !== 'string' || href.startsWith('#')) return;
    const [address = '', fragment] = href.split('#', 2);
    const path = Object.hasOwn(links, address) ? links[address] : absolute(address, base);
    const rest = fragment === undefined ? '' : `#${fragment}`;
    properties.href = path === undefined ? undefined : path + rest;
  });
}
