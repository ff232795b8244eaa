/**
 * Draws an Open Graph image: a PNG of 1200 × 630, the size that social sites ask for. Fonts and emoji come from the
 * installed packages, nothing from the network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { SatoriOptions } from 'satori';
import { IMAGE_SIZE, type Face } from './open-graph-image';
import { formatDay } from '../site/day';
import { shownSite } from '../site/shown-site';
import { SITE } from '../site/site-config';

const MARGIN = 88;

/** Those for light screens: an image is seen on other people's pages. */
const COLOURS = SITE.colours;

/** Inter comes in parts; a letter is taken from the first that has it. */
const FONT_PARTS = [
  ...['latin', 'latin-ext', 'vietnamese'],
  ...['greek', 'greek-ext', 'cyrillic', 'cyrillic-ext'],
];
const FONT_FAMILY = FONT_PARTS.join(', ');
const WEIGHTS = [400, 700] as const;

/** The sizes of a title that are tried, the largest first, and the room that it has. */
const TITLE_SIZES = [88, 76, 66, 58, 50];
const TITLE_ROOM = { width: IMAGE_SIZE.width - 2 * MARGIN, height: 300 };
const TITLE_LINE = 1.14;
/** Of a longer title no more is laid out: more would hardly fit, and takes time. */
const MOST_LETTERS = 240;

/** Signs that Inter lacks in these parts, but draws for what is typed instead. */
const TYPED: Record<string, string> = { '→': '->', '←': '<-', '≠': '!=', '≤': '<=', '≥': '>=' };

/** What is written on an image. */
interface Texts {
  name: string;
  description: string;
  title?: string;
  /** The line below the title. */
  about: string[];
}

/** Draws an image. A text with a letter that no font here has is left out. */
export async function drawImage(face: Face): Promise<Buffer> {
  // Loaded by the first image that is drawn, since they take their time.
  const { default: satori } = await import('satori');
  const { default: sharp } = await import('sharp');
  const fonts = await loadFonts();
  const lacking = new Set<string>();
  const draw = (texts: Texts) =>
    satori(<Picture {...texts} />, {
      ...IMAGE_SIZE,
      fonts,
      loadAdditionalAsset: async (kind, segment) => {
        if (kind === 'emoji') return emojiOf(segment);
        for (const letter of segment) lacking.add(letter);
        return [];
      },
    });

  const texts = textsOf(face);
  let svg = await draw(texts);
  if (lacking.size > 0) svg = await draw(without(lacking, texts));
  // No picture is worked on twice.
  sharp.cache(false);
  // More effort takes twice the time, and saves nothing here.
  return sharp(Buffer.from(svg)).png({ palette: true, effort: 1, compressionLevel: 9 }).toBuffer();
}

function textsOf({ title, date, category, site }: Face): Texts {
  const { name, description, days } = shownSite(site);
  const about = [date && plain(formatDay(date, days)), category && plain(category)];
  return {
    name: plain(name),
    description: plain(description),
    title: title && plain(title),
    about: about.filter((text) => text !== undefined),
  };
}

function without(lacking: ReadonlySet<string>, texts: Texts): Texts {
  const { name, description, title, about } = texts;
  const readable = (text: string) => ![...text].some((letter) => lacking.has(letter));
  return {
    name: readable(name) ? name : '',
    description: readable(description) ? description : '',
    title: title && readable(title) ? title : undefined,
    about: about.filter(readable),
  };
}

