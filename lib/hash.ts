/** One hash for everything that is compared by its content. */
import { createHash } from 'node:crypto';

/** SHA-256 of a text, shortened to 128 bits: more than enough to tell contents apart. */
export const hash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);
