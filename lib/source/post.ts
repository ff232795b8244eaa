/**
 * A post: one piece of content, and how it is read from the text of a file. Pure: text in, post or
 * problem out. Front matter is read in `front-matter.ts`, and what its fields mean in `fields.ts`.
 */
import { hash } from '../hash';
import { plainBlocks } from '../plain-text';
import { datedIn, isOnDay } from '../site/dated';
import { prefixOf, sectionOf, type Direction } from '../site/languages';
import { pathOfPost, segmentsOf } from '../site/paths';
import { checkAlias } from '../site/redirects';
import { isReserved } from '../site/routes';
import { isSlug, slugOf, spelledOurWay } from '../site/slugs';
import { readDate } from './dates';
import { excerptOf } from './excerpt';
import { blankField, readFields, type PostFields } from './fields';
import { readFrontMatter, type Field, type Remark } from './front-matter';
import { KnownText, textAt, type PlaceInFile, type Text } from '../text';

/**
 * The name of a category or a tag, of which its slug is made; with its slug, where the source has one. A slug
 * with slashes lies below others: `news/local`.
 */
export type Name = string | readonly [name: string, slug: string];

/** One blog post, or one standalone page (`page: true`). Dates are ISO 8601 in UTC. */
export interface Post {
  slug: string;
  /** Its path, where that is not made of the slug: see `pathOfPost`. */
  path?: string;
  /** Where it comes from, as messages name it, for example `posts/hello.mdx`. */
  file: string;
  title: string;
  date: string;
  /** The day as its author has it, such as 2026-11-22, where that is another than in UTC. */
  day?: string;
  updated?: string;
  /** The same of `updated`. */
  updatedDay?: string;
  summary?: string;
  category?: Name;
  /** Further categories that list it. */
  alsoIn?: Name[];
  tags: Name[];
  /** The name of who wrote it. */
  author?: string;
  /** The author's slug, where the source has one; otherwise it is made of the name. */
  authorSlug?: string;
  /** A line about the author, where the source has one. */
  authorAbout?: string;
  /** Its other addresses; undefined if there are none. */
  aliases?: Alias[];
  image?: PostImage;
  /** The language of its text, by BCP 47, where that is known. */
  language?: string;
  /** The direction of its text, where its author says so. */
  direction?: Direction;
  /** What it and its translations have in common, and no other post. */
  translationKey?: string;
  series?: Series;
  /** True for one that stands first on the page of the newest. */
  pinned?: true;
  draft: boolean;
  page: boolean;
  /** The text of its body; blank lines stand for the front matter, so that line numbers are the file's. */
  text: Text;
  /** Hash of the body without the blank space around it, and of `html`. */
  bodyHash: string;
  /** Set where the body is untrusted HTML, from a CMS, which is never run as MDX. */
  html?: UntrustedHtml;
  /** True where the body is Markdown, whose HTML passes an allow-list, and not MDX, which runs as code. */
  markdown?: true;
  /** What addresses in a body of the folder lead to that are relative to its file, by how they are written. */
  refs?: Readonly<Record<string, Ref>>;
  /** The beginning of its text, where no summary is written. */
  excerpt?: string;
  /** The address under which search engines are to know it, where that is another page: a path, or in whole. */
  canonical?: string;
  seo?: Seo;
  discussion?: Discussion;
  /** Set in development alone, on a copy: why visitors do not see it. */
  unpublished?: Unpublished;
  /** True for the last good version of a post that was read from its stored page: without its text. */
  recalled?: boolean;
}

/** A post with its text, as it is rendered. */
export interface Written extends Post {
  body: string;
}

/** Why a post is not published: it is a draft, or its date has not come. */
export type Unpublished = 'draft' | 'scheduled';

/** Where an address leads that is written relative to a file of the posts folder. */
export interface Ref {
  /** The path of a post of the site, or of a file beside the post. */
  to: string;
  /** Of a picture, in pixels. */
  width?: number;
  height?: number;
}

