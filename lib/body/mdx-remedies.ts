/**
 * What to write instead of MDX that cannot be compiled or rendered. The parsers tell what they expected; an
 * author wants to know what to change. Pure.
 */
import { closest, distance } from 'fastest-levenshtein';
import { quoted } from './notes';

/** Where something is, counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What is wrong, with its remedy, and where, if that is known. */
export interface Advice extends Partial<Place> {
  reason: string;
}

const OR_MD = 'or rename the file to .md, in which it is text';
const BRACE = `write \\{ for a brace that is text, ${OR_MD}`;
const LESS = `write \\< for a sign that is text, ${OR_MD}`;

const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** What stands at a place, and what a parser said of it. */
interface Fault {
  reason: string;
  /** From the place to the end of its line. */
  rest: string;
  /** The line up to the place. */
  before: string;
}

/** Each for what parsers say; the first that fits is told. */
const REMEDIES: [RegExp, (fault: Fault, ...groups: string[]) => string][] = [
  [
    /create a comment in MDX/,
    () => `MDX has no <!-- comments -->: write {/* … */}, or rename the file to .md`,
  ],
  [
    /create a link in MDX/,
    ({ before, rest }) => {
      const address = /<([^<>]*)$/.exec(before)?.[1] ?? '';
      const whole = quoted(address + (/^[^\s>]*/.exec(rest)?.[0] ?? ''));
      return `MDX has no <addresses> in angle brackets: write [${whole}](${whole.includes('@') ? 'mailto:' : ''}${whole})`;
    },
  ],
  [
    /(?:before|in) (?:local |member )?name\b/,
    ({ before, rest }) => {
      const start = before.lastIndexOf('<');
      const sign = quoted(before.slice(Math.max(0, start)) + rest.slice(0, 10));
      return `${sign} begins no tag: ${LESS}`;
    },
  ],
  [
    /before attribute value/,
    ({ rest }) => {
      const value = quoted(/^[^\s>]*/.exec(rest)?.[0] ?? '');
      return `the value of an attribute needs quotes: write "${value}"`;
    },
  ],
  [
    /attribute/,
    ({ rest }) =>
      `the tag before ${quoted(rest.slice(0, 10))} does not end, or an attribute of it cannot be read: ` +
      `write name="value" and >; ${LESS}`,
  ],
  [
    /Expected a closing tag for `<([^`>]*)>`/,
    (_, name = '') =>
      VOID.has(name.toLowerCase())
        ? `<${name}> is never closed: write <${name} />`
        : `<${name}> is not closed where it should be: write </${name}>${
            /^[A-Z$]/.test(name) ? `; ${LESS}` : `, in a line of its own if <${name}> is in one`
          }`,
  ],
  [
    /Unexpected closing tag `(<\/[^`]*>)`, expected corresponding closing tag for `<([^`>]*)>`/,
    (_, found = '', open = '') => `${found} comes before </${open}>: close <${open}> first`,
  ],
  [
    /Unexpected closing (?:slash|tag)/,
    ({ before, rest }) => {
      const tag = /^[^\s>]*>?/.exec(rest)?.[0] ?? '';
      return `${quoted(`${before.endsWith('<') ? '<' : ''}${tag}`)} closes a tag that is not open: remove it`;
    },
  ],
  [
    /end of file in expression|expected a corresponding closing brace/,
    () => `there is a brace { without its closing brace }: ${BRACE}`,
  ],
  [
    /Could not parse (?:expression|spread)/,
    ({ before, rest }) => {
      const start = Math.max(0, before.lastIndexOf('{{'), before.lastIndexOf('{'));
      const code = before.slice(before[start - 1] === '{' ? start - 1 : start) + rest;
      const shown = quoted(/^[^}]*\}{0,2}/.exec(code)?.[0] ?? code);
      return /^\{[{%]/.test(code)
        ? `${shown} is of a template, and no template is run here: ${BRACE}`
        : `${shown} is read as JavaScript, and is none: ${BRACE}`;
    },
  ],
  [
    /import\/exports|only import\/exports/,
    () =>
      'a line that begins with import or export is read as JavaScript, up to the next blank line: put a ' +
      'blank line after it, or begin the line with another word',
  ],
  [/lazy line/i, () => `a tag or a brace does not end within its quote or item: ${BRACE}`],
];

/** What to write, by what a parser of MDX said of a text. */
export function adviceOnParsing(text: string, reason: string, place: Partial<Place>): Advice {
  const inReason = /\((\d+):(\d+)-\d+:\d+\)/.exec(reason)?.slice(1).map(Number);
  const isMismatch = /^Expected a closing tag/.test(reason);
  const [line, column] =
    inReason && (isMismatch || place.line === undefined) ? inReason : [place.line, place.column];
  if (line === undefined || column === undefined) {
    return { line, reason: `${reason}; if it is meant as text, rename the file to .md` };
  }
  const written = text.split('\n', line)[line - 1] ?? '';
  const fault = { reason, before: written.slice(0, column - 1), rest: written.slice(column - 1) };
  for (const [said, remedy] of REMEDIES) {
    const found = said.exec(reason);
    if (found) return { line, column, reason: remedy(fault, ...found.slice(1)) };
  }
  return { line, column, reason: `${reason}; if it is meant as text, rename the file to .md` };
}

/** What to write, by what a component or an expression threw; undefined if nothing is known of it. */
export function adviceOnRendering(
  text: string,
  reason: string,
  components: readonly string[],
): Advice | undefined {
  if (reason.startsWith('an expression cannot be compiled')) return undefined;
  const [, kind, missing] =
    /Expected (component|object) `([^`]+)` to be defined/.exec(reason) ?? [];
  if (kind !== undefined && missing !== undefined) {
    return { ...placeOf(text, `<${missing}`), reason: noComponent(text, missing, components) };
  }
  const name = /^(?:.*: )?([\w$]+) is not defined/.exec(reason)?.[1];
  if (name !== undefined) {
    const place = placeOf(text, new RegExp(`\\{[^{}]*?(?<![\\w$])${escaped(name)}(?![\\w$])`));
    return {
      ...place,
      reason: `{${name}} is read as JavaScript, and there is no ${name}: ${BRACE}`,
    };
  }
  if (/^The `style` prop expects/.test(reason)) {
    return {
      ...placeOf(text, /\sstyle="|\sstyle='/),
      reason: 'MDX takes no style="…", and the policy of the site allows none: use a class',
    };
  }
  if (/^Objects are not valid as a React child/.test(reason)) {
    return {
      ...placeOf(text, '{'),
      reason: `an expression in braces gives an object, which cannot be shown: write {String(…)}; ${BRACE}`,
    };
  }
  if (/is not a function|Cannot read propert/.test(reason)) {
    return {
      ...placeOf(text, /\{(?!\/\*)/),
      reason: `an expression in braces fails (${reason}): ${BRACE}`,
    };
  }
}

/** The component that a name is nearly that of; undefined if there is none. */
export function nearestOf(name: string, components: readonly string[]): string | undefined {
  const owns = components.filter((component) => /^[A-Z]/.test(component));
  const nearest = owns.length > 0 ? closest(name, owns) : '';
  return nearest !== '' && distance(name, nearest) <= 2 ? nearest : undefined;
}

function noComponent(text: string, name: string, components: readonly string[]): string {
  const owns = components.filter((component) => /^[A-Z]/.test(component));
  const nearest = nearestOf(name, components);
  const meant = nearest === undefined ? '' : `: did you mean <${nearest}>?`;
  const imported = new RegExp(`^import\\b.*\\b${escaped(name.split('.')[0] ?? '')}\\b`, 'm').test(
    text,
  )
    ? ', since posts import nothing: add it to components/mdx-components.tsx'
    : '';
  return `there is no component <${name}>; there are ${owns.join(', ')}${meant}${imported}`;
}

const escaped = (text: string): string => text.replace(/[$.*+?^(){}|[\]\\]/g, '\\$&');

/** Where a text holds something first, counted from 1. */
export function placeOf(text: string, part: string | RegExp): Partial<Place> {
  const index = typeof part === 'string' ? text.indexOf(part) : text.search(part);
  if (index < 0) return {};
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
