/**
 * The posts folder as a source: reads `<slug>.mdx` files, and on a later load only those that moved.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { hash, keepIfSame, parsePost, type Post, type Problem } from './post';

/** What a load found; give it to the next load. */
export interface LoadedPosts {
  /** The posts that can be read. The same array as before when none changed. */
  posts: Post[];
  /** The files that cannot be. */
  problems: Problem[];
  files: ReadonlyMap<string, FileRecord>;
}

interface FileRecord {
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

/** A file system's clock may tick this slowly: a write within it may leave the signature as it was. */
const SETTLED_AFTER_MS = 1000;
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
  const files = new Map<string, FileRecord>();
  const bySlug = new Map<string, string>();
  const posts: Post[] = [];
  const problems: Problem[] = [];

  // Synchronous calls in slices: at 10,000 files several times faster than as many promises.
  for (const [index, name] of listFolder(folder).entries()) {
    if (index % SLICE === SLICE - 1) await breathe();
    const record = readRecord(folder, name, previous?.files.get(name));
    if (!record) continue;
    files.set(name, record);

    const { slug } = record;
    const twin = bySlug.get(slug);
    if (twin === undefined) {
      bySlug.set(slug, name);
      if (record.post) posts.push(record.post);
      if (record.problem) problems.push(record.problem);
    } else {
      const message = `has the same slug as ${twin}; rename one of them`;
      problems.push({ slug, file: displayName(folder, name), message });
    }
  }

  return { posts: keepIfSame(posts, previous?.posts), problems, files };
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.mdx') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw new Error(
      `The posts folder ${folder} cannot be read (${codeOf(error)}); mend it, or set POSTS_DIR`,
      { cause: error },
    );
  }
}

/** Reads one file if it moved; undefined if it is gone. */
function readRecord(
  folder: string,
  name: string,
  before: FileRecord | undefined,
): FileRecord | undefined {
  const full = `${folder}${path.sep}${name}`;
  try {
    let look: Look = statSync(full);
    if (before?.settled && isSame(look, before.look)) return before;
    // macOS hands out decomposed names; a URL carries the composed form.
    const slug = path.basename(name, '.mdx').normalize('NFC');
    for (let reads = 0; reads < READS; reads += 1) {
      const readAtMs = Date.now();
      const text = readFileSync(full, 'utf8');
      const again = statSync(full);
      if (isSame(look, again)) {
        const { size, mtimeMs, ctimeMs, ino } = again;
        const settled = Math.max(mtimeMs, ctimeMs) < readAtMs - SETTLED_AFTER_MS;
        const looked = { slug, look: { size, mtimeMs, ctimeMs, ino }, settled };
        const textHash = hash(text);
        if (before?.textHash === textHash) return { ...before, ...looked };
        const parsed = parsePost(displayName(folder, name), slug, text);
        return { ...looked, textHash, ...parsed };
      }
      look = again;
    }
    throw new Error('it is being written; write to another file and rename that');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    const slug = path.basename(name, '.mdx').normalize('NFC');
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const problem = { slug, file: displayName(folder, name), message };
    const look = { size: -1, mtimeMs: 0, ctimeMs: 0, ino: 0 };
    return { slug, look, settled: false, textHash: '', problem };
  }
}

const isSame = (a: Look, b: Look): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;

const displayName = (folder: string, name: string) => `${path.basename(folder)}/${name}`;

/** The code of a system error, such as ENOENT. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : `${error}`;
