/** Texts of a bounded length. */

/** A text of so many characters at most: of a longer one the beginning, and `…`. */
export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
