/**
 * HTML of another system as a body of this site: sanitised, its addresses made good here, and then
 * treated as any other body. Never through MDX, which runs what it is given.
 */
import type { Element, Root } from 'hast';
import { toString } from 'hast-util-to-string';
import rehypeParse from 'rehype-parse';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { absolute, absoluteSet } from './feed-html';
import type { ForeignHtml } from './post';
import { prosePlugins, type Body, type Outline } from './prose';

/** Rendering holds everybody up, for a second or two at this length. */
const MOST_CHARACTERS = 1024 * 1024;

/** What may stand in a body. All else is unwrapped or removed; there is no style, and no script. */
const SCHEMA: Schema = {
  tagNames: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'hr', 'br', 'wbr', 'div', 'section', 'aside'],
    ...['blockquote', 'pre', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'details', 'summary', 'address'],
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
    ...['iframe', 'frameset', 'object', 'embed', 'applet', 'noembed', 'noframes', 'plaintext'],
  ],
  attributes: {
    // The identifiers of the page around the body begin with `page.`.
    '*': ['title', 'lang', 'dir', ['id', /^(?!page\.)\S+$/]],
    a: ['href', 'hrefLang', ['rel', 'nofollow', 'ugc', 'sponsored', 'noopener', 'noreferrer']],
    img: ['src', 'srcSet', 'sizes', 'alt', 'width', 'height', ['loading', 'lazy'], 'decoding'],
    source: ['src', 'srcSet', 'sizes', 'type', 'media'],
    video: ['src', 'poster', 'width', 'height', 'controls', 'loop', 'muted', 'playsInline'],
    audio: ['src', 'controls', 'loop'],
    track: ['src', 'kind', 'srcLang', 'label'],
    blockquote: ['cite'],
    q: ['cite'],
    del: ['cite', 'dateTime'],
    ins: ['cite', 'dateTime'],
    time: ['dateTime'],
    ol: ['start', 'reversed', ['type', '1', 'a', 'A', 'i', 'I']],
    li: ['value'],
    th: ['colSpan', 'rowSpan', 'scope', ['align', 'left', 'center', 'right']],
    td: ['colSpan', 'rowSpan', ['align', 'left', 'center', 'right']],
    col: ['span'],
    colgroup: ['span'],
    details: ['open'],
    code: [['className', /^language-[\w+#-]+$/]],
  },
  protocols: {
    href: ['http', 'https', 'mailto', 'tel'],
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

/** What may be embedded: the address of its frame, and that of its page, to which a link leads. */
const EMBEDS: [RegExp, (id: string) => string][] = [
  [
    /^https:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]{5,20})(?:[?#].*)?$/,
    (id) => `https://www.youtube.com/watch?v=${id}`,
  ],
  [
    /^https:\/\/player\.vimeo\.com\/video\/(\d{1,15})(?:[?#].*)?$/,
    (id) => `https://vimeo.com/${id}`,
  ],
];

/** Renders it. Throws if it is too long. */
export async function renderForeignHtml(html: string, { base, links }: ForeignHtml): Promise<Body> {
  if (html.length > MOST_CHARACTERS) {
    const megabytes = (html.length / 1024 / 1024).toFixed(1);
    throw new Error(`it has ${megabytes} million characters, and at most 1 is taken`);
  }
  const outline: Outline = { headings: [], minutes: 1 };
  const file = await unified()
    .use(rehypeParse, { fragment: true })
    .use(() => simplify)
    .use(rehypeSanitize, SCHEMA)
    .use(() => (tree: Root) => resolve(tree, base, links))
    .use(prosePlugins(outline))
    .use(rehypeStringify)
    .process(html);
  return { html: String(file), ...outline, elements: [] };
}

/** What only classes and frames tell is told in plain HTML, before they go. */
function simplify(tree: Root): void {
  visit(tree, 'element', (element, index, parent) => {
    if (!parent || index === undefined) return;
    if (element.tagName === 'iframe') {
      parent.children[index] = linkTo(element);
      return [SKIP, index + 1];
    }
    if (element.tagName === 'pre') {
      nameLanguage(element);
      return SKIP;
    }
  });
}

/** A link instead of a frame: nobody else's page is in ours, and nobody else learns of our readers. */
function linkTo({ properties }: Element): Root['children'][number] {
  const src = String(properties.src ?? '');
  for (const [frame, page] of EMBEDS) {
    const id = frame.exec(src)?.[1];
    if (id === undefined) continue;
    const href = page(id);
    const value = typeof properties.title === 'string' ? properties.title : href;
    const children = [{ type: 'text' as const, value }];
    return { type: 'element', tagName: 'a', properties: { href }, children };
  }
  return { type: 'text', value: '' };
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

/** The attributes that hold one address, but for `href`. */
const ADDRESSES = ['src', 'poster', 'cite'];

/** Links to content that the site has too lead to its pages; everything else is at its old host. */
function resolve(tree: Root, base: string, links: ForeignHtml['links']): void {
  visit(tree, 'element', ({ tagName, properties }) => {
    for (const name of ADDRESSES) {
      const value = properties[name];
      if (typeof value === 'string') properties[name] = absolute(value, base);
    }
    const { srcSet, href } = properties;
    if (typeof srcSet === 'string') properties.srcSet = absoluteSet(srcSet, base);
    if (tagName !== 'a' || typeof href !== 'string' || href.startsWith('#')) return;
    const [address = '', fragment] = href.split('#', 2);
    const path = Object.hasOwn(links, address) ? links[address] : absolute(address, base);
    const rest = fragment === undefined ? '' : `#${fragment}`;
    properties.href = path === undefined ? undefined : path + rest;
  });
}
