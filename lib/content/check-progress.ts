/**
 * What a build says of its check of posts while that lasts: a line now and then, in a log as in a terminal,
 * and from one of its processes, which share the check.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { countOf } from '../count-of';

/** Nothing is said of a check that is done by then. */
const FIRST_AFTER_MS = 3000;
/** A check of 10,000 posts has some ten lines. */
const NEXT_AFTER_MS = 10_000;

/** Made by the process that tells; a build begins without it. */
const CLAIM = path.join('.next', 'check-is-told');

/** Gets how many bodies are checked, and counts those that are done. */
export type Progress = (total: number, countDone: () => number) => void;

/** Where the lines go, whether this process may say them, and the time in ms. */
interface ProgressParts {
  say: (line: string) => void;
  claim: () => boolean;
  now: () => number;
}

/** Returns what is to be called after each body. It counts only for a line. */
export function checkProgress({
  say = console.log,
  claim = claimInBuild,
  now = () => performance.now(),
}: Partial<ProgressParts> = {}): Progress {
  let dueMs = now() + FIRST_AFTER_MS;
  let tells: boolean | undefined;
  return (total, countDone) => {
    if (now() < dueMs) return;
    dueMs = now() + NEXT_AFTER_MS;
    if (!(tells ??= claim())) return;
    const done = countDone();
    // Rounded down, and not at the end: the build then goes on to its next line.
    if (done < total)
      say(`  Checking ${countOf(total, 'post')}: ${Math.floor((100 * done) / total)}%`);
  };
}

function claimInBuild(): boolean {
  try {
    writeFileSync(CLAIM, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
