/**
 * What WordPress's REST API responds with, as far as this site reads it. Pure.
 */
import { z } from 'zod';
import { languageIn } from '../fields';
import { textOf } from './html-text';
import { RankMathMeta, SEO_FIELDS, YoastHead } from './seo';

const id = z.number().int().positive();
/** What some plugin may have taken away counts as empty. */
const rendered = z.object({ rendered: z.string().catch('') }).catch({ rendered: '' });
const ids = z.array(id).catch([]);

/** The language of something, by BCP 47. */
const Language = z
  .string()
  .transform((code) => languageIn(code))
  .optional()
  .catch(undefined);

/** The fields of `Stub`. */
export const STUB_FIELDS =
  'id,modified_gmt,link,categories,tags,author,featured_media,sticky,lang,translations,evergreen_comments_version';
/** What tells whether a post has to be read again. */
export const Stub = z.object({
  id,
  modified_gmt: z.string(),
  // It may change with things that stand above the post, which keeps its date then.
  link: z.url(),
  // Pages have neither.
  categories: ids,
  tags: ids,
  author: z.number().catch(0),
  featured_media: z.number().catch(0),
  sticky: z.boolean().catch(false),
  /** What Polylang adds: a new translation leaves the dates of the others as they are. */
  lang: Language,
  translations: z.record(z.string(), id).optional().catch(undefined),
  /** What our plugin adds: a comment leaves the date of the post as it is. */
  evergreen_comments_version: z.string().optional().catch(undefined),
});
export type Stub = z.infer<typeof Stub>;

/** The fields of `RestComment`. */
export const COMMENT_FIELDS = 'id,post,parent,author_name,author_url,date,date_gmt,content';
/** A comment that was approved. */
export const RestComment = z.object({
  id,
  post: z.number().catch(0),
  parent: z.number().catch(0),
  author_name: z.string().catch(''),
  author_url: z.string().catch(''),
  date: z.string().nullable().catch(null),
  date_gmt: z.string().catch(''),
  content: rendered,
});
export type RestComment = z.infer<typeof RestComment>;

/** The comments on a post as our plugin sends them: some, and how many there are. */
const SentComments = z.object({
  total: z.number().int().nonnegative().catch(0),
  list: z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.flatMap((one) => RestComment.safeParse(one).data ?? [])),
});

/** The fields of `RestPost`. */
export const POST_FIELDS = `${STUB_FIELDS},type,status,slug,parent,date,date_gmt,modified,title,excerpt,content,comment_status,evergreen_old_slugs,evergreen_comments,${SEO_FIELDS}`;
/** A whole post or page; `_embedded` is there if it was asked for. */
export const RestPost = Stub.extend({
  type: z.string(),
  status: z.string(),
  slug: z.string(),
  /** The page above a page. */
  parent: z.number().catch(0),
  /** By the clock of the site. */
  date: z.string().nullable().catch(null),
  date_gmt: z.string().nullable(),
  modified: z.string().nullable().catch(null),
  title: rendered,
  excerpt: rendered,
  content: z.object({ rendered: z.string().catch(''), protected: z.boolean() }),
  /** What our plugin adds: the slugs that it had before. */
  evergreen_old_slugs: z.array(z.string()).catch([]),
  comment_status: z.string().catch('closed'),
  /** What our plugin adds. */
  evergreen_comments: SentComments.optional().catch(undefined),
  yoast_head_json: YoastHead.optional().catch(undefined),
  meta: RankMathMeta.optional().catch(undefined),
  /** For editors: the slug that a draft would get. */
  generated_slug: z.string().optional(),
  _embedded: z.record(z.string(), z.unknown()).optional(),
});
export type RestPost = z.infer<typeof RestPost>;

/** The fields of `Autosave`. */
export const AUTOSAVE_FIELDS = 'modified_gmt,title,excerpt,content';
/** What an editor typed into a published post and has not published yet. */
export const Autosave = z.object({
  modified_gmt: z.string(),
  title: rendered,
  excerpt: rendered,
  content: rendered,
});
export type Autosave = z.infer<typeof Autosave>;

/** The fields of `Term`. */
export const TERM_FIELDS = 'id,name,slug,link,parent,taxonomy,description,lang';
/** A category or a tag. */
export const Term = z.object({
  id,
  // Here, and not for each of its posts at each load.
  name: z.string().transform((html) => textOf(html)),
  slug: z.string(),
  link: z.string(),
  parent: z.number().optional(),
  taxonomy: z.string(),
  lang: Language,
  /** Undefined where the term came along with a post, which does not tell. */
  description: z
    .string()
    .transform((html) => textOf(html))
    .optional()
    .catch(undefined),
});
export type Term = z.infer<typeof Term>;

/** The fields of `Author`. */
export const AUTHOR_FIELDS = 'id,name,slug,link,description';
/** A user who wrote a post. */
export const Author = z.object({
  id,
  name: z.string(),
  slug: z.string().catch(''),
  link: z.string().catch(''),
  // As a term's name.
  description: z
    .string()
    .catch('')
    .transform((html) => textOf(html)),
});
export type Author = z.infer<typeof Author>;

/** The fields of `Media`. */
export const MEDIA_FIELDS = 'id,source_url,alt_text,media_type,media_details';
const size = z.number().int().positive().optional().catch(undefined);
const Sized = z.object({
  source_url: z.url({ protocol: /^https?$/ }),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
/** A file of the media library. */
export const Media = z.object({
  id,
  source_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  alt_text: z.string().catch(''),
  media_type: z.string().catch('image'),
  media_details: z
    .object({
      width: size,
      height: size,
      /** The same picture in other sizes, by their names. */
      sizes: z.record(z.string(), Sized.optional().catch(undefined)).catch({}),
    })
    .catch({ sizes: {} }),
});
export type Media = z.infer<typeof Media>;
