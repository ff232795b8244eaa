/**
 * What fields of front matter mean: those of this site, and the names that other generators have for them. Pure.
 */
import { closest, distance } from 'fastest-levenshtein';
import type { Direction } from '../site/languages';
import { slugOf, slugOfTerm } from '../site/slugs';
import { readDate, type WrittenDate } from './dates';
import type { Series } from './post';
import type { Field, Remark, Value } from './front-matter';

/** The fields of a post as they are written, each read by its meaning. */
export interface PostFields {
  title?: string;
  date?: WrittenDate;
  updated?: WrittenDate;
  summary?: string;
  categories: string[];
  tags: string[];
  author?: string;
  /** Addresses that lead to it, as they are written. */
  aliases: { written: string; line: number; field: string; from: 'author' | 'generator' }[];
  image?: { src: string; alt: string; line: number; field: string };
  canonical?: string;
  slug?: string;
  /** By BCP 47. */
  language?: string;
  direction?: Direction;
  translationKey?: string;
  series?: Series;
  pinned: boolean;
  draft: boolean;
  page: boolean;
}

/** Fields, or the first thing that keeps them from being those of a post. */
export type ReadFields =
  | { fields: PostFields; remarks: Remark[]; problem?: undefined }
  | { fields?: undefined; problem: Remark };

/** The fields of this site, as messages name them. */
const OWN = [
  'title',
  'date',
  'updated',
  'summary',
  'category',
  'tags',
  'author',
  'aliases',
  'image',
  'canonical',
  'slug',
  'lang',
  'dir',
  'translationKey',
  'series',
  'part',
  'pinned',
  'draft',
  'page',
] as const;

/**
 * For each meaning the names that it has, in small letters and without hyphens and underscores. Of several that
 * are there the first counts.
 */
const NAMES = {
  title: ['title'],
  date: [
    'date',
    'pubdate',
    'publisheddate',
    'publishedat',
    'publishedon',
    'publishedtime',
    'publishdate',
    'publicationdate',
    'datepublished',
    'pubdatetime',
    'datetime',
    'posted',
    'postdate',
    'created',
    'createdat',
    'createdon',
    'creationdate',
    'datecreated',
  ],
  updated: [
    'updated',
    'lastmod',
    'updatedat',
    'updatedon',
    'updateddate',
    'dateupdated',
    'modified',
    'modifiedat',
    'modifieddate',
    'datemodified',
    'lastmodified',
    'lastmodifiedat',
    'lastupdated',
    'moddatetime',
    'modtime',
  ],
  summary: [
    'summary',
    'description',
    'excerpt',
    'spoiler',
    'abstract',
    'subtitle',
    'desc',
    'teaser',
    'intro',
    'lead',
    'metadescription',
  ],
  categories: ['category', 'categories'],
  tags: ['tags', 'tag', 'topics'],
  author: ['author', 'authors', 'byline'],
  aliases: ['aliases', 'alias', 'redirectfrom', 'redirectsfrom', 'oldurls'],
  permalink: ['permalink', 'url', 'path'],
  image: [
    'image',
    'cover',
    'coverimage',
    'images',
    'heroimage',
    'hero',
    'featuredimage',
    'featureimage',
    'banner',
    'thumbnail',
    'ogimage',
    'socialimage',
    'imageurl',
    'img',
  ],
  imageAlt: ['imagealt', 'coveralt', 'coverimagealt', 'heroimagealt', 'featuredimagealt', 'alt'],
  canonical: ['canonical', 'canonicalurl', 'canonicallink'],
  slug: ['slug'],
  lang: ['lang', 'language', 'locale'],
  dir: ['dir', 'direction'],
  translationKey: ['translationkey', 'translationid', 'i18nkey'],
  series: ['series'],
  part: ['part', 'seriespart', 'seriesorder', 'seriesindex'],
  pinned: ['pinned', 'pin', 'sticky'],
  draft: ['draft'],
  published: ['published'],
  page: ['page'],
  layout: ['layout', 'type'],
  status: ['status', 'poststatus', 'visibility'],
  private: ['private'],
  password: ['password'],
} as const satisfies Record<string, readonly string[]>;

/** Values with which other generators and editors keep a post from readers. */
const KEPT_BACK = {
  status: (value) =>
    /^(?:draft|private|pending|protected|password|hidden|trash|auto-draft|unpublished|wip)$/i.test(
      textOf(value) ?? '',
    ),
  private: (value) => !isNo(value),
  password: () => true,
} satisfies Record<string, (value: Value) => boolean>;

