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
import { absolute, makeAbsolute } from '../body/addresses';
import { SAFE } from '../body/safe-html';

/** What a reader without our stylesheet and scripts can show. */
const SCHEMA: Schema = {
  ...SAFE,
  attributes: { ...SAFE.attributes, code: [['className', /^language-./]] },
  protocols: {
    ...SAFE.protocols,
    href: ['http', 'https', 'mailto', 'tel', 'xmpp', 'irc', 'ircs'],
  },
};

const processor = unified()
  .use(rehypeParse, { fragment: true })
  .use(() => simplify)
  .use(rehypeSanitize, SCHEMA)
  .use(() => (tree: Root, file) => resolve(tree, String(file.data.address)))
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
    if (tagName === 'math') {
      // Few readers draw it: the formula as it is written, which it holds.
      parent.children[index] = { type: 'text', value: formulaIn(element) };
      return [SKIP, index + 1];
    }
    if (tagName === 'code' && parent.type === 'element' && parent.tagName === 'pre') {
      element.children = [{ type: 'text', value: toString(element) }];
      return SKIP;
    }
  });
}

function formulaIn(math: Element): string {
  let written: string | undefined;
  visit(math, 'element', (element) => {
    if (element.tagName === 'annotation') written = toString(element);
  });
  return written ?? toString(math);
}

const classesOf = ({ properties: { className } }: Element): (string | number)[] =>
  Array.isArray(className) ? className : [];

/** Readers know no address to resolve others with. */
function resolve(tree: Root, base: string): void {
  makeAbsolute(tree, base);
  visit(tree, 'element', ({ properties }) => {
    const { href } = properties;
    if (typeof href === 'string') properties.href = absolute(href, base);
  });
}
