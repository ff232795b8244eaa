/**
 * Problems and warnings as a table for people: those of one kind together, the kind that the most posts have
 * first. Pure.
 */
import { countOf } from '../count-of';
import type { Warning } from '../source/post';

/** How a table is printed. */
export interface TableOptions {
  /** Rows of each kind, what is said of several posts once; the others are counted. */
  most?: number;
}

/** The kind of what has none of its own. */
const OTHER = 'other';

/** The lines of a table; none if there is nothing to say. */
export function problemTable(found: readonly Warning[], { most = Infinity }: TableOptions = {}) {
  const kinds = byKind(found);
  const onlyKind = kinds.length === 1 && kinds[0]?.kind === OTHER;
  return kinds.flatMap(({ kind, ofKind, posts }) => [
    ...(onlyKind ? [] : [`${kind} (${countOf(posts, 'post')}${alone(ofKind, found)}):`]),
    ...rowsOf(ofKind, most),
    '',
  ]);
}

/** The kinds of what was found, and how many posts have each; the most first. */
export const countsByKind = (found: readonly Warning[]): [kind: string, posts: number][] =>
  byKind(found).map(({ kind, posts }) => [kind, posts]);

function byKind(found: readonly Warning[]) {
  const kinds = new Map<string, Warning[]>();
  for (const one of found) {
    const kind = one.kind ?? one.field ?? OTHER;
    const ofKind = kinds.get(kind) ?? [];
    ofKind.push(one);
    kinds.set(kind, ofKind);
  }
  return [...kinds]
    .map(([kind, ofKind]) => ({ kind, ofKind, posts: filesIn(ofKind).size }))
    .sort((a, b) => b.posts - a.posts || (a.kind < b.kind ? -1 : 1));
}

/** The files that these are about. */
export const filesIn = (found: readonly Warning[]): ReadonlySet<string> =>
  new Set(found.map(({ file }) => file));

/** How many posts have nothing else: fixing this kind alone makes them whole. */
function alone(ofKind: readonly Warning[], found: readonly Warning[]): string {
  const these = new Set(ofKind);
  const withOthers = filesIn(found.filter((one) => !these.has(one)));
  const count = [...filesIn(ofKind)].filter((file) => !withOthers.has(file)).length;
  const all = filesIn(ofKind).size;
  return count === all ? '' : `, nothing else is wrong with ${count}`;
}

function rowsOf(ofKind: readonly Warning[], most: number): string[] {
  const rows = ofKind
    .map(({ file, line, field, message }) => ({
      file,
      line,
      place: line === undefined ? file : `${file}:${line}`,
      text: field === undefined ? message : `${field}: ${message}`,
    }))
    .sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
  const merged = most === Infinity ? rows : saidOnce(rows);
  const shown = merged.slice(0, most);
  const width = Math.max(...shown.map(({ place }) => place.length));
  return [
    ...shown.map(({ place, text }) => `  ${place.padEnd(width)}  ${text}`),
    ...(merged.length > most ? [`  and ${merged.length - most} more`] : []),
  ];
}

interface Row {
  place: string;
  text: string;
}

/** The rows without those that say the same of another place; what most places have is first. */
function saidOnce(rows: readonly Row[]): Row[] {
  const places = new Map<string, string[]>();
  for (const { place, text } of rows) {
    const known = places.get(text);
    if (known) known.push(place);
    else places.set(text, [place]);
  }
  return [...places]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([text, [first = '', ...others]]) => ({
      place: others.length > 0 ? `${first} and ${others.length} more` : first,
      text,
    }));
}
