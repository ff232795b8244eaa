/**
 * Categories and tags of WordPress: their slugs, and the names by which posts list them. Pure.
 */
import { prefixOf, sectionOf } from '../../site/languages';
import { nameOf, pathOfList, slugOfName } from '../../site/paths';
import type { Name } from '../post';
import { slugIn } from './addresses';
import type { Term } from './rest';

/** A term as posts list it. */
export interface ListedTerm {
  id: number;
  name: Name;
  /** What terms are ordered by. */
  order: string;
  /** The term above it, if there is one. */
  above?: number;
}

/** The terms of both taxonomies as posts list them, by their ids. */
export interface ListedTerms {
  categories: ReadonlyMap<number, ListedTerm>;
  tags: ReadonlyMap<number, ListedTerm>;
}

/** All terms of a taxonomy as posts list them: made once, and asked for each post. */
export const listedTerms = (all: ReadonlyMap<number, Term>): ReadonlyMap<number, ListedTerm> =>
  new Map(
    [...all.values()].map((term) => {
      const { id, name, parent } = term;
      const order = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
      return [id, { id, name: nameOf(name, slugOf(term, all)), order, above: parent || undefined }];
    }),
  );

/** What terms of a kind are about, as far as they tell, by the paths of their lists. */
export const descriptionsOf = (
  kind: string,
  all: ReadonlyMap<number, Term>,
  listed: ReadonlyMap<number, ListedTerm>,
): [path: string, description: string][] =>
  [...all.values()].flatMap(({ id, description, lang }) => {
    const term = listed.get(id);
    if (!term || !description) return [];
    return [[pathOfList(prefixOf(sectionOf(lang)), kind, slugOfName(term.name)), description]];
  });

/** The names of these categories, and of those above them: a category lists what is below it, too. */
export function categoriesOf(own: number[], all: ReadonlyMap<number, ListedTerm>): Name[] {
  const found = new Map<number, ListedTerm>();
  let level = own;
  while (level.length > 0) {
    const terms = inOrder(level, all).filter(({ id }) => !found.has(id));
    for (const term of terms) found.set(term.id, term);
    level = terms.flatMap(({ above }) => above ?? []);
  }
  return [...found.values()].map(({ name }) => name);
}

/** The names of these tags. */
export const tagsOf = (own: number[], all: ReadonlyMap<number, ListedTerm>): Name[] =>
  inOrder(own, all).map(({ name }) => name);

/**
 * By their names as readers see them, whatever WordPress does: it lists those of one name, such as Guide and
 * guide, sometimes in one order and sometimes in the other.
 */
const inOrder = (ids: number[], all: ReadonlyMap<number, ListedTerm>): ListedTerm[] =>
  ids
    .flatMap((id) => all.get(id) ?? [])
    .sort((a, b) => (a.order === b.order ? a.id - b.id : a.order < b.order ? -1 : 1));

/** The slug of a term, which begins with those above it. */
function slugOf(term: Term, all: ReadonlyMap<number, Term>): string {
  const slugs: string[] = [];
  const passed = new Set<number>();
  let one: Term | undefined = term;
  while (one && !passed.has(one.id)) {
    passed.add(one.id);
    slugs.unshift(ownSlug(one));
    one = all.get(one.parent ?? 0);
  }
  return slugs.join('/');
}

/** A number stands for a slug that nothing can be made of, and tells one from the word of numbered pages. */
function ownSlug({ id, slug: written, taxonomy, parent }: Term): string {
  const slug = slugIn(written);
  return slug === '' || (slug === 'page' && parent) ? `${slug || taxonomy}-${id}` : slug;
}
