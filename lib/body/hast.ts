/** Small questions to a tree of HTML. Pure. */
import type { Element, ElementContent, Nodes, Parents } from 'hast';
import { EXIT, visit } from 'unist-util-visit';

/** The classes of an element. */
export const classesIn = ({ properties: { className } }: Element): string[] =>
  Array.isArray(className) ? className.map(String) : [];

/** An attribute that is a text; empty if there is none. */
export function textIn({ properties }: Element, name: string): string {
  const value = properties[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** An element. */
export const element = (
  tagName: string,
  properties: Element['properties'],
  children: ElementContent[] = [],
): Element => ({ type: 'element', tagName, properties, children });

/** A link with a text. */
export const linkTo = (href: string, text: string): Element =>
  element('a', { href }, [{ type: 'text', value: text }]);

/** The first element in a tree that passes a test. */
export function find(tree: Nodes, test: (one: Element) => boolean): Element | undefined {
  let found: Element | undefined;
  visit(tree, 'element', (one) => {
    if (!test(one)) return;
    found = one;
    return EXIT;
  });
  return found;
}

const MEDIA = [
  'img',
  'video',
  'audio',
  'iframe',
  'hr',
  'table',
  'object',
  'embed',
  'canvas',
  'form',
];
const SILENT = ['script', 'style', 'template'];

/** True for a tree in which a reader sees something. */
export function isShowing(tree: Nodes): boolean {
  if (tree.type === 'text') return tree.value.trim() !== '';
  if (tree.type !== 'element' && tree.type !== 'root') return false;
  if (tree.type === 'element') {
    if (MEDIA.includes(tree.tagName)) return true;
    if (SILENT.includes(tree.tagName)) return false;
  }
  return tree.children.some(isShowing);
}

/** Elements that hold phrases only, in which no paragraph can stand. */
const PHRASING = /^(?:p|span|a|em|strong|b|i|h[1-6]|summary|figcaption|label)$/;

/** What can stand in a parent: as it is, or in a paragraph. */
export const inParent = (parent: Parents, one: Element): Element =>
  parent.type === 'element' && PHRASING.test(parent.tagName) ? one : element('p', {}, [one]);

/** Nodes on each side, blank text between elements included. */
const NEAR = 4;

/** The elements just before and behind a child: a look at all of them, for each of many, would take for ever. */
export const beside = (parent: Parents, index: number): { before: Element[]; after: Element[] } => {
  const elements = (from: number, to: number) =>
    parent.children
      .slice(Math.max(0, from), to)
      .flatMap((one) => (one.type === 'element' ? [one] : []));
  return { before: elements(index - NEAR, index), after: elements(index + 1, index + 1 + NEAR) };
};
