/**
 * Requests that no browser makes, and that Next would answer with an error of its own, a redirect to
 * another host, a line in the log, or a picture that it has already under another name. They are answered
 * with 400 before Next sees them, and with a sentence.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { isDataKept } from './data-dir';
import { onRequest } from './exchange';
import { fileAt } from './file-addresses';

/** Has this process refuse odd requests, from the next one on. */
export function refuseOddRequests(): void {
  // Node tells of a request before it hands it to the server, which is Next's own.
  onRequest((request, response) => {
    const reason = oddityOf(request.url ?? '');
    if (reason === undefined) return;
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    response.writeHead(400, headers).end(`${reason}\n`);
    // Next resolves an address before it looks whether there is an answer: one that it can resolve.
    request.url = '/';
  });
}

/** Why an address, as it stands in the line of a request, is refused; undefined if it is not. */
export function oddityOf(address: string): string | undefined {
  if (!address.startsWith('/')) {
    return 'The address must be a path that begins with /, without a scheme and a host.';
  }
  // Next redirects these to one slash, on this host.
  if (/^[^?]*(?:\\|\/\/)/.test(address) || !URL.canParse(address, 'http://n')) return undefined;
  const { pathname, searchParams } = new URL(address, 'http://n');
  if (pathname !== '/_next/image') return undefined;
  const files = searchParams.getAll('url');
  if (!files.every(isPlain)) {
    return 'The url of an image must be the path of its file, each segment as encodeURIComponent writes it.';
  }
  return files.every(isThere)
    ? undefined
    : 'The url of an image must be that of a file in public/, or beside a post.';
}

/** Where Next puts the images that code imports. */
const IMPORTED = '/_next/static/media/';

/** Whether the file of a path is there: Next would look for a page of that name, and log that it failed. */
function isThere(address: string): boolean {
  const name = decodeURIComponent(address);
  const beside = fileAt(name);
  // Without a copy it is looked for in the posts folder, by the page of that address.
  if (beside) return beside.copy !== undefined || !isDataKept();
  const file = name.startsWith(IMPORTED)
    ? path.join('.next', 'static', 'media', name.slice(IMPORTED.length))
    : path.join('public', name);
  try {
    return statSync(/* turbopackIgnore: true */ file).isFile();
  } catch {
    return false;
  }
}

/** Whether a path is written in the one way in which the site writes it: others name the same file. */
const isPlain = (address: string): boolean =>
  address.startsWith('/') &&
  address
    .slice(1)
    .split('/')
    .every((segment) => {
      if (/^\.{0,2}$/.test(segment)) return false;
      try {
        const name = decodeURIComponent(segment);
        return encodeURIComponent(name) === segment && !/[/\\\p{Cc}]/u.test(name);
      } catch {
        return false;
      }
    });
