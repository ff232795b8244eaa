/** Slugs: the segments of which addresses are made. */
import { LRUCache } from 'lru-cache';

/**
 * The slug of a name, such as a tag's or an author's: lower-case letters of any script, digits and
 * single hyphens; empty if the name holds neither letter nor digit.
 */
export function slugOf(name: string): string {
  let slug = slugs.get(name);
  if (slug === undefined) {
    slug = name
      .toLowerCase()
      .normalize('NFC')
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

/** True for lower-case letters of any script, digits and single hyphens in Unicode's NFC. */
export const isSlug = (text: string): boolean =>
  hasSlugForm(text) && text === text.toLowerCase() && text === text.normalize('NFC');
