/** What tells, without reading it, that a file was not written to. */
import type { Stats } from 'node:fs';

/** A file whose size, times and inode stand still was not written to. */
export interface Look {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/** A file system's clock may tick this slowly: a write within it may leave the look as it was. */
export const SETTLED_AFTER_MS = 1000;

/** The look of a file. */
export const lookOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Look => ({
  size,
  mtimeMs,
  ctimeMs,
  ino,
});

/** True for looks of a file that stood still between them. */
export const isSame = (a: Look, b: Look): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
