/**
 * What HTML can contain that somebody else's program shows, or that it wrote.
 */
import type { Options as Schema } from 'rehype-sanitize';

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
