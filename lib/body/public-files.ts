/**
 * Files in `public/` that bodies use. One that is not there, or is no image, is a problem of the post.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { imageSize } from 'image-size';

/** Something in a body that would not work on its page. */
export class BodyProblem extends Error {
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

/** Width and height of a local image, in pixels. Throws BodyProblem if it is not there, or no image. */
export function sizeOf(src: string): { width: number; height: number } {
  const file = fileOf(src);
  try {
    // Which files there are is the posts' affair: the bundler would take the whole project for code.
    const bytes = readFileSync(/* turbopackIgnore: true */ file);
    const { width, height, orientation = 1 } = imageSize(bytes);
    // From the fifth on, the camera lay on its side: see the TIFF standard, tag 274.
    return orientation < 5 ? { width, height } : { width: height, height: width };
  } catch {
    throw new BodyProblem(`${file} is no image that browsers show`, src);
  }
}

/** Where a local file lies. Throws BodyProblem if it is not there. */
export function fileOf(src: string): string {
  // Next's image optimizer refuses a query.
  if (/[?#]/.test(src)) throw new BodyProblem(`${src} must be a path without ? and #`, src);
  let file;
  try {
    file = path.join(PUBLIC_DIR, decodeURIComponent(src));
  } catch {
    throw new BodyProblem(`${src} has broken percent-encoding; write % as %25`, src);
  }
  if (!file.startsWith(PUBLIC_DIR + path.sep)) {
    throw new BodyProblem(`${src} leads out of ${PUBLIC_DIR}/`, src);
  }
  // Reading a pipe or a device might never end.
  if (!isFile(file)) throw new BodyProblem(`the file ${file} is not there`, src);
  return file;
}

/** The path of a local file in the one spelling that the image optimiser takes; it must be there. */
export const plainPath = (src: string): string =>
  path.posix.normalize(decodeURIComponent(src)).split('/').map(encodeURIComponent).join('/');

/** Throws BodyProblem if there is no module of a custom element. */
export function checkElement(name: string): void {
  const file = path.join(PUBLIC_DIR, 'elements', `${name}.js`);
  if (!isFile(file))
    throw new BodyProblem(`the element <${name}> has no module ${file}`, `<${name}`);
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
