/**
 * From the HTML of a page to HTML that stands by itself in a feed reader: pure.
 */
import type { Element, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import rehypeParse from 'rehype-parse';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';

/** What a reader without our stylesheet and scripts can show. All else is unwrapped or removed. */
const SCHEMA: Schema = {
  tagNames: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'hr', 'br', 'wbr', 'div', 'section', 'aside'],
    ...['blockquote', 'pre', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'details', 'summary'],
    ...['table', 'caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
    ...['figure', 'figcaption', 'picture', 'source', 'img', 'video', 'audio', 'track'],
    ...['a', 'abbr', 'b', 'bdi', 'bdo', 'cite', 'code', 'del', 'dfn', 'em', 'i', 'ins', 'kbd'],
    ...['mark', 'q', 'rp', 'rt', 'ruby', 's', 'samp', 'small', 'span', 'strong', 'sub', 'sup'],
    ...['time', 'u', 'var'],
  ],
  // Removed with what is in them.
  strip: [
    ...['script', 'style', 'template', 'noscript', 'title', 'svg', 'math', 'canvas'],
    ...['button', 'input', 'select', 'option', 'datalist', 'textarea', 'progress', 'meter'],
    ...['iframe', 'frameset', 'object', 'embed', 'applet', 'noembed', 'noframes'],
  ],
  attributes: {
    '*': ['title', 'lang', 'dir'],
    a: ['href'],
    img: ['src', 'srcSet', 'sizes', 'alt', 'width', 'height'],
    source: ['src', 'srcSet', 'sizes', 'type', 'media'],
    video: ['src', 'poster', 'width', 'height', 'controls'],
    audio: ['src', 'controls'],
    track: ['src', 'kind', 'srcLang', 'label'],
    blockquote: ['cite'],
    q: ['cite'],
    del: ['cite', 'dateTime'],
    ins: ['cite', 'dateTime'],
    time: ['dateTime'],
    ol: ['start', 'reversed'],
    li: ['value'],
    th: ['colSpan', 'rowSpan', 'scope'],
    td: ['colSpan', 'rowSpan'],
    col: ['span'],
    colgroup: ['span'],
    code: [['className', /^language-./]],
  },
  protocols: {
    href: ['http', 'https', 'mailto', 'tel', 'xmpp', 'irc', 'ircs'],
    src: ['http', 'https'],
    poster: ['http', 'https'],
    cite: ['http', 'https'],
  },
  ancestors: Object.fromEntries(
    ['caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'].map((name) => [
      name,
      ['table'],
    ]),
  ),
  required: {},
  clobber: [],
};

/** The attributes that hold one address. */
const ADDRESSES = ['href', 'src', 'poster', 'cite'];

const processor = unified()
  .use(rehypeParse, { fragment: true })
  .use(() => simplify)
  .use(rehypeSanitize, SCHEMA)
  .use(() => (tree: Root, file) => makeAbsolute(tree, String(file.data.address)))
  .use(rehypeStringify);

/** HTML for a reader; `address` is where the page of that HTML lives. */
export function readerHtml(html: string, address: string): string {
  return processor.processSync({ value: html, data: { address } }).toString();
}

/** What has a meaning on the page alone goes while its classes still tell it. */
function simplify(tree: Root): void {
  visit(tree, 'element', (element, index, parent) => {
    if (!parent || index === undefined) return;
    const { tagName, properties } = element;
    if (tagName === 'a' && classesOf(element).includes('anchor')) {
      parent.children.splice(index, 1);
      return [SKIP, index];
    }
    if (tagName === 'input' && properties.type === 'checkbox') {
      const value = properties.checked ? '☑' : '☐';
      parent.children[index] = { type: 'text', value };
      return [SKIP, index + 1];
    }
    if (tagName === 'code' && parent.type === 'element' && parent.tagName === 'pre') {
      element.children = [{ type: 'text', value: toString(element) }];
      return SKIP;
    }
  });
}

const classesOf = ({ properties: { className } }: Element): (string | number)[] =>
  Array.isArray(className) ? className : [];

/** Readers know no address to resolve others with. One that cannot be resolved goes. */
function makeAbsolute(tree: Root, base: string): void {
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

/** The images of a `srcset`, with whole addresses. An address may hold commas, but not end in one. */
export function absoluteSet(srcSet: string, base: string): string | undefined {
  const candidates = [...srcSet.matchAll(/([^\s,]\S*[^\s,]|[^\s,])(\s+[\d.]+[wxh])*/g)];
  const kept = candidates.flatMap(([all, address = '']) => {
    const url = absolute(address, base);
    return url && /^https?:/.test(url) ? [url + all.slice(address.length)] : [];
  });
  return kept.join(', ') || undefined;
}
