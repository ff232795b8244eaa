/** Dates as bloggers and their generators write them. Pure. */

/** An instant, and the day that its author has then, where that is another than in UTC. */
export interface WrittenDate {
  /** ISO 8601 in UTC. */
  at: string;
  day?: string;
}

/** A date, or why it is none. */
export type ReadDate =
  { date: WrittenDate; problem?: undefined } | { date?: undefined; problem: string };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones by names that are no names of places, in hours. */
const ZONES: Record<string, number> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
  bst: 1,
  jst: 9,
};

const TIME =
  '(?:(?:\\s*,?\\s+(?:at\\s+)?|[Tt])(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d+))?)?' +
  '(?:\\s*(?<half>[ap])\\.?m\\.?)?' +
  '(?:\\s*(?:(?:GMT|UTC)?(?<offset>[+-]\\d{1,2}(?::?\\d{2})?)|(?<zone>[A-Za-z]{1,4}))(?:\\s*\\([^)]*\\))?)?)?';
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,?\\s+)?';
const MONTH = '(?<month>[A-Za-z]{3,9})\\.?';
const NTH = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';

/** The forms, the usual first. */
const FORMS = [
  `(?<year>\\d{4})(?<sign>[-/.])(?<month>\\d{1,2})\\k<sign>(?<day>\\d{1,2})${TIME}`,
  `(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})`,
  `${WEEKDAY}${MONTH}\\s+${NTH},?\\s+(?<year>\\d{4})${TIME}`,
  `${WEEKDAY}${NTH}(?:\\s+of)?[\\s-]+${MONTH},?[\\s-]+(?<year>\\d{4})${TIME}`,
  // As `ctime` and Ruby have it.
  `${WEEKDAY}${MONTH}\\s+${NTH}\\s+(?<hour>\\d{1,2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:\\s+(?<offset>[+-]\\d{4})|\\s+(?<zone>[A-Z]{1,4}))?\\s+(?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/** Which of both the month is cannot be told, unless one is more than twelve. */
const DAY_OR_MONTH = /^(?<one>\d{1,2})[-/.](?<other>\d{1,2})[-/.](?<year>\d{4})$/;

/** In seconds, or in ms since 1970. */
const TIMESTAMP = /^\d{10}(?:\d{3})?$/;

const EXPECTED =
  'must be an ISO date or date-time, for example 2026-11-22 or 2026-11-22T09:00:00+03:00';

/** Reads a date. Without a zone it is in UTC. */
export function readDate(written: string): ReadDate {
  const text = written.trim().replace(/\s+/g, ' ');
  const no = (why: string): ReadDate => ({
    problem: `${EXPECTED}; ${JSON.stringify(text)} ${why}`,
  });
  if (text.length > 100) return { problem: EXPECTED };
  if (TIMESTAMP.test(text)) {
    return { date: { at: new Date(Number(text) * (text.length === 10 ? 1000 : 1)).toISOString() } };
  }
  const either = DAY_OR_MONTH.exec(text)?.groups;
  if (either) {
    const [one, other] = [Number(either.one), Number(either.other)];
    if (one <= 12 && other <= 12 && one !== other) return no('may be two days');
    const [month, day] = one > 12 ? [other, one] : [one, other];
    return dateOf({ year: either.year, month: String(month), day: String(day) }) ?? no('is no day');
  }
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (!groups) continue;
    return dateOf(groups) ?? no('is no day, or no time of one');
  }
  return no('is none that can be read');
}

type Parts = Partial<Record<string, string>>;

function dateOf(parts: Parts): ReadDate | undefined {
  const year = Number(parts.year);
  const month = monthOf(parts.month ?? '');
  const day = Number(parts.day);
  const offset = offsetOf(parts);
  const hour = hourOf(parts);
  const [minute, second] = [Number(parts.minute ?? 0), Number(parts.second ?? 0)];
  if (month === undefined || offset === undefined || hour === undefined) return undefined;
  if (minute > 59 || second > 60) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (
    midnight.getUTCFullYear() !== year ||
    midnight.getUTCMonth() !== month - 1 ||
    midnight.getUTCDate() !== day
  )
    return undefined;
  const ms = Math.floor(Number(`0.${parts.fraction ?? 0}`) * 1000);
  const atMs = midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
  const at = new Date(atMs).toISOString();
  // The day as it is written: that of its author.
  const written = midnight.toISOString().slice(0, 10);
  return { date: { at, day: written === at.slice(0, 10) ? undefined : written } };
}

function monthOf(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const index = MONTHS.indexOf(written.slice(0, 3).toLowerCase());
  return index < 0 ? undefined : index + 1;
}

function hourOf({ hour: written, half }: Parts): number | undefined {
  const hour = Number(written ?? 0);
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

/** In minutes east of UTC. */
function offsetOf({ offset, zone }: Parts): number | undefined {
  if (offset !== undefined) {
    const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset) ?? [];
    const all = Number(hours) * 60 + Number(minutes);
    return Number(minutes) > 59 || all > 14 * 60 ? undefined : sign === '-' ? -all : all;
  }
  if (zone === undefined) return 0;
  const hours = Object.hasOwn(ZONES, zone.toLowerCase()) ? ZONES[zone.toLowerCase()] : undefined;
  return hours === undefined ? undefined : hours * 60;
}
