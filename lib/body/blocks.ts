/**
 * What the classes and inline styles of WordPress's blocks become: classes of a fixed set, for which
 * `components/blocks.css` has rules. Nothing else of them passes, so that a body can neither take on a class
 * of the page around it, nor load anything by a style. Pure.
 */
import { colourOf, colourOfName, type Colour } from './block-colours';

/** The classes that pass as they are. */
const KEPT: readonly string[] = [
  ...['wp-block-columns', 'wp-block-column', 'is-not-stacked-on-mobile'],
  ...['top', 'center', 'bottom'].flatMap((side) => [
    `are-vertically-aligned-${side}`,
    `is-vertically-aligned-${side}`,
  ]),
  ...['is-layout-flex', 'is-layout-grid', 'is-layout-constrained', 'is-vertical', 'is-nowrap'],
  ...['left', 'center', 'right', 'space-between', 'stretch'].map(
    (side) => `is-content-justification-${side}`,
  ),
  ...['wp-block-buttons', 'wp-block-button', 'wp-block-button__link', 'wp-block-file__button'],
  ...[25, 50, 75, 100].map((width) => `wp-block-button__width-${width}`),
  ...['outline', 'rounded', 'stripes', 'dots', 'plain', 'large'].map((name) => `is-style-${name}`),
  ...['wp-block-gallery', 'blocks-gallery-grid', 'blocks-gallery-caption', 'is-cropped', 'is-grid'],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((count) => `columns-${count}`),
  ...['', '__image-background', '__background', '__inner-container'].map(
    (part) => `wp-block-cover${part}`,
  ),
  ...[0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((dim) => `has-background-dim-${dim}`),
  'is-light',
  ...['top', 'center', 'bottom'].flatMap((block) =>
    ['left', 'center', 'right'].map((inline) => `is-position-${block}-${inline}`),
  ),
  ...['', '__media', '__content'].map((part) => `wp-block-media-text${part}`),
  ...['is-stacked-on-mobile', 'has-media-on-the-right', 'is-image-fill'],
  ...[
    'wp-block-pullquote',
    'wp-block-verse',
    'wp-block-preformatted',
    'wp-block-details',
    'wp-block-spacer',
  ],
  ...['wp-block-audio', 'wp-block-video', 'wp-block-footnotes', 'has-fixed-layout'],
  ...['wp-block-social-links', 'wp-block-tag-cloud', 'wp-block-navigation__container'],
  ...['wp-block-latest-posts', 'wp-block-latest-comments', 'wp-block-post-template'],
  ...['wp-block-query-pagination', 'wp-block-calendar', 'wp-calendar-nav'],
  ...['left', 'center', 'right'].map((side) => `has-text-align-${side}`),
  ...['left', 'center', 'right', 'wide', 'full'].map((side) => `align${side}`),
  ...['has-drop-cap', 'has-inline-color'],
  ...['small', 'large', 'x-large', 'xx-large'].map((size) => `has-${size}-font-size`),
];

/** Older names, and those of shortcodes, as the ones that pass. */
const RENAMED: Readonly<Record<string, string>> = {
  'wp-block-cover-image': 'wp-block-cover',
  'wp-block-cover__gradient-background': 'wp-block-cover__background',
  'wp-block-cover__video-background': 'wp-block-cover__image-background',
  'wp-block-latest-posts__list': 'wp-block-latest-posts',
  'is-image-fill-element': 'is-image-fill',
  'is-flex-container': 'is-grid',
  'is-style-circle-mask': 'is-style-rounded',
  'is-style-solid-color': 'wp-soft',
  'items-justified-left': 'is-content-justification-left',
  'items-justified-center': 'is-content-justification-center',
  'items-justified-right': 'is-content-justification-right',
  'items-justified-space-between': 'is-content-justification-space-between',
  'has-normal-font-size': '',
  'has-larger-font-size': 'has-x-large-font-size',
  'has-huge-font-size': 'has-xx-large-font-size',
  'has-text-decoration-underline': 'wp-underline',
  'has-text-decoration-line-through': 'wp-struck',
  gallery: 'wp-block-gallery',
};

const GALLERY_COLUMNS = /^gallery-columns-([1-8])$/;

/** Widths in percent to which those of columns and media are rounded. */
const WIDTHS = [10, 15, 20, 25, 30, 33, 35, 40, 45, 50, 55, 60, 65, 67, 70, 75, 80, 85, 90];
/** Heights of spacers in pixels to which others are rounded: the fifth is five times the first and so on. */
const SPACES = [16, 32, 64, 100, 160];
/** Of fonts, in pixels; medium ones are those of the text. */
const SIZES: readonly (readonly [string, number])[] = [
  ['has-small-font-size', 13],
  ['', 18],
  ['has-large-font-size', 26],
  ['has-x-large-font-size', 36],
  ['has-xx-large-font-size', 46],
];
const RATIOS: readonly (readonly [string, number])[] = [
  ['wp-ratio-1-1', 1],
  ['wp-ratio-4-3', 4 / 3],
  ['wp-ratio-3-4', 3 / 4],
  ['wp-ratio-3-2', 3 / 2],
  ['wp-ratio-2-3', 2 / 3],
  ['wp-ratio-16-9', 16 / 9],
  ['wp-ratio-9-16', 9 / 16],
];

/** The classes that stand for inline styles. */
const MADE: readonly string[] = [
  ...WIDTHS.map((width) => `wp-width-${width}`),
  ...SPACES.map((_, index) => `wp-space-${index + 1}`),
  ...RATIOS.map(([name]) => name),
  ...['wp-round', 'wp-square', 'wp-low', 'wp-tall', 'wp-border'],
  ...['top', 'bottom', 'left', 'right'].map((side) => `wp-focus-${side}`),
  ...['wp-ink', 'wp-soft', 'wp-deep', 'wp-gray'],
  ...Array.from({ length: 12 }, (_, hue) => `wp-hue-${hue}`),
  ...['wp-bold', 'wp-italic', 'wp-upper', 'wp-lower', 'wp-capital', 'wp-underline', 'wp-struck'],
];

/** All classes that a block can have. */
export const BLOCK_CLASSES: ReadonlySet<string> = new Set([...KEPT, ...MADE]);
const PASSING: ReadonlySet<string> = new Set(KEPT);

/** The declarations of a `style` attribute, by name. A long one is none of a block. */
export function declarationsIn(style: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (typeof style !== 'string' || style.length > MOST_STYLE) return found;
  for (const [, name = '', value = ''] of style.matchAll(DECLARATION)) {
    found.set(name.toLowerCase(), value.trim());
  }
  return found;
}

const MOST_STYLE = 4000;
/** With addresses whole: they may hold a semicolon. */
const DECLARATION = /([\w-]+)\s*:((?:url\((?:"[^"]*"|'[^']*'|[^)"']*)\)|[^;])*)/gi;

/** The classes of the fixed set for those of an element and its style. */
export function blockClasses(
  written: readonly string[],
  styles: ReadonlyMap<string, string>,
): string[] {
  const classes = new Set<string>();
  for (const name of written) {
    const columns = GALLERY_COLUMNS.exec(name)?.[1];
    if (PASSING.has(name)) classes.add(name);
    else if (columns !== undefined) classes.add(`columns-${columns}`);
    else if (Object.hasOwn(RENAMED, name)) classes.add(RENAMED[name] ?? '');
  }
  for (const name of ofColours(written, styles)) classes.add(name);
  if (classes.has('wp-deep')) classes.delete('wp-soft');
  for (const [property, value] of styles) {
    for (const name of ofStyle(property, value, classes)) classes.add(name);
  }
  classes.delete('');
  return [...classes];
}

/** A ground decides the colour of the text on it, so that it can be read; a border is of the text's colour. */
function ofColours(written: readonly string[], styles: ReadonlyMap<string, string>): string[] {
  const named = (pattern: RegExp): Colour | undefined => {
    const name = written.map((one) => pattern.exec(one)?.[1]).find((one) => one !== undefined);
    return name === undefined ? undefined : colourOfName(name);
  };
  const styled = (...names: string[]): Colour | undefined =>
    names.map((name) => colourOf(styles.get(name) ?? '')).find((colour) => colour !== undefined);
  const ofGround =
    named(/^has-([\w-]+?)-(?:background-color|gradient-background)$/) ??
    styled('background-color', 'background');
  // A separator is a line: its ground is the line's colour.
  const isLine = written.includes('wp-block-separator');
  const ground = isLine ? undefined : ofGround;
  const text =
    named(
      /^has-(?!(?:text|link|inline|border|icon)-color$)([\w-]+?)(?<!-(?:background|border|icon|icon-background))-color$/,
    ) ??
    styled('color') ??
    (isLine ? ofGround : undefined);
  const border = named(/^has-([\w-]+?)-border-color$/) ?? styled('border-color', 'border');
  const isBordered =
    written.includes('has-border-color') || /[1-9]/.test(styles.get('border-width') ?? '');
  const frame = isBordered || border ? ['wp-border'] : [];
  if (ground?.isVisible) return [ground.isDark ? 'wp-deep' : 'wp-soft', hueOf(ground), ...frame];
  // Black and white are the colours of the page's own text.
  if (text?.hue !== undefined) return ['wp-ink', hueOf(text), ...frame];
  // Of a colour that nothing tells.
  if (written.includes('has-background') && !isLine && !ofGround) frame.push('wp-soft');
  return border?.hue === undefined ? frame : [...frame, hueOf(border)];
}

const hueOf = ({ hue }: Colour): string => (hue === undefined ? 'wp-gray' : `wp-hue-${hue}`);

/** What a declaration stands for, by its property; `on` are the only classes where it has a meaning. */
const STYLES: Readonly<Record<string, { on?: string[]; classes: (value: string) => string[] }>> = {
  'flex-basis': { on: ['wp-block-column'], classes: (value) => widthOf(value) },
  'grid-template-columns': { on: ['wp-block-media-text'], classes: (value) => widthOf(value) },
  height: { on: ['wp-block-spacer'], classes: (value) => spaceOf(value) },
  'min-height': { on: ['wp-block-cover'], classes: (value) => tallnessOf(value) },
  'object-position': { classes: (value) => focusOf(value) },
  'background-position': {
    on: ['wp-block-cover', 'wp-block-cover__image-background', 'wp-block-media-text__media'],
    classes: (value) => focusOf(value),
  },
  'text-align': {
    classes: (value) => {
      const side = oneOf(value, {
        start: 'left',
        left: 'left',
        center: 'center',
        end: 'right',
        right: 'right',
      });
      return side.map((one) => `has-text-align-${one}`);
    },
  },
  'font-size': { classes: (value) => sizeOf(value) },
  'font-weight': { classes: (value) => (/^(?:[6-9]00|bold)/.test(value) ? ['wp-bold'] : []) },
  'font-style': { classes: (value) => oneOf(value, { italic: 'wp-italic', oblique: 'wp-italic' }) },
  'text-transform': {
    classes: (value) =>
      oneOf(value, { uppercase: 'wp-upper', lowercase: 'wp-lower', capitalize: 'wp-capital' }),
  },
  'text-decoration': {
    classes: (value) => oneOf(value, { underline: 'wp-underline', 'line-through': 'wp-struck' }),
  },
  'border-radius': { classes: (value) => roundingOf(value) },
  'aspect-ratio': { classes: (value) => ratioOf(value) },
};

function ofStyle(property: string, value: string, classes: ReadonlySet<string>): string[] {
  const known = Object.hasOwn(STYLES, property) ? STYLES[property] : undefined;
  if (!known || (known.on && !known.on.some((name) => classes.has(name)))) return [];
  return known.classes(value);
}

function oneOf(value: string, names: Readonly<Record<string, string>>): string[] {
  const [first = ''] = value.toLowerCase().split(/[\s!]/);
  const name = Object.hasOwn(names, first) ? names[first] : undefined;
  return name === undefined ? [] : [name];
}

const nearest = <T>(
  wanted: number,
  among: readonly T[],
  valueOf: (one: T) => number,
): T | undefined =>
  among.reduce<T | undefined>(
    (best, one) =>
      best === undefined || Math.abs(valueOf(one) - wanted) < Math.abs(valueOf(best) - wanted)
        ? one
        : best,
    undefined,
  );

/** Also of `20% auto` and `auto 20%`. */
function widthOf(value: string): string[] {
  const percent = /(?:^|\s)([\d.]+)%/.exec(value)?.[1];
  if (percent === undefined || Number(percent) >= 95) return [];
  return [`wp-width-${nearest(Number(percent), WIDTHS, (width) => width)}`];
}

/** In pixels, of the first length that is written; the largest one of `clamp()`. */
function pixelsOf(value: string): number | undefined {
  const lengths = [...value.matchAll(/([\d.]+)(px|pt|r?em|%|vh)/g)].map(
    ([, number, unit = 'px']) => Number(number) * (PIXELS[unit] ?? 1),
  );
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

const PIXELS: Readonly<Record<string, number>> = { pt: 4 / 3, em: 18, rem: 16, '%': 0.18, vh: 8 };

function sizeOf(value: string): string[] {
  const preset = /--wp--preset--font-size--([\w-]+)/.exec(value)?.[1];
  const name = preset === undefined ? undefined : `has-${preset}-font-size`;
  if (name !== undefined) return PASSING.has(name) ? [name] : [RENAMED[name] ?? ''];
  const pixels = pixelsOf(value);
  return pixels === undefined ? [] : [nearest(pixels, SIZES, ([, size]) => size)?.[0] ?? ''];
}

function roundingOf(value: string): string[] {
  const pixels = pixelsOf(value);
  if (pixels === undefined) return /^0/.test(value) ? ['wp-square'] : [];
  if (/%/.test(value)) return ['wp-round'];
  return pixels < 3 ? ['wp-square'] : pixels < 24 ? [] : ['wp-round'];
}

function ratioOf(value: string): string[] {
  const [, width, height = '1'] = /([\d.]+)\s*(?:\/\s*([\d.]+))?/.exec(value) ?? [];
  const ratio = Number(width) / Number(height);
  return ratio > 0 ? [nearest(Math.log(ratio), RATIOS, ([, one]) => Math.log(one))?.[0] ?? ''] : [];
}

/** The third of a picture that has to be seen, across and down. */
function focusOf(value: string): string[] {
  const [x = 50, y = 50] = value.match(/[\d.]+(?=%)/g)?.map(Number) ?? [];
  return [
    x < 33 ? 'wp-focus-left' : x > 67 ? 'wp-focus-right' : '',
    y < 33 ? 'wp-focus-top' : y > 67 ? 'wp-focus-bottom' : '',
  ];
}

/** WordPress's own steps are named by numbers from 20 to 80. */
function spaceOf(value: string): string[] {
  const step = /--wp--preset--spacing--(\d+)/.exec(value)?.[1];
  const pixels = step === undefined ? pixelsOf(value) : 1.5 ** ((Number(step) - 20) / 10) * 7;
  if (pixels === undefined) return [];
  const space = nearest(pixels, SPACES, (one) => one) ?? 0;
  return [`wp-space-${SPACES.indexOf(space) + 1}`];
}

function tallnessOf(value: string): string[] {
  const pixels = pixelsOf(value);
  return pixels === undefined ? [] : pixels < 200 ? ['wp-low'] : pixels > 520 ? ['wp-tall'] : [];
}
