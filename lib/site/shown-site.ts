/** What is shown of the site itself: as its source tells, and otherwise as `site.config.mjs` has it. */
import type { DayFormat } from './day';
import type { Frame, NavigationItem } from './facts';
import {
  directionOf,
  languageOfSection,
  nameOfLanguage,
  prefixOf,
  SECTIONS,
  type Direction,
  type Section,
} from './languages';
import { SITE, type ChosenLink } from './site-config';
import { wordsOf, type Words } from './words/words';

/** A language of the site. */
export interface SiteLanguage {
  /** By BCP 47. */
  language: string;
  /** What it calls itself. */
  name: string;
  /** Its home page. */
  path: string;
}

/** What pages, feed and pictures show of the site. */
export interface ShownSite {
  name: string;
  /** Empty if there is none. */
  tagline: string;
  description: string;
  /** Who writes here, in one sentence. */
  about: string;
  /** By BCP 47: of the page, and of all that the site itself says on it. */
  language: string;
  direction: Direction;
  words: Words;
  /** All languages of the site with their home pages; empty where there is one. */
  languages: readonly SiteLanguage[];
  /** What the paths of its pages begin with: `/tr`, or nothing in the site's own language. */
  prefix: string;
  icon?: string;
  navigation: readonly NavigationItem[];
  /** What stands at the foot of each page besides. */
  footer: readonly ChosenLink[];
  /** True if the navigation is not that of `site.config.mjs`. */
  hasMenu: boolean;
  days: DayFormat;
  /** The path of the newest posts; undefined if they have no page. */
  newest?: string;
}

/** What is shown of a site with this frame, on pages of a section. */
export function shownSite(frame: Frame = {}, section?: Section): ShownSite {
  return section === undefined ? ownLanguage(frame) : furtherLanguage(frame, section);
}

function ownLanguage(frame: Frame): ShownSite {
  const { name = SITE.name, tagline = SITE.tagline, language = SITE.language } = frame;
  const { icon, navigation, dateFormat, newest = '/' } = frame;
  // A source that names the site describes it by its tagline.
  const description = frame.name === undefined ? SITE.description : tagline || name;
  return {
    name,
    tagline,
    description,
    about: SITE.owner?.about ?? description,
    ...inLanguage(language),
    languages: languagesWith(language),
    prefix: '',
    icon,
    navigation: navigation ?? SITE.navigation,
    hasMenu: navigation !== undefined,
    footer: SITE.footer ?? [],
    days: { language, dateFormat },
    newest: newest ?? undefined,
  };
}

function furtherLanguage(frame: Frame, section: Section): ShownSite {
  const own = ownLanguage(frame);
  const language = languageOfSection(section);
  const { name = own.name, ...said } = SITE.languages?.[section] ?? {};
  const { tagline = own.tagline, description = own.description, footer = [] } = said;
  const prefix = prefixOf(section);
  const inOwnWords = inLanguage(language);
  const { words } = inOwnWords;
  return {
    ...own,
    name,
    tagline,
    description,
    about: said.about ?? description,
    ...inOwnWords,
    prefix,
    navigation: said.navigation ?? [
      { title: words.topics, href: `${prefix}/topics` },
      { title: words.search, href: `${prefix}/search` },
    ],
    hasMenu: false,
    footer,
    days: { language },
    newest: prefix,
  };
}

const inLanguage = (language: string) => ({
  language,
  direction: directionOf(language),
  words: wordsOf(language),
});

const languagesWith = (own: string): SiteLanguage[] =>
  SECTIONS.length === 0
    ? []
    : [
        { language: own, name: nameOfLanguage(own), path: '/' },
        ...SECTIONS.map((section) => {
          const language = languageOfSection(section);
          return { language, name: nameOfLanguage(language), path: prefixOf(section) };
        }),
      ];
