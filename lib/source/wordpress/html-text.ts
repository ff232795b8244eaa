/**
 * The text of the short pieces of HTML that WordPress has: titles, names, excerpts. Pure.
 */
import { decodeHTML } from 'entities';
import type { Element } from 'hast';
import { toString } from 'hast-util-to-string';
import rehypeParse from 'rehype-parse';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { checkHtmlBounds } from '../../html-bounds';

/** Of a title or an excerpt, no more is read than this, in characters: each is a few lines. */
const MOST_OF_A_TEXT = 10_000;

const parser = unified().use(rehypeParse, { fragment: true });

/**
 * The text that a reader sees of a title, a name or an excerpt in HTML, on one line. Many themes end an
 * excerpt with a link to the post, which is left out.
 */
export function textOf(whole: string): string {
  const html = whole.slice(0, MOST_OF_A_TEXT);
  return (html.includes('<') ? textIn(html) : decodeHTML(html)).replace(/\s+/g, ' ').trim();
}

function textIn(html: string): string {
  try {
    checkHtmlBounds(html);
  } catch {
    // Nobody wrote this for readers; its post goes on to have a title.
    return html.replace(/<[^>]*>?/g, ' ');
  }
  const tree = parser.parse(html);
  visit(tree, 'element', (element, index, parent) => {
    if (!parent || index === undefined || !isUnread(element)) return;
    parent.children.splice(index, 1);
    return [SKIP, index];
  });
  return toString(tree);
}

const isUnread = ({ tagName, properties: { className } }: Element): boolean =>
  ['script', 'style'].includes(tagName) ||
  (tagName === 'a' && Array.isArray(className) && className.includes('more-link'));
