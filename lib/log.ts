/**
 * Lines of the log: 1 KB at most, whatever a caller makes the server say.
 */
import { inspect } from 'node:util';

/** With its end, in bytes. */
const LINE_BYTES = 1024;
/** Of a text within a list. */
const ITEM_BYTES = 128;
/** Of a list within a list. */
const ITEM_MEMBERS = 3;
/** Of an error with its stack. */
const ERROR_LINES = 40;

/** A member of a line: its name, its value, and how many bytes both may take. Undefined is left out. */
export type Member = readonly [name: string, value: unknown, mostBytes?: number];

/**
 * A line of JSON, without its end. Texts that are too long end in `…`; a list holds as many items as
 * fit, from its beginning, and is followed by how many more there are, under its name with `More`. Each
 * text goes through `clean` as a whole before it is cut.
 */
export function jsonLine(members: readonly Member[], clean: (text: string) => string): string {
  let left = LINE_BYTES - '{}\n'.length;
  const written: string[] = [];
  for (const [name, value, mostBytes = left] of members) {
    if (value === undefined) continue;
    const room = Math.min(mostBytes, left);
    const text = Array.isArray(value)
      ? listMember(name, value, room, clean)
      : member(name, typeof value === 'string' ? clean(value) : value, room);
    if (text === undefined) continue;
    written.push(text);
    left -= Buffer.byteLength(text) + ','.length;
  }
  return `{${written.join(',')}}`;
}

/** Writes an error to standard error with its stack, each of its lines bounded. */
export function logError(error: unknown, clean: (text: string) => string): void {
  const lines = clean(inspect(error)).split('\n').slice(0, ERROR_LINES);
  console.error(lines.map((line) => cut(line, LINE_BYTES - '\n'.length)).join('\n'));
}

function member(name: string, value: unknown, room: number): string | undefined {
  const key = `${JSON.stringify(name)}:`;
  const fitting = typeof value === 'string' ? cut(value, room - key.length - '""'.length) : value;
  const text = key + JSON.stringify(fitting);
  return Buffer.byteLength(text) <= room ? text : undefined;
}

function listMember(
  name: string,
  list: readonly unknown[],
  room: number,
  clean: (text: string) => string,
): string | undefined {
  const more = (count: number) => (count > 0 ? `,"${name}More":${count}` : '');
  let left = room - `"${name}":[]${more(list.length)}`.length;
  const items: string[] = [];
  for (const value of list) {
    const item = JSON.stringify(shortened(value, clean));
    left -= Buffer.byteLength(item) + ','.length;
    if (left < 0) break;
    items.push(item);
  }
  const text = `"${name}":[${items.join(',')}]${more(list.length - items.length)}`;
  return Buffer.byteLength(text) <= room ? text : undefined;
}

/** An item of a list with each of its texts cut. */
function shortened(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return cut(clean(value), ITEM_BYTES);
  if (Array.isArray(value)) return value.slice(0, ITEM_MEMBERS).map((one) => shortened(one, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, shortened(one, clean)]),
  );
}

/** The beginning of a text, of which JSON takes no more than so many bytes between its quotes. */
function cut(text: string, mostBytes: number): string {
  // What is certainly too long is not measured as a whole.
  const isShort = text.length <= mostBytes && bytesOf(text) <= mostBytes;
  if (isShort) return text;
  let left = mostBytes - bytesOf('…');
  let start = '';
  for (const character of text) {
    left -= bytesOf(character);
    if (left < 0) break;
    start += character;
  }
  return mostBytes < bytesOf('…') ? '' : `${start}…`;
}

/** How many bytes JSON takes for a text, without its quotes. */
const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - '""'.length;
