/**
 * Checks the HTML that a body was rendered to: what would fail in the reader's browser is a problem of the
 * post.
 *
 * By regular expressions, since React wrote it, and escapes `<`, `>` and quotes: a parser finds the same, and
 * takes thirty times as long for each page that is regenerated. HTML that an author hands to React as it is
 * may pass, and the policy stops it in the browser.
 */
import { decodeHTMLAttribute } from 'entities';
import { OTHER_FRAME, otherFrame } from './frames';
import { UNKNOWN_SIZE, UNSIZED, unknownSize } from './pictures';
import type { BodyWarning } from './prose';
import {
  BodyProblem,
  checkElement,
  fileOf,
  hasModule,
  isBesidePost,
  isLocal,
} from './public-files';

/** A warning, and how the body says what it is about, by which its line is found. */
export type Found = BodyWarning & { writtenAs: string };

/** Marks a link that stands for a frame. */
export const FRAME_LINK = 'frame-link';

/** Marks the text of a picture whose folder is not there. */
export const ABSENT = 'absent';

/**
 * Checks HTML against what the site's policy and a calm page allow. Returns what is shown otherwise than
 * its author may expect; throws BodyProblem.
 */
export function checkHtml(html: string): Found[] {
  const found: Found[] = [];
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    if (STYLE.test(tag)) {
      found.push({
        kind: 'HTML that is left out',
        message:
          'the policy of the site allows no style attribute, and it is left out: use a class',
        writtenAs: 'style',
      });
    }
    if (/^<script\b/.test(tag) || / on[a-z]+="/.test(tag)) {
      throw new BodyProblem(
        'the policy of the site allows no inline script: write an element',
        '<',
      );
    }
    if (/^<img\b/.test(tag)) {
      const src = checkImage(tag);
      if (isUnsized(tag)) {
        found.push({ kind: UNKNOWN_SIZE, message: unknownSize(src), writtenAs: src });
      }
    }
    if (tag.startsWith(`<span class="${ABSENT}"`)) {
      const src = valueOf(tag, 'title');
      const message = `${src} is in no folder of public/, and its text is shown: copy the folder there`;
      found.push({ kind: 'a picture that is not there', message, writtenAs: src });
    }
    if (tag.startsWith(`<a class="${FRAME_LINK}"`)) {
      const href = valueOf(tag, 'href');
      found.push({ kind: OTHER_FRAME, message: otherFrame(href), writtenAs: href });
    }
  }
  return found;
}

const isUnsized = (tag: string): boolean => new RegExp(` class="${UNSIZED}[ "]`).test(tag);

const STYLE = / style="[^"]*"/;

/** HTML without style attributes, which the policy of the site forbids. */
export const withoutStyles = (html: string): string =>
  html.replace(/<[a-z][^>]*>/g, (tag) => tag.replace(STYLE, ''));

const valueOf = (tag: string, name: string): string =>
  decodeHTMLAttribute(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

/** Returns the address of an image. */
function checkImage(tag: string): string {
  const src = valueOf(tag, 'src');
  if (isLocal(src)) {
    if (!src.startsWith('/_next/') && !isBesidePost(src)) fileOf(src);
  } else if (!/^(?:https:|data:)/.test(src)) {
    throw new BodyProblem(
      `the image ${src} must be a path that begins with /, or at an https address`,
      src,
    );
  }
  const isSized = / width="/.test(tag) && / height="/.test(tag);
  if (!isSized && !isUnsized(tag)) {
    throw new BodyProblem(`the image ${src} needs width and height: write <Figure … />`, src);
  }
  return src;
}

/**
 * The custom elements in HTML of ours, sorted, and those that have no module. Throws BodyProblem if one of them is
 * nearly the name of one that has.
 */
export function elementsIn(html: string): { elements: string[]; unknown: Found[] } {
  const names = Array.from(
    html.matchAll(/<([a-z][a-z0-9]*(?:-[a-z0-9]+)+)[\s>]/g),
    ([, name = '']) => name,
  );
  const unique = [...new Set(names)].sort();
  const without = unique.filter((name) => !hasModule(name));
  for (const name of without) checkElement(name);
  return {
    elements: unique.filter((name) => !without.includes(name)),
    unknown: without.map((name) => ({
      kind: 'an element without a module',
      message: `the element <${name}> does nothing: there is no module public/elements/${name}.js`,
      writtenAs: `<${name}`,
    })),
  };
}
