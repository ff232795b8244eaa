/** A moment as the console shows it: when it was or will be, and how far that is from now. */
import { countOf } from '../../lib/count-of';
import { momentOf } from './words';

const UNITS = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
] as const;

/** Returns how far two times are apart: `12 seconds`, `3 hours`. */
export function spanOf(ms: number): string {
  const span = Math.max(0, Math.abs(ms));
  const [name, length] = UNITS.findLast(([, one]) => span >= one) ?? UNITS[0];
  return countOf(Math.floor(span / length), name);
}

/** A moment, `3 minutes ago` or `in 2 days`, with the time itself. */
export function Moment({ atMs, nowMs }: { atMs: number; nowMs: number }) {
  const span = spanOf(atMs - nowMs);
  const moment = momentOf(atMs);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={moment}>
      {atMs > nowMs ? `in ${span}` : `${span} ago`}
    </time>
  );
}
