/** Numbers, times and dates as the console writes them: in English, in UTC. */

/** Returns a number with separators: `12,345`. */
export const numberOf = (value: number): string => value.toLocaleString('en');

/** Returns how long something took: `340 ms`, `1.2 s`, `3.5 min`. */
export function durationOf(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** Returns the parts of a list that are there, with commas between them. */
export const listOf = (parts: readonly (string | false | undefined)[]): string =>
  parts.filter(Boolean).join(', ');

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});
const hourFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});

/** Returns a day: `27 Nov`. */
export const dayOf = (ms: number): string => dayFormat.format(ms);

/** Returns an hour: `18:00`. */
export const hourOf = (ms: number): string => hourFormat.format(ms);

/** Returns a moment to the second: `27 Nov 2026, 18:00:05 UTC`. */
export function momentOf(time: string | number): string {
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return Number.isFinite(ms) ? `${momentFormat.format(ms)} UTC` : 'an unknown time';
}
