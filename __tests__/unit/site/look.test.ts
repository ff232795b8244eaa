/** The site's own fonts and colours: what the files hold that every page waits for or stands on. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { colord, extend } from 'colord';
import a11y from 'colord/plugins/a11y';
import { COLOUR_SCRIPT } from '../../../lib/site/colour-choice';
import { SITE } from '../../../lib/site/site-config';
import { fontPartsOf } from '../../../lib/site/stylesheet';

extend([a11y]);

const ROOT = path.join(__dirname, '../../..');
const FOLDER = path.join(ROOT, 'public/fonts');
const component = (name: string) => readFileSync(path.join(ROOT, 'components', name), 'utf8');
const EVERYDAY = component('fonts.css');
const FONTS = EVERYDAY + component('further-fonts.css');

const uprightIn = (fonts: string) => fontPartsOf(fonts).filter(({ isItalic }) => !isItalic);

test('the font that each page waits for has at most 30 KB', () => {
  const [first = '', ...others] = uprightIn(EVERYDAY).map((part) => part.path);
  expect(others).toEqual([]);
  expect(first).toMatch(/^\/fonts\/latin\.[0-9a-f]{10}\.woff2$/);
  expect(readFileSync(path.join(ROOT, 'public', first)).length).toBeLessThanOrEqual(30_000);
});

test('each file of the fonts is named after its content, and by the stylesheet', () => {
  const named = [...FONTS.matchAll(/url\(\/fonts\/([^)]+)\)/g)].map(([, name]) => name);
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.woff2'));
  expect(named.sort()).toEqual(files.sort());
  for (const name of files) {
    const hash = createHash('sha256').update(readFileSync(path.join(FOLDER, name)));
    expect(name).toContain(`.${hash.digest('hex').slice(0, 10)}.`);
  }
});

test('each further part is known by its letters', () => {
  const parts = uprightIn(FONTS).map(({ path: at, letters }) => ({
    name: /fonts\/([a-z]+)/.exec(at)?.[1],
    letters: new RegExp(`[${letters}]`, 'u'),
  }));
  const partsOf = (text: string) =>
    parts.filter(({ letters }) => letters.test(text)).map(({ name }) => name);
  expect(partsOf('Plain text – “quoted”, Übung → café')).toEqual(['latin']);
  expect(partsOf('Işık')).toEqual(['latin', 'europe']);
  expect(partsOf('Это')).toEqual(['cyrillic']);
  expect(partsOf('λόγος')).toEqual(['greek']);
  expect(partsOf('日本語 عربي 🌲')).toEqual([...partsOf(' ')]);
});

test('no letter is in two parts of a font, so that no page loads both for it', () => {
  const parts = [
    ...FONTS.matchAll(/font-style: (\w+);[^}]*?\/fonts\/([a-z]+)[^}]*?unicode-range:([^;]+)/g),
  ];
  expect(parts.length).toBeGreaterThan(10);
  const seen = new Map<string, string>();
  for (const [, style = '', name = '', ranges = ''] of parts) {
    // Marks that stand above letters are in each part that has such letters.
    if (name === 'vietnamese') continue;
    for (const range of ranges.trim().split(/,\s*/)) {
      const [from = 0, to = from] = range
        .slice(2)
        .split('-')
        .map((hex) => parseInt(hex, 16));
      for (let point = from; point <= to; point++) {
        const key = `${style} ${point}`;
        expect([key, seen.get(key)]).toEqual([key, undefined]);
        seen.set(key, name);
      }
    }
  }
});

test('a font of the system has the height of ours until ours is there', () => {
  const standIns = FONTS.match(/@font-face \{[^}]*local\([^}]*\}/g) ?? [];
  expect(standIns.length).toBeGreaterThan(3);
  for (const rule of standIns) {
    const [adjust = 0, ascent = 0, descent = 0] = [
      'size-adjust',
      'ascent-override',
      'descent-override',
    ].map((name) => Number(new RegExp(`${name}: ([\\d.]+)%`).exec(rule)?.[1]) / 100);
    // Of Literata, by its own tables.
    expect(adjust * ascent).toBeCloseTo(1.177, 2);
    expect(adjust * descent).toBeCloseTo(0.308, 2);
  }
});

test('the one inline script has at most 300 bytes', () => {
  expect(Buffer.byteLength(COLOUR_SCRIPT)).toBeLessThanOrEqual(300);
});

test('what the stylesheet colours by itself can be read, too', () => {
  const pairs = [
    ...component('post.css').matchAll(
      /(?:^|[\s-])(?:color|[a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
    ),
  ];
  const inks = pairs.filter(([rule]) => !rule.includes('background'));
  expect(inks.length).toBeGreaterThan(3);
  const { raised } = SITE.colours;
  for (const [rule, light = '', dark = ''] of inks) {
    expect([rule, colord(light).contrast(raised.light) >= 4.5]).toEqual([rule, true]);
    expect([rule, colord(dark).contrast(raised.dark) >= 4.5]).toEqual([rule, true]);
  }
});
