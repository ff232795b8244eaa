/**
 * The pages that `next build` rendered, where it leaves them: an internal of Next, see
 * `lib/store/cache-handler.js`.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { StoredPage } from './place';

/** Files between two turns of the event loop, when a server starts: about a millisecond. */
export const FILES_OF_A_SLICE = 20;

/** Reads what the build left of a path, if anything. */
export function readBuilt(buildDir: string, pagePath: string): StoredPage | null {
  const file = buildFileOf(buildDir, pagePath);
  try {
    const html = readFileSync(`${file}.html`, 'utf8');
    const pageData = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    const { mtimeMs } = statSync(`${file}.html`);
    return {
      path: pagePath,
      lastModified: mtimeMs,
      revision: pageData.pageProps.revision,
      value: { kind: 'PAGES', html, pageData, headers: {}, status: 200 },
    };
  } catch {
    return null;
  }
}

/** The file of a built page, without its ending. */
export const buildFileOf = (buildDir: string, pagePath: string): string =>
  buildDir + (pagePath === '/' ? '/index' : decodeURIComponent(pagePath));

/** Reads all pages of the build, one by one, and lets others go on meanwhile. */
export async function* builtPages(buildDir: string): AsyncGenerator<StoredPage> {
  const names = filesBelow(buildDir).filter((name) => name.endsWith('.html'));
  for (const [number, name] of names.entries()) {
    if (number % FILES_OF_A_SLICE === FILES_OF_A_SLICE - 1) await yieldToEventLoop();
    const page = readBuilt(buildDir, pathOfBuilt(name));
    if (page) yield page;
  }
}

/** The names of the files below a folder; none if there is no folder. */
export function filesBelow(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

/** The path of a built page, by the name of its file below the folder of the build's pages. */
const pathOfBuilt = (name: string): string =>
  encodePath(`/${name.slice(0, -'.html'.length).replaceAll(path.sep, '/')}`);

/** A path as visitors write it, of one as Next's keys and files do. */
export const encodePath = (decoded: string): string =>
  decoded === '/index' ? '/' : decoded.split('/').map(encodeURIComponent).join('/');
