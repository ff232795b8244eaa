/**
 * Which bodies can be rendered, by their hashes, and what is to be told of those that can. A verdict is
 * noted by whatever rendered the body, and kept in a file of the data folder, so that a start renders only
 * bodies without one.
 *
 * A verdict holds for the compiler and for the names in `public/`, which bodies refer to: the file is
 * named after both.
 */
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { environment } from '../config';
import { appendData, readDataFrom } from '../data-dir';
import { hash } from '../hash';
import { COMPILER } from './kept';
import type { BodyWarning } from './prose';

/** `null`: the body renders. Otherwise why it doesn't; `line` counts from 1 in the body, trimmed. */
export type Verdict = { line?: number; message: string } | null;

const Warnings = z.array(
  z.object({ line: z.number().optional(), kind: z.string(), message: z.string() }),
);

/**
 * A line of the file: the hash of a body, if it doesn't render, why, and otherwise its warnings; and until when
 * it holds, in ms since 1970, if it does not for good.
 */
const Line = z.tuple([
  z.string(),
  z.object({ line: z.number().optional(), message: z.string() }).nullable(),
  Warnings.default([]),
  z.number().optional(),
]);

/** What is known of a body. The lines of warnings count as that of a verdict does. */
interface Known {
  verdict: Verdict;
  warnings: readonly BodyWarning[];
  /** Of a verdict that holds for a while only: until when, in ms since 1970. */
  untilMs?: number;
}

/**
 * How long a body counts as broken that took too much time or memory. On a busy machine that may have been
 * chance, so it is found out again, also at a start: only the processes of a build tell each other.
 */
const FOR_NOW_MS = 3_600_000;
const FOR_A_BUILD_MS = 300_000;

/** The verdicts of one process, and what other processes of a build have noted. */
export class Verdicts {
  private readonly known = new Map<string, Known>();
  /** How many bytes of the file have been read. */
  private bytesRead = 0;

  /** Without a `file`, as outside of Next, where nothing names the compiler, nothing is kept. */
  constructor(private readonly file: string | undefined = fileName()) {}

  /** What is known of a body; undefined if nobody has rendered it yet. */
  on(bodyHash: string): Verdict | undefined {
    return this.knownOf(bodyHash)?.verdict;
  }

  /** The verdict on a body that is not to be rendered for a while. */
  forNow(bodyHash: string): NonNullable<Verdict> | undefined {
    const known = this.knownOf(bodyHash);
    return known?.untilMs === undefined ? undefined : (known.verdict ?? undefined);
  }

  /** Notes why a body is not to be rendered for a while; a restart or an edit ends that, too. */
  noteForNow(bodyHash: string, verdict: NonNullable<Verdict>): void {
    const { building } = environment();
    const untilMs = Date.now() + (building ? FOR_A_BUILD_MS : FOR_NOW_MS);
    this.known.set(bodyHash, { verdict, warnings: [], untilMs });
    if (building && this.file !== undefined) {
      appendData('verdicts', this.file, JSON.stringify([bodyHash, verdict, [], untilMs]));
    }
  }

  /** What is to be told of a body; nothing, if nobody has rendered it yet. */
  warningsOn(bodyHash: string): readonly BodyWarning[] {
    return this.knownOf(bodyHash)?.warnings ?? [];
  }

  /** Reads what was noted since, also by the other processes of a build. */
  read(): void {
    const { file, bytesRead } = this;
    const news = file === undefined ? undefined : readDataFrom('verdicts', file, bytesRead);
    if (!news) return;
    this.bytesRead += news.length;
    // A line that a crash tore is no verdict: its body is rendered again.
    for (const line of news.toString('utf8').split('\n')) {
      const parsed = lineIn(line);
      if (!parsed) continue;
      const [bodyHash, verdict, warnings, untilMs] = parsed;
      if (untilMs !== undefined && untilMs < Date.now()) continue;
      this.known.set(bodyHash, { verdict, warnings, untilMs });
    }
  }

  /** Notes a verdict; returns false if it was known. */
  note(bodyHash: string, verdict: Verdict, warnings: readonly BodyWarning[] = []): boolean {
    const now: Known = { verdict, warnings };
    const known = this.known.get(bodyHash);
    if (known && JSON.stringify(known) === JSON.stringify(now)) return false;
    this.known.set(bodyHash, now);
    const { file } = this;
    if (file !== undefined) {
      const line = warnings.length > 0 ? [bodyHash, verdict, warnings] : [bodyHash, verdict];
      appendData('verdicts', file, JSON.stringify(line));
    }
    return true;
  }

  private knownOf(bodyHash: string): Known | undefined {
    const known = this.known.get(bodyHash);
    if (known?.untilMs === undefined || Date.now() < known.untilMs) return known;
    this.known.delete(bodyHash);
    return undefined;
  }
}

function fileName(): string | undefined {
  if (COMPILER === undefined) return undefined;
  return `${hash(`${COMPILER}\n${publicNames().join('\n')}`)}.jsonl`;
}

function publicNames(): string[] {
  try {
    return readdirSync('public', { recursive: true }).map(String).sort();
  } catch {
    return [];
  }
}

function lineIn(line: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
