/**
 * The files in `public/` that bodies use: images with their sizes, and the modules of custom elements.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { imageSize } from 'image-size';

/** Thrown for a file that a body uses and that is not there. */
export class MissingFile extends Error {
  /** `writtenAs` is how the body names it. */
  constructor(
    message: string,
    readonly writtenAs: string,
  ) {
    super(message);
  }
}

const PUBLIC_DIR = 'public';

/** True for an image of this site, such as `/figures/a.png`, and not of another host. */
export const isLocal = (src: string): boolean => /^\/(?!\/)/.test(src);

/** Width and height of a local image, in pixels. Throws if it is not there, or no image. */
export function sizeOf(src: string): { width: number; height: number } {
  const file = path.join(PUBLIC_DIR, decodeURIComponent(src.replace(/[?#].*$/s, '')));
  try {
    const { width, height, orientation = 1 } = imageSize(readFileSync(file));
    // From the fifth on, the camera lay on its side: see the TIFF standard, tag 274.
    return orientation < 5 ? { width, height } : { width: height, height: width };
  } catch {
    const fault = existsSync(file) ? 'is no image that browsers show' : 'is not there';
    throw new MissingFile(`the image ${file} ${fault}`, src);
  }
}

/** The custom elements in HTML of ours, sorted. Throws if one has no module in `public/elements/`. */
export function elementsIn(html: string): string[] {
  const names = [...html.matchAll(/<([a-z][a-z0-9]*(?:-[a-z0-9]+)+)[\s>]/g)].map(
    ([, name]) => name,
  );
  const unique = [...new Set(names)].flatMap((name) => name ?? []).sort();
  for (const name of unique) {
    const file = path.join(PUBLIC_DIR, 'elements', `${name}.js`);
    if (!existsSync(file)) {
      throw new MissingFile(`the element <${name}> has no module ${file}`, `<${name}`);
    }
  }
  return unique;
}
