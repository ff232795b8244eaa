/**
 * Makes the site's own fonts of the package that has them, and what names them, `components/fonts.css` and
 * `components/further-fonts.css`: `npm run fonts`.
 * What it makes is kept in the repository, so that a build needs neither the package nor this.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createFontStack, type FontMetrics } from '@capsizecss/core';
import georgia from '@capsizecss/metrics/georgia';
import notoSerif from '@capsizecss/metrics/notoSerif';
import timesNewRoman from '@capsizecss/metrics/timesNewRoman';
import { fromBuffer } from '@capsizecss/unpack';
import { format } from 'prettier';
import subsetFont from 'subset-font';

const FAMILY = 'Literata';
const PACKAGE = '@fontsource-variable/literata';
const ROOT = path.join(__dirname, '..');
const FOLDER = 'public/fonts';
const STYLESHEET = 'components/fonts.css';
const FURTHER = 'components/further-fonts.css';

/** What the pages use: one file for all weights between. */
const WEIGHTS = { min: 400, max: 700 };

/**
 * A font that comes too late for the first paint is used from the next page on: a stand-in has the width of
 * ours on the average only, and a line that breaks elsewhere would move all that is below it.
 */
const DISPLAY = 'optional';

/** What sets letters right. Small capitals and other forms of figures would double the files. */
const FEATURES = ['calt', 'ccmp', 'kern', 'liga', 'locl', 'mark', 'mkmk'];

/** What the languages of western Europe need every day: the one file that each page waits for. */
const EVERYDAY =
  'U+20-7E,U+A0-A1,U+A7,U+A9-AB,U+AD-AE,U+B0,U+B4,U+B7,U+BA-BB,U+BF-FF,U+131,U+152-153,U+2010-2011,' +
  'U+2013-2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+2039-203A,U+20AC,U+2192,U+2212';

/** What the package's file of Latin letters has besides. */
const SIGNS =
  'U+A2-A6,U+A8,U+AC,U+AF,U+B1-B3,U+B5-B6,U+B8-B9,U+BC-BE,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+2012,U+2015,' +
  'U+2020-2021,U+2030,U+2032-2033,U+2044,U+2122,U+2190-2191,U+2193,U+2215';

/** What other languages of Europe need, Turkish with them; beyond it are those of sounds and of other continents. */
const EUROPE = 'U+100-130,U+132-151,U+154-17F,U+218-21B,U+1E9E,U+20BA';
const BEYOND =
  'U+180-217,U+21C-2BA,U+2BD-2C5,U+2C7-2CC,U+2CE-2D7,U+2DD-2FF,U+1D00-1DBF,U+1E00-1E9D,U+1EF2-1EFF';

const require = createRequire(__filename);
const inPackage = (name: string): Buffer => readFileSync(require.resolve(`${PACKAGE}/${name}`));
const RANGES: Record<string, string> = JSON.parse(String(inPackage('unicode.json')));

/** Each part, with the file of the package that it is made of; the first is for all pages. */
const EVERY_PAGE = 'latin';
const PARTS = [
  { name: EVERY_PAGE, of: 'latin', range: EVERYDAY },
  { name: 'signs', of: 'latin', range: SIGNS },
  { name: 'europe', of: 'latin-ext', range: EUROPE },
  { name: 'beyond', of: 'latin-ext', range: BEYOND },
  ...['vietnamese', 'greek', 'cyrillic'].map((name) => ({
    name,
    of: name,
    range: RANGES[name] ?? '',
  })),
];

/** Fonts of systems that stand in until ours is there, by the names under which they have them. */
const STAND_INS: [label: string, metrics: FontMetrics, names: string[]][] = [
  ['Georgia', georgia, ['Georgia']],
  ['Noto Serif', notoSerif, ['Noto Serif', 'NotoSerif']],
  [
    'Times',
    timesNewRoman,
    ['Times New Roman', 'TimesNewRomanPSMT', 'Liberation Serif', 'LiberationSerif'],
  ],
];

