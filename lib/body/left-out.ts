/**
 * Parts of a body that cannot be shown here, such as forms, whose answers nobody would take: a link to the
 * original is in the place of each, and its author is told.
 */
import { toString } from 'hast-util-to-string';
import type { Element, ElementContent, Parents, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import type { Words } from '../site/words/words';
import { linkOfFrame } from './embeds';
import { beside, classesIn, find, inParent, isShowing, linkTo, textIn } from './hast';
import { quoted, type Notes } from './notes';

/** WordPress's address of a search: its forms become links to the search of this site. */
export const SEARCH = '?s=';

const FIELDS = ['input', 'select', 'textarea', 'button'];
/** What a program of its own would draw. */
const WIDGETS: Readonly<Record<string, string>> = {
  object: 'embedded content',
  embed: 'embedded content',
  applet: 'embedded content',
  canvas: 'drawing',
  select: 'list',
};
/** A form that holds more text than that holds a page, as some programs have it. */
const MOST_OF_A_FORM = 2000;

/** Puts links to the original at `original` in the place of what cannot be shown. */
export function linkToLeftOut(
  tree: Root,
  original: string | undefined,
  words: LinkWords,
  notes: Notes,
): void {
  visit(tree, 'element', (one, index, parent) => {
    if (!parent || index === undefined) return;
    const part = partOf(one, parent, index);
    if (part === undefined) return;
    const shown =
      part === 'search' ? [searchLink(one, parent, words)] : instead(one, parent, original, words);
    if (part !== 'search') notes.add(KIND, messageOf(part, original));
    if (!shown) return;
    parent.children.splice(index, 1, ...shown);
    return [SKIP, index + shown.length];
  });
}

type LinkWords = Pick<Words, 'originalOn' | 'search'>;

const KIND = 'a part that is left out';

const messageOf = (part: string, original: string | undefined): string =>
  `its ${part} is ${original === undefined ? 'left out' : 'shown as a link to the original'}: ` +
  'the site runs no programs of its posts';

/** What cannot be shown, in a word or two; undefined for all else. */
function partOf(one: Element, parent: Parents, index: number): string | undefined {
  const { tagName } = one;
  if (tagName === 'form') {
    if (!find(one, (inner) => FIELDS.includes(inner.tagName))) return undefined;
    return textIn(one, 'role') === 'search' ? 'search' : 'form';
  }
  if (tagName === 'script') {
    const src = textIn(one, 'src');
    return isWidget(src, parent, index) ? `script of ${hostOf(src)}` : undefined;
  }
  if (tagName === 'iframe') return linkOfFrame(textIn(one, 'src')) ? undefined : 'frame';
  if (Object.hasOwn(WIDGETS, tagName)) return WIDGETS[tagName];
  return undefined;
}

/** Scripts that belong to what is shown without them. */
const COMPANIONS =
  /^(?:[\w.-]+\.)?(?:twitter|x|instagram|tiktok|reddit|redditmedia|threads|bsky|tumblr|pinterest|flickr|imgur)\.[a-z]+$/;

/** True for a script that is all that there is of something: nothing stands beside it, or a box for it. */
function isWidget(src: string, parent: Parents, index: number): boolean {
  const host = hostOf(src);
  if (host === undefined || COMPANIONS.test(host)) return false;
  if (parent.type === 'element') return parent.children.length <= MOST_PARTS && !isShowing(parent);
  const before = beside(parent, index).before.at(-1);
  return before !== undefined && ['div', 'span'].includes(before.tagName) && !isShowing(before);
}

/** Of a widget: boxes, scripts and the space between them. */
const MOST_PARTS = 20;

function hostOf(address: string): string | undefined {
  const whole = address.replace(/^\/\//, 'https://');
  return /^https?:/i.test(whole) && URL.canParse(whole) ? new URL(whole).host : undefined;
}

/** A link to the original, and what can be shown without it; undefined to leave the text as it is. */
function instead(
  one: Element,
  parent: Parents,
  original: string | undefined,
  words: LinkWords,
): ElementContent[] | undefined {
  const film = filmIn(one);
  if (film) return [film];
  if (original === undefined) return undefined;
  const host = hostOf(original) ?? original;
  const gist = /^https:\/\/gist\.github\.com\/[\w-]+\/\w+(?=\.js)/.exec(textIn(one, 'src'))?.[0];
  const link = gist ? linkTo(gist, quoted(gist)) : linkTo(original, words.originalOn(host));
  const isPage = one.tagName === 'form' && toString(one).length > MOST_OF_A_FORM;
  return [...(isPage ? one.children : []), inParent(parent, link)];
}

/** A film of the days before frames is a frame. */
function filmIn(one: Element): Element | undefined {
  if (one.tagName !== 'object' && one.tagName !== 'embed') return undefined;
  const embed = find(one, ({ tagName }) => tagName === 'embed');
  const src = (embed && textIn(embed, 'src')) || textIn(one, 'data');
  return hostOf(src) === undefined
    ? undefined
    : { ...one, tagName: 'iframe', properties: { src }, children: [] };
}

function searchLink(form: Element, parent: Parents, { search }: LinkWords): Element {
  const label = find(form, (one) => classesIn(one).includes('wp-block-search__label'));
  const text = (label ? toString(label).trim() : '') || search;
  return inParent(parent, linkTo(SEARCH, text));
}
