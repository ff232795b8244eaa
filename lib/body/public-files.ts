/**
 * What bodies use besides their text: images and videos in `public/`, images elsewhere, and the
 * modules of custom elements. Whatever would fail in the reader's browser is a fault of the post.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { imageSize } from 'image-size';

/** Something in a body that would not work on its page. */
export class BodyFault extends Error {
  /** `writtenAs` is how the body says it, by which its line is found. */
  constructor(
    message: string,
    readonly writtenAs: string,
  ) {
    super(message);
  }
}

const PUBLIC_DIR = 'public';

/** True for a file of this site, such as `/figures/a.png`. */
export const isLocal = (src: string): boolean => /^\/(?!\/)/.test(src);

/** Width and height of a local image, in pixels. Throws BodyFault if it is not there, or no image. */
export function sizeOf(src: string): { width: number; height: number } {
  const file = fileOf(src);
  try {
    // Which files there are is the posts' affair: the bundler would take the whole project for code.
    const bytes = readFileSync(/* turbopackIgnore: true */ file);
    const { width, height, orientation = 1 } = imageSize(bytes);
    // From the fifth on, the camera lay on its side: see the TIFF standard, tag 274.
    return orientation < 5 ? { width, height } : { width: height, height: width };
  } catch {
    throw new BodyFault(`${file} is no image that browsers show`, src);
  }
}

/** Where a local file lies. Throws BodyFault if it is not there. */
export function fileOf(src: string): string {
  // Next's image optimizer refuses a query.
  if (/[?#]/.test(src)) throw new BodyFault(`${src} must be a path without ? and #`, src);
  let file;
  try {
    file = path.join(PUBLIC_DIR, decodeURIComponent(src));
  } catch {
    throw new BodyFault(`${src} has broken percent-encoding; write % as %25`, src);
  }
  if (!file.startsWith(PUBLIC_DIR + path.sep)) {
    throw new BodyFault(`${src} leads out of ${PUBLIC_DIR}/`, src);
  }
  // Reading a pipe or a device might never end.
  if (!isFile(file)) throw new BodyFault(`the file ${file} is not there`, src);
  return file;
}

/** The path of a local file in the one spelling that the image optimiser takes; it must be there. */
export const plainPath = (src: string): string =>
  path.posix.normalize(decodeURIComponent(src)).split('/').map(encodeURIComponent).join('/');

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Checks HTML against what the site's policy and a calm page allow. Throws BodyFault. */
export function checkHtml(html: string): void {
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    if (/ style="/.test(tag)) {
      throw new BodyFault('the policy of the site allows no style attribute: use a class', 'style');
    }
    if (/^<script\b/.test(tag) || / on[a-z]+="/.test(tag)) {
      throw new BodyFault('the policy of the site allows no inline script: write an element', '<');
    }
    if (/^<img\b/.test(tag)) checkImage(tag);
  }
}

function checkImage(tag: string): void {
  const src = / src="([^"]*)"/.exec(tag)?.[1] ?? '';
  if (isLocal(src)) {
    if (!src.startsWith('/_next/')) fileOf(src);
  } else if (!/^(?:https:|data:)/.test(src)) {
    throw new BodyFault(
      `the image ${src} must be a path that begins with /, or at an https address`,
      src,
    );
  }
  if (!/ width="/.test(tag) || !/ height="/.test(tag)) {
    throw new BodyFault(`the image ${src} needs width and height: write <Figure … />`, src);
  }
}

/** The custom elements in HTML of ours, sorted. Throws BodyFault if one has no module. */
export function elementsIn(html: string): string[] {
  const names = [...html.matchAll(/<([a-z][a-z0-9]*(?:-[a-z0-9]+)+)[\s>]/g)].map(
    ([, name]) => name,
  );
  const unique = [...new Set(names)].flatMap((name) => name ?? []).sort();
  for (const name of unique) {
    const file = path.join(PUBLIC_DIR, 'elements', `${name}.js`);
    if (!isFile(file)) {
      throw new BodyFault(`the element <${name}> has no module ${file}`, `<${name}`);
    }
  }
  return unique;
}
