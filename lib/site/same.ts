/**
 * What two sites, one after the other, have in common: values that pure functions made of the same. True by
 * construction, since a function that is given nothing but its inputs cannot depend on anything else.
 */
import type { Post } from '../source/post';

/** What a value is made of. Of these, what is the same is equal: nobody writes to a post. */
export type Input = Post | string | number | undefined | readonly Input[];

/** By identity, and of lists by that of their members. */
export function isSame(a: Input, b: Input): boolean {
  if (a === b) return true;
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) {
    if (!isSame(a[index], b[index])) return false;
  }
  return true;
}

const isList = (input: Input): input is readonly Input[] => Array.isArray(input);

/** A value, and what it was made of. */
export interface Made<I extends Input, Value> {
  of: I;
  by: (of: I) => Value;
  value: Value;
}

/** Makes a value, or returns the one that was made before of the same, by the same function. */
export const make = <I extends Input, Value>(
  by: (of: I) => Value,
  of: I,
  before: Made<I, Value> | undefined,
): Made<I, Value> =>
  before?.by === by && isSame(before.of, of) ? before : { of, by, value: by(of) };
