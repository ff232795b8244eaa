/**
 * Markdown of the posts folder as HTML. It is GFM with HTML, never MDX: nothing in it runs, and what it
 * holds of HTML passes an allow-list. What is left out, or is shown otherwise than its author may expect,
 * is a warning with its line, and no reason not to show the post.
 */
import type { Element, Nodes, Root } from 'hast';
import type { Root as Markdown } from 'mdast';
import rehypeParse from 'rehype-parse';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { VFile } from 'vfile';
import { decoded } from '../decoded';
import { checkHtmlBounds } from '../html-bounds';
import type { Words } from '../site/words/words';
import type { Ref, Written } from '../source/post';
import { elementsOf, showFrames } from './frames';
import { wordsIn } from './kept';
import { footnotesIn, markupFor, showFormulas } from './markup';
import { excessIn } from './mdx-bounds';
import { Notes, quoted } from './notes';
import { pictureAt, refOf, UNKNOWN_SIZE, unknownSize, UNSIZED } from './pictures';
import { prosePlugins, scrollTables, type Body, type Outline } from './prose';
import { BodyProblem } from './public-files';
import { SAFE } from './safe-html';
import { LEFT_OVER, MEANT, withoutShortcodes } from './shortcodes';

/** What may stand in a body: the author may be trusted, but knows nothing of this site's policy. */
const SCHEMA: Schema = {
  ...SAFE,
  tagNames: [
    ...SAFE.tagNames,
    'address',
    'article',
    'header',
    'footer',
    'hgroup',
    'iframe',
    'data',
  ],
  strip: [...SAFE.strip.filter((name) => !['iframe', 'object'].includes(name)), 'plaintext'],
  attributes: {
    ...SAFE.attributes,
    '*': [
      ...SAFE.attributes['*'],
      ...['className', 'role', 'data*'],
      ...['ariaLabel', 'ariaHidden', 'ariaDescribedBy', 'ariaLabelledBy'],
      // The identifiers of the page around the body begin with `page.`.
      ['id', /^(?!page\.)\S+$/],
    ],
    a: ['href', 'hrefLang', 'rel', 'download', ['target', '_blank']],
    img: [...SAFE.attributes.img, 'loading', 'decoding'],
    video: [...SAFE.attributes.video, 'loop', 'muted', 'playsInline', 'preload'],
    audio: [...SAFE.attributes.audio, 'loop', 'preload'],
    ol: [...SAFE.attributes.ol, ['type', '1', 'a', 'A', 'i', 'I']],
    details: ['open', 'name'],
    code: ['metastring'],
    iframe: ['src'],
    data: ['value'],
  },
  protocols: {
    ...SAFE.protocols,
    // What is no picture goes later.
    src: ['http', 'https', 'data'],
    href: ['http', 'https', 'mailto', 'tel', 'sms', 'xmpp', 'irc', 'ircs', 'ftp'],
  },
};

const sanitizer = unified().use(rehypeSanitize, SCHEMA).freeze();
const htmlParser = unified().use(rehypeParse, { fragment: true }).freeze();
const htmlWriter = unified().use(rehypeStringify, { allowDangerousHtml: true }).freeze();