/** A text in one line of bounded length, without what shows nothing, and in the form that fonts know. */
function plain(text: string): string {
  const letters = text
    .normalize('NFC')
    .replace(/[→←≠≤≥]/g, (sign) => TYPED[sign] ?? sign)
    .replace(/[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const first = [...letters].slice(0, MOST_LETTERS).join('');
  return first === letters ? letters : `${first}…`;
}

function Picture({ name, description, title, about }: Texts) {
  return (
    <div
      style={{
        ...{ width: '100%', height: '100%', padding: MARGIN, boxSizing: 'border-box' },
        ...{ display: 'flex', flexDirection: 'column', justifyContent: 'space-between' },
        ...{ background: COLOURS.page.light, color: COLOURS.text.light, fontFamily: FONT_FAMILY },
        borderBottom: `16px solid ${COLOURS.accent.light}`,
      }}
    >
      {title ? <Name name={name} size={36} /> : <div />}
      <div style={{ display: 'flex', flexDirection: 'column' }}>
        {title ? <Title title={title} /> : <Name name={name} size={96} />}
        <div
          style={{
            ...{ display: 'block', lineClamp: 1, marginTop: 32 },
            ...{ fontSize: 32, color: COLOURS.soft.light },
          }}
        >
          {(title || about.length > 0 ? about : [description]).join(' · ')}
        </div>
      </div>
    </div>
  );
}

/** The leaf and the name, as at the top of each page. */
function Name({ name, size }: { name: string; size: number }) {
  const leaf = { width: size * 0.8, height: size * 0.8, background: COLOURS.accent.light };
  return (
    <div style={{ display: 'flex', alignItems: 'center', fontSize: size, fontWeight: 700 }}>
      <div style={{ ...leaf, marginRight: size * 0.45, borderRadius: '0 60% 0 60%' }} />
      <div style={{ letterSpacing: '-0.02em' }}>{name}</div>
    </div>
  );
}

function Title({ title }: { title: string }) {
  const { size, lines, whole } = fit(title);
  return (
    <div
      style={{
        ...{ fontSize: size, fontWeight: 700, lineHeight: TITLE_LINE, letterSpacing: '-0.02em' },
        wordBreak: 'break-word',
        // Not both: satori then cuts a title that has room.
        ...(whole ? { textWrap: 'balance' } : { display: 'block', lineClamp: lines }),
      }}
    >
      {title}
    </div>
  );
}

/** The largest size at which the whole title seems to fit, or the smallest, and the lines it may have. */
function fit(title: string): { size: number; lines: number; whole: boolean } {
  const longestWord = Math.max(...title.split(' ').map(widthOf));
  const linesAt = (size: number) => Math.floor(TITLE_ROOM.height / (size * TITLE_LINE));
  const fits = (size: number) => {
    const line = TITLE_ROOM.width / size;
    // Where lines break, some room is lost.
    return longestWord <= line && widthOf(title) <= line * linesAt(size) * 0.88;
  };
  const largest = TITLE_SIZES.find(fits);
  const size = largest ?? Math.min(...TITLE_SIZES);
  return { size, lines: linesAt(size), whole: largest !== undefined };
}

/** About how wide a text is in Inter Bold, in parts of its size. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + widthOfLetter(letter), 0);

function widthOfLetter(letter: string): number {
  if (/[MW@%\p{Emoji_Presentation}]/u.test(letter)) return 1;
  return /[\p{Lu}mw]/u.test(letter) ? 0.78 : 0.55;
}

// Not by a literal name in `import` or `require`: these are files to read, not modules to bundle.
const packages = createRequire(path.resolve(/* turbopackIgnore: true */ 'package.json'));

let fonts: Promise<SatoriOptions['fonts']> | undefined;

/** The same array each time: satori keeps what it learned of it. */
const loadFonts = () =>
  (fonts ??= Promise.all(
    WEIGHTS.flatMap((weight) =>
      FONT_PARTS.map(async (name) => {
        const file = `@fontsource/inter/files/inter-${name}-${weight}-normal.woff`;
        return { name, weight, data: await readFile(packages.resolve(file)) };
      }),
    ),
  ));

/** The picture of an emoji as an address that holds it; an empty one for an emoji too new. */
async function emojiOf(emoji: string): Promise<string> {
  const folder = path.dirname(packages.resolve('@twemoji/svg/package.json'));
  const codes = [...emoji].map((letter) => letter.codePointAt(0)?.toString(16));
  const names = [codes, codes.filter((code) => code !== 'fe0f'), codes.slice(0, 1)];
  let svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
  for (const name of names.toReversed()) {
    const file = path.join(folder, `${name.join('-')}.svg`);
    svg = await readFile(file, 'utf8').catch(() => svg);
  }
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
