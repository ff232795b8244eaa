/**
 * What is to be told of a body while it is rendered. Pure.
 */
import type { BodyWarning } from './prose';

/** Of one body. */
const MOST = 100;
/** Characters of what is quoted of a text. */
const MOST_QUOTED = 60;

/** The warnings of one body: each once, and no more than anybody reads. */
export class Notes {
  readonly warnings: BodyWarning[] = [];
  private readonly told = new Set<string>();

  /** Notes a warning. `line` counts from 1. */
  add(kind: string, message: string, line?: number): void {
    const key = JSON.stringify([line, message]);
    if (this.warnings.length >= MOST || this.told.has(key)) return;
    this.told.add(key);
    this.warnings.push(line === undefined ? { kind, message } : { line, kind, message });
  }

  /** True for what was asked of for the first time: a message that is told once for a body. */
  isNew(subject: string): boolean {
    const isNew = !this.told.has(subject);
    this.told.add(subject);
    return isNew;
  }
}

/** A part of a text as a message quotes it: in one line, and short. */
export function quoted(text: string): string {
  const line = text
    .slice(0, 2 * MOST_QUOTED)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MOST_QUOTED ? `${line.slice(0, MOST_QUOTED)}…` : line;
}

/** Warnings whose lines are counted from elsewhere. */
export const movedBy = (lines: number, warnings: readonly BodyWarning[]): BodyWarning[] =>
  warnings.map(({ line, ...warning }) =>
    line === undefined ? warning : { line: line + lines, ...warning },
  );
