/** The picture of a post, above its text. It comes from another host, in the size that it has there. */
import type { PostImage } from '../lib/source/post';

export function PostPicture({ image }: { image?: PostImage }) {
  if (!image) return null;
  const { src, alt, width, height } = image;
  return (
    // next/image would write a style attribute, which the site's policy forbids.
    // eslint-disable-next-line @next/next/no-img-element
    <img className="picture" src={src} alt={alt} width={width} height={height} decoding="async" />
  );
}
