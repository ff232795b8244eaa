/**
 * Finds posts in an index of their words, the best first.
 */
import { SECTIONS, sectionOfPath, type Section } from '../site/languages';
import { newestFirst } from '../site/lists';
import { slices, STRIDE, type Slices } from '../slices';
import type { Post } from '../source/post';
import type { Field, Index, Places } from './search-index';

/** What a match is worth by where it stands. */
const BOOST: Record<Field, number> = {
  title: 6,
  tags: 3,
  category: 2,
  author: 2,
  summary: 2,
  body: 1,
};

/** The parameters of BM25+, by which a match counts: Y. Lv, C. Zhai, 2011, doi:10.1145/2063576.2063584. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.7;
const LEAST = 0.5;

/** What a name with its signs is worth, as it was asked for: more than the words that it is made of. */
const SIGNED_WEIGHT = 20;

/** What a match is worth that is not the very word, before its distance from it is counted. */
const PREFIX_WEIGHT = 0.4;
const TYPO_WEIGHT = 0.4;
/** A letter more at the end says less than a wrong one. */
const LONGER_BY = 0.3;

/** Bounds what a word of a query costs: forms are taken until so many posts have them. */
const ENOUGH_POSTS = 2000;

/** Units of work that a form takes which is considered. */
const FORM_UNITS = 4;
/** A term of the index that stands for a word of a query. */
interface Form {
  term: string;
  places: Places;
  /** How well it does: 1 for the word itself. */
  weight: number;
  /** How many posts have it, or more: one that has it in two fields is counted twice. */
  posts: number;
}

/**
 * The word itself and longer ones that begin with it; if nobody wrote one, those that are a typo away
 * from it, and then two. A word that somebody wrote is not taken for a typo: what looks like it would
 * drown what was asked for.
 */
async function formsOf({ terms }: Index, word: string, slice: Slices): Promise<Form[]> {
  const forms: Form[] = [];
  const exact = terms.get(word);
  if (exact) forms.push(formOf(word, exact, 1, 0));
  // In bytes: one Chinese character says as much as three letters.
  if (Buffer.byteLength(word) >= 3) {
    for (const [term, places] of terms.atPrefix(word)) {
      if (forms.length % STRIDE === 0) await slice(STRIDE * FORM_UNITS);
      if (term === word) continue;
      forms.push(formOf(term, places, PREFIX_WEIGHT, (term.length - word.length) * LONGER_BY));
    }
  }
  for (let typos = 1; typos <= typosIn(word) && forms.length === 0; typos += 1) {
    const near = new Map(terms.fuzzyGet(word, typos));
    // It has looked at a part of all terms, which nobody counted.
    await slice(Infinity);
    // Two letters in the wrong order are one typo, which the map counts as two.
    for (const term of typos === 1 ? swapsOf(word) : []) {
      const places = terms.get(term);
      if (places) near.set(term, [places, 1]);
    }
    for (const [term, [places, distance]] of near) {
      forms.push(formOf(term, places, TYPO_WEIGHT, distance));
    }
  }
  let posts = 0;
  return forms.sort(bestForm).filter((form) => {
    const isWanted = posts < ENOUGH_POSTS;
    posts += form.posts;
    return isWanted;
  });
}

/** How many typos a word may have. In a short one each makes another word. */
const typosIn = (word: string): number => (word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0);

/** The words that differ in the order of two letters. */
const swapsOf = (word: string): string[] =>
  Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
  );

function formOf(term: string, places: Places, weight: number, distance: number): Form {
  let posts = 0;
  for (const { size } of places.values()) posts += size;
  return { term, places, weight: (weight * term.length) / (term.length + distance), posts };
}

const bestForm = (a: Form, b: Form): number =>
  b.weight - a.weight || b.posts - a.posts || (a.term < b.term ? -1 : 1);

/** What of a post matched. */
interface Hit {
  score: number;
  terms: string[];
}

interface Ranked extends Hit {
  post: Post;
}

/** A post that was found, and the terms of the index by which it was. */
export interface Found {
  post: Post;
  terms: ReadonlySet<string>;
}

