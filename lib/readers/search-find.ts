/**
 * Finds posts in an index of their words, the best first.
 */
import { SECTIONS, sectionOfPath, type Section } from '../site/languages';
import { newestFirst } from '../site/lists';
import { slices, STRIDE, type Slices } from '../slices';
import type { Post } from '../source/post';
import type { Index } from './search-index';
import {
  addPlaces,
  FIELDS,
  lengthOf,
  liveIn,
  livePostsOf,
  newPlaces,
  termOf,
  type Field,
  type Places,
  type Segment,
} from './search-segment';
import { near, placesAt, termAt } from './search-terms';

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

/** A segment of the index, and the number that its first post has among all. */
interface Part {
  segment: Segment;
  first: number;
  /** Whether all of its posts are still there. */
  isWhole: boolean;
}

/** A term of the index that stands for a word of a query. */
interface Form {
  term: string;
  /** How well it does: 1 for the word itself. */
  weight: number;
  /** Where it is listed. */
  at: { part: Part; number: number }[];
  /** How many posts have it, or more: one that has it in two fields is counted twice. */
  posts: number;
}

function partsOf({ segments }: Index): Part[] {
  let first = 0;
  return segments.map((segment) => {
    const part = { segment, first, isWhole: liveIn(segment) === segment.paths.length };
    first += segment.paths.length;
    return part;
  });
}

/**
 * The word itself and longer ones that begin with it; if nobody wrote one, those that are a typo away
 * from it, and then two. A word that somebody wrote is not taken for a typo: what looks like it would
 * drown what was asked for.
 */
async function formsOf(parts: readonly Part[], word: string, slice: Slices): Promise<Form[]> {
  const forms = new Map<string, Form>();
  const formOf = (term: string, weight: number, distance: number): Form => {
    let form = forms.get(term);
    if (!form) forms.set(term, (form = newForm(term, weight, distance)));
    return form;
  };

  addExact(parts, formOf(word, 1, 0));
  // In bytes: one Chinese character says as much as three letters.
  if (Buffer.byteLength(word) >= 3) {
    for (const part of parts) {
      const { terms } = part.segment;
      const { from, to } = placesAt(terms, word);
      for (let number = from; number < to; number += 1) {
        if (number % STRIDE === 0) await slice(STRIDE * FORM_UNITS);
        const term = termAt(terms, number);
        if (term === word) continue;
        const longer = (term.length - word.length) * LONGER_BY;
        addTo(formOf(term, PREFIX_WEIGHT, longer), part, number);
      }
    }
  }
  for (let typos = 1; typos <= typosIn(word) && isNowhere(forms); typos += 1) {
    for (const part of parts) {
      const { terms } = part.segment;
      for (const { at, distance } of near(terms, word, typos)) {
        addTo(formOf(termAt(terms, at), TYPO_WEIGHT, distance), part, at);
      }
      // It has looked at a part of all terms, which nobody counted.
      await slice(Infinity);
    }
    // Two letters in the wrong order are one typo, which is counted as two.
    for (const term of typos === 1 ? swapsOf(word) : []) {
      if (!forms.has(term)) addExact(parts, formOf(term, TYPO_WEIGHT, 1));
    }
  }
  let enough = 0;
  return [...forms.values()]
    .filter(({ posts }) => posts > 0)
    .sort(bestForm)
    .filter(({ posts }) => {
      const isWanted = enough < ENOUGH_POSTS;
      enough += posts;
      return isWanted;
    });
}

const isNowhere = (forms: ReadonlyMap<string, Form>): boolean =>
  [...forms.values()].every(({ posts }) => posts === 0);

/** A form that is listed nowhere yet. */
const newForm = (term: string, weight: number, distance: number): Form => ({
  term,
  weight: (weight * term.length) / (term.length + distance),
  at: [],
  posts: 0,
});

/** Notes where a form is listed. */
function addTo(form: Form, part: Part, number: number): void {
  form.at.push({ part, number });
  form.posts += livePostsOf(part.segment, number, part.isWhole);
}

/** Notes all places where a form is listed. */
function addExact(parts: readonly Part[], form: Form): void {
  for (const part of parts) {
    const number = termOf(part.segment, form.term);
    if (number !== undefined) addTo(form, part, number);
  }
}

/** How many typos a word may have. In a short one each makes another word. */
const typosIn = (word: string): number => (word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0);

