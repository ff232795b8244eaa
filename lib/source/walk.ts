/**
 * The files below the posts folder, by their names: what is a post, where its name leads, and what is none.
 */
import { opendirSync, statSync, type Dirent } from 'node:fs';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { codeOf } from '../message-of';
import { languageOfSection, SECTIONS } from '../site/languages';
import { SITE } from '../site/site-config';
import { isSlug, slugOf } from '../site/slugs';
import type { Naming } from './post';
import { keyOfName } from './translations';

/** What lies in a folder and in those within it. Paths are relative to it, with slashes. */
export interface Walked {
  /** Those of posts, in their order. */
  posts: string[];
  /** Those of all other files. */
  others: string[];
  /** The folders that lie directly in it. */
  folders: ReadonlySet<string>;
  /** What is not gone into, and why. */
  left: { name: string; why: string }[];
}

/** Entries between two turns of the event loop: about a millisecond. */
const SLICE = 1000;
/** Folders in each other. Nobody sorts posts into so many. */
const MOST_LEVELS = 20;

const POST = /\.(?:mdx|md|markdown)$/i;
/** What generators keep beside posts. */
const NO_FOLDER = /^(?:\.|node_modules$|_(?:site|layouts|includes|sass|data|plugins|config)$)/;
/** What repositories have in any folder. */
const NO_POST =
  /^(?:_.*|(?:README|CONTRIBUTING|CONTRIBUTORS|LICENSE|LICENCE|COPYING|NOTICE|CHANGELOG|HISTORY|AUTHORS|MAINTAINERS|SECURITY|SUPPORT|CODE_OF_CONDUCT|AGENTS|CLAUDE|GEMINI|TODO)\.[A-Za-z]+)$/;
const README = /^readme\.(?:md|markdown)$/i;

/** Lists a folder with all folders in it, and lets others go on meanwhile. Throws if it cannot be read. */
export async function walk(root: string): Promise<Walked> {
  const found: Walked = { posts: [], others: [], folders: new Set(), left: [] };
  const folders = new Set<string>();
  const toGo: string[] = [''];
  let seen = 0;
  for (let prefix = toGo.pop(); prefix !== undefined; prefix = toGo.pop()) {
    let folder;
    try {
      folder = opendirSync(`${root}/${prefix}`, { bufferSize: SLICE });
    } catch (error) {
      if (prefix === '') throw error;
      // It may be gone by now.
      const code = codeOf(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        const why = `is a folder that cannot be read (${code}), and is left out`;
        found.left.push({ name: prefix.slice(0, -1), why });
      }
      continue;
    }
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
        seen += 1;
        if (seen % SLICE === 0) await yieldToEventLoop();
        const { name } = entry;
        if (entry.isDirectory()) {
          if (NO_FOLDER.test(name)) continue;
          if (prefix === '') folders.add(name);
          if (prefix.split('/').length <= MOST_LEVELS) toGo.push(`${prefix}${name}/`);
        } else sort(root, prefix, entry, found);
      }
    } finally {
      folder.closeSync();
    }
  }
  found.posts.sort();
  return { ...found, folders };
}

function sort(root: string, prefix: string, entry: Dirent, found: Walked): void {
  const { name } = entry;
  if (name.startsWith('.')) return;
  const whole = prefix + name;
  if (POST.test(name)) {
    const isPost = !NO_POST.test(name) && !README.test(name);
    (isPost ? found.posts : found.others).push(whole);
  } else if (entry.isSymbolicLink() && isFolder(`${root}/${whole}`)) {
    // It may lead anywhere, or back; what lies in the folder itself is found without it.
    const why = 'is a link to a folder, and is left out; put the folder itself there';
    found.left.push({ name: whole, why });
  } else found.others.push(whole);
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

const DATED = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ .]+(.+))?$/s;
const INDEX = /^index(?:\.([a-z]{2,3}(?:-[a-z]{2,4})?))?$/i;

/** The name of a file without the language in it: `hello.tr`, `index.tr`. */
const OF_LANGUAGE = /^(.+)\.([a-z]{2,3}(?:-[a-z\d]+)*)$/i;

/** The language that a part of a name names, on a site of several. */
function languageNamed(part: string | undefined): string | undefined {
  const code = part?.toLowerCase();
  if (code === undefined || SECTIONS.length === 0) return undefined;
  if (code === SITE.language.toLowerCase()) return SITE.language;
  return SECTIONS.includes(code) ? languageOfSection(code) : undefined;
}

/** The language in the name of a file, or in the names of its folders, and what is left without it. */
function languageIn(
  folders: readonly string[],
  base: string,
): { language?: string; base: string; translationKey?: string } {
  if (SECTIONS.length === 0) return { base };
  const [, own = base, code] = OF_LANGUAGE.exec(base) ?? [];
  const ofFile = languageNamed(code);
  const name = ofFile === undefined ? base : own;
  const others = folders.filter((folder) => languageNamed(folder) === undefined);
  const ofFolder = folders.map(languageNamed).find((one) => one !== undefined);
  const ofBoth = ofFile ?? ofFolder;
  // One whose author says its language otherwise is a translation of its neighbour all the same.
  return {
    language: ofBoth === SITE.language ? undefined : ofBoth,
    base: name,
    translationKey: keyOfName([...others, name].join('/')),
  };
}

/** What the name of a file says of its post, and the slug that it makes. */
export function placeOf(name: string): { slug: string; naming: Naming } {
  const segments = name.split('/');
  const file = segments.pop() ?? '';
  const ending = POST.exec(file)?.[0] ?? '';
  // macOS hands out decomposed names; a URL carries the composed form.
  const written = file.slice(0, file.length - ending.length).normalize('NFC');
  const { base, language: inName, translationKey } = languageIn(segments, written);
  const markdown = ending.toLowerCase() !== '.mdx';
  const folder = segments.at(-1)?.normalize('NFC');
  const index = folder === undefined ? null : INDEX.exec(base);
  const whole = index ? (folder ?? base) : base;
  const [, year = '', month = '', day = '', rest] = DATED.exec(whole) ?? [];
  const on = dayOf(year, month, day);
  // What lies directly in the folder and is MDX has its whole name for its address.
  const isWhole = on === undefined || rest === undefined || (!markdown && segments.length === 0);
  const named = slugOf(isWhole ? whole : rest);
  const language = index?.[1] === undefined ? '' : `-${index[1].toLowerCase()}`;
  const isUsable = named !== '' && !/\p{Cc}/u.test(whole);
  const slug = isSlug(whole) && isWhole ? whole : named;
  const naming = {
    markdown,
    day: on,
    draft: segments.includes('_drafts'),
    language: inName,
    translationKey,
  };
  return { slug: isUsable ? `${slug}${language}` : whole, naming };
}

/** A day as ISO 8601 has it; undefined if there is no such day. */
function dayOf(year: string, month: string, day: string): string | undefined {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return year !== '' && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso)
    ? iso
    : undefined;
}
