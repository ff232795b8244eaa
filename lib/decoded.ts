/** A text without its percent-encoding. */

/** The text decoded; as it is, where its percent-encoding is broken. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
