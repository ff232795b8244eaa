/** The components that a post may use in its MDX, besides plain HTML. */
import { getImageProps } from 'next/image';
import type { CSSProperties, ReactNode } from 'react';
import { fileOf, isLocal, plainPath, sizeOf } from '../lib/body/public-files';

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
    ? getImageProps({ src: plainPath(src), alt, ...size, sizes: SIZES })
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
  for (const file of [src, poster]) if (file !== undefined && isLocal(file)) fileOf(file);
  return (
    <figure>
      <video src={src} width={width} height={height} poster={poster} controls preload="none" />
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

/** What GFM writes for `| :-: |` is a style attribute, which the site's policy forbids. */
const aligned = (Cell: 'td' | 'th') =>
  function AlignedCell({ style, children }: { style?: CSSProperties; children?: ReactNode }) {
    return <Cell className={style?.textAlign}>{children}</Cell>;
  };

/** The box of a task list: nothing to press, so it is a sign in the text. */
const TaskBox = ({ checked }: { checked?: boolean }) => (
  <span role="img" aria-label={checked ? 'Done' : 'To do'}>
    {checked ? '☑' : '☐'}
  </span>
);

export const mdxComponents = {
  Callout,
  Figure,
  Video,
  img: Image,
  input: TaskBox,
  td: aligned('td'),
  th: aligned('th'),
  // A table that is wider than the screen scrolls by itself, with the keyboard too.
  table: ({ children }: { children?: ReactNode }) => (
    <div className="table" role="group" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
