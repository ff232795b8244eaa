/** Slugs: the segments of which addresses are made. */
import { LRUCache } from 'lru-cache';

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
