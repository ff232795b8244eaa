/**
 * The text of a body as a reader sees it, for the search. Pure.
 *
 * By regular expressions, for MDX and HTML alike, passage by passage: a parser would hold everybody up
 * until it had read all of a body.
 */
import { decodeHTMLStrict } from 'entities';
import removeMarkdown from 'remove-markdown';

/** Fenced code, or a code span. What stands in it is text, whatever it looks like. */
const CODE =
  /^[ \t]*(```+(?=[^`\n]*\n)|~~~+)[^\n]*\n([\s\S]*?)(?:^[ \t]*\1[^\n]*$|$(?![\s\S]))|(?<!`)(`+)(?!`)([^\n]{1,300}?)(?<!`)\3(?!`)/gm;
/** Stands for a piece of code meanwhile: private characters of Unicode, which no text has. */
const KEPT = /\ue000(\d+)\ue001/g;
/** Stands between what a page shows below each other. */
const BORDER = '\ue002';
const HEADING = /^ {0,3}#{1,6}[ \t][^\n]*$/gm;
const BORDERING =
  /^<\/?(?:blockquote|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr|ul)\b/i;
/** A passage without a blank line. Of limited length: removing Markdown takes quadratic time. */
const BLOCK = /(?:(?!\n[ \t\r]*\n)[\s\S]){1,2000}/g;
const TABLE_ROW = /^[ \t]*\|.*$/gm;
/** A tag, and the attributes that a reader sees. */
const TAG = /<\/?[a-z][^<>]*>/gi;
const SEEN = /\b(?:title|alt|caption)="([^"]*)"/g;
const WITHIN_WORDS = /^<\/?(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|sub|sup|u)\b/i;

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
      .replaceAll(/[\ue000-\ue002]/g, '')
      .replace(CODE, (_, _fence, fenced?: string, _quote?: string, span?: string) => {
        kept.push(fenced ?? span ?? '');
        return `\ue000${kept.length - 1}\ue001`;
      });
    for (const [block] of withoutCode.matchAll(BLOCK)) {
      let left = block.length;
      for (const piece of plainBlock(block).split(BORDER)) {
        const text = piece
          .replace(KEPT, (_, index: string) => kept[Number(index)] ?? '')
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .toWellFormed()
          .trim();
        yield { text, length: Math.max(left, text.length) };
        left = 0;
      }
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
        .replace(HEADING, `$&\n${BORDER}\n`)
        .replace(TABLE_ROW, (row) => (/^[\s|:-]+$/.test(row) ? '' : row.replaceAll('|', ' ')))
        .replace(/\[\^[^\]\n]+\]:?/g, '')
        .replace(TAG, (tag) =>
          WITHIN_WORDS.test(tag)
            ? ''
            : ` ${BORDERING.test(tag) ? BORDER : ''}${Array.from(tag.matchAll(SEEN), ([, seen]) => seen).join(' ')} `,
        ),
    ),
  ).replace(/\\([!-/:-@[-`{-~])/g, '$1');
