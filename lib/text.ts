/**
 * The texts of posts. Most are read when they are asked for, and not kept: those of ten thousand posts would fill
 * the memory, and few are rendered at a time. Pure: what reads one from a file is in `source/text-file.ts`.
 */

/** The text of a post. */
export interface Text {
  /** About how many characters it has. */
  readonly length: number;
  /** Lines before its first word: those of a file's front matter are blank ones here. */
  readonly linesBefore: number;
  /** True for one that was not there any more when it was read last: the source has to be asked for it. */
  readonly isLost?: boolean;
  /**
   * Reads it. Throws `MovedText` if what is there now is not what the post was made of: a page must not show a new
   * text as the old one.
   */
  read(): string;
}

/** The kind of a problem that is none of a post: it has another text by now, and is to be loaded again. */
export const MOVED = 'a text that changed meanwhile';

const MOVED_TEXT = 'MovedText';

/** A text that is not what it was. Known by its name, since each bundle has a class of its own. */
export class MovedText extends Error {
  override readonly name = MOVED_TEXT;

  constructor(what: string) {
    super(`${what} changed while it was used; load it again`);
  }
}

/** Whether an error says that a text is not what it was. */
export const isMoved = (error: unknown): boolean =>
  error instanceof Error && error.name === MOVED_TEXT;

/** Lines before the trimmed text. */
export const linesBefore = (text: string): number =>
  (/^\s*/.exec(text)?.[0].split('\n').length ?? 1) - 1;

/** A text that is kept. */
export class KnownText implements Text {
  readonly length: number;
  readonly linesBefore: number;

  constructor(private readonly text: string) {
    this.length = text.length;
    this.linesBefore = linesBefore(text);
  }

  read(): string {
    return this.text;
  }
}

/** Where the text of a post stands in its file. */
export interface PlaceInFile {
  /** Characters before it. */
  from: number;
  /** Blank lines that stand for them. */
  lines: number;
}

/** A copy of which no text is a piece of a longer one: V8 keeps the whole of that for as long as the piece. */
export const detached = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** The text of a post in that of its file. */
export const textAt = (file: string, { from, lines }: PlaceInFile): string =>
  '\n'.repeat(lines) + file.slice(from);