/** What each name means, and which of the names for that it is. */
const KNOWN = new Map<string, { meaning: string; rank: number }>(
  Object.entries(NAMES).flatMap(([meaning, names]) =>
    names.map((name, rank): [string, { meaning: string; rank: number }] => [
      name,
      { meaning, rank },
    ]),
  ),
);

/** A name as it is compared: `lastModifiedAt`, `last_modified_at` and `Last-Modified-At` are one. */
const bare = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

const REQUIRED = ['title', 'date'] as const;
const NEAR = 2;

/** The most aliases, tags and categories of a post: nobody writes so many. */
const MOST_NAMES = 1000;

/** What there is without fields: whether a title, and which day the file's name has. */
export interface Otherwise {
  title: boolean;
  day?: string;
}

/** Reads fields. */
export function readFields(written: readonly Field[], otherwise: Otherwise): ReadFields {
  const remarks: Remark[] = [];
  const byMeaning = sortedOut(withInner(written));
  const allOf = (meaning: keyof typeof NAMES): Field[] => byMeaning.get(meaning) ?? [];
  const firstOf = (meaning: keyof typeof NAMES): Field | undefined =>
    allOf(meaning).find(({ value }) => !isBlank(value));
  const problem = (field: Field, kind: string, message: string) => ({
    problem: { line: field.line, field: field.name, kind, message },
  });
  const remark = ({ line, name }: Pick<Field, 'line' | 'name'>, kind: string, message: string) => {
    remarks.push({ line, field: name, kind, message });
  };

  for (const field of written) {
    const name = bare(field.name);
    if (KNOWN.has(name) || Object.hasOwn(INNER, name)) continue;
    const required = REQUIRED.find(
      (one) =>
        !(one === 'title' ? otherwise.title : otherwise.day) &&
        !firstOf(one) &&
        distance(name, one) <= NEAR,
    );
    if (required && !isBlank(field.value)) {
      const message = `is not a field of a post; did you mean ${required}?`;
      return problem(field, `a field that is nearly ${required}`, message);
    }
    remark(field, 'a field that means nothing here', unknownField(name));
  }

  const title = firstOf('title');
  if (title && textOf(title.value) === undefined) {
    return problem(title, 'a title that is no text', 'must be text, for example "Hello"');
  }
  const dates: { date?: WrittenDate; updated?: WrittenDate } = {};
  for (const meaning of ['date', 'updated'] as const) {
    const field = firstOf(meaning);
    if (!field) continue;
    const read = readDate(textOf(field.value) ?? '');
    if (read.problem !== undefined && meaning === 'date' && otherwise.day !== undefined) {
      const message = `${read.problem}; the day in the file's name, ${otherwise.day}, is taken`;
      remark(field, 'a date that cannot be read', message);
      continue;
    }
    if (read.problem !== undefined) {
      return problem(field, 'a date that cannot be read', read.problem);
    }
    dates[meaning] = read.date;
  }

  const flags = { draft: false, page: false, pinned: false };
  for (const name of ['draft', 'page', 'pinned'] as const) {
    const field = firstOf(name);
    if (!field) continue;
    const flag = flagOf(field.value);
    if (flag === undefined && name === 'pinned') {
      remark(field, 'a value that is left out', 'must be true or false, and is left out');
      continue;
    }
    if (flag === undefined) {
      return problem(field, 'a value that is neither true nor false', 'must be true or false');
    }
    flags[name] = flag;
  }
  const published = firstOf('published');
  const isHeld = published !== undefined && isNo(published.value);
  // What is kept from readers elsewhere is not to be shown to them here.
  const secret = (['status', 'private', 'password'] as const)
    .flatMap((meaning) =>
      allOf(meaning)
        .filter((field) => !isBlank(field.value))
        .map((field) => ({ meaning, field })),
    )
    .find(({ meaning, field }) => KEPT_BACK[meaning](field.value))?.field;
  if (secret && !flags.draft) {
    const message =
      'keeps the post from readers, as draft: true does; delete the field to publish it';
    remark(secret, 'a post that is kept from readers', message);
  }
  const layout = allOf('layout').some(({ value }) => textOf(value)?.toLowerCase() === 'page');

  const namesIn = (meaning: 'categories' | 'tags'): string[] =>
    allOf(meaning)
      .flatMap(({ name, value }) => listOf(value, bare(name) === 'category' ? 'one' : 'words'))
      .filter((name) => slugOfTerm(name) !== '')
      .slice(0, MOST_NAMES);

  const aliases: PostFields['aliases'] = [];
  for (const field of allOf('aliases')) {
    for (const [index, one] of listOf(field.value, 'one').slice(0, MOST_NAMES).entries()) {
      const line = field.lineOfItem?.(index) ?? field.line;
      aliases.push({ written: one, line, field: field.name, from: 'author' });
    }
  }
  for (const field of allOf('permalink')) {
    const address = textOf(field.value);
    // A pattern of Jekyll, or one of its names for patterns.
    if (address === undefined || /[:{}]|^(?:pretty|date|none|ordinal)$/.test(address)) continue;
    aliases.push({ written: address, line: field.line, field: field.name, from: 'generator' });
  }

  const image = imageOf(allOf('image'), textOf(firstOf('imageAlt')?.value ?? null) ?? '');
  const summary = firstOf('summary');
  const summaryText = summary && textOf(summary.value);
  if (summary && summaryText === undefined) {
    remark(summary, 'a value that is left out', 'must be text, and is left out');
  }
  const languageField = firstOf('lang');
  const language = languageIn(textOf(languageField?.value ?? null));
  if (languageField && language === undefined) {
    const message = 'is no language, and is left out: write its tag, such as en, de-CH or tr';
    remark(languageField, 'a language that is none', message);
  }
  const directionField = firstOf('dir');
  const direction = directionIn(textOf(directionField?.value ?? null));
  if (directionField && direction === undefined) {
    remark(directionField, 'a value that is left out', 'must be ltr or rtl, and is left out');
  }
  const partField = firstOf('part');
  const part = Number(textOf(partField?.value ?? null) ?? NaN);
  if (partField && !isPart(part)) {
    const message = 'must be a whole number of 1 or more, and is left out';
    remark(partField, 'a value that is left out', message);
  }
  const [seriesName] = allOf('series').flatMap(({ value }) => listOf(value, 'one'));
  const author = authorOf(firstOf('author'));
  const canonical = addressOf(firstOf('canonical'));
  return {
    fields: {
      title: title && textOf(title.value),
      ...dates,
      summary: summaryText,
      categories: namesIn('categories'),
      tags: namesIn('tags'),
      author,
      aliases,
      image,
      canonical,
      slug: textOf(firstOf('slug')?.value ?? null),
      language,
      direction,
      translationKey: textOf(firstOf('translationKey')?.value ?? null)?.slice(0, MOST_KEY),
      series:
        seriesName === undefined || slugOf(seriesName) === ''
          ? undefined
          : { name: seriesName, ...(isPart(part) && { part }) },
      pinned: flags.pinned,
      draft: flags.draft || isHeld || secret !== undefined,
      page: flags.page || (layout && !firstOf('page')),
    },
    remarks,
  };
}