/** The words that differ in the order of two letters. */
const swapsOf = (word: string): string[] =>
  Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
  );

const bestForm = (a: Form, b: Form): number =>
  b.weight - a.weight || b.posts - a.posts || (a.term < b.term ? -1 : 1);

/** Where a form stands, in the posts that are still there. */
function placesOf({ at }: Form): Places {
  const places = newPlaces();
  for (const { part, number } of at) addPlaces(part.segment, number, part.first, places);
  return places;
}

/** A post in its segment. */
interface PostAt {
  segment: Segment;
  post: number;
}

/** The post that has a number among all. */
function postAt(parts: readonly Part[], number: number): PostAt {
  const part = parts.findLast(({ first }) => first <= number);
  if (!part) throw new Error(`The index has no post ${number}`);
  return { segment: part.segment, post: number - part.first };
}

const pathOf = ({ segment, post }: PostAt): string => segment.paths[post] ?? '';

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
  const parts = partsOf(index);
  const wanted: Form[][] = [];
  for (const word of words) wanted.push(await formsOf(parts, word, slice));
  // The rarest word first: the others are then looked for in few posts.
  wanted.sort(rarest);
  let hits: Map<number, Hit> | undefined;
  const within = { index, parts, section, slice };
  for (const forms of wanted) hits = await lookUp(within, forms, new Map(), hits);
  const partial = hits?.size === 0 && wanted.length > 1;
  if (partial) {
    for (const forms of wanted) {
      hits = await lookUp(within, forms, hits ?? new Map(), undefined);
    }
  }
  for (const name of signed) {
    const form = newForm(name, SIGNED_WEIGHT, 0);
    addExact(parts, form);
    if (hits) await lookUp(within, [form], hits, hits);
  }

  let total = 0;
  let best: Ranked[] = [];
  for (const [number, { score, terms }] of hits ?? []) {
    const post = index.posts.get(pathOf(postAt(parts, number)));
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

/** Where a search looks. */
interface Within {
  index: Index;
  parts: readonly Part[];
  section: Section | undefined;
  slice: Slices;
}

/** Adds the posts of a language that have one of these forms to `hits`: of those in `among`, if there are any. */
async function lookUp(
  { index, parts, section, slice }: Within,
  forms: readonly Form[],
  hits: Map<number, Hit>,
  among: ReadonlyMap<number, Hit> | undefined,
): Promise<Map<number, Hit>> {
  let scored = 0;
  for (const form of forms) {
    await slice(FORM_UNITS);
    for (const [field, { posts, counts }] of placesOf(form).entries()) {
      if (posts.length === 0) continue;
      const score = scorer(index, field, posts.length);
      for (const [entry, number] of posts.entries()) {
        if ((scored += 1) % STRIDE === 0) await slice(among ? STRIDE / 4 : STRIDE);
        if (among && !among.has(number)) continue;
        const place = postAt(parts, number);
        if (!among && SECTIONS.length > 0 && sectionOfPath(pathOf(place)) !== section) continue;
        let hit = hits.get(number);
        if (!hit) hits.set(number, (hit = among?.get(number) ?? { score: 0, terms: [] }));
        hit.score += form.weight * score(place, counts[entry] ?? 0);
        if (hit.terms.at(-1) !== form.term) hit.terms.push(form.term);
      }
    }
  }
  return hits;
}

/** What a term counts that stands in a field of so many posts, by the post and how often it is there. */
function scorer({ at, total }: Index, field: number, posts: number) {
  const all = at.size;
  const rarity = Math.log(1 + (all - posts + 0.5) / (posts + 0.5));
  const average = (total[field] ?? 0) / all;
  const boost = BOOST[FIELDS[field] ?? 'body'];
  return ({ segment, post }: PostAt, count: number): number => {
    const length = lengthOf(segment, post, field) / average;
    const longer = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length;
    const often = (count * (SATURATION + 1)) / (count + SATURATION * longer);
    return boost * rarity * (LEAST + often);
  };
}

const postsOf = (forms: Form[]): number => forms.reduce((sum, { posts }) => sum + posts, 0);
const rarest = (a: Form[], b: Form[]): number => postsOf(a) - postsOf(b);

const bestFirst = (a: Ranked, b: Ranked): number =>
  b.score - a.score || newestFirst(a.post, b.post);