/** Another address of a post: visitors of that path are led to the post. */
export interface Alias {
  path: string;
  /** The line in which it is written, where that is known. */
  line?: number;
}

/** What search engines and social sites are told of a post, where that is something else than readers see. */
export interface Seo {
  /** The whole title of the page, with the name of the site if that is to be in it. */
  title?: string;
  description?: string;
  /** True for a page that is not to be found, whose links count. Lists of the site show it. */
  noindex?: true;
  nofollow?: true;
  /** What stands by a shared link. */
  social?: { title?: string; description?: string; image?: PostImage };
}

/** A comment on a post, as its source has it. */
export interface Comment {
  id: number;
  /** The comment that it answers; 0 if it answers the post. */
  parent: number;
  author: string;
  /** The author's own page. */
  url?: string;
  date: string;
  /** By the clock of the source. */
  day: string;
  /** Untrusted. */
  html: string;
}

/** The series of a post. */
export interface Series {
  name: string;
  /** Its part; those without one follow by their dates. */
  part?: number;
}

/** What readers wrote about a post. */
export interface Discussion {
  /** The oldest first. */
  comments: readonly Comment[];
  /** Hash of the comments. */
  hash: string;
  /** How many more the source has. */
  more: number;
  /** Where those can be read, and where one can be written, if visitors may go there. */
  readAt?: string;
  writeAt?: string;
}

/** The picture of a post, at another host. */
export interface PostImage {
  src: string;
  /** The same picture in several widths, as `srcset` has it. */
  srcSet?: string;
  alt: string;
  width?: number;
  height?: number;
}

/** What untrusted HTML needs to become a body of this site. */
export interface UntrustedHtml {
  /** What its relative addresses are relative to. */
  base: string;
  /** Its links to content that this site has too: each as it is written, and the path of ours. */
  links: Readonly<Record<string, string>>;
  /** Its own address at the CMS, where it may hold something that is shown there alone. */
  original?: string;
}

/** What is wrong with a post, and where. `line` counts from 1. */
export interface Problem {
  slug: string;
  /** Whether it is a standalone page, where that is known. */
  page?: boolean;
  /** Its path, where that is known, and not made of the slug. */
  path?: string;
  file: string;
  line?: number;
  field?: string;
  /** What it is one of many of, in a few words, such as `a date that cannot be read`. */
  kind?: string;
  message: string;
}

/** The kind of a problem whose path is that of another file, which is shown there. */
export const TWIN = 'two files of one slug';

/** Something that the site does without: a post, or what belongs to none, such as an item of a menu. */
export type Warning = Pick<Problem, 'file' | 'message'> & Partial<Problem>;

/** The posts as the array that was there before, if that holds the same ones: nothing changed then. */
export const keepIfSame = (posts: Post[], before: Post[] | undefined): Post[] =>
  posts.length === before?.length && posts.every((post, index) => post === before[index])
    ? before
    : posts;

/** A problem as one line: `posts/hello.mdx:3: date: must be …`. */
export const describeProblem = ({ file, line, field, message }: Warning): string =>
  [line === undefined ? file : `${file}:${line}`, field, message]
    .filter((part) => part !== undefined)
    .join(': ');

/** What the place of a file says of its post. */
export interface Naming {
  /** Whether it is Markdown, and not MDX. */
  markdown?: boolean;
  /** The day in its name, such as 2010-08-23. */
  day?: string;
  /** Whether it lies among drafts. */
  draft?: boolean;
  /** The further language that it names. */
  language?: string;
  /** What it has in common with the same post in other languages. */
  translationKey?: string;
}

/** Either a post, or the first thing that is wrong with it; and what it does without. */
export type ParsedPost = (
  | { post: Post; place: PlaceInFile; picture?: Picture; problem?: undefined }
  | { post?: undefined; place?: undefined; picture?: undefined; problem: Problem }
) & { warnings?: Warning[] };

