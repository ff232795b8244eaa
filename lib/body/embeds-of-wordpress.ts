/**
 * What WordPress embeds of other sites: as a frame, which `frames.ts` then shows as a link that loads it, or
 * as a link. WordPress leaves a bare address where it could not ask the other site, a quotation for the other
 * site's script to replace, or nothing.
 */
import type { Element, ElementContent, Root } from 'hast';
import { SKIP, visit } from 'unist-util-visit';
import { frameOfPage } from './embeds';
import { beside, classesIn, element, find, inParent, isShowing, linkTo, textIn } from './hast';

/** Quotations that scripts of other sites replace, and where each says its page. */
const QUOTATIONS: Readonly<Record<string, (quotation: Element) => string>> = {
  'twitter-tweet': lastLink,
  'twitter-video': lastLink,
  'instagram-media': (one) => textIn(one, 'dataInstgrmPermalink') || lastLink(one),
  'tiktok-embed': (one) => textIn(one, 'cite') || lastLink(one),
  'reddit-embed-bq': firstLink,
  'reddit-card': firstLink,
  'bluesky-embed': lastLink,
  'mastodon-embed': firstLink,
  'text-post-media': (one) => textIn(one, 'dataTextPostPermalink') || firstLink(one),
  'imgur-embed-pub': firstLink,
};

const SHORTCODE = /^\s*\[embed[^\]]*\]\s*(\S+?)\s*\[\/embed\]\s*$/i;
const ADDRESS = /^\s*(https?:\/\/[^\s<>"]+)\s*$/i;

/** Puts frames and links in the place of what WordPress left. */
export function showEmbeds(tree: Root): void {
  visit(tree, 'element', (one, index, parent) => {
    if (!parent || index === undefined) return;
    const classes = classesIn(one);
    if (one.tagName === 'iframe' && classes.includes('wp-embedded-content')) {
      // WordPress hides it, unless a script of its own shows it in place of the quotation beside it.
      const isQuoted = beside(parent, index).before.some(
        (other) => other.tagName === 'blockquote' && isShowing(other),
      );
      if (!isQuoted) return SKIP;
      parent.children.splice(index, 1);
      return [SKIP, index];
    }
    if (one.tagName === 'blockquote') {
      const name = classes.find((written) => Object.hasOwn(QUOTATIONS, written));
      const href = name === undefined ? '' : (QUOTATIONS[name]?.(one) ?? '');
      if (href === '') return;
      const shown = insteadOfQuotation(one, href);
      parent.children.splice(index, 1, ...shown);
      return [SKIP, index + shown.length];
    }
    const isWrapper =
      classes.includes('wp-block-embed__wrapper') ||
      (classes.includes('wp-block-embed') && !find(one, isWrapperOf));
    if (one.tagName !== 'p' && !isWrapper) return;
    const href = addressIn(one, isWrapper);
    if (href === undefined) return;
    const shown = shownAt(href);
    // A paragraph may hold a frame, and the custom element of one, which is shown in its place, may not.
    if (isWrapper) one.children = [shown];
    else parent.children[index] = shown.tagName === 'a' ? inParent(parent, shown) : shown;
    return SKIP;
  });
}

const isWrapperOf = (one: Element): boolean => classesIn(one).includes('wp-block-embed__wrapper');

/** The address that is all that an element says. */
function addressIn({ children }: Element, isWrapper: boolean): string | undefined {
  const shown = children.filter(isShowing);
  const [only] = shown;
  if (shown.length !== 1 || !only) return undefined;
  if (only.type === 'text') return (SHORTCODE.exec(only.value) ?? ADDRESS.exec(only.value))?.[1];
  if (only.type !== 'element') return undefined;
  if (only.tagName === 'p' && isWrapper) return addressIn(only, isWrapper);
  const href = textIn(only, 'href');
  return isWrapper && only.tagName === 'a' && ADDRESS.test(href) ? href : undefined;
}

function shownAt(href: string): Element {
  const src = frameOfPage(href);
  return src === undefined ? linkTo(href, href) : element('iframe', { src });
}

/** What it says stays, where that is more than links. */
function insteadOfQuotation(quotation: Element, href: string): ElementContent[] {
  const shown = shownAt(href);
  const paragraph = element('p', {}, [shown]);
  const isSaying = isShowing({ type: 'root', children: quotation.children.map(withoutLinks) });
  if (!isSaying) return [paragraph];
  if (shown.tagName !== 'a') return [quotation, shown];
  const isLinked = find(quotation, (one) => textIn(one, 'href') === href) !== undefined;
  return isLinked ? [quotation] : [quotation, paragraph];
}

const withoutLinks = (node: ElementContent): ElementContent =>
  node.type !== 'element'
    ? node
    : { ...node, children: node.tagName === 'a' ? [] : node.children.map(withoutLinks) };

const isLink = (one: Element): boolean => /^https?:/i.test(textIn(one, 'href'));

function firstLink(quotation: Element): string {
  const link = find(quotation, isLink);
  return link ? textIn(link, 'href') : '';
}

function lastLink(quotation: Element): string {
  let href = '';
  visit(quotation, 'element', (one) => {
    if (isLink(one)) href = textIn(one, 'href');
  });
  return href;
}
