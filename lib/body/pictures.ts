/**
 * How a picture is shown: with its size, so that nothing moves when it arrives; a photo also smaller and in
 * modern formats.
 */
import { getImageProps } from 'next/image';
import { COLUMN_SIZES } from '../column';
import { decoded } from '../decoded';
import type { Ref } from '../source/post';
import { quoted } from './notes';
import { isBesidePost, isLocal, plainPath, sizeOf } from './public-files';

/** Reserves room for a picture of a size that nobody knows: a class of the stylesheet. */
export const UNSIZED = 'unsized';

/** What such a picture is one of many of, and what is said of it. */
export const UNKNOWN_SIZE = 'a picture of unknown size';
export const unknownSize = (src: string): string =>
  `the picture ${quoted(src)} has no width and height: room is kept for it, but not its own`;

/** In pixels. */
export interface Size {
  width?: number;
  height?: number;
}

/** What `<img>` needs for a picture, besides its text. */
export interface Picture extends Size {
  src: string;
  srcSet?: string;
  sizes?: string;
  className?: string;
}

/**
 * What to show for an address; `given` is the size that its author wrote. Throws BodyProblem for a picture
 * of this site that is not there.
 */
export function pictureAt(src: string, given: Size = {}): Picture {
  const size = isBesidePost(src) ? given : isLocal(src) ? sizeOf(src) : undefined;
  // A drawing has no pixels to save.
  if (size?.width === undefined || size.height === undefined || /\.svg$/i.test(src)) {
    const isSized = (size ?? given).width !== undefined && (size ?? given).height !== undefined;
    return { ...given, ...size, src, className: isSized ? undefined : UNSIZED };
  }
  const { width, height } = size;
  const { props } = getImageProps({
    src: plainPath(src),
    alt: '',
    width,
    height,
    sizes: COLUMN_SIZES,
  });
  return { src: props.src, srcSet: props.srcSet, sizes: props.sizes, width, height };
}

/** Finds what a relative address leads to, in the form in which it is written or decoded. */
export function refOf(
  refs: Readonly<Record<string, Ref>> | undefined,
  address: string,
): Ref | undefined {
  if (!refs) return undefined;
  for (const form of [address, decoded(address)]) {
    const ref = Object.hasOwn(refs, form) ? refs[form] : undefined;
    if (ref) return ref;
  }
  const [path = '', fragment] = address.split('#', 2);
  if (fragment === undefined || path === '') return undefined;
  const ref = refOf(refs, path);
  return ref && { ...ref, to: `${ref.to}#${fragment}` };
}
