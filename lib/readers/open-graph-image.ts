/**
 * Cards: the picture of a page where somebody shares its link. What a card shows, and its address.
 * Light enough for a page: what draws is in `lib/readers/draw-open-graph-image.tsx`.
 */
import type { Post } from '../source/post';
import { SITE } from '../site/site-config';

/** What a card shows besides the site's name. Without a title it is the site's own card. */
export interface CardFace {
  title?: string;
  /** The day, or an ISO date-time of which the day is shown. */
  date?: string;
  category?: string;
}

/** The card of a post or a standalone page. */
export interface PostCard extends CardFace {
  slug: string;
  title: string;
}

/** In pixels: what social sites ask for. */
export const CARD_SIZE = { width: 1200, height: 630 };

/** Names the design: count it up with any change of how cards look. */
const DESIGN = 1;

/** What all cards show of the site. */
const OF_SITE = [SITE.name, SITE.description, SITE.colours];

/** Stands for the site where a slug would. No slug is a hyphen alone. */
const SITE_CARD = '-';

/** The card of a post. */
export const cardOf = ({ slug, title, date, category, page }: Post): PostCard =>
  page ? { slug, title } : { slug, title, date, category };

/** Names what a card shows: cards of one version are one picture. */
export const cardVersion = ({ title, date, category }: CardFace): string =>
  fnv1a(JSON.stringify([DESIGN, OF_SITE, title, date?.slice(0, 10), category]));

/** The address of a card, which changes with what it shows. Without a post: the site's own card. */
export const cardPath = (card: Partial<PostCard> = {}): string =>
  `/cards/${encodeURIComponent(card.slug ?? SITE_CARD)}.png?v=${cardVersion(card)}`;

/**
 * What the card of this file's name shows; undefined if there is none. Where a blog post and a
 * standalone page share a slug, `version` tells which is meant.
 */
export function faceOf(
  file: string,
  posts: ReadonlyMap<string, Post>,
  version?: string,
): Partial<PostCard> | undefined {
  const name = /^(.+)\.png$/.exec(file)?.[1];
  if (name === SITE_CARD) return {};
  if (name === undefined) return undefined;
  const slug = encodeURIComponent(name);
  const faces = [`/blog/${slug}`, `/${slug}`].flatMap((path) => {
    const post = posts.get(path);
    return post ? [cardOf(post)] : [];
  });
  return faces.find((face) => cardVersion(face) === version) ?? faces[0];
}

/** FNV-1a, 64 bits. Not `hash` of `lib/source/post.ts`: pages are bundled for browsers too. */
function fnv1a(text: string): string {
  let sum = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  }
  return sum.toString(36);
}
