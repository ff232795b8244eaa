/**
 * Draws an Open Graph image: a PNG of 1200 × 630, the size that social sites ask for. Fonts and emoji come from the
 * installed packages, nothing from the network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fontsFor } from './open-graph-fonts';
import { IMAGE_SIZE, type Face } from './open-graph-image';
import { formatDay } from '../site/day';
import { sectionOf, type Direction } from '../site/languages';
import { shownSite, type ShownSite } from '../site/shown-site';
import { SITE } from '../site/site-config';

const MARGIN = 76;

/** Those for light screens: an image is seen on other people's pages. */
const COLOURS = SITE.colours;

/** The sizes of a title that are tried, the largest first, and the room that it has. */
const TITLE_SIZES = [84, 74, 66, 58, 50, 44];
const TITLE_WIDTH = IMAGE_SIZE.width - 2 * MARGIN;
const TITLE_HEIGHT = { alone: 330, aboveSummary: 236 };
const TITLE_LINE = 1.16;
/** Of a longer text no more is laid out: more would hardly fit, and takes time. */
const MOST_LETTERS = 240;
/** The same of a name in the line at the foot. */
const MOST_IN_LINE = 28;

/** Signs that Inter lacks in these parts, but draws for what is typed instead. */
const TYPED: Record<string, string> = { '→': '->', '←': '<-', '≠': '!=', '≤': '<=', '≥': '>=' };

/** What is written on an image. */
interface Texts {
  name: string;
  description: string;
  title?: string;
  summary?: string;
  /** The line at the foot. */
  about: string[];
}

/** How it is written. */
interface Manner {
  family: string;
  direction: Direction;
  /** Whether letters may stand a little closer: not where they are joined, or fill squares. */
  isTight: boolean;
}

/** Draws an image. A text with a letter that no font here has is left out. */
export async function drawImage(face: Face): Promise<Buffer> {
  // Loaded by the first image that is drawn, since they take their time.
  const { default: satori } = await import('satori');
  const { default: sharp } = await import('sharp');
  const { language, ...shown } = shownSite(face.site, sectionOf(face.language));
  const all = textsOf(face, shown);
  const { fonts, family, lacking } = await fontsFor(inAll(all), face.language ?? language);
  const texts = without(lacking, all);
  const direction = directionIn(texts.title ?? texts.name) ?? shown.direction;
  const manner = { family, direction, isTight: !/[^\p{Script=Latin}\P{L}]/u.test(inAll(texts)) };
  const svg = await satori(<Picture {...texts} {...manner} />, {
    ...IMAGE_SIZE,
    fonts,
    loadAdditionalAsset: async (kind, segment) => (kind === 'emoji' ? emojiOf(segment) : []),
  });
  // No picture is worked on twice.
  sharp.cache(false);
  // More effort takes twice the time, and saves nothing here.
  return sharp(Buffer.from(svg)).png({ palette: true, effort: 1, compressionLevel: 9 }).toBuffer();
}

function textsOf(
  { title, summary, author, date, category }: Face,
  { name, description, days }: Pick<ShownSite, 'name' | 'description' | 'days'>,
): Texts {
  const about = [author && plain(author, MOST_IN_LINE), date && plain(formatDay(date, days))];
  return {
    name: plain(name),
    description: plain(description),
    title: title && plain(title),
    summary: summary && plain(summary),
    about: [...about, category && plain(category, MOST_IN_LINE)].filter(
      (text) => text !== undefined,
    ),
  };
}

const inAll = ({ name, description, title, summary, about }: Texts): string =>
  [name, description, title, summary, ...about].join(' ');

function without(lacking: ReadonlySet<string>, texts: Texts): Texts {
  const { name, description, title, summary, about } = texts;
  const readable = (text: string) => ![...text].some((letter) => lacking.has(letter));
  return {
    name: readable(name) ? name : '',
    description: readable(description) ? description : '',
    title: title && readable(title) ? title : undefined,
    summary: summary && readable(summary) ? summary : undefined,
    about: about.filter(readable),
  };
}

/** The direction of the first letter that has one. */
function directionIn(text: string): Direction | undefined {
  const [letter] = /\p{L}/u.exec(text) ?? [];
  if (letter === undefined) return undefined;
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(letter) ? 'rtl' : 'ltr';
}

/** A text in one line of bounded length, without what shows nothing, and in the form that fonts know. */
function plain(text: string, most = MOST_LETTERS): string {
  const letters = text
    .normalize('NFC')
    .replace(/[→←≠≤≥]/g, (sign) => TYPED[sign] ?? sign)
    .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '')
    // It keeps letters apart that would be joined, and elsewhere shows nothing.
    .replace(/(?<![\p{Script=Arabic}\p{Script=Devanagari}])\u200c/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const first = [...letters].slice(0, most).join('').trimEnd();
  return first === letters ? letters : `${first}…`;
}

