/** What was thrown, as a sentence. */

/** The message of an error, or the text of anything else was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The code of a system error, such as ENOENT; of anything else that was thrown its text. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : `${error}`;