/** Fields by what they mean, each meaning's in the order of its names; of one name the last counts. */
function sortedOut(written: readonly Field[]): ReadonlyMap<string, Field[]> {
  const byMeaning = new Map<string, Field[]>();
  for (const field of written) {
    const known = KNOWN.get(bare(field.name));
    if (!known) continue;
    // It says whether, or since when.
    const isDay = known.meaning === 'published' && flagOf(field.value) === undefined;
    const [meaning, rank] = isDay ? ['date', NAMES.date.length] : [known.meaning, known.rank];
    const fields = byMeaning.get(meaning) ?? [];
    fields[rank] = field;
    byMeaning.set(meaning, fields);
  }
  // Without the places of names that are not there.
  for (const [meaning, fields] of byMeaning) byMeaning.set(meaning, fields.filter(Boolean));
  return byMeaning;
}

/** The field as which a required one is written that is blank, for messages. */
export const blankField = (written: readonly Field[], name: string): Field | undefined =>
  written.find((field) => bare(field.name) === name && isBlank(field.value));

function unknownField(name: string): string {
  const nearest = closest(name, [...OWN]);
  return distance(name, nearest) <= NEAR
    ? `is not a field of a post, and is ignored; did you mean ${nearest}?`
    : 'is not a field of a post, and is ignored';
}

/** With those that Zola and Hugo put into a field of their own, where the post has no others of that name. */
function withInner(written: readonly Field[]): readonly Field[] {
  if (!written.some(({ name }) => Object.hasOwn(INNER, bare(name)))) return written;
  const inner = written
    .filter(({ name }) => Object.hasOwn(INNER, bare(name)))
    .flatMap(({ name, value, line }) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value)
            .filter(([field]) => INNER[bare(name)]?.includes(bare(field)))
            .map(([field, of]): Field => ({ name: field, value: of, line }))
        : [],
    );
  return [...inner, ...written];
}