/** What is looked for. */
export interface Wanted {
  words: readonly string[];
  /** Names with signs, by which posts come first. */
  signed?: readonly string[];
  /** The further language whose posts they are; by default those of the site's own. */
  section?: Section;
}

/** The posts that were found, best first. */
export interface Findings {
  /** The best of them. */
  best: Found[];
  total: number;
  /** True if none has all the words. */
  partial: boolean;
}

/**
 * Finds the posts with all of the words; if there are none, those with some. Each word more narrows a
 * search, as readers expect, and one that nobody wrote doesn't spoil it. Others go on meanwhile, and
 * must not update the index.
 */
export async function find(
  index: Index,
  { words, signed = [], section }: Wanted,
  most: number,
): Promise<Findings> {
  const slice = slices();
  const wanted: Form[][] = [];
  for (const word of words) wanted.push(await formsOf(index, word, slice));
  // The rarest word first: the others are then looked for in few posts.
  wanted.sort(rarest);
  let hits: Map<string, Hit> | undefined;
  for (const forms of wanted) hits = await lookUp(index, forms, slice, new Map(), hits, section);
  const partial = hits?.size === 0 && wanted.length > 1;
  if (partial) {
    for (const forms of wanted) {
      hits = await lookUp(index, forms, slice, hits ?? new Map(), undefined, section);
    }
  }
  for (const name of signed) {
    const places = index.terms.get(name);
    const forms = places ? [formOf(name, places, SIGNED_WEIGHT, 0)] : [];
    if (hits) await lookUp(index, forms, slice, hits, hits, section);
  }

  let total = 0;
  let best: Ranked[] = [];
  for (const [path, { score, terms }] of hits ?? []) {
    const post = index.posts.get(path);
    if (post) best.push({ post, score, terms });
    if ((total += 1) % STRIDE !== 0) continue;
    best = best.sort(bestFirst).slice(0, most);
    await slice(2 * STRIDE);
  }
  const found = best
    .sort(bestFirst)
    .slice(0, most)
    .map(({ post, terms }) => ({ post, terms: new Set(terms) }));
  return { best: found, total, partial: partial && total > 0 };
}

/** Adds the posts of a language that have one of these forms to `hits`: of those in `among`, if there are any. */
async function lookUp(
  index: Index,
  forms: Form[],
  slice: Slices,
  hits: Map<string, Hit>,
  among: ReadonlyMap<string, Hit> | undefined,
  section: Section | undefined,
): Promise<Map<string, Hit>> {
  let scored = 0;
  for (const { term, places, weight } of forms) {
    await slice(FORM_UNITS);
    for (const [field, counts] of places) {
      const score = scorer(index, field, counts.size);
      const paths = among && among.size < counts.size ? among.keys() : counts.keys();
      for (const path of paths) {
        if ((scored += 1) % STRIDE === 0) await slice(STRIDE);
        const count = counts.get(path);
        if (count === undefined || (among && !among.has(path))) continue;
        if (!among && SECTIONS.length > 0 && sectionOfPath(path) !== section) continue;
        let hit = hits.get(path);
        if (!hit) hits.set(path, (hit = among?.get(path) ?? { score: 0, terms: [] }));
        hit.score += weight * score(path, count);
        if (hit.terms.at(-1) !== term) hit.terms.push(term);
      }
    }
  }
  return hits;
}

/** What a term counts that stands in a field of so many posts, by the post and how often it is there. */
function scorer({ lengths, total }: Index, field: Field, posts: number) {
  const rarity = Math.log(1 + (lengths.size - posts + 0.5) / (posts + 0.5));
  const average = (total.get(field) ?? 0) / lengths.size;
  return (path: string, count: number): number => {
    const length = (lengths.get(path)?.get(field) ?? 0) / average;
    const longer = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length;
    const often = (count * (SATURATION + 1)) / (count + SATURATION * longer);
    return BOOST[field] * rarity * (LEAST + often);
  };
}

const postsOf = (forms: Form[]): number => forms.reduce((sum, { posts }) => sum + posts, 0);
const rarest = (a: Form[], b: Form[]): number => postsOf(a) - postsOf(b);

const bestFirst = (a: Ranked, b: Ranked): number =>
  b.score - a.score || newestFirst(a.post, b.post);