/** The picture that its front matter names, as it is written. */
export type Picture = NonNullable<PostFields['image']>;

const EXAMPLES = { title: 'Hello', date: '2026-11-22' };
/** Of a standalone page or a draft without a date: neither is listed by its day. */
export const NO_DATE = '1970-01-01T00:00:00.000Z';

const NO_FRONT_MATTER = {
  line: 1,
  kind: 'a post without front matter',
  message: 'must begin with front matter: a line ---, the fields, and again a line ---',
};

/** Reads a post from the text of its file. `file` is the name that messages use. */
export function parsePost(
  file: string,
  slug: string,
  source: string,
  naming: Naming = {},
): ParsedPost {
  const { markdown = false } = naming;
  const remarks: Remark[] = [];
  let at: Pick<Problem, 'slug' | 'page' | 'path'> = { slug };
  const told = () =>
    remarks.length === 0 ? {} : { warnings: remarks.map((one) => ({ ...at, file, ...one })) };
  const fail = (problem: Omit<Problem, 'slug' | 'file'>): ParsedPost => ({
    problem: { ...at, file, ...problem },
    ...told(),
  });

  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const read = readFrontMatter(text);
  if (read.problem) return fail(read.problem);
  if (!read.frontMatter && !markdown) {
    return fail(isSlug(slug) ? NO_FRONT_MATTER : badName(slug));
  }
  const { fields: written, head, remarks: found } = read.frontMatter ?? NOTHING_WRITTEN;
  remarks.push(...found);
  const blankLines = head.split('\n').length - 1;
  const begin = { from: source.length - text.length + head.length, lines: blankLines };
  const heading = headingIn(textAt(source, begin));
  const result = readFields(written, {
    title: heading !== undefined || markdown,
    day: naming.day,
  });
  if (result.problem) return fail(result.problem);
  const { fields } = result;
  remarks.push(...result.remarks);

  const wantedSlug = fields.slug === undefined ? '' : slugOf(lastSegment(fields.slug));
  at = { slug: wantedSlug === '' ? slug : wantedSlug, ...(fields.page && { page: true }) };
  if (!isSlug(at.slug)) return fail(badName(slug));

  let { title } = fields;
  let isLeftOut = false;
  if (title === undefined && heading) {
    ({ title } = heading);
    if (heading.isFirst) isLeftOut = true;
  } else isLeftOut = markdown && heading?.isFirst === true && isTitle(heading.title, title);
  // Nothing but blank lines stands before a first heading, which goes with them.
  const place: PlaceInFile =
    heading && isLeftOut
      ? { from: begin.from + heading.end - begin.lines, lines: heading.lines }
      : begin;
  const body = textAt(source, place);
  if (title === undefined) {
    if (!markdown) return fail(missing('title', written));
    title = titleOf(slug);
    const message = `is missing, and made of the file's name: add a line like title: ${title}`;
    remarks.push({ line: 1, field: 'title', kind: 'a post without a title', message });
  }
  const date =
    fields.date ??
    dayInAddress(fields) ??
    (naming.day !== undefined ? { at: `${naming.day}T00:00:00.000Z` } : undefined) ??
    (fields.page || fields.draft || naming.draft ? { at: NO_DATE } : undefined);
  if (!date) return fail(missing('date', written));

  const dayShown = date.day ?? date.at.slice(0, 10);
  const { path, aliases } = addressesOf(at, fields, dayShown, remarks);
  if (path !== undefined) at = { ...at, slug: slugOf(lastSegment(path)) };
  const isNested = path !== undefined && segmentsOf(path).length > 1;
  const language = fields.language ?? naming.language;
  const section = sectionOf(language);
  const prefix = prefixOf(section);
  const ownPath = isNested || section !== undefined ? pathBelow(prefix, at, path) : undefined;
  if (ownPath !== undefined) at = { ...at, path: ownPath };
  if (fields.page && !isNested && isReserved(...segmentsOf(`${prefix}/${at.slug}`))) {
    return fail({
      message: `${prefix}/${at.slug} belongs to the site itself; give the page's file another name`,
    });
  }
  const [category, ...alsoIn] = [...new Set(fields.categories)];
  const trimmed = body.trim();
  const { summary, author, canonical, updated } = fields;
  const { translationKey = naming.translationKey } = fields;
  const post: Post = {
    slug: at.slug,
    ...(ownPath !== undefined && { path: ownPath }),
    file,
    title,
    date: date.at,
    day: date.day,
    updated: updated?.at,
    updatedDay: updated?.day,
    summary,
    category,
    ...(alsoIn.length > 0 && { alsoIn }),
    tags: fields.tags,
    author,
    ...(aliases.length > 0 && { aliases }),
    draft: fields.draft || naming.draft === true,
    page: fields.page,
    text: new KnownText(body),
    // The same text is another body as Markdown.
    bodyHash: hash(markdown ? `markdown\n${trimmed}` : trimmed),
    ...(markdown && { markdown: true as const }),
    ...(summary === undefined && { excerpt: excerptOf(trimmed) }),
    ...(canonical !== undefined && { canonical }),
    ...(language !== undefined && { language }),
    ...(fields.direction && { direction: fields.direction }),
    ...(translationKey !== undefined && { translationKey }),
    ...(fields.series && { series: fields.series }),
    ...(fields.pinned && { pinned: true as const }),
  };
  return { post, place, ...(fields.image && { picture: fields.image }), ...told() };
}

