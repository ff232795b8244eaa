/** What the owner sets in `site.config.mjs`, as pages, feed and pictures use it. */
import config from '../../site.config.mjs';
import type { Hooks } from './hooks';

/** A colour as `#rrggbb`, for light and for dark screens. */
export interface Colour {
  light: string;
  dark: string;
}

/** The stylesheet has each as a property, such as `--accent`. */
type ColourName = 'accent' | 'text' | 'soft' | 'page' | 'raised' | 'line' | 'mark';

/** What a WordPress decides of the site, where one is its source. */
export interface WordPressConfig {
  /** Where its posts stand; by default at `/blog/<slug>`. */
  posts?: 'blog' | 'permalinks';
  /** Whose name, tagline, icon, language, date format and navigation count; by default WordPress's. */
  identity?: 'wordpress' | 'config';
}

/** A link that the owner chose, to a path of this site or an address elsewhere. */
export interface ChosenLink {
  title: string;
  href: string;
}

/** Whose site it is, on its home page. */
export interface OwnerConfig {
  /** One sentence. */
  about?: string;
  /** A file in `public/`, such as `/me.jpg`, or an address with https. */
  picture?: string;
}

/** What the site says of itself in a further language; what is left out is as in its own. */
export interface LanguageConfig {
  name?: string;
  tagline?: string;
  description?: string;
  about?: string;
  navigation?: ChosenLink[];
  footer?: ChosenLink[];
}

/** An author, as the box below their posts describes them. */
export interface AuthorConfig {
  about?: string;
  /** A path of this site, or an address elsewhere: of a square. */
  picture?: string;
  links?: { title: string; href: string }[];
}

/** What `site.config.mjs` exports. Each member is described there. */
export interface SiteConfig {
  name: string;
  tagline: string;
  description: string;
  author?: string;
  /** By their names. */
  authors?: Record<string, AuthorConfig>;
  language: string;
  /** The further languages by their codes. */
  languages?: Record<string, LanguageConfig>;
  colours: Record<ColourName, Colour>;
  owner?: OwnerConfig;
  /** Whose font its text is set in; by default its own. */
  fonts?: 'own' | 'system';
  navigation: ChosenLink[];
  /** What stands at the foot of each page besides. */
  footer?: ChosenLink[];
  /** An address alone is shown by its host. */
  profiles: (string | ChosenLink)[];
  wordpress?: WordPressConfig;
  hooks?: Hooks;
}

/** The site's own. next.config.js has checked it: see `lib/site/check-site-config.ts`. */
export const SITE: SiteConfig = config;
