/**
 * The web app manifest and the icons, made of the site's name and colours. They are written into
 * `public/` by a build, so that they are served as files, and an image carries them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { SiteConfig } from '../site/site-config';

/** The sizes of the icons on a ground of their own: of the manifest, and of iPhones. */
const ON_PAGE = { 'icon-192.png': 192, 'icon-512.png': 512, 'apple-touch-icon.png': 180 };
/** The side of the square in which the leaf is drawn, and of the icon of that alone. */
const SIDE = 32;
/** The room around it on a ground, so that the leaf stays whole where an icon is cut to a circle. */
const MARGIN = 8;

const LEAF = 'M3 3h10.4A15.6 15.6 0 0 1 29 18.6V29H18.6A15.6 15.6 0 0 1 3 13.4z';

/** Writes those files that differ from what is in the folder. */
export async function writeManifestAndIcons(site: SiteConfig, folder: string): Promise<void> {
  for (const [name, content] of await manifestAndIcons(site)) {
    const file = path.join(folder, name);
    const present = await readFile(file).catch(() => undefined);
    if (!present?.equals(content)) await writeFile(file, content);
  }
}

/** The files by their names. */
export async function manifestAndIcons(site: SiteConfig): Promise<Map<string, Buffer>> {
  const { accent, page } = site.colours;
  const draw = (svg: string, size: number) =>
    sharp(Buffer.from(svg)).resize(size, size).png().toBuffer();

  const files = new Map<string, Buffer>([
    ['manifest.webmanifest', Buffer.from(JSON.stringify(manifestOf(site)))],
    ['icon.svg', Buffer.from(leafSvg({ fill: accent.light, dark: accent.dark }))],
  ]);
  const favicon = leafSvg({ fill: between(accent.light, accent.dark) });
  files.set('favicon.ico', icoOf(await draw(favicon, SIDE)));
  const onPage = leafSvg({ fill: accent.light, ground: page.light });
  for (const [name, size] of Object.entries(ON_PAGE)) files.set(name, await draw(onPage, size));
  return files;
}

function manifestOf({ name, description, language, colours: { page } }: SiteConfig) {
  const png = (size: number) => ({ type: 'image/png', sizes: `${size}x${size}` });
  return {
    name,
    short_name: name,
    description,
    lang: language,
    start_url: '/',
    display: 'browser',
    background_color: page.light,
    theme_color: page.light,
    icons: [
      { src: '/icon.svg', type: 'image/svg+xml', sizes: 'any' },
      { src: '/icon-192.png', ...png(192) },
      { src: '/icon-512.png', ...png(512) },
      { src: '/icon-512.png', ...png(512), purpose: 'maskable' },
    ],
  };
}

/** The leaf, with another colour on dark screens or on a ground of its own. */
function leafSvg({ fill, dark, ground }: { fill: string; dark?: string; ground?: string }): string {
  const style = dark && `<style>@media(prefers-color-scheme:dark){path{fill:${dark}}}</style>`;
  const [from, side] = ground ? [-MARGIN, SIDE + 2 * MARGIN] : [0, SIDE];
  const square = `x="${from}" y="${from}" width="${side}" height="${side}"`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"',
    ` viewBox="${from} ${from} ${side} ${side}">`,
    style ?? '',
    ground ? `<rect ${square} fill="${ground}"/>` : '',
    `<path fill="${fill}" d="${LEAF}"/></svg>\n`,
  ].join('');
}

/** The colour in the middle of two: it can be seen on a light and on a dark ground. */
function between(one: string, other: string): string {
  const parts = [1, 3, 5].map((at) => {
    const sum = parseInt(one.slice(at, at + 2), 16) + parseInt(other.slice(at, at + 2), 16);
    return Math.round(sum / 2)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** An ICO file of one PNG, which it holds as it is: a header of the file and one of the picture. */
function icoOf(png: Buffer): Buffer {
  const header = Buffer.alloc(22);
  // Its type, and how many pictures.
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(1, 4);
  header.writeUInt8(SIDE, 6);
  header.writeUInt8(SIDE, 7);
  // Planes, bits of a pixel, and where the picture lies.
  header.writeUInt16LE(1, 10);
  header.writeUInt16LE(32, 12);
  header.writeUInt32LE(png.length, 14);
  header.writeUInt32LE(header.length, 18);
  return Buffer.concat([header, png]);
}
