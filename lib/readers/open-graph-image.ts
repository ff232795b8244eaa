/**
 * Open Graph images: the picture of a page where somebody shares its link. What an image shows, and its address.
 * Light enough for a page: what draws is in `lib/readers/draw-open-graph-image.tsx`.
 */
import type { Post, PostImage } from '../source/post';
import { dayOf, entryOf } from '../site/entries';
import { languageOfSection, sectionOf, type Section } from '../site/languages';
import { textOfName } from '../site/paths';
import type { Frame } from '../site/facts';
import type { Site } from '../site/site';
import { shownSite } from '../site/shown-site';
import { SITE } from '../site/site-config';
import type { PostView, StandaloneView } from '../site/views';

/** What an image shows. Without a title it is the site's own image. */
export interface Face {
  title?: string;
  summary?: string;
  author?: string;
  /** The day, or an ISO date-time of which the day is shown. */
  date?: string;
  category?: string;
  /** The language of its text, by BCP 47, where that is not the site's own. */
  language?: string;
  /** What the source tells of the site itself. */
  site?: Frame;
}

/** The image of a post or a standalone page. */
export interface PostFace extends Face {
  slug: string;
  title: string;
}

/** In pixels: what social sites ask for. */
export const IMAGE_SIZE = { width: 1200, height: 630 };

/** A picture that stands by a shared link. */
export interface SharedPicture {
  /** In whole. */
  src: string;
  width?: number;
  height?: number;
  alt: string;
}

/** In pixels: social sites leave out what is smaller. */
const SMALLEST = 200;

/** The picture by a shared link: the first of these that social sites show, and else the one that is drawn. */
export function sharedPicture(
  url: string,
  face: PostFace,
  pictures: (PostImage | undefined)[],
): SharedPicture {
  const found = pictures.find((picture) => picture && isShown(picture));
  const { title } = face;
  if (!found) return { src: new URL(imagePath(face), url).href, alt: title, ...IMAGE_SIZE };
  const { src, alt, width, height } = found;
  return { src: new URL(src, url).href, width, height, alt: alt || title };
}

const isShown = ({ src, width = SMALLEST, height = SMALLEST }: PostImage): boolean =>
  width >= SMALLEST && height >= SMALLEST && !/\.svg(?:[?#]|$)/i.test(src);

/** Names the design: count it up with any change of how images look. */
const DESIGN = 2;

/** Stands for the site where a slug would. No slug is a hyphen alone. */
const SITE_IMAGE = '-';

/** The image of a post. */
export function faceOfPost(post: Post, site?: Frame): PostFace {
  const { slug, title, category, author, page } = post;
  const { summary } = entryOf(post);
  const language = languageOfFace(post.language, sectionOf(post.language));
  if (page) return { slug, title, summary, language, site };
  const about = { author, date: dayOf(post), category: category && textOfName(category) };
  return { slug, title, summary, ...about, language, site };
}

/** The same, by what the post's own page knows of it. */
export function faceOfView(view: PostView | StandaloneView): PostFace {
  const { title, body, site } = view;
  const language = languageOfFace(view.language, view.section);
  if (view.kind === 'page') {
    return { slug: body.slug, title, summary: view.summary, language, site };
  }
  const { summary, author, date, category } = view.post;
  const about = { author: author?.title, date, category: category?.title };
  return { slug: body.slug, title, summary, ...about, language, site };
}

const languageOfFace = (
  language: string | undefined,
  section: Section | undefined,
): string | undefined => {
  if (section !== undefined) return languageOfSection(section);
  return language === SITE.language ? undefined : language;
};

/** Names what an image shows: images of one version are one picture. */
export function versionOf(face: Face): string {
  const { title, summary, author, date, category, language, site } = face;
  const { name, description, days } = shownSite(site, sectionOf(language));
  const format = Object.values(days).filter((part) => part !== undefined);
  const ofSite = [name, description, SITE.colours, ...format];
  const ofPost = [title, summary, author, date?.slice(0, 10), category, language];
  return fnv1a(JSON.stringify([DESIGN, ofSite, ...ofPost]));
}

/** The address of an image, which changes with what it shows. Without a post: the site's own image. */
export const imagePath = (image: Partial<PostFace> = {}): string =>
  `/cards/${encodeURIComponent(image.slug ?? SITE_IMAGE)}.png?v=${versionOf(image)}`;

/**
 * What the image of this file's name shows; undefined if there is none. Where a blog post and standalone
 * pages share a slug, `version` tells which is meant.
 */
export function faceOf(
  file: string,
  { posts, frame }: Pick<Site, 'posts' | 'frame'>,
  version?: string,
): Partial<PostFace> | undefined {
  const name = /^(.+)\.png$/.exec(file)?.[1];
  if (name === SITE_IMAGE) return { site: frame };
  if (name === undefined) return undefined;
  // Of all posts: drawing a picture takes a thousand times as long.
  const faces = [...posts.values()]
    .filter(({ slug }) => slug === name)
    .map((post) => faceOfPost(post, frame));
  return faces.find((face) => versionOf(face) === version) ?? faces[0];
}

/** FNV-1a, 64 bits. Not `hash` of `lib/source/post.ts`: pages are bundled for browsers too. */
function fnv1a(text: string): string {
  let sum = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  }
  return sum.toString(36);
}
