/** Days, as readers write them. */
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** Returns a day in words, in UTC, so that it is the same wherever the page is rendered. */
export const formatDay = (date: string): string => day.format(new Date(date));
