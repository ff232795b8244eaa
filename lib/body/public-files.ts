/**
 * Files in `public/` that bodies use. One that is not there, or is no image, is a problem of the post.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { pictureSize } from '../picture-size';

/** Something in a body that would not work on its page. */
export class BodyProblem extends Error {
  /** `writtenAs` is how the body says it, by which its line is found, where `line` is not known. */
  constructor(
    message: string,
    readonly writtenAs: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

const PUBLIC_DIR = 'public';

/** True for a file of this site, such as `/figures/a.png`. */
export const isLocal = (src: string): boolean => /^\/(?!\/)/.test(src);

/** True for a file beside a post, whose address was made of its bytes, so that it was there. */
export const isBesidePost = (src: string): boolean => /^\/files\/[0-9a-f]{8,64}\//.test(src);

/** Width and height of a local image, in pixels. Throws BodyProblem if it is not there, or no image. */
export function sizeOf(src: string): { width: number; height: number } {
  const file = fileOf(src);
  try {
    // Which files there are is the posts' affair: the bundler would take the whole project for code.
    return pictureSize(readFileSync(/* turbopackIgnore: true */ file));
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

/**
 * True for a file in a folder that `public/` does not have at all: posts came here without the files of their old
 * site. In a folder that is there a name is misspelt.
 */
export function isOfAbsentFolder(src: string): boolean {
  if (!isLocal(src) || isBesidePost(src)) return false;
  let names: string[];
  try {
    names = path.posix.normalize(decodeURIComponent(src)).slice(1).split('/');
  } catch {
    return false;
  }
  const [folder = ''] = names;
  return names.length > 1 && !isFolder(path.join(PUBLIC_DIR, folder));
}

/** The path of a local file in the one spelling that the image optimiser takes; it must be there. */
export const plainPath = (src: string): string =>
  path.posix.normalize(decodeURIComponent(src)).split('/').map(encodeURIComponent).join('/');

const ELEMENTS = path.join(PUBLIC_DIR, 'elements');

/** True if there is the module of a custom element. */
export const hasModule = (name: string): boolean => isFile(path.join(ELEMENTS, `${name}.js`));

/** Throws BodyProblem if the name of a custom element without a module is nearly that of one that has one. */
export function checkElement(name: string): void {
  const known = readdirSync(ELEMENTS).map((file) => path.basename(file, '.js'));
  const nearest = known.length > 0 ? closest(name, known) : undefined;
  if (nearest === undefined || distance(name, nearest) > 2) return;
  const message = `the element <${name}> has no module: did you mean <${nearest}>?`;
  throw new BodyProblem(message, `<${name}`);
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
