/** The stylesheet with the fonts and the colours of the site. */
import type { SiteConfig } from './site-config';

/** Returns a stylesheet after a rule that sets each colour as a property, such as `--accent`. */
export function withColours(stylesheet: string, colours: SiteConfig['colours']): string {
  const properties = Object.entries(colours).map(
    ([name, { light, dark }]) => `--${name}: light-dark(${light}, ${dark});`,
  );
  return `:root { ${properties.join(' ')} }\n${stylesheet}`;
}

/** A part of the site's font, which pages with letters of it load. */
export interface FontPart {
  path: string;
  /** True for slanted letters. */
  isItalic: boolean;
  /** What a class of a regular expression with the flag `u` holds for its letters. */
  letters: string;
}

const FACE = /@font-face\s*\{[^}]*\}/g;

/** Returns the parts that a stylesheet of fonts names, in their order. */
export function fontPartsOf(fonts: string): FontPart[] {
  return (fonts.match(FACE) ?? []).flatMap((face) => {
    const [, path] = /url\(([^)]+)\)/.exec(face) ?? [];
    const [, ranges] = /unicode-range:([^;}]+)/.exec(face) ?? [];
    if (path === undefined || ranges === undefined) return [];
    const letters = ranges
      .split(',')
      .map((range) => range.trim().slice('U+'.length).split('-'))
      .map((ends) => ends.map((hex) => `\\u{${hex}}`).join('-'));
    return [{ path, isItalic: /font-style:\s*italic/.test(face), letters: letters.join('') }];
  });
}
