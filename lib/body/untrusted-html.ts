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
import { fitPictures } from './fitted-pictures';
import { elementsOf, showFrames } from './frames';
import { prosePlugins, type Body, type Outline } from './prose';
import { absolute, makeAbsolute } from './addresses';
import { SAFE } from './safe-html';

/** What may stand in a body. */
const SCHEMA: Schema = {
  ...SAFE,
  tagNames: [...SAFE.tagNames, 'address', 'iframe'],
  strip: [...SAFE.strip.filter((name) => name !== 'iframe'), 'plaintext'],
  attributes: {
    ...SAFE.attributes,
    // The identifiers of the page around the body begin with `page.`.
    '*': [...SAFE.attributes['*'], ['id', /^(?!page\.)\S+$/]],
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
  { base, links }: UntrustedHtml,
): Promise<Body> {
  checkHtmlBounds(html);
  const outline: Outline = { headings: [], minutes: 1 };
  const processor = unified()
    .use(rehypeParse, { fragment: true })
    .use(() => simplify)
    .use(rehypeSanitize, SCHEMA)
    .use(() => (tree: Root) => {
      resolve(tree, base, links);
      fitPictures(tree);
      showFrames(tree);
    })
    .use(prosePlugins(outline))
    .use(rehypeStringify);
  // Not `process`, which never settles if the last step throws after one that it awaited.
  const tree = await processor.run(processor.parse(html));
  return { html: processor.stringify(tree), ...outline, elements: elementsOf(tree) };
}

/** What only classes tell is told in plain HTML, before they go. */
function simplify(tree: Root): void {
  visit(tree, 'element', (element, index, parent) => {
    if (!parent || index === undefined) return;
    const { className } = element.properties;
    if (element.tagName === 'iframe' && String(className).includes('wp-embedded-content')) {
      // WordPress hides it, unless a script of its own shows it in place of the quotation beside it.
      parent.children.splice(index, 1);
      return [SKIP, index];
    }
    if (element.tagName === 'pre') {
      nameLanguage(element);
      return SKIP;
    }
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
