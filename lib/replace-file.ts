/** Writes files so that a reader, or a crash, finds the old text or the new one. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file in one step, by way of a second one beside it: of its own for each process, where several
 * may write. Throws if that cannot be done; what did not fit is removed, since it would take the room of
 * what does.
 */
export function replaceFile(
  file: string,
  content: string | Uint8Array,
  beside = `${file}.tmp`,
): void {
  try {
    writeFileSync(/* turbopackIgnore: true */ beside, content);
    renameSync(beside, file);
  } catch (error) {
    removeIfPossible(beside);
    throw error;
  }
}

function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nor could it be written.
  }
}
