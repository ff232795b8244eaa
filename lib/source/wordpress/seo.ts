/**
 * What plugins for search engines tell of a post, in fields that REST has: those of Yoast SEO, as it documents them,
 * and those that Rank Math keeps, where a WordPress shows them. What has another form counts as not told. Pure.
 *
 * Rank Math documents only a route that takes the address of one page; a request for each post is too much.
 */
import { z } from 'zod';
import type { PostImage, Seo } from '../post';
import { maybe, plainText, webAddress } from './schemas';

const text = maybe(plainText);
const address = maybe(webAddress);
const size = maybe(z.number().int().positive());

/** `noindex` or `index`, and the same of links. */
const Robots = z.object({ index: maybe(z.string()), follow: maybe(z.string()) });

const YOAST_FIELDS = 'title,description,canonical,robots,og_title,og_description,og_image';
/** What Yoast SEO has for the head of a page. */
export const YoastHead = z.object({
  title: text,
  description: text,
  canonical: address,
  robots: maybe(Robots),
  og_title: text,
  og_description: text,
  og_image: z.array(maybe(z.object({ url: z.unknown(), width: size, height: size }))).catch([]),
});

const RANK_MATH_FIELDS =
  'rank_math_title,rank_math_description,rank_math_canonical_url,rank_math_robots,' +
  'rank_math_facebook_title,rank_math_facebook_description,rank_math_facebook_image';
/** Rank Math fills in what stands between per cent signs when it shows a page. */
const ready = text.transform((written) =>
  written !== undefined && /%\w+(?:\(.*\))?%/.test(written) ? undefined : written,
);
/** What Rank Math keeps with a post. */
export const RankMathMeta = z.object({
  rank_math_title: ready,
  rank_math_description: ready,
  rank_math_canonical_url: address,
  rank_math_robots: z.array(z.unknown()).catch([]),
  rank_math_facebook_title: ready,
  rank_math_facebook_description: ready,
  rank_math_facebook_image: address,
});

const below = (parent: string, fields: string): string =>
  fields
    .split(',')
    .map((field) => `${parent}.${field}`)
    .join(',');

/** The fields of a post that tell it, and no others of theirs: Yoast's data for search engines is long. */
export const SEO_FIELDS = `${below('yoast_head_json', YOAST_FIELDS)},${below('meta', RANK_MATH_FIELDS)}`;

/** As a post is read that has them. */
export interface SeoFields {
  yoast_head_json?: z.infer<typeof YoastHead>;
  meta?: z.infer<typeof RankMathMeta>;
}

/** What they tell of a post, and the address under which search engines are to know it, as it is written. */
export function seoOf({ yoast_head_json: yoast, meta = NONE }: SeoFields): {
  seo?: Seo;
  canonical?: string;
} {
  const robots = meta.rank_math_robots;
  const social = withoutGaps({
    title: yoast?.og_title ?? meta.rank_math_facebook_title,
    description: yoast?.og_description ?? meta.rank_math_facebook_description,
    image: imageIn(yoast?.og_image) ?? imageAt(meta.rank_math_facebook_image),
  });
  const isNoindex = yoast?.robots?.index === 'noindex' || robots.includes('noindex');
  const isNofollow = yoast?.robots?.follow === 'nofollow' || robots.includes('nofollow');
  const seo = withoutGaps<Seo>({
    title: yoast?.title ?? meta.rank_math_title,
    description: yoast?.description ?? meta.rank_math_description,
    noindex: isNoindex || undefined,
    nofollow: isNofollow || undefined,
    social,
  });
  return { seo, canonical: yoast?.canonical ?? meta.rank_math_canonical_url };
}

const NONE = RankMathMeta.parse({});

/** The object without what is undefined; undefined if nothing is left. */
function withoutGaps<T extends object>(object: T): Partial<T> | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  // The same object with fewer members, all of which are optional.
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Partial<T>);
}

/** The first that has an address. */
function imageIn(images: z.infer<typeof YoastHead>['og_image'] = []): PostImage | undefined {
  for (const image of images) {
    const found = imageAt(address.parse(image?.url), image);
    if (found) return found;
  }
  return undefined;
}

function imageAt(
  src: string | undefined,
  { width, height }: { width?: number; height?: number } = {},
): PostImage | undefined {
  if (src === undefined) return undefined;
  return { src, alt: '', ...(width && height ? { width, height } : {}) };
}
