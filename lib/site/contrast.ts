/** Which colours can be read on which. */
import { colord, extend } from 'colord';
import a11y from 'colord/plugins/a11y';
import type { SiteConfig } from './site-config';

extend([a11y]);

/** As WCAG has it for level AA. */
export const LEAST_CONTRAST = 4.5;

/** What is read, and all that it may stand on. */
const READ_ON = [
  ['text', ['page', 'raised', 'mark']],
  ['soft', ['page', 'raised']],
  ['accent', ['page', 'raised']],
] as const;

/** A colour of a configuration that cannot be read. */
interface Unreadable {
  path: string[];
  message: string;
}

/** The colours that cannot be read on what they stand on, each with a shade that can. */
export function withoutContrast(colours: SiteConfig['colours']): Unreadable[] {
  const problems: Unreadable[] = [];
  for (const scheme of ['light', 'dark'] as const) {
    for (const [name, grounds] of READ_ON) {
      const shade = colours[name][scheme];
      const low = grounds.find(
        (ground) => contrast(shade, colours[ground][scheme]) < LEAST_CONTRAST,
      );
      if (low === undefined) continue;
      // Cut, so that no contrast reads as the one that is asked for.
      const ratio = Math.floor(contrast(shade, colours[low][scheme]) * 100) / 100;
      const better = readableShade(
        shade,
        grounds.map((ground) => colours[ground][scheme]),
      );
      const remedy = better === undefined ? `change ${low}.${scheme}` : `${better} would do`;
      problems.push({
        path: [name, scheme],
        message: `${shade} has a contrast of ${ratio} on ${low} (${colours[low][scheme]}), and needs ${LEAST_CONTRAST}; ${remedy}`,
      });
    }
  }
  return problems;
}

/** An accent in the shades that can be read on light and on dark pages; undefined where there is none. */
export function readableAccent(
  accent: string,
  { page, raised }: SiteConfig['colours'],
): { light: string; dark: string } | undefined {
  const light = readableShade(accent, [page.light, raised.light]);
  const dark = readableShade(accent, [page.dark, raised.dark]);
  return light === undefined || dark === undefined ? undefined : { light, dark };
}

const contrast = (one: string, other: string): number => colord(one).contrast(other);

/** The colour, or its nearest lighter or darker shade, that can be read on all of these; undefined if there is none. */
function readableShade(colour: string, grounds: readonly string[]): string | undefined {
  const isReadable = (shade: string) =>
    grounds.every((ground) => contrast(shade, ground) >= LEAST_CONTRAST);
  if (isReadable(colour)) return colour;
  const { h, s, l } = colord(colour).toHsl();
  for (let by = 1; by <= 100; by++) {
    for (const lightness of [l - by, l + by]) {
      if (lightness < 0 || lightness > 100) continue;
      const shade = colord({ h, s, l: lightness }).toHex();
      if (isReadable(shade)) return shade;
    }
  }
  return undefined;
}
