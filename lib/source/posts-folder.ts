/**
 * The posts folder as a source: reads the posts in it and in the folders within, and on a later load only those
 * that moved.
 */
import { lstatSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { hash } from '../hash';
import { codeOf } from '../message-of';
import {
  keepIfSame,
  parsePost,
  TWIN,
  type ParsedPost,
  type Post,
  type Problem,
  type Warning,
} from './post';
import type { FileBeside } from './files-beside';
import { isSame, lookOf, SETTLED_AFTER_MS, type Look } from './look';
import { resolveRefs, type Unresolved } from './refs';
import { warningsOfTranslations } from './translations';
import { FileText, MOST_BYTES, readText, tooLarge } from './text-file';
import { detached } from '../text';
import { placeOf, walk, type Walked } from './walk';
import { addressesIn, fileTagsIn } from './written-addresses';

/** What a load found; give it to the next load. */
export interface LoadedPosts {
  /** The posts that can be read. The same array as before when none changed. */
  posts: Post[];
  /** The files that cannot be. */
  problems: Problem[];
  /** What is not read, or does without something. Never a reason for a failure. */
  warnings: Warning[];
  /** In the order of their names. */
  files: readonly FileRecord[];
  /** The files beside posts that they name, by their paths in the folder. */
  beside: ReadonlyMap<string, FileBeside>;
}

interface FileRecord {
  /** Its path in the folder. */
  name: string;
  look: Look;
  /** Whether the file had been still for so long when it was read that its look can be trusted. */
  settled: boolean;
  textHash: string;
  parsed: ParsedPost;
  /** The post with what its text names. */
  unresolved?: Unresolved;
}

/** How often a file is read again that changes while it is being read. */
const READS = 5;
/** In the folder itself: where other generators have the list of all posts. */
const ROOT_INDEX = /^index\.(?:mdx|md|markdown)$/i;
const WITHOUT_A_FIELD = /^a post without /;
const NOT_A_LIST =
  'is taken for the list of posts, which this site makes itself; with a title and a date it is a post';
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
  const walked = await walkFolder(folder);
  const files: FileRecord[] = [];
  const before = inOrder(previous?.files ?? []);
  const problems: Problem[] = [];
  const warnings: Warning[] = walked.left.map(({ name, why }) => ({
    file: displayName(folder, name),
    kind: KIND_OF_NO_POST,
    message: why,
  }));

  // Synchronous calls in slices: at 10,000 files several times faster than as many promises.
  for (const [index, name] of walked.posts.entries()) {
    if (index % SLICE === SLICE - 1) await yieldToEventLoop();
    const record = readRecord(folder, name, before(name));
    if (record === undefined) continue;
    if ('message' in record) {
      warnings.push(record);
      continue;
    }
    files.push(record);
    const { problem } = record.parsed;
    if (problem && ROOT_INDEX.test(name) && WITHOUT_A_FIELD.test(problem.kind ?? '')) {
      warnings.push({ ...problem, kind: KIND_OF_NO_POST, message: NOT_A_LIST });
      continue;
    }
    if (problem) problems.push(problem);
    if (record.parsed.warnings) warnings.push(...record.parsed.warnings);
  }
  const own = withOwnAddress(files, problems);
  const resolved = await resolveRefs(own, folder, walked.folders, previous?.beside);
  warnings.push(...resolved.warnings);
  warnings.push(...warningsOfTranslations(resolved.posts));
  const ignored = warningOfIgnored(folder, walked, resolved.files);
  if (ignored) warnings.push(ignored);

  const posts = keepIfSame(resolved.posts, previous?.posts);
  return { posts, problems, warnings, files, beside: resolved.files };
}

/** The posts, each at an address of its own: the second of two that want one is a problem. */
function withOwnAddress(files: readonly FileRecord[], problems: Problem[]): Unresolved[] {
  const posts: Unresolved[] = [];
  const taken = new Map<string, Post>();
  const drafts: (Unresolved & { post: Post })[] = [];
  const addressOf = ({ slug, page, path: own }: Post) => own ?? (page ? `/${slug}` : slug);
  for (const { unresolved: one } of files) {
    if (!one) continue;
    const { post } = one;
    // One that is not shown takes no address from one that is.
    if (post.draft) {
      drafts.push(one);
      continue;
    }
    const own = withDayWhereTaken(one, taken.get(addressOf(post)));
    const address = addressOf(own.post);
    const twin = taken.get(address);
    if (twin) {
      const { slug, page, path: own, file } = post;
      const message =
        `has the same slug as ${twin.file}; rename one of them, or write another slug: in its ` +
        `front matter, such as ${slug}-2`;
      problems.push({ slug, page, path: own, file, kind: TWIN, message });
    } else {
      taken.set(address, own.post);
      posts.push(own);
    }
  }
  for (const one of drafts) {
    const address = addressOf(one.post);
    if (taken.has(address)) continue;
    taken.set(address, one.post);
    posts.push(one);
  }
  return posts;
}

/**
 * A post whose address is taken, at one with its day: `weekly-2015-05-08`. Jekyll's addresses have the day in them,
 * so that its blogs have the same title for many days. Only the names of files decide, and the first keeps its own.
 */
