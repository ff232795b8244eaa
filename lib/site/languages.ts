/** The languages of the site: its own, and further ones, each a section of its own below its code. */
import { SITE } from './site-config';

/** The code of a further language, as its paths begin: `tr` of `/tr/…`. The site's own language has none. */
export type Section = string;

/** The codes of the further languages, in the order of `site.config.mjs`. */
export const SECTIONS: readonly Section[] = Object.keys(SITE.languages ?? {});

const KNOWN: ReadonlySet<string> = new Set(SECTIONS);

/** The section of a post in a language, by BCP 47; undefined where it stands among those of the site's own. */
export function sectionOf(language: string | undefined): Section | undefined {
  if (language === undefined || KNOWN.size === 0) return undefined;
  const code = language.toLowerCase();
  if (KNOWN.has(code)) return code;
  const [base = ''] = code.split('-', 1);
  return KNOWN.has(base) ? base : undefined;
}

/** What the paths of a section begin with. */
export const prefixOf = (section: Section | undefined): string =>
  section === undefined ? '' : `/${section}`;

/** The section of a path. */
export function sectionOfPath(path: string): Section | undefined {
  const [, first = ''] = path.split('/', 2);
  return KNOWN.has(first) ? first : undefined;
}

/** The language of a section, as BCP 47 writes it: pt-BR. */
export const languageOfSection = (section: Section): string =>
  Intl.getCanonicalLocales(section)[0] ?? section;

/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

/** The direction of a language's script. */
export type Direction = 'ltr' | 'rtl';

/** The direction in which a language is written, by its tag. */
export const directionOf = onceForEach((language): Direction =>
  RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr',
);

/** What a language calls itself: Türkçe. */
export const nameOfLanguage = onceForEach(
  (language) => new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language,
);

/** Languages are few, what `Intl` makes for them is made slowly, and each component of a page asks. */
function onceForEach<Value>(make: (language: string) => Value): (language: string) => Value {
  const made = new Map<string, Value>();
  return (language) => {
    const value = made.get(language) ?? make(language);
    made.set(language, value);
    return value;
  };
}