async function main(): Promise<void> {
  rmSync(path.join(ROOT, FOLDER), { recursive: true, force: true });
  mkdirSync(path.join(ROOT, FOLDER), { recursive: true });
  writeFileSync(path.join(ROOT, FOLDER, 'LICENSE.txt'), inPackage('LICENSE'));
  const rules: string[] = [];
  const further: string[] = [];
  for (const style of ['normal', 'italic']) {
    for (const { name, of, range } of PARTS) {
      const bytes = await subset(inPackage(`files/literata-${of}-wght-${style}.woff2`), range);
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
      const file = `${name}${style === 'italic' ? '-italic' : ''}.${hash}.woff2`;
      writeFileSync(path.join(ROOT, FOLDER, file), bytes);
      console.log(`${String(bytes.length).padStart(6)} ${file}`);
      (name === EVERY_PAGE ? rules : further).push(
        `@font-face { font-family: ${FAMILY}; font-style: ${style}; font-display: ${DISPLAY}; ` +
          `font-weight: ${WEIGHTS.min} ${WEIGHTS.max}; src: url(/fonts/${file}) format('woff2'); ` +
          `unicode-range: ${range}; }`,
      );
    }
  }
  const standIns = [
    ...STAND_INS,
    await dejaVu().then((metrics): (typeof STAND_INS)[number] => [
      'DejaVu',
      metrics,
      ['DejaVu Serif', 'DejaVuSerif'],
    ]),
  ];
  const regular = await metricsAt(WEIGHTS.min);
  const text: string[] = [];
  for (const [label, metrics, names] of standIns) {
    text.push(`'${label} text'`);
    rules.push(standIn(`${label} text`, regular, metrics, names));
  }
  await write(
    STYLESHEET,
    `/* The site's own font, and what stands in until it is there: made by bin/fonts.ts. */
    ${rules.join('\n')}
    :root { --text-font: ${[FAMILY, ...text, 'serif'].join(', ')}; }`,
  );
  await write(
    FURTHER,
    `/* Its other parts, for the pages that have letters of them: made by bin/fonts.ts. */
    ${further.join('\n')}`,
  );
}

async function write(name: string, css: string): Promise<void> {
  const formatted = await format(css, { parser: 'css', printWidth: 100, singleQuote: true });
  writeFileSync(path.join(ROOT, name), formatted);
}

/** What each file has of the font. In a constant, since the types do not know all members yet. */
const OPTIONS = {
  targetFormat: 'woff2' as const,
  variationAxes: { wght: WEIGHTS },
  keepFeatures: FEATURES,
  noHinting: true,
};

const subset = (font: Buffer, range: string): Promise<Buffer> =>
  subsetFont(font, charactersOf(range), OPTIONS);

/** The characters of a `unicode-range`. */
function charactersOf(ranges: string): string {
  const points = ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range
      .slice(2)
      .split('-')
      .map((hex) => parseInt(hex, 16));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return String.fromCodePoint(...points);
}

async function metricsAt(wght: number): Promise<FontMetrics> {
  const font = await subsetFont(
    inPackage('files/literata-latin-wght-normal.woff2'),
    charactersOf(EVERYDAY),
    { targetFormat: 'sfnt', variationAxes: { wght } },
  );
  return fromBuffer(font);
}

const dejaVu = (): Promise<FontMetrics> =>
  fromBuffer(readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSerif.ttf')));

/** Gives a font of the system the width and height of ours. */
function standIn(family: string, ours: FontMetrics, theirs: FontMetrics, names: string[]): string {
  const { fontFaces } = createFontStack([{ ...ours, familyName: FAMILY }, theirs], {
    fontFaceFormat: 'styleObject',
  });
  const [first] = fontFaces;
  if (!first) throw new Error(`${family} has no measures`);
  const {
    sizeAdjust,
    ascentOverride,
    descentOverride,
    lineGapOverride = '0%',
  } = first['@font-face'];
  return (
    `@font-face { font-family: '${family}'; src: ${names.map((name) => `local('${name}')`).join(', ')}; ` +
    `size-adjust: ${sizeAdjust}; ascent-override: ${ascentOverride}; ` +
    `descent-override: ${descentOverride}; line-gap-override: ${lineGapOverride}; }`
  );
}

void main();