/** The path of a post, or of a page at a path of its own, below the code of a further language. */
const pathBelow = (
  prefix: string,
  { slug, page }: Pick<Problem, 'slug' | 'page'>,
  path: string | undefined,
): string => prefix + (path ?? pathOfPost({ slug, page: page ?? false }));

const NOTHING_WRITTEN = { fields: [], head: '', remarks: [] };

const badName = (slug: string) => ({
  kind: 'a name of a file that makes no address',
  message:
    `the file's name is the slug of the post: lower-case letters, digits and single hyphens, ` +
    `for example ${slugOf(slug) || 'my-post'}.mdx`,
});

function missing(field: 'title' | 'date', written: readonly Field[]) {
  const blank = blankField(written, field);
  const kind = `a post without a ${field}`;
  return blank
    ? {
        line: blank.line,
        field,
        kind,
        message: `must not be empty: write ${field}: ${EXAMPLES[field]}`,
      }
    : {
        line: 1,
        field,
        kind,
        message: `is required: add a line like ${field}: ${EXAMPLES[field]}`,
      };
}

const lastSegment = (address: string): string => address.replace(/\/+$/, '').replace(/^.*\//, '');

/** True for a first heading that says the title once more, or has Jekyll say it: the page has it above. */
const isTitle = (heading: string, title: string | undefined): boolean =>
  heading === title || /^\{\{\s*page\.title\s*\}\}$/.test(heading);

/** A title made of a slug: the best that can be done. */
function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a heading is looked for, in characters. */
const HEADING_WITHIN = 5000;
const HEADING =
  /^(?:[ ]{0,3}#[ \t]+(?<atx>[^\n]*?)(?:[ \t]+#+)?[ \t]*|(?<setext>[^\s#>*=-][^\n]*)\r?\n=+[ \t]*)\r?(?=\n|$)/;

/** The first heading of the first level, whether it is the first thing, and where it ends: after how many lines. */
function headingIn(
  body: string,
): { title: string; isFirst: boolean; end: number; lines: number } | undefined {
  let isCode = false;
  const last = Math.min(body.length, HEADING_WITHIN);
  let isFirst = true;
  for (let start = 0; start < last;) {
    const newline = body.indexOf('\n', start);
    const next = newline < 0 ? body.length : newline + 1;
    const line = body.slice(start, Math.min(next, start + HEADING_WITHIN));
    if (/^ {0,3}(?:```|~~~)/.test(line)) isCode = !isCode;
    const match = isCode ? null : HEADING.exec(body.slice(start, start + HEADING_WITHIN));
    if (match) {
      const raw = match.groups?.atx ?? match.groups?.setext ?? '';
      const title = [...plainBlocks(raw)]
        .map(({ text }) => text)
        .join(' ')
        .trim();
      if (title !== '') {
        const end = start + match[0].length;
        return { title, isFirst, end, lines: body.slice(0, end).split('\n').length - 1 };
      }
    }
    if (line.trim() !== '') isFirst = false;
    start = next;
  }
  return undefined;
}

const KIND_OF_ALIAS = 'an alias that cannot be one';

/**
 * The path of a standalone page that is not made of its slug, and the other addresses of a post. What cannot be an
 * address here is left out: a redirect less must not cost the post.
 */
function addressesOf(
  { slug }: Pick<Problem, 'slug'>,
  { aliases, page, slug: written }: PostFields,
  day: string,
  remarks: Remark[],
): { path?: string; aliases: Alias[] } {
  let own: string | undefined;
  const found = new Map<string, Alias>();
  for (const { written: address, line, field, from } of aliases) {
    const cleaned = cleanAddress(address, from);
    if (cleaned === undefined || (!page && isOfDay(cleaned, slug, day))) continue;
    const { path, problem } = checkAlias(cleaned, { page });
    if (problem !== undefined) {
      const message = `${problem}; it leads nowhere here`;
      remarks.push({ line, field, kind: KIND_OF_ALIAS, message });
    } else if (from === 'generator' && page) {
      own = spelledOurWay(path) === path ? path : undefined;
      if (own === undefined) found.set(path, { path, line });
    } else found.set(path, { path, line });
  }
  const usual = pathOfPost({ slug, page });
  if (written?.replace(/\/+$/, '').slice(1).includes('/')) {
    const { path } = checkAlias(written.startsWith('/') ? written : `/${written}`, { page });
    if (path !== undefined) found.set(path, { path });
  }
  const path = own === undefined || own === usual ? undefined : own;
  // Generators write the address that it has anyway.
  if (aliases.some(({ from }) => from === 'generator')) found.delete(path ?? usual);
  return { path, aliases: [...found.values()] };
}

/** True for an address with the post's own day, by which visitors find it without an alias. */
function isOfDay(address: string, slug: string, day: string): boolean {
  const dated = datedIn(address.replace(/^\/|\/$/g, '').split('/'));
  return dated?.slug === slug && isOnDay(day, dated);
}

/** The day in the address that a generator gave it. */
function dayInAddress({ aliases }: PostFields): { at: string; day?: string } | undefined {
  for (const { written, from } of aliases) {
    const [, year, month, day] = /(?:^|\/)(\d{4})\/(\d{1,2})\/(\d{1,2})\//.exec(written) ?? [];
    if (from !== 'generator' || day === undefined) continue;
    const { date } = readDate(`${year}-${month}-${day}`);
    if (date) return date;
  }
  return undefined;
}

/** Endings that visitors are led on without. */
const ENDING = /(?:\/index)?\.(?:html?|php|aspx?)$/i;

/** An address as an alias is written here; undefined if it is none that anybody misses. */
function cleanAddress(address: string, from: 'author' | 'generator'): string | undefined {
  if (/^https?:\/\//i.test(address) && from === 'generator') return undefined;
  const cleaned = address.replace(ENDING, '').replace(/^\.\//, '');
  if (from === 'generator' && /^\/*$/.test(cleaned)) return undefined;
  const isPath = cleaned.startsWith('/') || from === 'generator' || cleaned.includes('/');
  return isPath && !/^[a-z]+:/i.test(cleaned) ? cleaned.replace(/^\/?(?=[^/])/, '/') : cleaned;
}
