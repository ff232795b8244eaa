/** Addresses without their passwords, for messages. */

/**
 * Where an address begins: at the start of a text or after what separates addresses in one, so that a
 * password with `://` in it does not count. The scheme's length is bounded to keep this linear.
 */
const BEGINNING = /(?<![^\s,;"'`<>()[\]{}])(?=[a-z][a-z\d+.-]{0,30}:\/\/)/i;

/**
 * Returns a text with `…` in place of the user and password of each address in it. They reach to the
 * last `@` before the next address, not to the first slash: a password that nobody has encoded may
 * hold any character. That may take away too much of a sentence, and never too little.
 */
export const withoutPasswords = (text: string): string =>
  text.split(BEGINNING).map(withoutPassword).join('');

/** Of a text with one address at most. */
function withoutPassword(part: string): string {
  const start = part.indexOf('//') + 2;
  const end = part.lastIndexOf('@');
  return start < 2 || end < start ? part : `${part.slice(0, start)}…${part.slice(end)}`;
}
