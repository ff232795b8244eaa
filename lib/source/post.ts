/**
 * A post: one piece of content, and how it is read from the text of a file. Pure: text in, post or
 * problem out.
 */
import { closest, distance } from 'fastest-levenshtein';
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import { z } from 'zod';
import { hash } from '../hash';
import { checkAlias } from '../site/redirects';
import { isReserved } from '../site/routes';
import { isSlug, slugOf } from '../site/slugs';
import { messageOf } from '../message-of';

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
  draft: boolean;
  page: boolean;
  /** The MDX text; blank lines stand for the front matter, so that line numbers are the file's. */
  body: string;
  /** Hash of the body without the blank space around it, and of `html`. */
  bodyHash: string;
  /** Set where the body is untrusted HTML, from a CMS, which is never run as MDX. */
  html?: UntrustedHtml;
  /** True for the last good version of a post that was read from its stored page: without its text. */
  recalled?: boolean;
}

/** Another address of a post: visitors of that path are led to the post. */
export interface Alias {
  path: string;
  /** The line in which it is written, where that is known. */
  line?: number;
}

/** The picture of a post, at another host. */
export interface PostImage {
  src: string;
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
  message: string;
}

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

const text = (example: string) =>
  z
    .string({ error: () => `must be text, for example ${example}; quote a number or a date` })
    .trim()
    .min(1, { error: 'must not be empty' });

const name = (example: string) =>
  text(example).refine((value) => slugOf(value) !== '', {
    error: 'needs at least one letter or digit, from which its path is made',
  });

const date = z
  .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
    error: 'must be an ISO date or date-time, for example 2026-11-22 or 2026-11-22T09:00:00+03:00',
  })
  // Without a zone, JavaScript takes a date-time as local; here no zone means UTC.
  .transform((value) => {
    const at = new Date(
      /T.*(?:Z|[+-]\d\d:?\d\d)$|^[^T]*$/.test(value) ? value : `${value}Z`,
    ).toISOString();
    // The day as it is written: that of its author.
    const day = value.slice(0, 10);
    return { at, day: day === at.slice(0, 10) ? undefined : day };
  });

const flag = z.boolean({ error: 'must be true or false' }).default(false);

const FrontMatter = z.strictObject({
  title: text('"Hello"'),
  date,
  updated: date.optional(),
  summary: text('"What it is about"').optional(),
  category: name('Guide').optional(),
  tags: z
    .array(name('caching'), { error: 'must be a list, for example [caching, next]' })
    .default([]),
  author: text('"Ada Lovelace"').optional(),
  aliases: z
    .array(text('/2019/old-name'), {
      error: 'must be a list, for example [/2019/old-name, old-name]',
    })
    .default([]),
  draft: flag,
  page: flag,
});

const FIELDS = Object.keys(FrontMatter.shape);

/** The fence of the front matter, the YAML in it, and the fence that ends it. */
const FENCED = /^(---[ \t]*\r?\n)([\s\S]*?\r?\n|)---[ \t]*(?:\r?\n|$)/;

/** Of the front matter: characters, and levels of lists and fields in each other. Two are needed. */
const MOST_FRONT_MATTER = 64 * 1024;
const MOST_LEVELS = 50;

/** Either a post, or the first thing that is wrong with it. */
export type ParsedPost =
  { post: Post; problem?: undefined } | { post?: undefined; problem: Problem };

