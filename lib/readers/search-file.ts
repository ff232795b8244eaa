/**
 * The index of the search in the data folder, so that a start need not read all posts again. Only time depends
 * on it: a file that is cut, of another version or of anything else is not used, and whatever it lacks is indexed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readDataWhole, writeDataInPieces } from '../data-dir';
import { hash } from '../hash';
import { messageOf } from '../message-of';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Segment } from './search-segment';

/**
 * Names what words are made of, and how they lie in the file: next.config.js sets it. Undefined without Next, where
 * nothing says whether a file still holds.
 */
const RULES = process.env.EVERGREEN_SEARCH;

/** Of a machine whose numbers lie the other way round, or of another format, this is another number. */
const MARK = 0x45_53_49_31;
const MARK_BYTES = 4;
const CHECKSUM_BYTES = 32;
const LENGTH_BYTES = 4;
const HEAD_BYTES = MARK_BYTES + CHECKSUM_BYTES + LENGTH_BYTES;
/** Numbers begin where their size divides the place. */
const ALIGNED_TO = 4;
/** What a checksum is made of at a time: some milliseconds. */
const SUMMED_AT_ONCE = 1024 ** 2;

/** How many bytes each part of a segment has, in the order in which they lie in the file. */
const Sizes = z.object({
  posts: z.number(),
  lengths: z.number(),
  text: z.number(),
  textStarts: z.number(),
  counts: z.number(),
  starts: z.number(),
  places: z.number(),
  gone: z.number(),
});
const Posts = z.tuple([z.array(z.string()), z.array(z.string())]);

type Parts = Record<keyof z.infer<typeof Sizes>, Uint8Array>;

/** Where words are cut differs between versions of Unicode. */
export const fileOfIndex = (rules = RULES): string | undefined =>
  rules && `${hash(`${rules} ${process.versions.unicode} ${process.versions.icu}`)}.idx`;

/** Keeps segments; the caller may go on to change what is gone of them. */
export async function keepSegments(file: string, segments: readonly Segment[]): Promise<void> {
  const parts = segments.map(partsOf);
  const sizes = parts.map(sizesOf);
  const written = JSON.stringify(sizes);
  const header = Buffer.from(written.padEnd(padding(written.length)));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  const pieces = [length, header, ...parts.flatMap((one) => Object.values(one).map(padded))];
  const checksum = await checksumOf(pieces);
  const mark = bytesOf(Uint32Array.of(MARK));
  await writeDataInPieces('search', file, [mark, checksum, ...pieces]);
}

/** The segments that were kept; undefined if there are none that can be used. */
export async function readSegments(file: string): Promise<Segment[] | undefined> {
  const bytes = await readDataWhole('search', file);
  if (!bytes) return undefined;
  try {
    return await segmentsIn(bytes);
  } catch (error) {
    console.warn(`The index of the search is made again: its file ${file} ${messageOf(error)}`);
    return undefined;
  }
}

async function segmentsIn(bytes: Buffer): Promise<Segment[]> {
  if (bytes.length < HEAD_BYTES || !isMarked(bytes)) throw new Error('is no index of this version');
  const checksum = bytes.subarray(MARK_BYTES, MARK_BYTES + CHECKSUM_BYTES);
  const rest = bytes.subarray(MARK_BYTES + CHECKSUM_BYTES);
  if (!checksum.equals(await checksumOf([rest]))) throw new Error('is cut, or was changed');
  const headerEnd = LENGTH_BYTES + rest.readUInt32LE(0);
  const sizes = z.array(Sizes).parse(JSON.parse(rest.toString('utf8', LENGTH_BYTES, headerEnd)));
  let at = headerEnd;
  const next = (length: number): Buffer => {
    const part = rest.subarray(at, at + length);
    at += padding(length);
    return part;
  };
  const segments: Segment[] = [];
  for (const of of sizes) {
    const [paths, keys] = Posts.parse(JSON.parse(next(of.posts).toString('utf8')));
    const lengths = numbersIn(next(of.lengths));
    const text = next(of.text).toString('utf16le');
    const terms = { text, starts: numbersIn(next(of.textStarts)) };
    const [counts, starts] = [numbersIn(next(of.counts)), numbersIn(next(of.starts))];
    const places = next(of.places);
    // Its own memory: it is the one part that changes.
    const gone = Uint8Array.from(next(of.gone));
    segments.push({ paths, keys, lengths, terms, counts, starts, places, gone });
    await yieldToEventLoop();
  }
  return segments;
}

const isMarked = (bytes: Buffer): boolean =>
  bytes.subarray(0, MARK_BYTES).equals(bytesOf(Uint32Array.of(MARK)));

function partsOf({ paths, keys, lengths, terms, counts, starts, places, gone }: Segment): Parts {
  return {
    posts: Buffer.from(JSON.stringify([paths, keys])),
    lengths: bytesOf(lengths),
    // Not UTF-8, which has no half of a character: a word is cut wherever it is too long.
    text: Buffer.from(terms.text, 'utf16le'),
    textStarts: bytesOf(terms.starts),
    counts: bytesOf(counts),
    starts: bytesOf(starts),
    places,
    gone: gone.slice(),
  };
}

function sizesOf(parts: Parts): z.infer<typeof Sizes> {
  return Sizes.parse(
    Object.fromEntries(Object.entries(parts).map(([name, { length }]) => [name, length])),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The same bytes as numbers, without a copy where they lie as numbers have to. */
function numbersIn(bytes: Buffer): Uint32Array {
  const isAligned = bytes.byteOffset % ALIGNED_TO === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(buffer, byteOffset, byteLength / ALIGNED_TO);
}

const padding = (length: number): number => Math.ceil(length / ALIGNED_TO) * ALIGNED_TO;

function padded(bytes: Uint8Array): Uint8Array {
  const rest = padding(bytes.length) - bytes.length;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)]);
}

async function checksumOf(pieces: readonly Uint8Array[]): Promise<Buffer> {
  const sum = createHash('sha256');
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += SUMMED_AT_ONCE) {
      sum.update(piece.subarray(from, from + SUMMED_AT_ONCE));
      await yieldToEventLoop();
    }
  }
  return sum.digest();
}
