/**
 * The components that a post may use in its MDX, besides plain HTML. Your own belong here, too: write a
 * function, and add it to `mdxComponents` at the end; posts use it by that name, and import nothing. They
 * are rendered on the server alone: what is to run in the browser is a custom element, see
 * `public/elements/`. Name a component that a post may give a picture in `PICTURES` of `lib/body/mdx.tsx`.
 */
import { createElement, type CSSProperties, type ReactNode } from 'react';
import type { Words } from '../lib/site/words/words';
import { ABSENT, FRAME_LINK } from '../lib/body/check-html';
import { EMBED_ELEMENT, embedLabel, embedOf, linkOfFrame } from '../lib/body/embeds';
import type { CalloutKind } from '../lib/body/markup';
import { pictureAt } from '../lib/body/pictures';
import { fileOf, isBesidePost, isLocal, isOfAbsentFolder } from '../lib/body/public-files';

interface CalloutProps {
  kind?: CalloutKind;
  /** By default the kind, in the language of the post. */
  title?: string;
  children: ReactNode;
}

const calloutIn = (words: Words) =>
  function Callout({ kind = 'note', title = words[kind], children }: CalloutProps) {
    return (
      <aside className={`callout ${kind}`} role="note">
        {title && <p className="callout-title">{title}</p>}
        {children}
      </aside>
    );
  };

interface ImageProps {
  src?: string;
  alt?: string;
  title?: string;
  /** In pixels; of an image of this site they are read from its file. */
  width?: number;
  height?: number;
  srcSet?: string;
  sizes?: string;
  className?: string;
}

/** With its size, so that nothing moves when it arrives; a photo also smaller and in modern formats. */
function Image({ src = '', alt = '', ...given }: ImageProps) {
  if (isOfAbsentFolder(src)) {
    return (
      <span className={ABSENT} title={src}>
        {alt}
      </span>
    );
  }
  const picture = pictureAt(src, given);
  const { width, height, className, srcSet = given.srcSet, sizes = given.sizes } = picture;
  return (
    // eslint-disable-next-line @next/next/no-img-element -- next/image writes a style attribute
    <img
      {...given}
      className={[className, given.className].filter(Boolean).join(' ') || undefined}
      width={width}
      height={height}
      alt={alt}
      srcSet={srcSet}
      sizes={sizes}
      src={picture.src}
      loading="lazy"
      decoding="async"
    />
  );
}

/** As next/image is written: what only its own loading needs is left out. */
const NextImage = ({ src, alt, title, width, height }: ImageProps) =>
  Image({ src, alt, title, width: pixels(width), height: pixels(height) });

const pixels = (value?: number | string): number | undefined => Number(value) || undefined;

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
  for (const file of [src, poster]) {
    if (file !== undefined && isLocal(file) && !isBesidePost(file)) fileOf(file);
  }
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
const taskBoxIn = ({ done, toDo }: Words) =>
  function TaskBox({ checked }: { checked?: boolean }) {
    return (
      <span role="img" aria-label={checked ? done : toDo}>
        {checked ? '☑' : '☐'}
      </span>
    );
  };

/** A page of another site: loaded when the reader asks for it, if it is one that may be embedded. */
const frameIn = (words: Words) =>
  function Frame({ src = '', title = '' }: { src?: string; title?: string }) {
    const embed = embedOf(src);
    if (embed) {
      const link = <a href={embed.page}>{embedLabel(embed, title, words)}</a>;
      return createElement(EMBED_ELEMENT, { class: embed.form, 'data-src': embed.frame }, link);
    }
    const link = linkOfFrame(src);
    return (
      link && (
        <a className={FRAME_LINK} href={link.href}>
          {title || link.text}
        </a>
      )
    );
  };

/** All of them; `words` are those of the site in the language of the post. */
export const mdxComponents = (words: Words) => ({
  Callout: calloutIn(words),
  Figure,
  Image: NextImage,
  Video,
  img: Image,
  iframe: frameIn(words),
  input: taskBoxIn(words),
  td: aligned('td'),
  th: aligned('th'),
  // A table that is wider than the screen scrolls by itself, with the keyboard too.
  table: ({ children }: { children?: ReactNode }) => (
    <div className="table" role="group" aria-label={words.table} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
});
