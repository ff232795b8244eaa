/** What a source tells of the site itself, beside its posts. */
import type { Aliases } from './other-addresses';
import type { Link } from './views';

/** A link of the navigation: to a path of this site, or to an address elsewhere. */
export interface NavigationLink {
  title: string;
  href: string;
}

/** An item of the navigation. One that has others below it need not lead anywhere itself. */
export interface NavigationItem {
  title: string;
  href?: string;
  below?: NavigationLink[];
}

/** What every page shows of the site; of what is absent it is what `site.config.mjs` has. */
export interface Identity {
  name?: string;
  /** Empty where the owner wants none. */
  tagline?: string;
  /** By BCP 47. */
  language?: string;
  /** The address of the icon. */
  icon?: string;
  /** How days are written, as PHP's `date` has it: `F j, Y`. */
  dateFormat?: string;
  navigation?: NavigationItem[];
}

/** What a source tells of the site. */
export interface SiteFacts {
  identity?: Identity;
  /** Where the newest posts stand if a standalone page is at `/`, and how that page is called. */
  postsPage?: Link;
  /** The paths of the posts that stand first on the page of the newest. */
  sticky: readonly string[];
  /** The other addresses of what is on the site. */
  aliases: Aliases;
  /** What lists of categories and tags are about, by their paths. */
  descriptions: ReadonlyMap<string, string>;
}

/** Those of a source that tells nothing, such as a folder. */
export const NO_FACTS: SiteFacts = { sticky: [], aliases: new Map(), descriptions: new Map() };

/** What the frame of every page shows of the site: header, footer, and what machines read. */
export interface Frame extends Identity {
  /** The path of the newest posts, where that is not `/`; null if they have no page. */
  newest?: string | null;
}

/** The frame of a site whose newest posts are at a path; undefined where all is as without facts. */
export function frameOf({ identity }: SiteFacts, newest: string | undefined): Frame | undefined {
  if (newest === '/') return identity;
  return { ...identity, newest: newest ?? null };
}