const INNER: Record<string, string[]> = {
  taxonomies: ['tags', 'categories', 'authors'],
  extra: ['author', 'authors', 'image', 'cover', 'updated', 'subtitle'],
  params: ['author', 'authors', 'image', 'cover', 'summary'],
  header: ['image', 'teaser'],
};

const isBlank = (value: Value): boolean =>
  value === null ||
  (typeof value === 'string' && (value.trim() === '' || value.trim() === '~')) ||
  (Array.isArray(value) && value.every(isBlank)) ||
  (typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isBlank));

const textOf = (value: Value): string | undefined =>
  typeof value === 'string' && !isBlank(value) ? value.trim() : undefined;

/** As YAML 1.1 has it, too, which older generators read. */
const flagOf = (value: Value): boolean | undefined =>
  /^(?:true|yes|on)$/i.test(textOf(value) ?? '') ? true : isNo(value) ? false : undefined;

const isNo = (value: Value): boolean => /^(?:false|no|off|0)$/i.test(textOf(value) ?? '');

/**
 * The names in a list, also of lists, and of things with a name; of a text those that commas divide, or spaces,
 * as Jekyll has it, where it holds several words.
 */
function listOf(value: Value, ofText: 'one' | 'words'): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listOf(item, 'one'));
  if (value !== null && typeof value === 'object') {
    const name = nameIn(value);
    return name === undefined ? Object.values(value).flatMap((one) => listOf(one, 'one')) : [name];
  }
  const text = textOf(value);
  if (text === undefined) return [];
  if (ofText === 'one') return [text];
  const parts = text.includes(',') ? text.split(',') : text.split(/\s+/);
  return parts.map((part) => part.trim().replace(/^#(?=\p{L})/u, '')).filter((part) => part !== '');
}

/** What a thing is called that is written as fields. */
function nameIn(value: { [name: string]: Value }): string | undefined {
  for (const name of ['name', 'title', 'label', 'id', 'slug']) {
    const text = textOf(value[name] ?? null);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Characters of a translation key. */
const MOST_KEY = 200;

/** The tag of a language as BCP 47 writes it, also where it is written as de_CH; undefined if there is none of that name. */
export function languageIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const [tag = ''] = Intl.getCanonicalLocales(text.replaceAll('_', '-'));
    return LANGUAGE_NAMES.of(tag) === undefined ? undefined : tag;
  } catch {
    return undefined;
  }
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

const directionIn = (text: string | undefined): Direction | undefined =>
  (['ltr', 'rtl'] as const).find((one) => one === text?.toLowerCase());

const isPart = (part: number): boolean => Number.isSafeInteger(part) && part >= 1;

function authorOf(field: Field | undefined): string | undefined {
  if (!field) return undefined;
  const names = listOf(field.value, 'one').slice(0, 20);
  return names.length > 0 ? names.join(', ') : undefined;
}

/** The address of another site; undefined if it is none. */
function addressOf(field: Field | undefined): string | undefined {
  const address = field && textOf(field.value);
  return address !== undefined && /^https?:\/\//i.test(address) && URL.canParse(address)
    ? new URL(address).href
    : undefined;
}

function imageOf(fields: readonly Field[], alt: string): PostFields['image'] {
  for (const { name, value, line } of fields) {
    const [src, ownAlt] = pictureIn(value);
    if (src !== undefined) return { src, alt: ownAlt ?? alt, line, field: name };
  }
  return undefined;
}

/** The address of a picture, and its words; as a text, as the first of a list, or as fields. */
function pictureIn(value: Value): [src?: string, alt?: string] {
  if (Array.isArray(value)) return value[0] === undefined ? [] : pictureIn(value[0]);
  if (value === null || typeof value !== 'object') {
    const text = textOf(value);
    // A switch, as themes have it.
    return text === undefined || flagOf(text) !== undefined ? [] : [text];
  }
  for (const name of [
    'src',
    'url',
    'path',
    'image',
    'feature',
    'teaser',
    'thumbnail',
    'relative',
  ]) {
    const text = textOf(value[name] ?? null);
    if (text === undefined || flagOf(text) !== undefined) continue;
    return [text, textOf(value.alt ?? value.caption ?? null)];
  }
  return [];
}