/** Renders Markdown. Throws if it holds more than can be rendered. */
export async function renderMarkdown({
  body,
  refs,
  language,
}: Pick<Written, 'body' | 'refs' | 'language'>): Promise<Body> {
  const excess = excessIn(body, 'markdown');
  if (excess) throw new Error(excess.message);
  const words = wordsIn({ language });
  const notes = new Notes();
  const marked = body.replace(MARKS, '').replace(ID_AS_COMMENT, '$1{#$2}');
  const text = withoutShortcodes(marked, refs);
  let tree = readHtml(await readMarkdown(text, words, notes));
  modernise(tree, words);
  tree = sanitized(tree, notes);
  showFrames(tree, words, notes);
  resolve(tree, refs, notes);
  showPictures(tree, notes);
  scrollTables(tree, words);
  const outline: Outline = { headings: [], minutes: 1 };
  const formulas = () => (html: Root) =>
    showFormulas(html, words, (message, line) =>
      notes.add('a formula that cannot be read', message, line),
    );
  const prose = unified().use(prosePlugins(outline, words, [formulas]));
  // Each of them changes the tree that it is given.
  await prose.run(tree, new VFile());
  const { warnings } = notes;
  warnings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return {
    html: htmlWriter.stringify(tree),
    ...outline,
    elements: elementsOf(tree),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** From the text to a tree of HTML, in which the author's own HTML is still text. */
async function readMarkdown(text: string, words: Words, notes: Notes): Promise<Root> {
  const file = new VFile(text);
  const { plugins, handlers } = await markupFor(text, words, notes);
  const processor = unified()
    .use(remarkParse)
    .use(plugins)
    .use(() => (tree: Markdown) => readKramdown(tree, notes))
    .use(remarkRehype, { allowDangerousHtml: true, handlers, ...footnotesIn(words) });
  const tree = await processor.run(processor.parse(file), file);
  visit(tree, 'element', ({ tagName, properties, data }) => {
    const meta = tagName === 'code' && data && 'meta' in data ? data.meta : undefined;
    if (typeof meta === 'string') properties.metastring = meta;
  });
  return tree;
}

/** What Jekyll's and Hugo's Markdown adds in braces, and what is left of their templates. */
function readKramdown(tree: Markdown, notes: Notes): void {
  visit(tree, (node, index, parent) => {
    if (node.type === 'heading') {
      const last = node.children.at(-1);
      const id = last?.type === 'text' ? HEADING_ID.exec(last.value) : undefined;
      if (last?.type !== 'text' || !id) return;
      last.value = last.value.slice(0, id.index).trimEnd();
      node.data = { ...node.data, hProperties: { ...node.data?.hProperties, id: id[1] } };
      return;
    }
    if (node.type !== 'text' || !parent || index === undefined) return;
    if (ATTRIBUTES.test(node.value)) node.value = node.value.replace(ATTRIBUTES, '');
    const left = LEFT_OVER.exec(node.value)?.[0];
    if (left === undefined) return;
    notes.add(
      'a template tag that is shown as text',
      `${quoted(left)} is shown as it is written: no template is run here`,
      lineWithin(node.value, left, node.position?.start.line),
    );
  });
}

/** The id of a heading as it is written as a comment of MDX, with the same signs as `{#id}`. */
const ID_AS_COMMENT =
  /^(#{1,6}[ \t][^\n{]{1,300})\{\/\*[ \t]{0,9}([\w-]{1,200})[ \t]{0,9}\*\/\}[ \t]*$/gm;

/** `## Title {#id}` */
const HEADING_ID = /\s\{:?\s*#([\w-]{1,100})(?:\s[^{}]{0,200})?\}\s*$/;
/** `{: .class }`, alone in its line, or after what it is meant for. */
const ATTRIBUTES = /(^|\n)?[ \t]{0,100}\{:\s{0,10}[.#\w][^{}\n]{0,200}\}[ \t]{0,100}(?=\n|$)/g;

const lineWithin = (text: string, part: string, line: number | undefined): number | undefined =>
  line === undefined ? undefined : line + text.slice(0, text.indexOf(part)).split('\n').length - 1;

/** These code points are no characters: between them stand lines, in HTML that is about to be parsed. */
const MARKS = /[\uFDD0-\uFDD2]/g;
const LINE = /\uFDD0(\d+)\uFDD1/g;

/**
 * Parses the author's HTML together with all that is around it, as a browser would. In the tree, elements
 * have the line of the text from which they come.
 *
 * Not by rehype-raw, although that keeps the lines by itself: what is parsed here is exactly what was
 * found to be neither too long nor too deep before.
 */
function readHtml(tree: Root): Root {
  markLines(tree);
  const marked = htmlWriter.stringify(tree).replaceAll(MEANT, '');
  const starts: { offset: number; line: number }[] = [];
  let html = '';
  let from = 0;
  for (const found of marked.matchAll(LINE)) {
    html += marked.slice(from, found.index);
    from = found.index + found[0].length;
    starts.push({ offset: html.length, line: Number(found[1]) });
  }
  html += marked.slice(from);
  checkHtmlBounds(html);
  const parsed = htmlParser.parse(html);
  const lineEnds = Array.from(html.matchAll(/\n/g), ({ index }) => index);
  visit(parsed, 'element', ({ position }) => {
    const offset = position?.start.offset;
    if (!position || offset === undefined) return;
    const begin = starts[countUpTo(starts, ({ offset: start }) => start <= offset) - 1];
    const before = (place: number) => countUpTo(lineEnds, (end) => end < place);
    position.start.line = begin
      ? begin.line + before(offset) - before(begin.offset)
      : before(offset) + 1;
  });
  return parsed;
}

function markLines(parent: Nodes): void {
  if (!('children' in parent)) return;
  const marked: Nodes[] = [];
  for (const child of parent.children) {
    const line = child.position?.start.line;
    if (line !== undefined && (child.type === 'element' || child.type === 'raw')) {
      marked.push({ type: 'raw', value: `\uFDD0${line}\uFDD1` });
    }
    marked.push(child);
    markLines(child);
  }
  Object.assign(parent, { children: marked });
}

/** How many items of a sorted list are such, all of which stand before the others. */
function countUpTo<T>(items: readonly T[], isSuch: (item: T) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const item = items[middle];
    if (item !== undefined && isSuch(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}

const RENAMED: Record<string, string> = {
  center: 'div',
  strike: 's',
  tt: 'code',
  acronym: 'abbr',
  dir: 'ul',
};

/** HTML of other days as that of today, before what is left of it is left out. */
function modernise(tree: Root, words: Pick<Words, 'done' | 'toDo'>): void {
  visit(tree, 'element', (element, index, parent) => {
    const { tagName, properties } = element;
    const { align, name } = properties;
    if (tagName === 'center') addClass(element, 'center');
    element.tagName = RENAMED[tagName] ?? tagName;
    if (typeof align === 'string' && /^(?:left|center|right)$/i.test(align)) {
      if (!/left/i.test(align)) addClass(element, align.toLowerCase());
      delete properties.align;
    }
    if (tagName === 'a' && typeof name === 'string') {
      properties.id ??= name;
      delete properties.name;
    }
    if (tagName === 'input' && properties.type === 'checkbox') {
      const done = properties.checked === true;
      element.tagName = 'span';
      element.properties = { role: 'img', ariaLabel: done ? words.done : words.toDo };
      element.children = [{ type: 'text', value: done ? '☑' : '☐' }];
    }
    // Films of the days before frames.
    if (tagName === 'object' && parent && index !== undefined) {
      const film = element.children.find(
        (child) => child.type === 'element' && child.tagName === 'embed',
      );
      if (film) parent.children[index] = film;
      return film ? index : undefined;
    }
    if (tagName === 'embed' && typeof properties.src === 'string') {
      element.tagName = 'iframe';
      element.properties = { src: properties.src };
    }
  });
}

function addClass({ properties }: Element, name: string): void {
  const { className } = properties;
  properties.className = [...(Array.isArray(className) ? className : []), name];
}

/** Of frames only the address is asked for. */
const ATTRIBUTES_OF_FRAMES = new Set(['iframe']);

/** The tree without what may not stand in it, each part of which is noted. */
function sanitized(tree: Root, notes: Notes): Root {
  const safe = sanitizer.runSync(tree);
  const kept = new Map<string, Set<string>>();
  visit(safe, 'element', (element) => {
    const key = keyOf(element);
    const names = kept.get(key) ?? new Set<string>();
    for (const name of Object.keys(element.properties)) names.add(name);
    kept.set(key, names);
  });
  visit(tree, 'element', (element) => {
    const { tagName, properties, position } = element;
    const line = position?.start.line;
    const names = kept.get(keyOf(element));
    if (!names) {
      const isWhole = SCHEMA.strip?.includes(tagName) ?? false;
      notes.add(
        'HTML that is left out',
        isWhole
          ? `<${quoted(tagName)}> is left out, with what is in it`
          : `the tag <${quoted(tagName)}> is left out; what is in it is shown`,
        line,
      );
      return isWhole ? SKIP : undefined;
    }
    if (ATTRIBUTES_OF_FRAMES.has(tagName)) return;
    for (const [name, value] of Object.entries(properties)) {
      if (names.has(name) || value === false || value === undefined || value === null) continue;
      const written = Array.isArray(value) ? value.join(' ') : String(value);
      notes.add(
        'HTML that is left out',
        `the attribute ${quoted(name).toLowerCase()}="${quoted(written)}" of <${tagName}> is left out`,
        line,
      );
    }
  });
  return safe;
}

const keyOf = ({ tagName, position }: Element): string =>
  `${tagName} ${position?.start.offset ?? ''}`;

/** Links and files that are written relative to the file of the post lead to where they are here. */
function resolve(tree: Root, refs: Readonly<Record<string, Ref>> | undefined, notes: Notes): void {
  visit(tree, 'element', ({ tagName, properties, position }) => {
    for (const name of ['src', 'poster', 'href']) {
      const address = properties[name];
      if (typeof address !== 'string') continue;
      const ref = refOf(refs, address);
      if (ref) {
        properties[name] = ref.to;
        if (tagName === 'img' && ref.width !== undefined && ref.height !== undefined) {
          Object.assign(properties, { width: ref.width, height: ref.height });
        }
      } else if (
        name === 'href' &&
        /^(?![a-z+.-]+:|\/\/)[^?#]*\.(?:md|mdx|markdown)(?:#|$)/i.test(address)
      ) {
        notes.add(
          'a link to a file that is no post',
          `the link to ${quoted(decoded(address))} leads nowhere: there is no such post`,
          position?.start.line,
        );
      }
    }
    const { srcSet } = properties;
    if (typeof srcSet === 'string') properties.srcSet = setOf(srcSet, refs);
  });
}

/** A set of pictures with the addresses that they have here, without those of files that are not there. */
function setOf(
  srcSet: string,
  refs: Readonly<Record<string, Ref>> | undefined,
): string | undefined {
  const candidates = srcSet
    .slice(0, 10_000)
    .split(/,\s+/)
    .flatMap((candidate) => {
      const [address = '', descriptor = ''] = candidate.trim().split(/\s+/);
      const whole = refOf(refs, address)?.to ?? address;
      return /^(?:https:\/\/|\/(?!\/))/.test(whole) ? [`${whole} ${descriptor}`.trim()] : [];
    });
  return candidates.length > 0 ? candidates.join(', ') : undefined;
}

const NO_PICTURE = 'a picture that is not there';

/** Pictures with their sizes; in place of one that cannot be shown stands its text. */
function showPictures(tree: Root, notes: Notes): void {
  visit(tree, 'element', (element, index, parent) => {
    if (element.tagName !== 'img' || !parent || index === undefined) return;
    const { properties, position } = element;
    const line = position?.start.line;
    const written = typeof properties.src === 'string' ? properties.src : '';
    const alt = typeof properties.alt === 'string' ? properties.alt : '';
    const absent = (reason: string) => {
      notes.add(NO_PICTURE, `${reason}; its text is shown`, line);
      parent.children[index] = { type: 'text', value: alt };
      return SKIP;
    };
    let src = written;
    if (/^(?:http:)?\/\//i.test(src)) {
      src = src.replace(/^(?:http:)?\/\//i, 'https://');
      notes.add(
        'a picture without TLS',
        `the picture ${quoted(written)} is asked for by https: browsers show no other`,
        line,
      );
    }
    if (/^\/(?!\/)/.test(src)) src = src.replace(/[?#].*$/s, '');
    else if (!/^(?:https:\/\/|data:image\/)/i.test(src)) {
      return absent(
        `there is no picture ${quoted(decoded(src)) || 'without an address'} beside the post`,
      );
    }
    try {
      const given = { width: pixels(properties.width), height: pixels(properties.height) };
      const picture = pictureAt(src, given);
      if (picture.className === UNSIZED) {
        notes.add(UNKNOWN_SIZE, unknownSize(src), line);
        addClass(element, UNSIZED);
      }
      const { srcSet, sizes } = src.startsWith('/') ? picture : properties;
      const { title, className, id } = properties;
      const { width, height } = scaled(picture, given);
      const shown = { src: picture.src, srcSet, sizes, width, height };
      // In this order, so that a browser knows all else when it meets the address.
      element.properties = {
        ...{ id: id ?? undefined, className, title, width: shown.width, height: shown.height, alt },
        ...{ srcSet: shown.srcSet, sizes: shown.sizes, src: shown.src },
        ...{ loading: 'lazy', decoding: 'async' },
      };
    } catch (error) {
      if (!(error instanceof BodyProblem)) throw error;
      return absent(error.message);
    }
  });
}

function pixels(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : Number(/^\s*(\d{1,5})(?:px)?\s*$/.exec(String(value))?.[1]);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** A picture of this site may be shown smaller than it is, in its own proportions. */
function scaled(
  picture: { width?: number; height?: number },
  given: { width?: number; height?: number },
): { width?: number; height?: number } {
  const { width, height } = picture;
  if (width === undefined || height === undefined) return { width, height };
  const shownWidth =
    given.width ?? (given.height === undefined ? width : (given.height * width) / height);
  return { width: Math.round(shownWidth), height: Math.round((shownWidth * height) / width) };
}
