/**
 * Categories and tags of WordPress under the names that the site lists them by. Pure.
 */
import { slugOf } from '../../site/slugs';
import { decoded } from './addresses';
import type { Term } from './rest';

/** The names of these categories, and of those above them: a category lists what is below it, too. */
export function categoriesOf(own: number[], all: ReadonlyMap<number, Term>): string[] {
  const found = new Set<number>();
  const names = (level: number[]): string[] => {
    const fresh = level.filter((number) => !found.has(number) && all.has(number));
    for (const number of fresh) found.add(number);
    const terms = fresh.flatMap((number) => all.get(number) ?? []);
    if (terms.length === 0) return [];
    return [...namesOf(terms), ...names(terms.flatMap(({ parent }) => parent ?? []))];
  };
  return unique(names(own));
}

/** The names of these tags. */
export const tagsOf = (own: number[], all: ReadonlyMap<number, Term>): string[] =>
  namesOf(own.flatMap((tag) => all.get(tag) ?? []));

/** The name, of which the site makes the path; or the slug, where nothing can be made of the name. */
export function nameOf({ id, name, slug, taxonomy }: Term): string {
  if (slugOf(name) !== '') return name;
  return slugOf(decoded(slug)) === '' ? `${taxonomy}-${id}` : decoded(slug);
}

/**
 * Once each, by their paths. WordPress lists the terms of a post by their names, and those that are equal to
 * it, such as Guide and guide, sometimes in one order and sometimes in the other: the older one counts.
 */
function namesOf(terms: Term[]): string[] {
  const found = new Map<string, Term>();
  for (const term of terms) {
    const path = slugOf(nameOf(term));
    const known = found.get(path);
    if (!known || term.id < known.id) found.set(path, term);
  }
  return [...found.values()].map(nameOf);
}

/** Once each, by their paths. */
const unique = (names: string[]): string[] => [
  ...new Map(names.map((name) => [slugOf(name), name])).values(),
];
