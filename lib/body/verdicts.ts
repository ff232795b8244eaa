/**
 * Which bodies can be rendered, by their hashes. A verdict is noted by whatever rendered the body, and kept
 * in a file beside the compiled bodies, so that a start renders only bodies without one.
 *
 * A verdict holds for the compiler and for the names in `public/`, which bodies refer to: the file is
 * named after both.
 */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { COMPILED_DIR, COMPILER } from './mdx';
import { hash } from '../hash';

/** `null`: the body renders. Otherwise why it doesn't; `line` counts from 1 in the body, trimmed. */
export type Verdict = { line?: number; message: string } | null;

/** A line of the file: the hash of a body and, if it doesn't render, why. */
const Line = z.tuple([
  z.string(),
  z.object({ line: z.number().optional(), message: z.string() }).nullable(),
]);

const PREFIX = 'verdicts-';

interface State {
  verdicts: Map<string, Verdict>;
  /** Undefined outside of Next, where nothing names the compiler: nothing is kept then. */
  file?: string;
  /** How many bytes of the file have been read. */
  read: number;
}

// Next bundles each page and each API route with a copy of this module: the state is the process's.
const KEY = Symbol.for('evergreen.verdicts');
const shared: typeof globalThis & { [KEY]?: State } = globalThis;
const state: State = (shared[KEY] ??= { verdicts: new Map(), file: fileName(), read: 0 });

/** What is known of a body; undefined if nobody has rendered it yet. */
export const verdictOn = (bodyHash: string): Verdict | undefined => state.verdicts.get(bodyHash);

/** Reads what was noted since, also by the other processes of a build. */
export function readVerdicts(): void {
  const { file, verdicts, read } = state;
  const news = file === undefined ? undefined : readFrom(file, read);
  if (!news) return;
  state.read += news.length;
  // A line that a crash tore is no verdict: its body is rendered again.
  for (const line of news.toString('utf8').split('\n')) {
    const parsed = lineIn(line);
    if (parsed) verdicts.set(...parsed);
  }
}

/** Notes a verdict. A folder that cannot be written costs time at the next start, and nothing else. */
export function noteVerdict(bodyHash: string, verdict: Verdict): void {
  const { verdicts, file } = state;
  const known = verdicts.get(bodyHash);
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(verdict)) return;
  verdicts.set(bodyHash, verdict);
  if (file === undefined) return;
  try {
    mkdirSync(COMPILED_DIR, { recursive: true });
    // The line end comes first, so that a torn line spoils no other.
    appendFileSync(file, `\n${JSON.stringify([bodyHash, verdict])}`);
  } catch {
    return;
  }
}

/** Removes what was noted for other compilers: for builds, of which only one runs in a folder. */
export function sweepVerdicts(): void {
  // There for an image to copy, whatever the build finds.
  mkdirSync(COMPILED_DIR, { recursive: true });
  for (const name of namesIn(COMPILED_DIR)) {
    const file = path.join(COMPILED_DIR, name);
    if (name.startsWith(PREFIX) && file !== state.file) rmSync(file, { force: true });
  }
}

function fileName(): string | undefined {
  if (COMPILER === undefined) return undefined;
  const names = namesIn('public', true).sort().join('\n');
  return path.join(COMPILED_DIR, `${PREFIX}${hash(`${COMPILER}\n${names}`)}.jsonl`);
}

function namesIn(dir: string, recursive = false): string[] {
  try {
    return readdirSync(dir, { recursive }).map(String);
  } catch {
    return [];
  }
}

/** What a file holds from a byte on; undefined if that is nothing. */
function readFrom(file: string, begin: number): Buffer | undefined {
  let fd;
  try {
    fd = openSync(file, 'r');
    const length = fstatSync(fd).size - begin;
    if (length <= 0) return undefined;
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, begin));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function lineIn(line: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
