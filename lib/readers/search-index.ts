/**
 * An index of the words of some posts, and how it is kept up to date: what is new comes as a small segment beside
 * the others, what is gone is noted as such, and segments are merged when they become many.
 */
import { hash } from '../hash';
import type { Post } from '../source/post';
import { isMoved } from '../text';
import { textOfName } from '../site/paths';
import { plainBlocks, type Block } from '../plain-text';
import {
  addField,
  FIELDS,
  lengthOf,
  liveIn,
  mergedSegment,
  newDraft,
  segmentOf,
  type Field,
  type Segment,
} from './search-segment';
import { signedIn, wordsIn } from './search-words';
import type { Site } from '../site/site';
import { CHARACTERS_OF_A_UNIT, slices, STRIDE, type Slices } from '../slices';

/** The words of some posts, which are kept by their paths. */
export interface Index {
  segments: Segment[];
  /** The site's own posts, to which it was brought up to date last. */
  posts: ReadonlyMap<string, Post>;
  /** Where each post is that can be found. */
  at: Map<string, { segment: Segment; post: number }>;
  /** How many different words each field has in all posts together. */
  total: number[];
}

/** An index of no posts. */
export const newIndex = (): Index => ({
  segments: [],
  posts: new Map(),
  at: new Map(),
  total: FIELDS.map(() => 0),
});

/** An index of these segments, which have each path once. */
export async function indexOf(segments: readonly Segment[]): Promise<Index> {
  const index = newIndex();
  const slice = slices();
  for (const segment of segments) await add(index, segment, slice);
  return index;
}

/** More of them are merged: each has to be looked into at each search. */
const MOST_SEGMENTS = 8;

/** What a segment is made of at a time: it takes some megabytes while it is made. */
const MOST_POSTS_OF_A_DRAFT = 256;
const MOST_WORDS_OF_A_DRAFT = 50_000;

/**
 * Makes the index one of these posts, by removing and adding those that differ. Others go on
 * meanwhile, and must not use the index until it is done. Returns whether anything differed. When `isOver` says so,
 * what is left to be added is left to the next update.
 */
export async function update(
  index: Index,
  posts: Site['posts'],
  isOver: () => boolean = () => false,
): Promise<boolean> {
  const before = index.posts;
  if (posts === before) return false;
  const slice = slices();
  const { at } = index;
  let compared = 0;
  let differs = false;
  for (const path of at.keys()) {
    if ((compared += 1) % STRIDE === 0) await slice(STRIDE);
    if (isFound(posts.get(path))) continue;
    remove(index, path);
    differs = true;
  }
  let draft = newDraft();
  const finish = async () => {
    if (draft.paths.length === 0) return;
    const segment = await segmentOf(draft, slice);
    draft = newDraft();
    await add(index, segment, slice);
    await tidy(index, slice);
  };
  let isWhole = true;
  for (const [path, post] of posts) {
    if ((compared += 1) % STRIDE === 0) await slice(STRIDE);
    const known = at.get(path);
    if (!isFound(post) || (known && before.get(path) === post)) continue;
    const key = keyOf(post);
    await slice(UNITS_OF_A_KEY);
    if (known?.segment.keys[known.post] === key) continue;
    if (isOver()) {
      isWhole = false;
      break;
    }
    const fields: ReadonlyMap<string, number>[] = [];
    try {
      for (const field of FIELDS) fields.push(await countWords(textsOf(post, field), slice));
    } catch (error) {
      // The next site has another post there.
      if (isMoved(error)) continue;
      throw error;
    }
    remove(index, path);
    differs = true;
    draft.paths.push(path);
    draft.keys.push(key);
    for (const [field, counts] of fields.entries()) await addField(draft, field, counts, slice);
    const isFull =
      draft.paths.length >= MOST_POSTS_OF_A_DRAFT || draft.size >= MOST_WORDS_OF_A_DRAFT;
    if (isFull) await finish();
  }
  await finish();
  await tidy(index, slice);
  if (isWhole) index.posts = posts;
  return differs;
}

/** Not what no search is to find. */
const isFound = (post: Post | undefined): post is Post => post !== undefined && !post.seo?.noindex;

/** What tells whether a post has to be indexed again. */
const keyOf = ({ title, tags, category, author, summary, bodyHash, recalled }: Post): string =>
  hash(JSON.stringify([title, tags, category, author, summary, bodyHash, recalled]));

/** Units of work that takes. */
const UNITS_OF_A_KEY = 5;

/** The texts of a field, each read when it is asked for. */
function textsOf(post: Post, field: Field): Iterable<Block> {
  if (field === 'body') return plainBlocks(post.text.read());
  const names = field === 'tags' ? post.tags : [post[field] ?? ''];
  return names.map(textOfName).map((text) => ({ text, length: text.length }));
}

/** Adds a segment, and its posts to what is known of all. */
async function add({ segments, at, total }: Index, segment: Segment, slice: Slices): Promise<void> {
  segments.push(segment);
  for (const [post, path] of segment.paths.entries()) {
    if (post % STRIDE === 0) await slice(STRIDE);
    if (segment.gone[post] === 1) continue;
    at.set(path, { segment, post });
    for (const field of total.keys())
      total[field] = (total[field] ?? 0) + lengthOf(segment, post, field);
  }
}

function remove({ at, total }: Index, path: string): void {
  const known = at.get(path);
  if (!known) return;
  const { segment, post } = known;
  segment.gone[post] = 1;
  at.delete(path);
  for (const field of total.keys())
    total[field] = (total[field] ?? 0) - lengthOf(segment, post, field);
}

/**
 * Drops segments of which nothing is left, writes those newly that have lost most of it, and merges the smallest
 * ones while there are too many: so each word is written some times, however many edits there are.
 */
async function tidy(index: Index, slice: Slices): Promise<void> {
  const { segments, at } = index;
  const replace = async (old: readonly Segment[]) => {
    const segment = await mergedSegment(old, slice);
    segments.splice(0, Infinity, ...segments.filter((one) => !old.includes(one)), segment);
    for (const [post, path] of segment.paths.entries()) at.set(path, { segment, post });
  };
  segments.splice(0, Infinity, ...segments.filter((segment) => liveIn(segment) > 0));
  for (const segment of [...segments]) {
    if (liveIn(segment) * 2 < segment.paths.length) await replace([segment]);
  }
  while (segments.length > MOST_SEGMENTS) {
    await replace(segments.toSorted((a, b) => liveIn(a) - liveIn(b)).slice(0, 2));
  }
}

async function countWords(texts: Iterable<Block>, slice: Slices): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let counted = 0;
  for (const { text, length } of texts) {
    await slice(length / CHARACTERS_OF_A_UNIT);
    for (const { term } of wordsIn(text)) {
      counts.set(term, (counts.get(term) ?? 0) + 1);
      if ((counted += 1) % STRIDE === 0) await slice(STRIDE);
    }
    for (const name of signedIn(text)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
