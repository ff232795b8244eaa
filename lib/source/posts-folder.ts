/**
 * The posts folder as a source: reads `<slug>.mdx` files, and on a later load only those that moved.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  statSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { hash } from '../hash';
import { keepIfSame, parsePost, type Post, type Problem } from './post';

/** What a load found; give it to the next load. */
export interface LoadedPosts {
  /** The posts that can be read. The same array as before when none changed. */
  posts: Post[];
  /** The files that cannot be. */
  problems: Problem[];
  /** What has the name of a post and is none, each a sentence. Never a reason for a failure. */
  warnings: string[];
  /** In the order of their names. */
  files: readonly FileRecord[];
}

interface FileRecord {
  name: string;
  slug: string;
  /** A file whose size, times and inode stand still was not written to. */
  look: Look;
  /** Whether the file had been still for so long when it was read that its look can be trusted. */
  settled: boolean;
  textHash: string;
  post?: Post;
  problem?: Problem;
}

interface Look {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/** A file that is larger is no post: to read and render one would hold everybody up for minutes. */
const MOST_BYTES = 5 * 1024 * 1024;
/** A file system's clock may tick this slowly: a write within it may leave the signature as it was. */
const SETTLED_AFTER_MS = 1000;
/** Read at a time of a file that is larger than it said. */
const MORE_BYTES = 64 * 1024;
/** How often a file is read again that changes while it is being read. */
const READS = 5;
/** Files between two breaths of the event loop: about a millisecond of `stat` calls. */
const SLICE = 250;

/**
 * Loads all posts of a folder. Throws if the folder cannot be read; what is wrong with one file is a
 * problem in the answer, in place of its post.
 */
export async function loadPostsFolder(
  folder: string,
  previous?: LoadedPosts,
): Promise<LoadedPosts> {
  const names = listFolder(folder);
  const files: FileRecord[] = [];
  const before = inOrder(previous?.files ?? []);
  // Names that are all composed have as many slugs.
  const bySlug = names.every(isComposed) ? undefined : new Map<string, string>();
  const posts: Post[] = [];
  const problems: Problem[] = [];
  const warnings: string[] = [];

  // Synchronous calls in slices: at 10,000 files several times faster than as many promises.
  for (const [index, name] of names.entries()) {
    if (index % SLICE === SLICE - 1) await yieldToEventLoop();
    const record = readRecord(folder, name, before(name));
    if (typeof record === 'string') {
      warnings.push(record);
      if (!previous?.warnings.includes(record)) console.warn(record);
    }
    if (record === undefined || typeof record === 'string') continue;
    files.push(record);

    const { slug } = record;
    const twin = bySlug?.get(slug);
    if (twin === undefined) {
      bySlug?.set(slug, name);
      if (record.post) posts.push(record.post);
      if (record.problem) problems.push(record.problem);
    } else {
      const message = `has the same slug as ${twin}; rename one of them`;
      problems.push({ slug, file: displayName(folder, name), message });
    }
  }

  return { posts: keepIfSame(posts, previous?.posts), problems, warnings, files };
}

/**
 * Finds files by their names, asked for in the order in which they are: thousands at each load, for which a
 * map would take longer.
 */
function inOrder(files: readonly FileRecord[]): (name: string) => FileRecord | undefined {
  let next = 0;
  return (name) => {
    let file = files[next];
    while (file && file.name < name) file = files[(next += 1)];
    return file?.name === name ? file : undefined;
  };
}

/** True for a name in Unicode's NFC, as nearly all are: to tell it of ASCII takes no time. */
const isComposed = (name: string): boolean =>
  /^[ -~]*$/.test(name) || name === name.normalize('NFC');

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.mdx') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw new Error(
      `The posts folder ${folder} cannot be read (${codeOf(error)}); repair it, or set POSTS_DIR`,
      { cause: error },
    );
  }
}

/**
 * Reads one file if it moved. Answers undefined if it is gone, and a sentence if it is none: reading a
 * pipe, a socket or a device might never end.
 */
