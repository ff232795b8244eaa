/** The stylesheet with the colours of the site. */
import type { SiteConfig } from './site-config';

/** Returns a stylesheet after a rule that sets each colour as a property, such as `--accent`. */
export function withColours(stylesheet: string, colours: SiteConfig['colours']): string {
  const properties = Object.entries(colours).map(
    ([name, { light, dark }]) => `--${name}: light-dark(${light}, ${dark});`,
  );
  return `:root { ${properties.join(' ')} }\n${stylesheet}`;
}
