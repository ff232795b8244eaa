/**
 * Texts as a search shows them: the marks of the words that were found, and the passage around them. Pure.
 */
import { wordsOf, type Word } from './search-words';

/** A piece of a text, and whether it is a word that was found. */
export interface Segment {
  text: string;
  marked: boolean;
}

/** How long a snippet is, about, and how much of it stands before the first word that was found. */
const SNIPPET_LENGTH = 180;
const SNIPPET_LEAD = 60;

/** Cuts a text into segments, marking the words whose form is one of `terms`. */
export function mark(text: string, terms: ReadonlySet<string>): Segment[] {
  return segmentsOf(text, foundIn(wordsOf(text), terms));
}

/** A passage of about 180 characters, the one with the most of the words that were found. */
export interface Snippet {
  segments: Segment[];
  /** How many different ones of the terms stand in it. */
  found: number;
}

/**
 * The passage of a text that says most about `terms`; its beginning if none of them is in it. `words`
 * are those of the text.
 */
export function snippetOf(
  text: string,
  terms: ReadonlySet<string>,
  words: Word[] = wordsOf(text),
): Snippet {
  const found = foundIn(words, terms);
  const best = densest(found);

  const from = Math.max(0, (best[0]?.start ?? 0) - SNIPPET_LEAD);
  const within = words.filter(({ start, end }) => start >= from && end <= from + SNIPPET_LENGTH);
  const start = from === 0 ? 0 : (within[0]?.start ?? from);
  const wordsEnd = within.at(-1)?.end ?? start + SNIPPET_LENGTH;
  const closing =
    /^[\p{Pe}\p{Pf}\p{Po}]*/u.exec(text.slice(wordsEnd, wordsEnd + 3))?.[0].length ?? 0;
  const end = text.length <= from + SNIPPET_LENGTH ? text.length : wordsEnd + closing;

  const shift = ({ start: a, end: b, term }: Word) => ({ start: a - start, end: b - start, term });
  const shown = found.filter((word) => word.start >= start && word.end <= end).map(shift);
  const segments = segmentsOf(text.slice(start, end), shown);
  if (start > 0) segments.unshift({ text: '… ', marked: false });
  if (end < text.length) segments.push({ text: ' …', marked: false });
  return { segments, found: new Set(shown.map(({ term }) => term)).size };
}

const foundIn = (words: Word[], terms: ReadonlySet<string>): Word[] =>
  words.filter(({ term }) => terms.has(term));

/** Of the runs of words that fit into a snippet, the first with the most different ones. */
function densest(found: Word[]): Word[] {
  let best: Word[] = [];
  let bestScore = 0;
  for (const [index, first] of found.entries()) {
    const limit = first.start + SNIPPET_LENGTH - SNIPPET_LEAD;
    let end = index;
    const different = new Set<string>();
    for (let word = found[end]; word && word.end <= limit; word = found[(end += 1)]) {
      different.add(word.term);
    }
    // Different words count most; more of the same ones decide between equals.
    const score = different.size * SNIPPET_LENGTH + (end - index);
    if (score > bestScore) {
      bestScore = score;
      best = found.slice(index, end);
    }
  }
  return best;
}

function segmentsOf(text: string, marked: Word[]): Segment[] {
  const segments: Segment[] = [];
  const add = (start: number, end: number, isMarked: boolean) => {
    if (start < end) segments.push({ text: text.slice(start, end), marked: isMarked });
  };
  let done = 0;
  for (const { start, end } of marked) {
    add(done, start, false);
    add(start, end, true);
    done = end;
  }
  add(done, text.length, false);
  return segments;
}
