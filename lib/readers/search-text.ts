/**
 * Texts as a search reads and shows them: the plain text of a body, the marks of the words that were
 * found, and the passage around them. Pure.
 */
import { decodeHTMLStrict } from 'entities';
import removeMarkdown from 'remove-markdown';
import { wordsOf, type Word } from './search-words';

/** A piece of a text, and whether it is a word that was found. */
export interface Segment {
  text: string;
  marked: boolean;
}

/** How long a snippet is, about, and how much of it stands before the first word that was found. */
const SNIPPET_LENGTH = 180;
const SNIPPET_LEAD = 60;

/** Fenced code, or a code span. What stands in it is text, whatever it looks like. */
const CODE =
  /^[ \t]*(```+(?=[^`\n]*\n)|~~~+)[^\n]*\n([\s\S]*?)(?:^[ \t]*\1[^\n]*$|$(?![\s\S]))|(?<!`)(`+)(?!`)([^\n]{1,300}?)(?<!`)\3(?!`)/gm;
/** Stands for a piece of code meanwhile: private characters of Unicode, which no text has. */
const KEPT = /\ue000(\d+)\ue001/g;
/** A passage without a blank line. Of limited length: removing Markdown takes quadratic time. */
const BLOCK = /(?:(?!\n[ \t\r]*\n)[\s\S]){1,2000}/g;
const TABLE_ROW = /^[ \t]*\|.*$/gm;
/** A tag, and the attributes that a reader sees. */
const TAG = /<\/?[a-z][^<>]*>/gi;
const SEEN = /\b(?:title|alt|caption)="([^"]*)"/g;
const WITHIN_WORDS = /^<\/?(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|sub|sup|u)\b/i;

/** The text of an MDX or HTML body as a reader sees it, on one line. */
export const plainText = (body: string): string =>
  Array.from(plainBlocks(body), ({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');

/** A passage of a body. */
export interface Block {
  /** As a reader sees it, on one line; may be empty. */
  text: string;
  /** How many characters of the body it took. */
  length: number;
}

/** The text of a body by its passages, each read when it is asked for: reading can be done in slices. */
export function* plainBlocks(body: string): Generator<Block> {
  for (const section of sectionsOf(body)) {
    const kept: string[] = [];
    const withoutCode = section
      .replaceAll(/[\ue000\ue001]/g, '')
      .replace(CODE, (_, _fence, fenced?: string, _quote?: string, span?: string) => {
        kept.push(fenced ?? span ?? '');
        return `\ue000${kept.length - 1}\ue001`;
      });
    for (const [block] of withoutCode.matchAll(BLOCK)) {
      const text = plainBlock(block)
        .replace(KEPT, (_, index: string) => kept[Number(index)] ?? '')
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .toWellFormed()
        .trim();
      yield { text, length: Math.max(block.length, text.length) };
    }
  }
}

/** How long a section of a body is, about. */
const SECTION_LENGTH = 4000;
/** The longest of all: where fenced code, or a passage, doesn't end for so long, it is cut. */
const LONGEST_SECTION = 16_000;

const FENCE = /^[ \t]*(```+(?=[^`]*$)|~~~+)/;

/** Cuts a body at blank lines outside of fenced code, beyond which no piece of code goes on. */
function* sectionsOf(body: string): Generator<string> {
  let start = 0;
  let fence: string | undefined;
  for (let at = 0; at < body.length;) {
    const newline = body.indexOf('\n', at);
    const end = newline < 0 ? body.length : newline + 1;
    const line = body.slice(at, Math.min(end, at + LONGEST_SECTION)).trim();
    if (fence === undefined) fence = FENCE.exec(line)?.[1];
    else if (line.startsWith(fence)) fence = undefined;
    at = end;
    const isEnd = line === '' && fence === undefined && at - start >= SECTION_LENGTH;
    if (!isEnd && at - start < LONGEST_SECTION) continue;
    for (; at - start > LONGEST_SECTION; start += LONGEST_SECTION) {
      yield body.slice(start, start + LONGEST_SECTION);
    }
    yield body.slice(start, at);
    start = at;
  }
  if (start < body.length) yield body.slice(start);
}

const plainBlock = (block: string): string =>
  decodeHTMLStrict(
    removeMarkdown(
      block
        .replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
        .replace(TABLE_ROW, (row) => (/^[\s|:-]+$/.test(row) ? '' : row.replaceAll('|', ' ')))
        .replace(/\[\^[^\]\n]+\]:?/g, '')
        .replace(TAG, (tag) =>
          WITHIN_WORDS.test(tag)
            ? ''
            : ` ${Array.from(tag.matchAll(SEEN), ([, seen]) => seen).join(' ')} `,
        ),
    ),
  ).replace(/\\([!-/:-@[-`{-~])/g, '$1');

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
