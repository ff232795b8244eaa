/**
 * The text of a file, or why it is none: bounded, in UTF-8, and never of something that might not end. That of a
 * post is read again whenever it is asked for.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import chardet from 'chardet';
import { hash } from '../hash';
import { codeOf } from '../message-of';
import { linesBefore, MovedText, textAt, type PlaceInFile, type Text } from '../text';

/** A file that is larger is no post: to read and render one would hold everybody up for minutes. */
export const MOST_BYTES = 5 * 1024 * 1024;
/** Read at a time of a file that is larger than it said. */
const MORE_BYTES = 64 * 1024;

/** A text that is read from its file. */
export class FileText implements Text {
  readonly length: number;
  readonly linesBefore: number;
  isLost = false;

  /** `fileHash` is that of all of the file, and `text` what it has there now. */
  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly fileHash: string,
    private readonly place: PlaceInFile,
    text: string,
  ) {
    this.length = text.length;
    this.linesBefore = linesBefore(text);
  }

  read(): string {
    const text = readNow(`${this.folder}/${this.name}`);
    this.isLost = text === undefined || hash(text) !== this.fileHash;
    if (text === undefined || this.isLost) throw new MovedText(this.name);
    return textAt(text, this.place);
  }
}

/** Undefined if there is none that can be read. Throws where the machine has no more file handles. */
function readNow(file: string): string | undefined {
  try {
    return readText(file);
  } catch (error) {
    if (['EMFILE', 'ENFILE'].includes(codeOf(error))) throw error;
    return undefined;
  }
}

/** The text of a file; undefined if there is something else of that name by now. Throws if it is too large. */
export function readText(full: string): string | undefined {
  // Opening a pipe would wait for a writer: it may have taken the place of the file a moment ago.
  const descriptor = openSync(full, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return undefined;
    // One more than there is: the next read then says that this is the end.
    let bytes = Buffer.allocUnsafe(Math.min(stats.size, MOST_BYTES) + 1);
    let length = 0;
    for (;;) {
      // It grows, or its file system says no sizes.
      if (length === bytes.length) bytes = Buffer.concat([bytes], length + MORE_BYTES);
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) return decoded(bytes.subarray(0, length));
      length += count;
      if (length > MOST_BYTES) throw new Error(tooLarge(length));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Of a file that is not UTF-8 this much is looked at. */
const LOOKED_AT_BYTES = 64 * 1024;

/** The text that these bytes are in UTF-8. Throws if they are another encoding's. */
function decoded(bytes: Buffer): string {
  // UTF-16 without a mark: each second byte of Latin letters is none.
  const isWide = bytes[0] === 0 || bytes[1] === 0;
  if (isUtf8(bytes) && !isWide) return bytes.toString('utf8');
  const encoding = chardet.detect(bytes.subarray(0, LOOKED_AT_BYTES)) ?? 'some other encoding';
  throw new Error(
    `is not UTF-8 but, as it seems, ${encoding}: save it as UTF-8` +
      (/^[A-Z\d_-]+$/i.test(encoding) ? `, for example with iconv -f ${encoding} -t UTF-8` : ''),
  );
}

/** Why a file is too large. */
export const tooLarge = (size: number): string =>
  `has ${(size / 1024 / 1024).toFixed(1)} MB, and a post has at most ${MOST_BYTES / 1024 / 1024}: ` +
  'divide it, or move what is not text into public/';
