/** What is shown of the site itself: as its source tells, and otherwise as `site.config.mjs` has it. */
import type { DayFormat } from './day';
import type { Frame, NavigationItem } from './facts';
import { SITE } from './site-config';

/** What pages, feed and pictures show of the site. */
export interface ShownSite {
  name: string;
  /** Empty if there is none. */
  tagline: string;
  description: string;
  language: string;
  icon?: string;
  navigation: readonly NavigationItem[];
  /** True if the navigation is not that of `site.config.mjs`. */
  hasMenu: boolean;
  days: DayFormat;
  /** The path of the newest posts; undefined if they have no page. */
  newest?: string;
}

/** What is shown of a site with this frame. */
export function shownSite(frame: Frame = {}): ShownSite {
  const { name = SITE.name, tagline = SITE.tagline, language = SITE.language } = frame;
  const { icon, navigation, dateFormat, newest = '/' } = frame;
  return {
    name,
    tagline,
    // A source that names the site describes it by its tagline.
    description: frame.name === undefined ? SITE.description : tagline || name,
    language,
    icon,
    navigation: navigation ?? SITE.navigation,
    hasMenu: navigation !== undefined,
    days: dateFormat === undefined ? { language: frame.language } : { language, dateFormat },
    newest: newest ?? undefined,
  };
}
