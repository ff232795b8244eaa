/** Whose site it is, for pages and machines: make it yours. Apart from `lib/site/site.ts`, which no browser needs. */
export const SITE_NAME = 'Evergreen';
export const TAGLINE = 'Always static, never stale.';
export const SITE_DESCRIPTION = 'A blog that is always static and never stale, and its own manual.';

/** The language of the pages, by BCP 47. */
export const SITE_LANGUAGE = 'en';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** A day as readers write it, in UTC, so that it is the same wherever the page is rendered. */
export const formatDay = (date: string): string => day.format(new Date(date));

/** Your other pages, such as https://social.example/@you: the home page links to them by rel=me. */
export const PROFILES: readonly string[] = [];
