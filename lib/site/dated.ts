/** Addresses with the day of a post in them, as Jekyll, WordPress and Hugo make them. Pure. */
import { slugOf } from './slugs';

/** What an address with a day names: the slug of a post, and its year, or its month, or its day. */
export interface Dated {
  slug: string;
  /** The beginning of its day, such as 2010-08. */
  day: string;
}

const NUMBER = /^\d{1,2}$/;

/** Reads an address such as `/notes/2010/08/23/title`; undefined if it names no year, or too little. */
export function datedIn(segments: readonly string[]): Dated | undefined {
  const last = segments.at(-1);
  if (last === undefined || segments.length < 2) return undefined;
  const numbers: string[] = [];
  for (const segment of segments.slice(0, -1).reverse()) {
    if (/^\d{4}$/.test(segment)) {
      const slug = slugOf(last);
      return slug === '' ? undefined : { slug, day: [segment, ...numbers].join('-') };
    }
    if (!NUMBER.test(segment) || numbers.length === 2) return undefined;
    numbers.unshift(segment.padStart(2, '0'));
  }
  return undefined;
}

/** True for a day that such an address may mean: to the letter, and not half of a number. */
export const isOnDay = (day: string, { day: named }: Dated): boolean =>
  day === named || day.startsWith(`${named}-`);
