/** The components that a post may use in its MDX, besides plain HTML. */
import type { ReactNode } from 'react';

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

interface FigureProps {
  src: string;
  alt: string;
  width: number;
  height: number;
  caption?: ReactNode;
}

function Figure({ src, alt, width, height, caption }: FigureProps) {
  return (
    <figure>
      {/* eslint-disable-next-line @next/next/no-img-element -- next/image writes inline style */}
      <img src={src} alt={alt} width={width} height={height} loading="lazy" decoding="async" />
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
  // A table that is wider than the screen scrolls by itself, with the keyboard too.
  table: ({ children }: { children?: ReactNode }) => (
    <div className="table" role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
