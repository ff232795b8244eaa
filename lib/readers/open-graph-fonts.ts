/**
 * The fonts of Open Graph images: Inter, and for what it lacks the fonts of other scripts, of which only those files
 * are read that have a letter of the texts. All come from installed packages.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { SatoriOptions } from 'satori';

type Fonts = SatoriOptions['fonts'];

/** What the texts of an image are set in. */
export interface ImageFonts {
  fonts: Fonts;
  /** The names of the fonts, the first choice first. */
  family: string;
  /** The letters that none of them has. */
  lacking: ReadonlySet<string>;
}

const INTER = [
  ...['latin', 'latin-ext', 'vietnamese'],
  ...['greek', 'greek-ext', 'cyrillic', 'cyrillic-ext'],
];
const WEIGHTS = [400, 700] as const;

/** The fonts of scripts that are one piece each, by the name of that piece. Not Noto's Arabic, of which satori misplaces the dots. */
const WHOLE: Record<string, string> = {
  arabic: 'vazirmatn',
  hebrew: 'noto-sans-hebrew',
  devanagari: 'noto-sans-devanagari',
  thai: 'noto-sans-thai',
};
/**
 * Those of thousands of letters, in a hundred pieces each. They share letters, which each draws in its own way: the
 * language decides which is asked first.
 */
const HAN = { ja: ['jp', 'sc', 'kr'], ko: ['kr', 'sc', 'jp'], zh: ['sc', 'jp', 'kr'] };

// Not by a literal name in `import` or `require`: these are files to read, not modules to bundle.
const packages = createRequire(path.resolve(/* turbopackIgnore: true */ 'package.json'));

/** Drawn as pictures. */
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|[\ufe0f\u20e3]/u;

/** The fonts that the texts of an image need. */
export async function fontsFor(text: string, language: string): Promise<ImageFonts> {
  const inter = await loadInter();
  const lacking = new Set<string>();
  for (const letter of text) {
    const isKnown = inter.ranges.some((range) => range.has(letter)) || EMOJI.test(letter);
    if (!isKnown && /\S/.test(letter)) lacking.add(letter);
  }
  const family = INTER.join(', ');
  // The same array each time: satori keeps what it learned of it.
  if (lacking.size === 0) return { fonts: inter.fonts, family, lacking };
  const more: Fonts = [];
  for (const script of [...Object.keys(WHOLE), ...HAN[hanOf(text, language)]]) {
    for (const part of await partsOf(script)) {
      const letters = [...lacking].filter((letter) => part.range.has(letter)).join('');
      if (letters === '') continue;
      for (const letter of letters) lacking.delete(letter);
      more.push(...(await part.fonts(letters)));
    }
    if (lacking.size === 0) break;
  }
  const names = more.filter(({ weight }) => weight === 400).map(({ name }) => name);
  return { fonts: [...inter.fonts, ...more], family: [family, ...names].join(', '), lacking };
}

/** By the language, and where that says nothing by letters that only one has. */
function hanOf(text: string, language: string): keyof typeof HAN {
  const [base = ''] = language.split('-');
  if (base === 'ja' || base === 'ko' || base === 'zh') return base;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  return /\p{Script=Hangul}/u.test(text) ? 'ko' : 'zh';
}

/** The letters of a part of a font, as its package writes them: `U+0600-06FF,U+0750`. */
class Range {
  private readonly pairs: [from: number, to: number][];

  constructor(written: string) {
    this.pairs = written.split(',').map((one) => {
      const [from = '', to = from] = one.replace('U+', '').split('-');
      return [parseInt(from, 16), parseInt(to, 16)];
    });
  }

  has(letter: string): boolean {
    const code = letter.codePointAt(0) ?? -1;
    return this.pairs.some(([from, to]) => code >= from && code <= to);
  }
}

const rangesIn = async (name: string): Promise<[part: string, range: Range][]> => {
  const text = await readFile(packages.resolve(`${name}/unicode.json`), 'utf8');
  const written: Record<string, string> = JSON.parse(text);
  return Object.entries(written).map(([part, range]) => [part, new Range(range)]);
};

let inter: Promise<{ fonts: Fonts; ranges: Range[] }> | undefined;

const loadInter = () =>
  (inter ??= (async () => {
    const ranges = await rangesIn('@fontsource/inter');
    const fonts = await Promise.all(
      WEIGHTS.flatMap((weight) =>
        INTER.map(async (name) => {
          const file = `@fontsource/inter/files/inter-${name}-${weight}-normal.woff`;
          return { name, weight, data: await readFile(packages.resolve(file)) };
        }),
      ),
    );
    const parts = ranges.filter(([part]) => INTER.includes(part)).map(([, range]) => range);
    return { fonts, ranges: parts };
  })());

/** A piece of a Noto font, and the letters that it has. */
interface Part {
  range: Range;
  /** It in each weight, with these letters at least. */
  fonts: (letters: string) => Promise<Fonts>;
}

const parts = new Map<string, Promise<Part[]>>();

function partsOf(script: string): Promise<Part[]> {
  let known = parts.get(script);
  if (!known) {
    const name = WHOLE[script];
    known = name === undefined ? inPieces(script) : whole(script, name);
    parts.set(script, known);
  }
  return known;
}

/** A font whose letters are joined and stacked, which takes all of its rules. Of Latin it has what Inter has. */
async function whole(script: string, name: string): Promise<Part[]> {
  const ranges = await rangesIn(`@fontsource/${name}`);
  const fonts = () =>
    Promise.all(
      WEIGHTS.map(async (weight) => {
        const file = `@fontsource/${name}/files/${name}-${script}-${weight}-normal.woff`;
        return { name, weight, data: await readFile(packages.resolve(file)) };
      }),
    );
  return ranges.filter(([part]) => part === script).map(([, range]) => ({ range, fonts }));
}

/** A font of many weights in one, of which satori draws the first alone: each is cut out with the letters. */
async function inPieces(script: string): Promise<Part[]> {
  const ranges = await rangesIn(`@fontsource-variable/noto-sans-${script}`);
  return ranges.map(([part, range]) => {
    const name = `noto-sans-${script}-${part.replace(/[[\]]/g, '')}`;
    const file = `@fontsource-variable/noto-sans-${script}/files/${name}-wght-normal.woff2`;
    const fonts = async (letters: string) => {
      const { default: subsetFont } = await import('subset-font');
      const font = await readFile(packages.resolve(file));
      return Promise.all(
        WEIGHTS.map(async (weight) => ({
          ...{ name, weight },
          data: await subsetFont(font, letters, {
            targetFormat: 'sfnt',
            variationAxes: { wght: weight },
          }),
        })),
      );
    };
    return { range, fonts };
  });
}
