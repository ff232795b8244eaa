/**
 * A part of an index: the words of some posts as numbers in a few arrays, which never change but for the notes
 * of which posts are gone. As flat as it lies in a file.
 */
import { STRIDE, type Slices } from '../slices';
import { countOf, placeOf, sorted, termAt, type Terms } from './search-terms';

/** What of a post is searched. */
export type Field = 'title' | 'tags' | 'category' | 'author' | 'summary' | 'body';
export const FIELDS: readonly Field[] = ['title', 'tags', 'category', 'author', 'summary', 'body'];

/** A part of an index. Its posts are named by their numbers, and fields by theirs in `FIELDS`. */
export interface Segment {
  /** The paths of its posts. */
  paths: readonly string[];
  /** Of each what tells whether it was indexed as it is now. */
  keys: readonly string[];
  /** How many different words each field of each post has. */
  lengths: Uint32Array;
  terms: Terms;
  /** In how many posts each term stands; one that has it in two fields is counted twice. */
  counts: Uint32Array;
  /** Where the places of each term begin, and where those of the last one end. */
  starts: Uint32Array;
  /**
   * For each term, and each field in which it stands: the field, how many posts follow, and of each how far its
   * number is from the one before, and how often the term stands there. As numbers of seven bits a byte.
   */
  places: Uint8Array;
  /** 1 for each post that is gone. */
  gone: Uint8Array;
}

/** How many of its posts are still there. */
export const liveIn = ({ paths, gone }: Segment): number =>
  gone.reduce((live, isGone) => live - isGone, paths.length);

/** How many different words a field of a post has. */
export const lengthOf = ({ lengths }: Segment, post: number, field: number): number =>
  lengths[post * FIELDS.length + field] ?? 0;

/** Where a term stands: for each field the posts, and how often in each. */
export type Places = readonly { posts: number[]; counts: number[] }[];

/** Places nowhere, to which some can be added. */
export const newPlaces = (): Places => FIELDS.map(() => ({ posts: [], counts: [] }));

/** Adds where a term stands, in posts that are still there; `first` is the number that the first post has. */
export function addPlaces(segment: Segment, term: number, first: number, to: Places): void {
  const { starts, places, gone } = segment;
  const reader = { bytes: places, at: starts[term] ?? 0 };
  const end = starts[term + 1] ?? 0;
  while (reader.at < end) {
    const field = to[read(reader)];
    const count = read(reader);
    let post = 0;
    for (let entry = 0; entry < count; entry += 1) {
      post += read(reader);
      const often = read(reader);
      if (!field || gone[post] === 1) continue;
      field.posts.push(first + post);
      field.counts.push(often);
    }
  }
}

/** In how many posts that are still there a term stands, counted as in `counts`. */
export function livePostsOf(segment: Segment, term: number, areAll: boolean): number {
  if (areAll) return segment.counts[term] ?? 0;
  const places = newPlaces();
  addPlaces(segment, term, 0, places);
  return places.reduce((sum, { posts }) => sum + posts.length, 0);
}

/** The place of a word among the terms of a segment. */
export const termOf = ({ terms }: Segment, word: string): number | undefined =>
  placeOf(terms, word);

/** What a segment is made of, while posts are added. */
export interface Draft {
  paths: string[];
  keys: string[];
  lengths: number[];
  /** For each word: number of a post and of its field, and how often it stands there, one after the other. */
  words: Map<string, number[]>;
  /** How many of those there are. */
  size: number;
}

/** A draft without posts. */
export const newDraft = (): Draft => ({
  paths: [],
  keys: [],
  lengths: [],
  words: new Map(),
  size: 0,
});

/** Adds one field of the post that was added last; the fields of each come in their order. */
export async function addField(
  draft: Draft,
  field: number,
  counts: ReadonlyMap<string, number>,
  slice: Slices,
): Promise<void> {
  const post = draft.paths.length - 1;
  draft.lengths.push(counts.size);
  draft.size += counts.size;
  let added = 0;
  for (const [word, count] of counts) {
    if ((added += 1) % STRIDE === 0) await slice(STRIDE);
    const of = draft.words.get(word);
    if (of) of.push(post * FIELDS.length + field, count);
    else draft.words.set(word, [post * FIELDS.length + field, count]);
  }
}

/** The segment of a draft. */
export async function segmentOf(draft: Draft, slice: Slices): Promise<Segment> {
  const writer = newWriter();
  for (const word of await sorted([...draft.words.keys()], slice)) {
    const places = newPlaces();
    const of = draft.words.get(word) ?? [];
    for (let at = 0; at < of.length; at += 2) {
      const place = of[at] ?? 0;
      const field = places[place % FIELDS.length];
      field?.posts.push(Math.floor(place / FIELDS.length));
      field?.counts.push(of[at + 1] ?? 0);
    }
    writeTerm(writer, word, places);
    await slice(of.length / 2);
  }
  const { paths, keys, lengths } = draft;
  return { ...written(writer, paths, keys), lengths: Uint32Array.from(lengths) };
}

