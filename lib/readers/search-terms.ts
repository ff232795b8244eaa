/**
 * The words of an index in their order, in one string: found by halving, read on from a beginning, and looked
 * through for what is some letters away. Pure.
 */
import { STRIDE, type Slices } from '../slices';

/** Words in the order of their UTF-16 units, each once. */
export interface Terms {
  /** One after the other. */
  text: string;
  /** Where each begins, and where the last one ends. */
  starts: Uint32Array;
}

/** How many there are. */
export const countOf = ({ starts }: Terms): number => starts.length - 1;

/** The word at a place. */
export const termAt = ({ text, starts }: Terms, at: number): string =>
  text.slice(starts[at], starts[at + 1]);

/** The place of a word; undefined if it is none of them. */
export function placeOf(terms: Terms, word: string): number | undefined {
  const at = firstFrom(terms, word);
  return at < countOf(terms) && termAt(terms, at) === word ? at : undefined;
}

/** The places of the words that begin with a text, from the first to before the last. */
export function placesAt(terms: Terms, beginning: string): { from: number; to: number } {
  const from = firstFrom(terms, beginning);
  return { from, to: endOf(terms, beginning, from) };
}

/** The place of the first word that does not come before this one. */
const firstFrom = (terms: Terms, word: string): number =>
  halve(0, countOf(terms), (at) => termAt(terms, at) < word);

/** The place behind the words that begin with a text, of which `from` is the first. */
const endOf = (terms: Terms, beginning: string, from: number): number =>
  halve(from, countOf(terms), (at) => termAt(terms, at).startsWith(beginning));

/** The first place for which `isBefore` is false, where it is true of none behind that. */
function halve(from: number, to: number, isBefore: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A word, by its place, and how many letters have to be added, left out or replaced to come to it. */
export interface Near {
  at: number;
  distance: number;
}

/**
 * The words that are no further away than `most`. Words that begin alike share what was computed of that, and
 * a beginning from which nothing near goes on is passed over with all that has it.
 */
export function near(terms: Terms, word: string, most: number): Near[] {
  const width = word.length + 1;
  // Row n: the distances of a beginning of n letters from each beginning of the word.
  const rows = new Uint8Array((word.length + most + 2) * width);
  for (let column = 0; column < width; column += 1) rows[column] = column;
  const found: Near[] = [];
  let before = '';
  let known = 0;
  for (let at = 0; at < countOf(terms);) {
    const term = termAt(terms, at);
    let depth = commonOf(before, term, known);
    let least = 0;
    while (depth < term.length && least <= most) {
      least = addRow(rows, depth, width, term.charCodeAt(depth), word);
      depth += 1;
    }
    before = term;
    known = depth;
    if (least > most) {
      at = endOf(terms, term.slice(0, depth), at + 1);
      continue;
    }
    const distance = rows[depth * width + word.length] ?? Infinity;
    if (distance <= most) found.push({ at, distance });
    at += 1;
  }
  return found;
}

/** How many letters two words have in common at their beginning, as far as that is known. */
function commonOf(one: string, other: string, most: number): number {
  const end = Math.min(most, one.length, other.length);
  let at = 0;
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

/** Computes the row behind one, for one letter more; returns the least of its distances. */
function addRow(rows: Uint8Array, row: number, width: number, letter: number, word: string) {
  const above = row * width;
  const here = above + width;
  let least = row + 1;
  rows[here] = least;
  for (let column = 1; column < width; column += 1) {
    const changed = letter === word.charCodeAt(column - 1) ? 0 : 1;
    const distance = Math.min(
      (rows[above + column] ?? 0) + 1,
      (rows[here + column - 1] ?? 0) + 1,
      (rows[above + column - 1] ?? 0) + changed,
    );
    rows[here + column] = distance;
    if (distance < least) least = distance;
  }
  return least;
}

/** Words that are sorted at a time: about a millisecond. */
const SORTED_AT_ONCE = 2000;

/** Sorts words, in slices. */
export async function sorted(words: readonly string[], slice: Slices): Promise<string[]> {
  let lists: string[][] = [];
  for (let from = 0; from < words.length; from += SORTED_AT_ONCE) {
    const list = words.slice(from, from + SORTED_AT_ONCE);
    lists.push(list.sort());
    await slice(list.length);
  }
  while (lists.length > 1) {
    const pairs: string[][] = [];
    for (let at = 0; at < lists.length; at += 2) {
      const [one = [], other = []] = [lists[at], lists[at + 1]];
      pairs.push(await merged(one, other, slice));
    }
    lists = pairs;
  }
  return lists[0] ?? [];
}

/** Two sorted lists as one. */
async function merged(one: string[], other: string[], slice: Slices): Promise<string[]> {
  const list: string[] = [];
  let [at, atOther] = [0, 0];
  for (;;) {
    const [a, b] = [one[at], other[atOther]];
    if (a === undefined && b === undefined) return list;
    if (b === undefined || (a !== undefined && a < b)) {
      list.push(a ?? '');
      at += 1;
    } else {
      list.push(b);
      atOther += 1;
    }
    if (list.length % STRIDE === 0) await slice(STRIDE / 10);
  }
}
