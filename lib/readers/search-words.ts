/**
 * The words of a text, and of what a reader asks for. Pure, and light: forms import its limit.
 */

/** The length of the longest query, in the UTF-16 units that `maxLength` of an input counts. */
export const MAX_QUERY_LENGTH = 200;
/** The words of the longest query: each costs a look into the index. */
const MAX_QUERY_WORDS = 10;
/** Longer words are known by their beginning: long ones are hashes and encoded data, not words. */
const MAX_WORD_LENGTH = 32;

/** A word where it stands in its text, and the form in which it is searched for. */
export interface Word {
  start: number;
  end: number;
  term: string;
}

/** Letters and digits of any script, or one emoji. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*|\p{Extended_Pictographic}/gu;
/** What is segmented at a time: each word that is found holds a copy of the text around it. */
const PIECE = /[^]{1,1000}/gu;
const ASCII = /^[\0-\x7f]*$/;
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

// Of a fixed locale: words must not depend on the machine's.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The words of a text, in their order. */
export const wordsOf = (text: string): Word[] => [...wordsIn(text)];

/** The same, each found when it is asked for: a long text can be read in slices. */
export function* wordsIn(text: string): Generator<Word> {
  for (const { 0: run, index } of text.matchAll(WORD)) {
    if (!ASCII.test(run) && WITHOUT_SPACES.test(run)) {
      for (const { 0: piece, index: within } of run.matchAll(PIECE)) {
        for (const { segment, index: inPiece } of segmenter.segment(piece)) {
          yield wordAt(index + within + inPiece, segment);
        }
      }
    } else {
      yield wordAt(index, run);
    }
  }
}

/** Names that signs are a part of: C++, C#, .NET, Node.js, --flag, useEffect(). */
const SIGNED =
  /(?<![\p{L}\p{N}_.-])(?:--?\p{L}[\p{L}\p{N}-]{0,40}|\.\p{L}[\p{L}\p{N}]{0,40}|[\p{L}\p{N}]{1,40}(?:\+\+|#|\(\)|(?:\.[\p{L}\p{N}]{1,40}){1,4}))(?![\p{L}\p{N}])/gu;

/**
 * Those names in a text, beside the words that they are made of: a text without one is found by its words, and below
 * the texts that have the name as it was asked for.
 */
export function* signedIn(text: string): Generator<string> {
  for (const [name] of text.matchAll(SIGNED)) yield fold(name).slice(0, MAX_WORD_LENGTH);
}

const wordAt = (start: number, word: string): Word => ({
  start,
  end: start + word.length,
  term: fold(word).slice(0, MAX_WORD_LENGTH),
});

/** Letters that have no form without their stroke in Unicode, and others that readers type for one. */
const PLAIN: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
};

/** Without case and accents: `Türkçe` and `turkce` are the same word. */
function fold(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return (
    word
      .normalize('NFKD')
      // Not all marks: in the scripts of India they are vowels.
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replace(/[ßæœøđðłıς]/g, (letter) => PLAIN[letter] ?? letter)
      .normalize('NFC')
  );
}

/** What a reader asks for. */
export interface Query {
  /** As it is used, and shown again. */
  text: string;
  /** Its words, each once. */
  words: string[];
  /** Its names with signs, each once. */
  signed: string[];
  /** True if more was asked for than is used. */
  cut: boolean;
}

/** Reads the parameter `q` of an address; of repeated ones the first counts. */
export function readQuery(q: string | string[] | undefined): Query {
  const asked = ((typeof q === 'string' ? q : q?.[0]) ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const used = asked.slice(0, MAX_QUERY_LENGTH).replace(/[\ud800-\udbff]$/, '');
  const words = wordsOf(used);
  const last = words[MAX_QUERY_WORDS - 1];
  const text = words.length > MAX_QUERY_WORDS ? used.slice(0, last?.end) : used;
  const terms = words.slice(0, MAX_QUERY_WORDS).map(({ term }) => term);
  const signed = [...new Set(signedIn(text))].slice(0, MAX_QUERY_WORDS);
  return { text, words: [...new Set(terms)], signed, cut: text !== asked };
}
