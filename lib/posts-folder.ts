/**
 * The posts folder as a source: reads `<slug>.mdx` files, and on a later load only those that moved.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { hash, parsePost, type Post, type Problem } from './post';

/** What a load found; give it to the next load. */
export interface LoadedPosts {
  /** The last good version of each post. The same array as before when no post changed. */
  posts: Post[];
  /** The posts whose present text cannot be used. */
  problems: Problem[];
  files: ReadonlyMap<string, FileRecord>;
}

interface FileRecord {
  /** Size, times and inode; a file whose signature stands still was not written to. */
  signature: string;
  /** Whether the file had been still for so long when it was read that the signature can be trusted. */
  settled: boolean;
  textHash: string;
  post?: Post;
  problem?: Problem;
}

/** A file system's clock may tick this slowly: a write within it may leave the signature as it was. */
const SETTLED_AFTER_MS = 1000;
/** How often a file is read again that changes while it is being read. */
const READS = 5;
/** Files between two breaths of the event loop: about a millisecond of `stat` calls. */
const SLICE = 250;

/**
 * Loads all posts of a folder. `check` looks closer at a post that changed since `previous` (does
 * its MDX compile?). Throws if the folder cannot be read; what is wrong with one file is a problem
 * in the answer, beside the last good version of its post.
 */
export async function loadPostsFolder(
  folder: string,
  previous?: LoadedPosts,
  check: (post: Post) => Promise<Problem | undefined> = async () => undefined,
): Promise<LoadedPosts> {
  const files = new Map<string, FileRecord>();
  const bySlug = new Map<string, string>();
  const posts: Post[] = [];
  const problems: Problem[] = [];

  // Synchronous calls in slices: at 10,000 files several times faster than as many promises.
  for (const [index, name] of listFolder(folder).entries()) {
    if (index % SLICE === SLICE - 1) await breathe();
    // macOS hands out decomposed names; a URL carries the composed form.
    const slug = path.basename(name, '.mdx').normalize('NFC');
    const before = previous?.files.get(name);
    const record = readRecord(folder, name, slug, before);
    if (!record) continue;
    files.set(name, record);

    if (previous && record.post && record.post !== before?.post) {
      record.problem = await check(record.post);
      if (record.problem) record.post = before?.post;
    }
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

  const unchanged =
    posts.length === previous?.posts.length &&
    posts.every((post, index) => post === previous.posts[index]);
  return { posts: unchanged ? previous.posts : posts, problems, files };
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
  slug: string,
  before: FileRecord | undefined,
): FileRecord | undefined {
  const full = path.join(folder, name);
  const file = displayName(folder, name);
  try {
    let { signature, changedMs } = look(full);
    if (before?.settled && before.signature === signature) return { ...before };
    for (let reads = 0; reads < READS; reads += 1) {
      const readAtMs = Date.now();
      const text = readFileSync(full, 'utf8');
      const again = look(full);
      if (again.signature === signature) {
        const settled = changedMs < readAtMs - SETTLED_AFTER_MS;
        const textHash = hash(text);
        if (before?.textHash === textHash) return { ...before, signature, settled };
        const parsed = parsePost(file, slug, text);
        return { signature, settled, textHash, ...parsed, post: parsed.post ?? before?.post };
      }
      ({ signature, changedMs } = again);
    }
    throw new Error('it is being written; write to another file and rename that');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const problem = { slug, file, message };
    return { signature: '', settled: false, textHash: '', post: before?.post, problem };
  }
}

function look(full: string): { signature: string; changedMs: number } {
  const { size, mtimeMs, ctimeMs, ino } = statSync(full);
  return {
    signature: `${size} ${mtimeMs} ${ctimeMs} ${ino}`,
    changedMs: Math.max(mtimeMs, ctimeMs),
  };
}

const displayName = (folder: string, name: string) => `${path.basename(folder)}/${name}`;

/** The code of a system error, such as ENOENT. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : `${error}`;