/** Reads a post from the text of its file. `file` is the name that messages use. */
export function parsePost(file: string, slug: string, source: string): ParsedPost {
  const fail = (message: string, line?: number, field?: string): ParsedPost => ({
    problem: { slug, file, line, field, message },
  });

  if (!isSlug(slug)) {
    return fail(
      `the file's name is the slug of the post: lower-case letters, digits and single hyphens, ` +
        `for example ${slugOf(slug) || 'my-post'}.mdx`,
    );
  }
  const [head, fence, yaml] = FENCED.exec(source.replace(/^\uFEFF/, '')) ?? [];
  if (head === undefined || fence === undefined || yaml === undefined) {
    return fail('must begin with front matter: a line ---, the fields, and again a line ---', 1);
  }

  if (yaml.length > MOST_FRONT_MATTER) {
    const most = `${MOST_FRONT_MATTER / 1024} thousand characters`;
    return fail(`the front matter has more than ${most}; move what is long into the text`, 1);
  }
  const deepLine = lineTooDeep(yaml);
  if (deepLine !== undefined) {
    return fail(
      `the front matter is nested more than ${MOST_LEVELS} deep; write it flatter`,
      deepLine + 1,
    );
  }

  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  const [yamlError] = document.errors;
  if (yamlError) return fail(yamlError.message, lineAt(yamlError.pos[0]));

  const lineOf = (field: string) => {
    const pairs = isMap(document.contents) ? document.contents.items : [];
    const key = pairs.map((pair) => pair.key).find((k) => isScalar(k) && k.value === field);
    return isScalar(key) && key.range ? lineAt(key.range[0]) : undefined;
  };

  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // Aliases that name nothing, or that repeat each other into millions of values.
    const reason = messageOf(error);
    return fail(`the front matter cannot be used: ${reason}; write the values out`, 1);
  }
  const result = FrontMatter.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    if (issue?.code === 'unrecognized_keys') {
      const field = issue.keys[0] ?? '';
      return fail(unknownField(field), lineOf(field) ?? 1, field);
    }
    const field = issue?.path.length ? String(issue.path[0]) : undefined;
    if (field === undefined) return fail('the front matter must be fields, like title: Hello', 1);
    const line = lineOf(field);
    return line === undefined
      ? fail(`is required: add a line like ${field}: ${EXAMPLES[field] ?? '…'}`, 1, field)
      : fail(issue?.message ?? 'cannot be used', line, field);
  }

  const {
    aliases: written,
    date: { at: date, day },
    updated,
    ...fields
  } = result.data;
  if (fields.page && isReserved(slug)) {
    return fail(`/${slug} belongs to the site itself; give the page's file another name`);
  }
  const aliases: Alias[] = [];
  for (const [index, alias] of written.entries()) {
    const node = document.getIn(['aliases', index], true);
    const line = isScalar(node) && node.range ? lineAt(node.range[0]) : lineOf('aliases');
    const { path, problem } = checkAlias(alias, fields);
    if (problem !== undefined) return fail(problem, line, 'aliases');
    aliases.push({ path, line });
  }
  const body = head.replace(/[^\n]+/g, '') + source.replace(/^\uFEFF/, '').slice(head.length);
  const dates = { date, day, updated: updated?.at, updatedDay: updated?.day };
  const post: Post = { slug, file, ...fields, ...dates, body, bodyHash: hash(body.trim()) };
  return { post: aliases.length > 0 ? { ...post, aliases } : post };
}

/**
 * The line, counted from 1, in which YAML is nested too deep, told without a parser: theirs recurse, and
 * where the stack overflows V8 may end the process.
 */
function lineTooDeep(yaml: string): number | undefined {
  let open = 0;
  const columns: number[] = [];
  for (const [index, line] of yaml.split('\n').entries()) {
    for (const [sign] of line.matchAll(/[[\]{}]/g)) {
      open = Math.max(0, open + ('[{'.includes(sign) ? 1 : -1));
      if (open > MOST_LEVELS) return index + 1;
    }
    // Where fields and items begin, several of them perhaps in one line: - - a
    const marks = /^(?:[ \t]*[-?:](?=\s|$))*[ \t]*/.exec(line)?.[0] ?? '';
    if (marks.length === line.trimEnd().length && !/[-?:]/.test(marks)) continue;
    for (const { index: column } of `${marks}x`.matchAll(/[^ \t]/g)) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
      if (columns.length > MOST_LEVELS) return index + 1;
    }
  }
}

const EXAMPLES: Record<string, string> = { title: 'Hello', date: '2026-11-22' };

function unknownField(field: string): string {
  const nearest = closest(field.toLowerCase(), FIELDS);
  return distance(field.toLowerCase(), nearest) <= 3
    ? `is not a field of a post; did you mean ${nearest}?`
    : `is not a field of a post; the fields are ${FIELDS.join(', ')}`;
}
