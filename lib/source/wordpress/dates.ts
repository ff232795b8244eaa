/** Dates as WordPress's REST API writes them. Pure. */

/** The day in a date without a zone. */
export const dayIn = (date: string | null): string | undefined =>
  /^(\d{4}-\d\d-\d\d)T/.exec(date ?? '')?.[1];

/** In UTC, which WordPress does not say. */
export function dateOf(gmt: string | null): string | undefined {
  const ms = Date.parse(`${gmt ?? ''}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