function Picture({ name, description, title, summary, about, ...manner }: Texts & Manner) {
  const { family, direction } = manner;
  const small = { display: 'block', lineClamp: 2, fontSize: 30, color: COLOURS.soft.light };
  return (
    <div
      style={{
        ...{ width: '100%', height: '100%', padding: MARGIN, boxSizing: 'border-box', direction },
        ...{ display: 'flex', flexDirection: 'column', justifyContent: 'space-between' },
        ...{ background: COLOURS.page.light, color: COLOURS.text.light, fontFamily: family },
        borderBottom: `16px solid ${COLOURS.accent.light}`,
      }}
    >
      {title ? <Name name={name} size={36} {...manner} /> : <div />}
      <div style={{ display: 'flex', flexDirection: 'column' }}>
        {title ? (
          <Title
            title={title}
            room={TITLE_HEIGHT[summary ? 'aboveSummary' : 'alone']}
            {...manner}
          />
        ) : (
          <Name name={name} size={96} {...manner} />
        )}
        {title && summary && (
          <div style={{ ...small, marginTop: 22, lineHeight: 1.4 }}>{summary}</div>
        )}
        {!title && about.length === 0 && (
          <div style={{ ...small, marginTop: 28 }}>{description}</div>
        )}
      </div>
      <div
        style={{ display: 'flex', alignItems: 'baseline', fontSize: 28, color: COLOURS.soft.light }}
      >
        {about.map((part, index) => (
          <div key={index} style={{ display: 'flex' }}>
            {index > 0 && <div style={{ margin: '0 10px' }}>·</div>}
            <div style={{ direction: directionIn(part) ?? direction }}>{part}</div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** The leaf and the name, as at the top of each page. */
function Name({
  name,
  size,
  direction,
  isTight,
}: { name: string; size: number } & Pick<Manner, 'direction' | 'isTight'>) {
  const leaf = { width: size * 0.8, height: size * 0.8, background: COLOURS.accent.light };
  const after = { [direction === 'rtl' ? 'marginLeft' : 'marginRight']: size * 0.45 };
  return (
    <div style={{ display: 'flex', alignItems: 'center', fontSize: size, fontWeight: 700 }}>
      <div style={{ ...leaf, ...after, flexShrink: 0, borderRadius: '0 60% 0 60%' }} />
      <div
        style={{ display: 'block', lineClamp: 1, letterSpacing: isTight ? '-0.02em' : undefined }}
      >
        {name}
      </div>
    </div>
  );
}

function Title({
  title,
  room,
  isTight,
}: { title: string; room: number } & Pick<Manner, 'isTight'>) {
  const { size, lines, whole } = fit(title, room);
  return (
    <div
      style={{
        ...{ fontSize: size, fontWeight: 700, lineHeight: TITLE_LINE },
        letterSpacing: isTight ? '-0.02em' : undefined,
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
function fit(title: string, room: number): { size: number; lines: number; whole: boolean } {
  const longestWord = Math.max(...title.split(WORD_END).map(widthOf));
  const linesAt = (size: number) => Math.floor(room / (size * TITLE_LINE));
  const fits = (size: number) => {
    const line = TITLE_WIDTH / size;
    // Where lines break, some room is lost.
    return longestWord <= line && widthOf(title) <= line * linesAt(size) * 0.88;
  };
  const largest = TITLE_SIZES.find(fits);
  const size = largest ?? Math.min(...TITLE_SIZES);
  return { size, lines: linesAt(size), whole: largest !== undefined };
}

/** Letters that fill a square, between which lines may break. */
const SQUARE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60]/u;
/** Where a line may break. Of Thai, which has no spaces, satori's own segments decide. */
const WORD_END = new RegExp(
  `\\s|(?<=${SQUARE.source})|(?=${SQUARE.source})|(?<=\\p{Script=Thai})`,
  'u',
);

/** About how wide a text is in Inter Bold, in parts of its size. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + widthOfLetter(letter), 0);

function widthOfLetter(letter: string): number {
  if (/\p{M}/u.test(letter)) return 0;
  if (SQUARE.test(letter) || /[MW@%\p{Emoji_Presentation}]/u.test(letter)) return 1.02;
  return /[\p{Lu}mw]/u.test(letter) ? 0.78 : 0.58;
}

// Not by a literal name in `import` or `require`: these are files to read, not modules to bundle.
const packages = createRequire(path.resolve(/* turbopackIgnore: true */ 'package.json'));

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
