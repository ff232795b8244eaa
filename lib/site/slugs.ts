/** Slugs: the segments of which addresses are made. */
import { LRUCache } from 'lru-cache';
import { hash } from '../hash';

/**
 * The slug of a name, such as a tag's or an author's: lower-case letters of any script, digits and
 * single hyphens; empty if the name holds neither letter nor digit.
 */
export function slugOf(name: string): string {
  let slug = slugs.get(name);
  if (slug === undefined) {
    slug = spelledOurWay(name)
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '');
    slugs.set(name, slug);
  }
  return slug;
}

/** A site asks for the same few names for each of its posts. */
const slugs = new LRUCache<string, string>({ max: 10_000 });

/** Names that are known by another spelling than that of their letters. */
const KNOWN_NAMES: Record<string, string> = {
  'c++': 'cpp',
  'c#': 'csharp',
  'f#': 'fsharp',
  'j#': 'jsharp',
  'q#': 'qsharp',
  '.net': 'dotnet',
  '.net core': 'dotnet-core',
  'asp.net': 'aspnet',
  'asp.net core': 'aspnet-core',
  'vb.net': 'vbnet',
  'ado.net': 'adonet',
  'objective-c++': 'objective-cpp',
  'web 2.0': 'web-2-0',
  'tcp/ip': 'tcp-ip',
  'ci/cd': 'ci-cd',
  'i/o': 'io',
  'a/b testing': 'a-b-testing',
  'pl/sql': 'pl-sql',
};

/** Signs that are read as words. */
const SIGN_WORDS: Record<string, string> = {
  '&': 'and',
  '+': 'plus',
  '#': 'sharp',
  '@': 'at',
  '%': 'percent',
  $: 'dollar',
  '€': 'euro',
  '£': 'pound',
  '¥': 'yen',
  '♥': 'love',
  '❤': 'love',
};

/** Libraries of JavaScript, which are the same without their dot: Node.js and Node JS. */
const OF_JAVASCRIPT = /^[\p{L}\p{N}]+\.(?:js|ts|io)$/u;

/** What slugs make nothing of, or a hyphen. */
const PLAIN = /^[\p{L}\p{M}\p{N}\s-]*$/u;

/** Says only how the emoji before it is drawn. */
const UNSEEN = /[\ufe00-\ufe0f\u200d]/g;

/** Characters of the hash that tells apart names which differ only in signs. */
const HASH_LENGTH = 6;

/**
 * The slug of a category or a tag. Names that differ in nothing but case, spaces and hyphens have one; a name
 * with other signs has one of its own, whatever other names there are: C, C++ and C# are three.
 */
export function slugOfTerm(name: string): string {
  let slug = termSlugs.get(name);
  if (slug === undefined) {
    slug = PLAIN.test(name) ? slugOf(name) : slugWithSigns(spelledOurWay(name).trim());
    termSlugs.set(name, slug);
  }
  return slug;
}

const termSlugs = new LRUCache<string, string>({ max: 10_000 });

function slugWithSigns(name: string): string {
  const words = name.replace(UNSEEN, '').replace(/\s+/g, ' ');
  const known = Object.hasOwn(KNOWN_NAMES, words) ? KNOWN_NAMES[words] : undefined;
  if (known !== undefined) return known;
  if (OF_JAVASCRIPT.test(words)) return slugOf(words);
  const said = words.replace(/./gu, (sign) =>
    Object.hasOwn(SIGN_WORDS, sign) ? ` ${SIGN_WORDS[sign]} ` : sign,
  );
  const slug = slugOf(said);
  if (PLAIN.test(said)) return slug;
  // As names without them are compared, so that a space more makes no difference.
  const mark = hash(words.replace(/[\s-]+/g, ' ')).slice(0, HASH_LENGTH);
  return slug === '' ? mark : `${slug}-${mark}`;
}

const SLUG = /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;

/** True for any slug as visitors may write it: letters of any script in either case, digits, single hyphens. */
export const hasSlugForm = (text: string): boolean => SLUG.test(text);

/**
 * Characters that a source may put into the segments of its own addresses: those that need no care in a
 * path, a pattern, a file name or a line of the log. The joiner is part of emoji.
 */
const SEGMENT = /^(?=.*[\p{L}\p{N}\p{S}])(?:\u200d|[^\p{C}\p{Z}/\\?#%<>"'`{}|^[\]*])+$/u;

/** True for what may be one segment of an address, in either case. */
export const hasSegmentForm = (text: string): boolean => SEGMENT.test(text);

/**
 * A segment in the one spelling in which the site has it: lower case, in Unicode's NFC. İ is the capital of
 * i; JavaScript makes it an i with one more dot above.
 */
export const spelledOurWay = (segment: string): string =>
  segment
    .toLowerCase()
    .replace(/i\u0307/g, 'i')
    .normalize('NFC');

/** True for lower-case letters of any script, digits and single hyphens in Unicode's NFC. */
export const isSlug = (text: string): boolean =>
  hasSlugForm(text) && text === text.toLowerCase() && text === text.normalize('NFC');