function readRecord(
  folder: string,
  name: string,
  before: FileRecord | undefined,
): FileRecord | string | undefined {
  const full = `${folder}${path.sep}${name}`;
  // Only where something moved: most files stand still.
  const file = () => displayName(folder, name);
  // macOS hands out decomposed names; a URL carries the composed form.
  const slug = before?.slug ?? path.basename(name, '.mdx').normalize('NFC');
  try {
    let stats = statSync(full);
    if (before?.settled && isSame(stats, before.look)) return before;
    for (let reads = 0; reads < READS; reads += 1) {
      if (!stats.isFile()) return `${file()} is ${kindOf(stats)}, not a file, and is left out.`;
      if (stats.size > MOST_BYTES) throw new Error(tooLarge(stats.size));
      const readAtMs = Date.now();
      const text = readText(full);
      const again = statSync(full);
      if (text !== undefined && isSame(stats, again)) {
        const { size, mtimeMs, ctimeMs, ino } = again;
        const settled = Math.max(mtimeMs, ctimeMs) < readAtMs - SETTLED_AFTER_MS;
        const looked = { name, slug, look: { size, mtimeMs, ctimeMs, ino }, settled };
        const textHash = hash(text);
        if (before?.textHash === textHash) return { ...before, ...looked };
        const parsed = parsePost(file(), slug, text);
        return { ...looked, textHash, ...parsed };
      }
      stats = again;
    }
    throw new Error('is being written; write to another file and rename that');
  } catch (error) {
    const message = codeOf(error) === 'ENOENT' ? whyMissing(full) : whyUnreadable(error);
    if (message === undefined) return undefined;
    const look = { size: -1, mtimeMs: 0, ctimeMs: 0, ino: 0 };
    const problem = { slug, file: file(), message };
    return { name, slug, look, settled: false, textHash: '', problem };
  }
}

/** The text of a file; undefined if there is something else of that name by now. Throws if it is too large. */
function readText(full: string): string | undefined {
  // Opening a pipe would wait for a writer: it may have taken the place of the file a moment ago.
  const descriptor = openSync(full, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return undefined;
    // One more than there is: the next read then says that this is the end.
    let bytes = Buffer.allocUnsafe(Math.min(stats.size, MOST_BYTES) + 1);
    let length = 0;
    for (;;) {
      // It grows, or its file system says no sizes.
      if (length === bytes.length) bytes = Buffer.concat([bytes], length + MORE_BYTES);
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) return bytes.toString('utf8', 0, length);
      length += count;
      if (length > MOST_BYTES) throw new Error(tooLarge(length));
    }
  } finally {
    closeSync(descriptor);
  }
}

const tooLarge = (size: number): string =>
  `has ${(size / 1024 / 1024).toFixed(1)} MB, and a post has at most ${MOST_BYTES / 1024 / 1024}: ` +
  'divide it, or move what is not text into public/';

/** What stands in place of a file. */
function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** Why a file that is listed is not there; undefined if it was deleted meanwhile. */
function whyMissing(full: string): string | undefined {
  // What is not UTF-8 is listed with this character, by which nothing is found.
  if (full.includes('\uFFFD')) return 'has a name that is not UTF-8; rename the file';
  const isLink = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink
    ? 'is a link to a file that is not there; restore that, or delete the link'
    : undefined;
}

/** What is wrong with a file, and what helps. Its path on this machine is nobody's business. */
function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ELOOP') return 'is a link that leads back to itself; delete it';
  if (code === 'EACCES' || code === 'EPERM') {
    return `cannot be read (${code}); let the user that runs the site read it`;
  }
  if (error instanceof Error && !('code' in error)) return error.message;
  return `cannot be read (${code}); write it again`;
}

const isSame = (a: Look, b: Look): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;

/** A file as messages name it, on one line whatever its name is. */
const displayName = (folder: string, name: string) =>
  `${path.basename(folder)}/${name}`.replace(/\p{Cc}/gu, '\uFFFD');

/** The code of a system error, such as ENOENT. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : `${error}`;
