/**
 * HTML that somebody else's program shows, or that it wrote: what may stand in it, and its addresses.
 */
import type { Root } from 'hast';
import type { Options as Schema } from 'rehype-sanitize';
import { visit } from 'unist-util-visit';

const PARTS_OF_TABLES = ['caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];

/** Text, figures and tables, without style and script. All else is unwrapped, or removed whole. */
export const SAFE = {
  tagNames: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'hr', 'br', 'wbr', 'div', 'section', 'aside'],
    ...['blockquote', 'pre', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'details', 'summary'],
    ...['table', ...PARTS_OF_TABLES],
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
  },
  protocols: {
    src: ['http', 'https'],
    poster: ['http', 'https'],
    cite: ['http', 'https'],
  },
  ancestors: Object.fromEntries(PARTS_OF_TABLES.map((name) => [name, ['table']])),
  required: {},
  clobber: [],
} satisfies Schema;

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

/** The images of a `srcset`, with whole addresses. An address may hold commas, but not end in one. */
function absoluteSet(srcSet: string, base: string): string | undefined {
  const candidates = [...srcSet.matchAll(/([^\s,]\S*[^\s,]|[^\s,])(\s+[\d.]+[wxh])*/g)];
  const kept = candidates.flatMap(([all, address = '']) => {
    const url = absolute(address, base);
    return url && /^https?:/.test(url) ? [url + all.slice(address.length)] : [];
  });
  return kept.join(', ') || undefined;
}
