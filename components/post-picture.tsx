/** The picture of a post, above its text. It comes from another host, in the sizes that it has there. */
import { sizesOf } from '../lib/column';
import type { PostImage } from '../lib/source/post';

export function PostPicture({ image }: { image?: PostImage }) {
  if (!image) return null;
  const { src, srcSet, alt, width, height } = image;
  return (
    // next/image would write a style attribute, which the site's policy forbids.
    // eslint-disable-next-line @next/next/no-img-element
    <img
      className="picture"
      src={src}
      srcSet={srcSet}
      sizes={srcSet && sizesOf(width)}
      alt={alt}
      width={width}
      height={height}
      decoding="async"
    />
  );
}
