/**
 * The addresses of files beside posts: `/files/<hash of the content>/<name>`. A file has one for each name that it
 * has in the folder, and no other, so that nobody can have it resized under a thousand names.
 */
import { createHash } from 'node:crypto';
import { findData } from './data-dir';

/** The types of files that are served, by their endings. */
export const TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  ogv: 'video/ogg',
  webm: 'video/webm',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  pdf: 'application/pdf',
  txt: 'text/plain; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  zip: 'application/zip',
};

const HASH_LENGTH = 32;
const ADDRESS = /^\/files\/([\da-f]{32})\/([^/]+)$/;

/** The ending of a name, if it is one of those that are served. */
export function endingOf(name: string): string | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(TYPES, ending) ? ending : undefined;
}

const hashOf = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH);

/** A file of this content and name: its address, and its name in the data folder. */
export function addressOfFile(content: Uint8Array, name: string): { to: string; kept: string } {
  const hash = hashOf(content);
  return { to: `/files/${hash}/${encodeURIComponent(name)}`, kept: keptAs(hash, name) };
}

/** The name that a file has in the data folder. */
export const keptAs = (hash: string, name: string): string =>
  `${hash}-${hashOf(name).slice(0, 8)}.${endingOf(name) ?? 'none'}`;

/** Whether a decoded path has the form of such an address; and where a copy of it lies, if there is one. */
export function fileAt(path: string): { copy: string | undefined } | undefined {
  const [, hash, name] = ADDRESS.exec(path) ?? [];
  if (hash === undefined || name === undefined || endingOf(name) === undefined) return undefined;
  return { copy: findData('files', keptAs(hash, name)) };
}
