/** The stylesheet with the fonts and the colours of the site. */
import type { SiteConfig } from './site-config';

/** Returns a stylesheet after a rule that sets each colour as a property, such as `--accent`. */
export function withColours(stylesheet: string, colours: SiteConfig['colours']): string {
  const properties = Object.entries(colours).map(
    ([name, { light, dark }]) => `--${name}: light-dark(${light}, ${dark});`,
  );
  return `:root { ${properties.join(' ')} }\n${stylesheet}`;
}

/** Returns the path of the file that each page waits for: the first of the stylesheet of fonts. */
export function firstFontOf(fonts: string): string {
  const [, path] = /url\(([^)]+)\)/.exec(fonts) ?? [];
  if (path === undefined) throw new Error('components/fonts.css names no file');
  return path;
}
