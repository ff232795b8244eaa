/** What the site is called, for pages and machines. Apart from `lib/site.ts`, which no browser needs. */
export const SITE_NAME = 'Evergreen';
export const SITE_DESCRIPTION = 'A blog that is always static and never stale, and its own manual.';
