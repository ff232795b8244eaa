/**
 * Sends files beside posts. Their addresses name their content, so that caches keep them for ever, and a stored page
 * has the picture that it was made with, also when that has changed since.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { addressOfFile, endingOf, fileAt, keptAs, TYPES } from '../file-addresses';
import type { FileBeside } from '../source/files-beside';

const FOR_EVER = 'public, max-age=31536000, immutable';

/** A picture may be opened by itself, and SVG has scripts and forms. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** What is shown; all else is saved. */
const SHOWN = /^(?:image|video|audio)\/|^application\/pdf$|^text\//;

/** Sends the file of this hash and name; returns false if there is none. `known` are those of the folder. */
export async function sendFileBeside(
  req: IncomingMessage,
  res: ServerResponse,
  hash: string,
  name: string,
  known: ReadonlyMap<string, FileBeside> | undefined,
): Promise<boolean> {
  const ending = endingOf(name);
  const type = ending === undefined ? undefined : TYPES[ending];
  const at = fileAt(`/files/${hash}/${name}`);
  if (!at || type === undefined) return false;
  const file = at.copy ?? (await fileInFolder(keptAs(hash, name), name, known));
  if (file === undefined) return false;
  const { size } = await stat(/* turbopackIgnore: true */ file);
  const etag = `"${hash}"`;
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304, { ETag: etag, 'Cache-Control': FOR_EVER }).end();
    return true;
  }
  const range =
    req.headers['if-range'] === undefined ? rangeOf(req.headers.range, size) : undefined;
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (range === 'none') {
    res.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return true;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) {
    res.statusCode = 206;
    res.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  }
  res.setHeader('Cache-Control', FOR_EVER);
  res.setHeader('Content-Security-Policy', POLICY);
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', end - start + 1);
  res.setHeader('ETag', etag);
  if (!SHOWN.test(type)) res.setHeader('Content-Disposition', 'attachment');
  if (req.method === 'HEAD' || size === 0) {
    res.end();
    return true;
  }
  try {
    await pipeline(createReadStream(/* turbopackIgnore: true */ file, { start, end }), res);
  } catch (error) {
    // Readers leave, and videos are asked for in pieces.
    if (!res.destroyed) throw error;
  }
  return true;
}

/** Where a file of the folder lies, if it is still what the address names. */
async function fileInFolder(
  kept: string,
  name: string,
  known: ReadonlyMap<string, FileBeside> | undefined,
): Promise<string | undefined> {
  for (const one of known?.values() ?? []) {
    if (one.kept !== kept) continue;
    const bytes = await readFile(one.full).catch(() => undefined);
    if (bytes && addressOfFile(bytes, name).kept === kept) return one.full;
  }
  return undefined;
}

/** The part that is asked for; undefined for all of it, and `none` where there is no such part. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'none' | undefined {
  const [whole, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (whole === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? 'none' : { start, end };
}
