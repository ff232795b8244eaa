/**
 * Texts that come from elsewhere, in the data folder; in memory where that cannot be written. What is missing there,
 * or is not what was written, is asked for again where it came from.
 */
import { findData, readData, removeData, writeData } from '../data-dir';
import { hash } from '../hash';
import { KnownText, linesBefore, MovedText, type Text } from '../text';

/** Makes a text of what it says, and of the hash of that without the blank space around it. */
export type TextOf = (text: string, textHash: string) => Text;

/** A text that lies in the data folder, by its hash. */
class KeptText implements Text {
  readonly length: number;
  readonly linesBefore: number;
  isLost?: true;

  constructor(
    text: string,
    private readonly textHash: string,
  ) {
    this.length = text.length;
    this.linesBefore = linesBefore(text);
  }

  read(): string {
    const text = readData('texts', fileOf(this.textHash));
    if (text !== undefined && hash(text.trim()) === this.textHash) return text;
    this.isLost = true;
    removeData('texts', fileOf(this.textHash));
    throw new MovedText('a text in the data folder');
  }
}

/** Keeps a text. */
export function keptText(text: string, textHash: string): Text {
  const file = fileOf(textHash);
  const isKept = findData('texts', file) !== undefined || writeData('texts', file, text);
  return isKept ? new KeptText(text, textHash) : new KnownText(text);
}

const fileOf = (textHash: string): string => `${textHash}.html`;
