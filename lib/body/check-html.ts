/**
 * Checks the HTML that a body was rendered to: what would fail in the reader's browser is a problem of the
 * post.
 *
 * By regular expressions, since React wrote it, and escapes `<`, `>` and quotes: a parser finds the same, and
 * takes thirty times as long for each page that is regenerated. HTML that an author hands to React as it is
 * may pass, and the policy stops it in the browser.
 */
import { decodeHTMLAttribute } from 'entities';
import { BodyProblem, checkElement, fileOf, isLocal } from './public-files';

/** Checks HTML against what the site's policy and a calm page allow. Throws BodyProblem. */
export function checkHtml(html: string): void {
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    if (/ style="/.test(tag)) {
      throw new BodyProblem(
        'the policy of the site allows no style attribute: use a class',
        'style',
      );
    }
    if (/^<script\b/.test(tag) || / on[a-z]+="/.test(tag)) {
      throw new BodyProblem(
        'the policy of the site allows no inline script: write an element',
        '<',
      );
    }
    if (/^<img\b/.test(tag)) checkImage(tag);
  }
}

function checkImage(tag: string): void {
  const src = decodeHTMLAttribute(/ src="([^"]*)"/.exec(tag)?.[1] ?? '');
  if (isLocal(src)) {
    if (!src.startsWith('/_next/')) fileOf(src);
  } else if (!/^(?:https:|data:)/.test(src)) {
    throw new BodyProblem(
      `the image ${src} must be a path that begins with /, or at an https address`,
      src,
    );
  }
  if (!/ width="/.test(tag) || !/ height="/.test(tag)) {
    throw new BodyProblem(`the image ${src} needs width and height: write <Figure … />`, src);
  }
}

/** The custom elements in HTML of ours, sorted. Throws BodyProblem if one has no module. */
export function elementsIn(html: string): string[] {
  const names = Array.from(
    html.matchAll(/<([a-z][a-z0-9]*(?:-[a-z0-9]+)+)[\s>]/g),
    ([, name = '']) => name,
  );
  const unique = [...new Set(names)].sort();
  for (const name of unique) checkElement(name);
  return unique;
}
