/**
 * The colours that blocks of WordPress have, as the nearest of a few that can be read on light and on dark
 * pages: twelve hues and gray, each as a text, as a light ground and as a deep one. Pure.
 */

/** One of the twelve hues, by their place on the wheel; undefined for gray. */
export interface Colour {
  hue?: number;
  isDark: boolean;
  /** False for what nobody sees. */
  isVisible: boolean;
}

/** The palette that WordPress has whatever its theme is. */
const PALETTE: Readonly<Record<string, string>> = {
  black: '#000000',
  'cyan-bluish-gray': '#abb8c3',
  white: '#ffffff',
  'pale-pink': '#f78da7',
  'vivid-red': '#cf2e2e',
  'luminous-vivid-orange': '#ff6900',
  'luminous-vivid-amber': '#fcb900',
  'light-green-cyan': '#7bdcb5',
  'vivid-green-cyan': '#00d084',
  'pale-cyan-blue': '#8ed1fc',
  'vivid-cyan-blue': '#0693e3',
  'vivid-purple': '#9b51e0',
  // Gradients of the same names: the colour in their middle.
  'luminous-dusk': '#c751c0',
  'pale-ocean': '#b6e3d4',
  'electric-grass': '#9be37f',
  midnight: '#1550bf',
  'blush-light-purple': '#ccb2ee',
  'blush-bordeaux': '#fe2d2d',
  'cool-to-warm-spectrum': '#cf2aba',
};

/** Hues by the words that stylesheets and themes name them by. */
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/red|crimson|maroon|tomato/, 0],
  [/orange|brown|coral|salmon/, 1],
  [/yellow|amber|gold/, 2],
  [/lime|olive/, 3],
  [/green/, 4],
  [/mint|emerald/, 5],
  [/cyan|teal|aqua|turquoise/, 6],
  [/blue/, 7],
  [/navy|indigo/, 8],
  [/purple|violet/, 9],
  [/magenta|fuchsia|lilac/, 10],
  [/pink|rose/, 11],
];

/** The colour of a palette's name, such as `vivid-red`. Themes have names of their own: what they say of it. */
export function colourOfName(name: string): Colour {
  const [first = ''] = name.split('-to-');
  const written = Object.hasOwn(PALETTE, first) ? PALETTE[first] : undefined;
  if (written !== undefined) return colourOf(written) ?? GRAY;
  const hue = WORDS.find(([word]) => word.test(name))?.[1];
  const isDark =
    /black|dark|deep|vivid|contrast|navy|maroon/.test(name) ||
    (hue !== undefined && !/light|pale/.test(name));
  return { hue, isDark, isVisible: name !== 'transparent' };
}

const GRAY: Colour = { isDark: false, isVisible: true };

/** The colour that a style names: the first one of a gradient. Undefined if it names none. */
export function colourOf(style: string): Colour | undefined {
  const preset = /--wp--preset--(?:color|gradient)--([\w-]+)/.exec(style)?.[1];
  if (preset !== undefined) return colourOfName(preset);
  const [, hex, rgb] = /#([\da-f]{3,8})\b|\brgba?\(([^)]*)\)/i.exec(style) ?? [];
  if (hex !== undefined) return ofNumbers(numbersOfHex(hex));
  if (rgb !== undefined) return ofNumbers(numbersIn(rgb));
  const word = /^\s*([a-z]+)\s*$/i.exec(style)?.[1]?.toLowerCase();
  return word === undefined || /^(?:inherit|initial|unset|currentcolor|none)$/.test(word)
    ? undefined
    : colourOfName(word);
}

function numbersOfHex(hex: string): number[] {
  const pairs = hex.length < 6 ? hex.match(/./g)?.map((digit) => digit + digit) : hex.match(/../g);
  return (pairs ?? []).map((pair, index) => parseInt(pair, 16) / (index === 3 ? 255 : 1));
}

const numbersIn = (written: string): number[] =>
  written
    .split(/[\s,/]+/)
    .filter((part) => part !== '')
    .map((part, index) => parseFloat(part) * (part.endsWith('%') && index < 3 ? 2.55 : 1));

/** Below this nobody calls it red or green. */
const LEAST_CHROMA = 0.12;
/** Relative luminance from which black is read better than white. */
const LIGHT_FROM = 0.36;

function ofNumbers([red = NaN, green = NaN, blue = NaN, alpha = 1]: number[]): Colour | undefined {
  const channels = [red, green, blue].map((value) => Math.min(Math.max(value, 0), 255) / 255);
  if (channels.some(Number.isNaN)) return undefined;
  const [r = 0, g = 0, b = 0] = channels;
  const most = Math.max(r, g, b);
  const chroma = most - Math.min(r, g, b);
  const [lr = 0, lg = 0, lb = 0] = channels.map((value) => value ** 2.2);
  const isDark = 0.2126 * lr + 0.7152 * lg + 0.0722 * lb < LIGHT_FROM;
  const isVisible = alpha > 0;
  if (chroma < LEAST_CHROMA) return { isDark, isVisible };
  const sixth =
    most === r ? (g - b) / chroma : most === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  return { hue: Math.round(sixth * 2 + 12) % 12, isDark, isVisible };
}