function withDayWhereTaken(one: Unresolved, twin: Post | undefined): Unresolved {
  const { post, name } = one;
  const day = twin && placeOf(name).naming.day;
  const dayOfTwin = twin && (twin.day ?? twin.date.slice(0, 10));
  if (day === undefined || post.page || day === dayOfTwin) return one;
  let own = ofDay.get(post);
  if (!own) {
    own = { ...post, slug: `${post.slug}-${day}` };
    ofDay.set(post, own);
  }
  return { ...one, post: own };
}

/** By the post as it was parsed, so that it is the same object at each load. */
const ofDay = new WeakMap<Post, Post>();

const KIND_OF_NO_POST = 'what has the name of a post and is none';

/** How many of the files that are ignored are named. */
const NAMED = 3;

/** One warning for all files that nothing is made of. */
function warningOfIgnored(
  folder: string,
  { others }: Walked,
  used: ReadonlyMap<string, unknown>,
): Warning | undefined {
  const named: string[] = [];
  let ignored = 0;
  for (const name of others) {
    if (used.has(name)) continue;
    ignored += 1;
    const last = named[NAMED - 1];
    if (last !== undefined && name >= last) continue;
    named.push(name);
    named.sort();
    named.length = Math.min(named.length, NAMED);
  }
  if (ignored === 0) return undefined;
  const count = ignored === 1 ? '1 file is' : `${ignored.toLocaleString('en')} files are`;
  const names = named.join(', ').replace(/\p{Cc}/gu, '\uFFFD');
  return {
    file: path.basename(folder),
    kind: 'files that are ignored',
    message:
      `${count} ignored: ${names}${ignored > NAMED ? ', …' : ''}; posts end in .md, .markdown or ` +
      '.mdx, and other files are read where a post names them',
  };
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

async function walkFolder(folder: string): Promise<Walked> {
  try {
    return await walk(folder);
  } catch (error) {
    throw new Error(
      `The posts folder ${folder} cannot be read (${codeOf(error)}); repair it, or set POSTS_DIR`,
      { cause: error },
    );
  }
}

/**
 * Reads one file if it moved. Returns undefined if it is gone, and a warning if it is none: reading a
 * pipe, a socket or a device might never end.
 */
function readRecord(
  folder: string,
  name: string,
  before: FileRecord | undefined,
): FileRecord | Warning | undefined {
  const full = `${folder}/${name}`;
  // Only where something moved: most files stand still.
  const file = () => displayName(folder, name);
  try {
    let stats = statSync(full);
    // What turned out to be another text is read again, whatever its file system says of it.
    const isLost = before?.parsed.post?.text.isLost === true;
    if (before?.settled && !isLost && isSame(stats, before.look)) return before;
    for (let reads = 0; reads < READS; reads += 1) {
      if (!stats.isFile()) {
        const message = `is ${kindOf(stats)}, not a file, and is left out`;
        return { file: file(), kind: KIND_OF_NO_POST, message };
      }
      if (stats.size > MOST_BYTES) throw new Error(tooLarge(stats.size));
      const readAtMs = Date.now();
      const text = readText(full);
      const again = statSync(full);
      if (text !== undefined && isSame(stats, again)) {
        const settled = Math.max(again.mtimeMs, again.ctimeMs) < readAtMs - SETTLED_AFTER_MS;
        const looked = { name, look: lookOf(again), settled };
        const textHash = hash(text);
        if (before?.textHash === textHash) return { ...before, ...looked };
        return { ...looked, textHash, ...readPost(folder, name, file(), { text, textHash }) };
      }
      stats = again;
    }
    throw new Error('is being written; write to another file and rename that');
  } catch (error) {
    const message = codeOf(error) === 'ENOENT' ? whyMissing(full) : whyUnreadable(error);
    if (message === undefined) return undefined;
    const look = { size: -1, mtimeMs: 0, ctimeMs: 0, ino: 0 };
    const kind = 'a file that cannot be read';
    const problem = { slug: placeOf(name).slug, file: file(), kind, message };
    return { name, look, settled: false, textHash: '', parsed: { problem } };
  }
}

/** Reads the post of a file; what is kept of it does not hold its text. */
function readPost(
  folder: string,
  name: string,
  file: string,
  { text, textHash }: { text: string; textHash: string },
): Pick<FileRecord, 'parsed' | 'unresolved'> {
  const { slug, naming } = placeOf(name);
  const parsed = parsePost(file, slug, text, naming);
  if (!parsed.post) return { parsed: detached(parsed) };
  const { place, picture, warnings } = parsed;
  const { text: known, ...fields } = parsed.post;
  const body = known.read();
  const post: Post = {
    ...detached(fields),
    text: new FileText(folder, name, textHash, place, body),
  };
  const named = { addresses: addressesIn(body), tags: post.markdown && fileTagsIn(body) };
  return {
    parsed: { post, place, warnings: warnings && detached(warnings) },
    unresolved: { name, post, ...detached({ picture, ...named }) },
  };
}

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

/** A file as messages name it, on one line whatever its name is. */
const displayName = (folder: string, name: string) =>
  `${path.basename(folder)}/${name}`.replace(/\p{Cc}/gu, '\uFFFD');
