/** The components that a post may use in its MDX, besides plain HTML. */
import { getImageProps } from 'next/image';
import type { ReactNode } from 'react';
import { isLocal, sizeOf } from '../lib/public-files';

function Callout({
  kind = 'note',
  title,
  children,
}: {
  kind?: 'note' | 'warning';
  title?: string;
  children: ReactNode;
}) {
  return (
    <aside className={`callout ${kind}`} role="note">
      {title && <p className="callout-title">{title}</p>}
      {children}
    </aside>
  );
}

interface ImageProps {
  src?: string;
  alt?: string;
  title?: string;
  /** In pixels; of an image of this site they are read from its file. */
  width?: number;
  height?: number;
}

/** The column of text, see the stylesheet. */
const SIZES = '(min-width: 46.5rem) 44rem, calc(100vw - 2.5rem)';

/** With its size, so that nothing moves when it arrives; a photo also smaller and in modern formats. */
function Image({ src = '', alt = '', ...given }: ImageProps) {
  const size = isLocal(src) ? sizeOf(src) : undefined;
  // A drawing has no pixels to save.
  const isPhoto = size && !/\.svg$/i.test(src);
  const { props } = isPhoto
    ? getImageProps({ src, alt, ...size, sizes: SIZES })
    : { props: { src, srcSet: undefined, sizes: undefined } };
  return (
    // eslint-disable-next-line @next/next/no-img-element -- next/image writes a style attribute
    <img
      {...given}
      {...size}
      alt={alt}
      srcSet={props.srcSet}
      sizes={props.sizes}
      src={props.src}
      loading="lazy"
      decoding="async"
    />
  );
}

function Figure({ caption, ...given }: ImageProps & { caption?: ReactNode }) {
  return (
    <figure>
      {Image(given)}
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

interface VideoProps {
  src: string;
  width: number;
  height: number;
  poster?: string;
  caption?: ReactNode;
}

function Video({ src, width, height, poster, caption }: VideoProps) {
  return (
    <figure>
      <video src={src} width={width} height={height} poster={poster} controls preload="none" />
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

export const mdxComponents = {
  Callout,
  Figure,
  Video,
  img: Image,
  // A table that is wider than the screen scrolls by itself, with the keyboard too.
  table: ({ children }: { children?: ReactNode }) => (
    <div className="table" role="group" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
