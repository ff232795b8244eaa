/** What was thrown, as a sentence. */

/** The message of an error, or the text of anything else was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
