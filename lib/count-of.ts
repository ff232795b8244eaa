/** Counts with their nouns, in English. */

/** `1 page`, `1,234 pages`. */
export const countOf = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