/** Several segments as one, without the posts that are gone. */
export async function mergedSegment(segments: readonly Segment[], slice: Slices): Promise<Segment> {
  const paths: string[] = [];
  const keys: string[] = [];
  const live = segments.reduce((sum, segment) => sum + liveIn(segment), 0);
  const lengths = new Uint32Array(live * FIELDS.length);
  const sources = segments.map((segment) => {
    // The number that each post has from now on.
    const numbers = new Uint32Array(segment.paths.length);
    for (const [post, path] of segment.paths.entries()) {
      if (segment.gone[post] === 1) continue;
      const from = post * FIELDS.length;
      lengths.set(
        segment.lengths.subarray(from, from + FIELDS.length),
        paths.length * FIELDS.length,
      );
      numbers[post] = paths.push(path) - 1;
      keys.push(segment.keys[post] ?? '');
    }
    return { segment, numbers, at: 0 };
  });
  const writer = newWriter();
  for (;;) {
    let word: string | undefined;
    for (const { segment, at } of sources) {
      if (at >= countOf(segment.terms)) continue;
      const term = termAt(segment.terms, at);
      if (word === undefined || term < word) word = term;
    }
    if (word === undefined) break;
    const places = newPlaces();
    let units = 0;
    for (const source of sources) {
      const { segment, numbers, at } = source;
      if (at >= countOf(segment.terms) || termAt(segment.terms, at) !== word) continue;
      const own = newPlaces();
      addPlaces(segment, at, 0, own);
      for (const [field, { posts, counts }] of own.entries()) {
        const all = places[field];
        for (const [entry, post] of posts.entries()) {
          all?.posts.push(numbers[post] ?? 0);
          all?.counts.push(counts[entry] ?? 0);
        }
        units += posts.length / 10;
      }
      source.at += 1;
    }
    writeTerm(writer, word, places);
    await slice(1 + units);
  }
  return { ...written(writer, paths, keys), lengths };
}

interface Writer {
  words: string[];
  /** Where the words begin. */
  textStarts: number[];
  textLength: number;
  counts: number[];
  starts: number[];
  bytes: Uint8Array;
  length: number;
}

const newWriter = (): Writer => ({
  words: [],
  textStarts: [],
  textLength: 0,
  counts: [],
  starts: [],
  bytes: new Uint8Array(1024),
  length: 0,
});

/** The most bytes that a number takes. */
const MOST_OF_A_NUMBER = 5;

/** Writes a term with its places; one that stands nowhere is none. */
function writeTerm(writer: Writer, word: string, places: Places): void {
  const count = places.reduce((sum, { posts }) => sum + posts.length, 0);
  if (count === 0) return;
  makeRoom(writer, MOST_OF_A_NUMBER * 2 * (count + FIELDS.length));
  writer.words.push(word);
  writer.textStarts.push(writer.textLength);
  writer.textLength += word.length;
  writer.counts.push(count);
  writer.starts.push(writer.length);
  for (const [field, { posts, counts }] of places.entries()) {
    if (posts.length === 0) continue;
    write(writer, field);
    write(writer, posts.length);
    let before = 0;
    for (const [entry, post] of posts.entries()) {
      write(writer, post - before);
      write(writer, counts[entry] ?? 0);
      before = post;
    }
  }
}

function makeRoom(writer: Writer, bytes: number): void {
  if (writer.length + bytes <= writer.bytes.length) return;
  const larger = new Uint8Array(2 * (writer.length + bytes));
  larger.set(writer.bytes);
  writer.bytes = larger;
}

function write(writer: Writer, number: number): void {
  let rest = number;
  for (; rest >= 0x80; rest >>>= 7) writer.bytes[writer.length++] = (rest & 0x7f) | 0x80;
  writer.bytes[writer.length++] = rest;
}

function read(reader: { bytes: Uint8Array; at: number }): number {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++] ?? 0;
    number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
}

const written = (
  { words, textStarts, textLength, counts, starts, bytes, length }: Writer,
  paths: string[],
  keys: string[],
): Omit<Segment, 'lengths'> => ({
  paths,
  keys,
  terms: { text: words.join(''), starts: Uint32Array.from([...textStarts, textLength]) },
  counts: Uint32Array.from(counts),
  starts: Uint32Array.from([...starts, length]),
  places: bytes.slice(0, length),
  gone: new Uint8Array(paths.length),
});
