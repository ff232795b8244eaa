/**
 * An index of the words of some posts: how it is kept up to date, and how posts are found in it.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import MiniSearch from 'minisearch';
import type { Post } from './post';
import { plainText } from './search-text';
import { wordsOf } from './search-words';
import { newestFirst, pathOfPost } from './site';

/** How long the index is worked on between two breaths of the event loop. */
const SLICE_MS = 8;

/** What a match is worth by where it stands. */
const BOOST = { title: 6, tags: 3, category: 2, summary: 2, body: 1 };

/** What a match is worth that is not the very word, before its distance from it is counted. */
const PREFIX_WEIGHT = 0.4;
const TYPO_WEIGHT = 0.4;
/** A letter more at the end says less than a wrong one. */
const LONGER_BY = 0.3;

/**
 * Bounds what a word of a query costs, where MiniSearch itself would look each longer word up: forms
 * are taken until so many posts have them.
 */
const ENOUGH_POSTS = 2000;

/** The words of some posts, which are kept by their paths. */
export interface Index {
  words: Words;
  posts: ReadonlyMap<string, Post>;
}

/** A term of the index that stands for a word of a query. */
interface Form {
  term: string;
  /** How well it does: 1 for the word itself. */
  weight: number;
  /** How many posts have it, or more: one that has it in two fields is counted twice. */
  posts: number;
}

/** A class, since only one that extends MiniSearch may ask which terms it has. */
class Words extends MiniSearch<Post> {
  /**
   * The word itself and longer ones that begin with it; if nobody wrote one, those that are a typo
   * away from it, and then two. A word that somebody wrote is not taken for a typo: what looks like
   * it would drown what was asked for.
   */
  formsOf(word: string): Form[] {
    // In bytes: one Chinese character says as much as three letters.
    const longer = Buffer.byteLength(word) >= 3 ? this._index.atPrefix(word) : [];
    const forms = Array.from(longer, ([term, fields]) =>
      formOf(term, fields, PREFIX_WEIGHT, (term.length - word.length) * LONGER_BY),
    ).filter(({ term }) => term !== word);
    const exact = this._index.get(word);
    if (exact) forms.push(formOf(word, exact, 1, 0));

    for (let typos = 1; typos <= typosIn(word) && forms.length === 0; typos += 1) {
      const near = new Map(this._index.fuzzyGet(word, typos));
      // Two letters in the wrong order are one typo, which MiniSearch counts as two.
      for (const term of typos === 1 ? swapsOf(word) : []) {
        const fields = this._index.get(term);
        if (fields) near.set(term, [fields, 1]);
      }
      for (const [term, [fields, distance]] of near) {
        forms.push(formOf(term, fields, TYPO_WEIGHT, distance));
      }
    }
    let posts = 0;
    return forms.sort(bestForm).filter((form) => {
      const isWanted = posts < ENOUGH_POSTS;
      posts += form.posts;
      return isWanted;
    });
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

function formOf(
  term: string,
  fields: ReadonlyMap<number, { size: number }>,
  weight: number,
  distance: number,
): Form {
  let posts = 0;
  for (const { size } of fields.values()) posts += size;
  return { term, weight: (weight * term.length) / (term.length + distance), posts };
}

const bestForm = (a: Form, b: Form): number =>
  b.weight - a.weight || b.posts - a.posts || (a.term < b.term ? -1 : 1);

/** An index of no posts. */
export const newIndex = (): Index => ({
  words: new Words({
    idField: 'path',
    fields: Object.keys(BOOST),
    extractField: textOf,
    tokenize: (text) => wordsOf(text).map(({ term }) => term),
    processTerm: (term) => term,
    searchOptions: { boost: BOOST, tokenize: (term) => [term] },
  }),
  posts: new Map(),
});

/** A field that a post lacks is an empty text: MiniSearch leaves absent ones out of its averages. */
function textOf(post: Post, field: string): string {
  switch (field) {
    case 'path':
      return pathOfPost(post);
    case 'title':
      return post.title;
    case 'summary':
    case 'category':
      return post[field] ?? '';
    case 'tags':
      return post.tags.join('\n');
    default:
      return plainText(post.body);
  }
}

/**
 * Makes the index one of these posts, by removing and adding those that differ. Others go on
 * meanwhile, and must not use the index until it is done.
 */
export async function update(index: Index, posts: ReadonlyMap<string, Post>): Promise<void> {
  const before = index.posts;
  if (posts === before) return;
  const breatheInTime = slices();
  // Not `discard`, which leaves the rest to searches and to a task in the background: until they
  // have met it all, scores differ from those of a new index.
  for (const [path, post] of before) {
    if (posts.get(path) === post) continue;
    await breatheInTime();
    index.words.remove(post);
  }
  for (const [path, post] of posts) {
    if (before.get(path) === post) continue;
    await breatheInTime();
    index.words.add(post);
  }
  index.posts = posts;
}

function slices(): () => Promise<void> {
  let endMs = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < endMs) return;
    await breathe();
    endMs = performance.now() + SLICE_MS;
  };
}

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
export async function find(index: Index, words: string[], most: number): Promise<Findings> {
  const breatheInTime = slices();
  const lookUp = async (forms: Form[], hits: Map<string, Hit>, among?: Map<string, Hit>) => {
    const options = among && { boostDocument: (path: string) => (among.has(path) ? 1 : 0) };
    for (const { term, weight } of forms) {
      await breatheInTime();
      for (const { id, score } of index.words.search(term, options)) {
        let hit = hits.get(id);
        if (!hit) hits.set(id, (hit = among?.get(id) ?? { score: 0, terms: [] }));
        hit.score += weight * score;
        hit.terms.push(term);
      }
    }
    return hits;
  };

  // The rarest word first: the others are then looked for in few posts.
  const wanted = words.map((word) => index.words.formsOf(word)).sort(rarest);
  let hits: Map<string, Hit> | undefined;
  for (const forms of wanted) hits = await lookUp(forms, new Map(), hits);
  const partial = hits?.size === 0 && wanted.length > 1;
  if (partial) for (const forms of wanted) hits = await lookUp(forms, hits ?? new Map());

  await breatheInTime();
  const found: Ranked[] = [];
  for (const [path, { score, terms }] of hits ?? []) {
    const post = index.posts.get(path);
    if (post) found.push({ post, score, terms });
  }
  const best = found
    .sort(bestFirst)
    .slice(0, most)
    .map(({ post, terms }) => ({ post, terms: new Set(terms) }));
  return { best, total: found.length, partial: partial && found.length > 0 };
}

const postsOf = (forms: Form[]): number => forms.reduce((sum, { posts }) => sum + posts, 0);
const rarest = (a: Form[], b: Form[]): number => postsOf(a) - postsOf(b);

const bestFirst = (a: Ranked, b: Ranked): number =>
  b.score - a.score || newestFirst(a.post, b.post);
