/**
 * Pictures and frames that plugins have a script load when they come into view: their addresses are taken
 * from the attributes that the script reads, or from the copy in `<noscript>`; each is shown once, and what
 * held its place goes, as do the dots that count readers.
 */
import type { Element, ElementContent, Parents, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import { beside, find, isShowing, textIn } from './hast';

/** Where plugins keep what the script puts into an attribute, the most telling first. */
const KEPT_IN = {
  src: ['dataSrc', 'dataLazySrc', 'dataOriginal', 'dataLlSrc', 'dataCfsrc'],
  srcSet: ['dataSrcset', 'dataLazySrcset', 'dataLlSrcset'],
  sizes: ['dataSizes', 'dataLazySizes'],
};
const SEEN = ['img', 'iframe'];
const LAZY = ['img', 'source', 'iframe', 'video', 'audio'];

/** Shows the pictures that wait for a script. */
export function showLazyPictures(tree: Root): void {
  visit(tree, 'element', (one) => {
    if (LAZY.includes(one.tagName)) fill(one);
  });
  visit(tree, 'element', (one, index, parent) => {
    if (one.tagName !== 'noscript' || !parent || index === undefined) return;
    const shown = isOfUse(one) ? insteadOfNoscript(one, parent, index) : [];
    parent.children.splice(index, 1, ...shown);
    return [SKIP, index + shown.length];
  });
  visit(tree, 'element', (one, index, parent) => {
    if (!parent || index === undefined) return;
    if (!SEEN.includes(one.tagName) || !(isPlaceholder(one) || isDot(one))) return;
    parent.children.splice(index, 1);
    return [SKIP, index];
  });
}

function fill(one: Element): void {
  const { properties } = one;
  for (const [name, places] of Object.entries(KEPT_IN)) {
    const waiting = places.map((place) => textIn(one, place)).find((value) => value !== '');
    if (waiting !== undefined && !waiting.startsWith('data:')) properties[name] = waiting;
  }
  // `auto` is for the script, which measures.
  if (properties.sizes === 'auto') delete properties.sizes;
  if (String(properties.srcSet).startsWith('data:')) delete properties.srcSet;
}

const isPlaceholder = (img: Element): boolean =>
  img.tagName === 'img' &&
  /^(?:data:.*|about:blank)?$/is.test(textIn(img, 'src')) &&
  textIn(img, 'srcSet') === '';

/** Of one pixel, or none, or not shown: it is there to be asked for. */
const isDot = ({ properties: { width, height, style } }: Element): boolean =>
  /display:\s*none/i.test(String(style)) ||
  [width, height].every((side) => side !== undefined && Number(side) <= 1);

/** A page without scripts is what it is for; a sentence that says so is none. */
const isOfUse = (noscript: Element): boolean =>
  find(noscript, ({ tagName }) =>
    ['img', 'iframe', 'video', 'audio', 'ol', 'ul'].includes(tagName),
  ) !== undefined;

/** What it holds, unless the picture before or behind it is the same. */
function insteadOfNoscript(noscript: Element, parent: Parents, index: number): ElementContent[] {
  const [picture] = addressesIn(noscript);
  if (picture === undefined) return noscript.children;
  const { before, after } = beside(parent, index);
  if ([...before, ...after].some((one) => addressesIn(one).includes(picture))) return [];
  return noscript.children.filter((one) => isShowing(one) || one.type === 'text');
}

/** The addresses of pictures and frames. */
function addressesIn(tree: Element): string[] {
  const found: string[] = [];
  visit(tree, 'element', (one) => {
    if (one.tagName === 'noscript' && one !== tree) return SKIP;
    const src = ['img', 'iframe'].includes(one.tagName) ? textIn(one, 'src') : '';
    if (src !== '') found.push(src);
  });
  return found;
}
