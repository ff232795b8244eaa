/**
 * An index of the words of some posts, and how it is kept up to date.
 */
import SearchableMap from 'minisearch/SearchableMap';
import type { Post } from '../source/post';
import { textOfName } from '../site/paths';
import { plainBlocks, type Block } from '../plain-text';
import { signedIn, wordsIn } from './search-words';
import type { Site } from '../site/site';
import { CHARACTERS_OF_A_UNIT, slices, STRIDE, type Slices } from '../slices';

/** What of a post is searched. */
export type Field = 'title' | 'tags' | 'category' | 'author' | 'summary' | 'body';
const FIELDS: readonly Field[] = ['title', 'tags', 'category', 'author', 'summary', 'body'];

/** In which posts a term stands, by field: how often, by the path of the post. */
export type Places = Map<Field, Map<string, number>>;

/** The words of some posts, which are kept by their paths. */
export interface Index {
  terms: SearchableMap<Places>;
  posts: ReadonlyMap<string, Post>;
  /** How many different words each field has, by the path of the post, and in all posts together. */
  lengths: Map<string, Map<Field, number>>;
  total: Map<Field, number>;
}

/** An index of no posts. */
export const newIndex = (): Index => ({
  terms: new SearchableMap(),
  posts: new Map(),
  lengths: new Map(),
  total: new Map(),
});

/** The texts of a field, each read when it is asked for. */
function textsOf(post: Post, field: Field): Iterable<Block> {
  if (field === 'body') return plainBlocks(post.body);
  const names = field === 'tags' ? post.tags : [post[field] ?? ''];
  return names.map(textOfName).map((text) => ({ text, length: text.length }));
}

/**
 * Makes the index one of these posts, by removing and adding those that differ. Others go on
 * meanwhile, and must not use the index until it is done.
 */
export async function update(index: Index, posts: Site['posts']): Promise<void> {
  const before = index.posts;
  if (posts === before) return;
  const slice = slices();
  let compared = 0;
  for (const [path, post] of before) {
    if ((compared += 1) % STRIDE === 0) await slice(STRIDE);
    if (posts.get(path) !== post && isFound(post)) await remove(index, path, post, slice);
  }
  for (const [path, post] of posts) {
    if ((compared += 1) % STRIDE === 0) await slice(STRIDE);
    if (before.get(path) !== post && isFound(post)) await add(index, path, post, slice);
  }
  index.posts = posts;
}

/** Not what no search is to find. */
const isFound = ({ seo }: Post): boolean => !seo?.noindex;

async function add({ terms, lengths, total }: Index, path: string, post: Post, slice: Slices) {
  const ofPost = new Map<Field, number>();
  lengths.set(path, ofPost);
  for (const field of FIELDS) {
    const counts = await countWords(textsOf(post, field), slice);
    ofPost.set(field, counts.size);
    total.set(field, (total.get(field) ?? 0) + counts.size);
    let added = 0;
    for (const [term, count] of counts) {
      if ((added += 1) % STRIDE === 0) await slice(STRIDE);
      const places = terms.fetch(term, () => new Map<Field, Map<string, number>>());
      const inField = places.get(field);
      if (inField) inField.set(path, count);
      else places.set(field, new Map([[path, count]]));
    }
  }
}

async function remove({ terms, lengths, total }: Index, path: string, post: Post, slice: Slices) {
  lengths.delete(path);
  for (const field of FIELDS) {
    const counts = await countWords(textsOf(post, field), slice);
    total.set(field, (total.get(field) ?? 0) - counts.size);
    let removed = 0;
    for (const term of counts.keys()) {
      if ((removed += 1) % STRIDE === 0) await slice(STRIDE);
      const places = terms.get(term);
      const inField = places?.get(field);
      inField?.delete(path);
      if (inField?.size === 0) places?.delete(field);
      if (places?.size === 0) terms.delete(term);
    }
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
