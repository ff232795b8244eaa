/** Days, as readers write them. */

/** How a site writes its days. */
export interface DayFormat {
  /** By BCP 47. */
  language?: string;
  /** As PHP's `date` has it, which WordPress lets its owners write: `F j, Y`. */
  dateFormat?: string;
}

/** English without a region has its days as 22 November 2026, which nobody reads as another day. */
const LANGUAGE = 'en-GB';

/** Returns a day in words, in UTC, so that it is the same wherever the page is rendered. */
export function formatDay(date: string, days: DayFormat = {}): string {
  const { language = LANGUAGE, dateFormat } = days;
  const at = new Date(date);
  return dateFormat
    ? formatAsPhp(at, dateFormat, language)
    : partsOf(at, localeOf(days), { dateStyle: 'long' })
        .map(({ value }) => value)
        .join('');
}

const localeOf = ({ language = LANGUAGE }: DayFormat): string =>
  language === 'en' ? LANGUAGE : language;

/** A day without its year, which stands above it; as the owner writes all days, where the owner says how. */
export const formatDayOfYear = (date: string, days: DayFormat = {}): string =>
  days.dateFormat
    ? formatDay(date, days)
    : partsOf(new Date(date), localeOf(days), { day: 'numeric', month: 'short' })
        .map(({ value }) => value)
        .join('');

/** Formats are few, and made slowly. */
const made = new Map<string, Intl.DateTimeFormat>();

function partsOf(
  at: Date,
  language: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormatPart[] {
  const key = JSON.stringify([language, options]);
  let format = made.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
    made.set(key, format);
  }
  return format.formatToParts(at);
}

/** A date in a language as a format of PHP's `date` writes it. A backslash stands before what is text. */
function formatAsPhp(at: Date, format: string, language: string): string {
  const hasDay = /(?<!\\)[dj]/.test(format);
  return format.replace(/\\(.?)|([a-z])/gis, (_, text: string | undefined, sign: string = '') =>
    text === undefined ? (SIGNS[sign]?.(at, language, hasDay) ?? sign) : text,
  );
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A part of what `Intl` makes of a date. */
const named = (
  at: Date,
  language: string,
  options: Intl.DateTimeFormatOptions,
  type: Intl.DateTimeFormatPartTypes,
): string => partsOf(at, language, options).find((part) => part.type === type)?.value ?? '';

/** Many languages write the name of a month in another form where a day stands beside it. */
const monthIn =
  (month: 'long' | 'short') =>
  (at: Date, language: string, hasDay: boolean): string =>
    named(at, language, hasDay ? { month, day: 'numeric' } : { month }, 'month');

const weekdayIn =
  (weekday: 'long' | 'short') =>
  (at: Date, language: string): string =>
    named(at, language, { weekday }, 'weekday');

const hourOf12 = (at: Date): number => at.getUTCHours() % 12 || 12;

/** Before or after noon. */
const halfOf = (at: Date, language: string): string =>
  named(at, language, { hour: 'numeric', hour12: true }, 'dayPeriod');

const DAY_MS = 86_400_000;

const dayOfYear = (at: Date): number =>
  Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS);

const isLeap = (year: number): boolean => new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;

/** By ISO 8601: of the week that has the year's first Thursday. */
function weekOf(at: Date): { year: number; week: number } {
  const thursday = new Date(at.getTime() + (4 - (at.getUTCDay() || 7)) * DAY_MS);
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

/** In English, as PHP and WordPress have it in all languages. */
function ordinalOf(day: number): string {
  if (day > 10 && day < 14) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

/** Internet time: a day of 1,000 beats, from midnight in Biel. */
const beatOf = (at: Date): string =>
  String(Math.floor((((at.getTime() + 3_600_000) % DAY_MS) / DAY_MS) * 1000)).padStart(3, '0');

const isoOf = (at: Date): string => `${at.toISOString().slice(0, 19)}+00:00`;

/** What each letter of a format stands for. A day has no time zone: those of time say UTC. */
const SIGNS: Record<string, (at: Date, language: string, hasDay: boolean) => string> = {
  d: (at) => two(at.getUTCDate()),
  j: (at) => String(at.getUTCDate()),
  D: weekdayIn('short'),
  l: weekdayIn('long'),
  N: (at) => String(at.getUTCDay() || 7),
  S: (at) => ordinalOf(at.getUTCDate()),
  w: (at) => String(at.getUTCDay()),
  z: (at) => String(dayOfYear(at)),
  W: (at) => two(weekOf(at).week),
  F: monthIn('long'),
  M: monthIn('short'),
  m: (at) => two(at.getUTCMonth() + 1),
  n: (at) => String(at.getUTCMonth() + 1),
  t: (at) => String(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()),
  L: (at) => (isLeap(at.getUTCFullYear()) ? '1' : '0'),
  o: (at) => String(weekOf(at).year),
  Y: (at) => String(at.getUTCFullYear()),
  y: (at) => two(at.getUTCFullYear() % 100),
  a: (at, language) => halfOf(at, language).toLowerCase(),
  A: (at, language) => halfOf(at, language).toUpperCase(),
  B: beatOf,
  g: (at) => String(hourOf12(at)),
  G: (at) => String(at.getUTCHours()),
  h: (at) => two(hourOf12(at)),
  H: (at) => two(at.getUTCHours()),
  i: (at) => two(at.getUTCMinutes()),
  s: (at) => two(at.getUTCSeconds()),
  e: () => 'UTC',
  T: () => 'UTC',
  O: () => '+0000',
  P: () => '+00:00',
  c: isoOf,
  r: (at) => at.toUTCString().replace('GMT', '+0000'),
  U: (at) => String(Math.floor(at.getTime() / 1000)),
};
