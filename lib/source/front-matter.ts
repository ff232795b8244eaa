/**
 * Front matter: the fields at the beginning of a text, with their lines, in YAML, TOML or JSON. Pure. What the
 * fields mean is in `fields.ts`.
 */
import { TomlError, parse as parseToml } from 'smol-toml';
import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type YAMLError,
} from 'yaml';
import { messageOf } from '../message-of';

/** What a field holds, all that is no list and no fields as it is written; null where that is nothing. */
export type Value = string | null | Value[] | { [name: string]: Value };

/** One field as it is written. */
export interface Field {
  name: string;
  value: Value;
  line: number;
  /** The line of an item of its list, where that is known. */
  lineOfItem?: (index: number) => number | undefined;
}

/** Something about the front matter, by its line. */
export interface Remark {
  line: number;
  field?: string;
  kind: string;
  message: string;
}

/** The front matter of a text. */
export interface FrontMatter {
  fields: Field[];
  /** As it is written, with its fences. */
  head: string;
  remarks: Remark[];
}

/** The front matter of a text; undefined if there is none; or why it cannot be read. */
export type ReadFrontMatter =
  | { frontMatter: FrontMatter | undefined; problem?: undefined }
  | { frontMatter?: undefined; problem: Remark };

/** Of the front matter: characters, and levels of lists and fields in each other. Two are needed. */
const MOST_FRONT_MATTER = 64 * 1024;
const MOST_LEVELS = 50;

type Fields = { fields: Field[]; remarks: Remark[] };
type Parsed = Fields | { problem: Remark };

interface Format {
  begins: RegExp;
  /** With the blank lines before it, the fence, what is in it, and the fence that ends it. */
  whole: RegExp;
  fence: string;
  parse: (text: string, lineBefore: number) => Parsed;
}

/** Between lines of these signs; behind those of the first one may stand which language it is. */
const fenced = (fence: string, parse: Format['parse'], language = ''): Format => {
  const sign = fence.replace(/\+/g, '\\+');
  const first = `${sign}${language}[ \\t]*`;
  return {
    fence,
    begins: new RegExp(`^\\s*${first}(?:\\r?\\n|$)`, 'i'),
    whole: new RegExp(
      `^((?:[ \\t]*\\r?\\n)*${first}\\r?\\n)([\\s\\S]*?\\r?\\n|)${sign}[ \\t]*(?:\\r?\\n|$)`,
      'i',
    ),
    parse,
  };
};

const FORMATS = [
  fenced('---', readYaml, '(?:[ \\t]*ya?ml)?'),
  fenced('---', readToml, '[ \\t]*toml'),
  fenced('---', (text, lineBefore) => readJson(text, text, lineBefore), '[ \\t]*json'),
  fenced('---', refuseProgram, '[ \\t]*(?:js|javascript|ts|typescript|coffee)'),
  fenced('+++', readToml),
  fenced(';;;', (text, lineBefore) =>
    readJson(`{${text.trim().replace(/^\{|\}$/g, '')}}`, text, lineBefore),
  ),
];

function refuseProgram(_: string, lineBefore: number): Parsed {
  const message =
    'the front matter is a program, and none is run: write it as YAML, a line like title: Hello for each field';
  return { problem: { line: lineBefore, kind: 'front matter that is a program', message } };
}

/** A first line below `---` that makes it front matter, and no rule that is drawn. */
const LIKE_A_FIELD = /^(?:#.*|[\w"'][^:\n]{0,60}:(?:\s.*)?)$/m;

/** Reads the front matter of a text, whose byte order mark is gone. */
export function readFrontMatter(text: string): ReadFrontMatter {
  for (const format of FORMATS) {
    if (!format.begins.test(text)) continue;
    const [head, fence, inside] = format.whole.exec(text) ?? [];
    if (head === undefined || fence === undefined || inside === undefined) {
      return neverEnding(text, format.fence);
    }
    return read(head, inside, fence.split('\n').length - 1, format.parse);
  }
  const json = /^\s*\{\s*"/.test(text) ? jsonAtStart(text) : undefined;
  if (json === undefined) return { frontMatter: undefined };
  return read(json, json, 0, (inside, before) => readJson(inside, inside, before));
}

function read(
  head: string,
  inside: string,
  lineBefore: number,
  parse: Format['parse'],
): ReadFrontMatter {
  const line = Math.max(1, lineBefore);
  if (inside.length > MOST_FRONT_MATTER) {
    const most = `${MOST_FRONT_MATTER / 1024} thousand characters`;
    const message = `the front matter has more than ${most}; move what is long into the text`;
    return { problem: { line, kind: 'front matter that is too long', message } };
  }
  const deepLine = lineTooDeep(inside);
  if (deepLine !== undefined) {
    const message = `the front matter is nested more than ${MOST_LEVELS} deep; write it flatter`;
    return {
      problem: { line: deepLine + lineBefore, kind: 'front matter that is too deep', message },
    };
  }
  const parsed = parse(inside, lineBefore);
  return 'problem' in parsed ? parsed : { frontMatter: { ...parsed, head } };
}

function neverEnding(text: string, fence: string): ReadFrontMatter {
  const begin = text.indexOf(fence) + fence.length;
  const lines = text
    .slice(begin, begin + MOST_FRONT_MATTER)
    .split('\n')
    .slice(1);
  // A rule at the beginning of a text.
  if (fence === '---' && !LIKE_A_FIELD.test(lines[0] ?? '')) return { frontMatter: undefined };
  const line = text.slice(0, begin).split('\n').length;
  const message =
    `must begin with front matter that ends: this line ${fence} opens it, and no line ${fence} closes it; ` +
    'add one after the last field';
  return { problem: { line, kind: 'front matter that never ends', message } };
}

/** What one may do about errors of YAML, by their codes; the parser's own words explain the others. */
const YAML_REMEDIES: Record<string, string> = {
  TAB_AS_INDENT:
    'has a tab before it, and YAML is indented by spaces; replace the tab by two spaces',
  BLOCK_AS_IMPLICIT_KEY: 'has a second colon; put the value in quotes',
  BAD_SCALAR_START: 'begins with a sign that means something in YAML; put the value in quotes',
  BAD_INDENT: 'is not indented as the lines around it are; put it under them',
  MISSING_CHAR: 'has a quote, a bracket or a colon that is missing; add it',
};

const KIND_OF_SYNTAX = 'front matter that cannot be read';

/** A field in one line whose value is in no quotes; the value. */
const PLAIN_FIELD = /^([A-Za-z_][\w-]*:[ \t]+)(\S.*?)[ \t]*\r?$/;

function readYaml(text: string, lineBefore: number): Parsed {
  const remarks: Remark[] = [];
  let yaml = text;
  for (;;) {
    const lines = new LineCounter();
    const document = parseDocument(yaml, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
    });
    const lineAt = (offset: number) => lines.linePos(offset).line;
    const [error] = document.errors;
    if (!error)
      return fieldsOf(
        document,
        (offset) => lineAt(offset) + lineBefore,
        remarks,
        /[*&]|<</.test(yaml),
      );
    const line = lineAt(error.pos[0]);
    const quoted = withQuotes(yaml, line) ?? withQuotes(yaml, line - 1);
    if (quoted === undefined || remarks.length >= MOST_LEVELS) {
      return { problem: problemOfYaml(error, line + lineBefore) };
    }
    yaml = quoted.yaml;
    const message =
      'has signs that mean something in YAML, and is taken as text; put the value in quotes';
    remarks.push({
      line: quoted.line + lineBefore,
      field: quoted.field,
      kind: 'a value without quotes',
      message,
    });
  }
}

function problemOfYaml({ code, message }: YAMLError, line: number): Remark {
  const remedy = YAML_REMEDIES[code];
  return {
    line,
    kind: KIND_OF_SYNTAX,
    message: remedy
      ? `this line of the front matter ${remedy}`
      : `the front matter cannot be read: ${message}`,
  };
}

/** The text with a value in quotes that is certainly nothing but text: with a colon in it, or a sign before it. */
function withQuotes(
  yaml: string,
  line: number,
): { yaml: string; line: number; field: string } | undefined {
  const all = yaml.split('\n');
  const [, key, value] = PLAIN_FIELD.exec(all[line - 1] ?? '') ?? [];
  if (key === undefined || value === undefined) return undefined;
  const isText =
    (!/^["'[{|>&*!?#]/.test(value) && (/:\s|:$/.test(value) || /^[@`%]/.test(value))) ||
    /^"[^"]*"\s*[^\s#,]/.test(value) ||
    /^\[[^[\]]*\]\s*[^\s#,]/.test(value);
  if (!isText) return undefined;
  all[line - 1] = `${key}'${value.replaceAll("'", "''")}'`;
  return { yaml: all.join('\n'), line, field: key.replace(/:\s*$/, '') };
}

function fieldsOf(
  document: Document.Parsed,
  lineAt: (offset: number) => number,
  remarks: Remark[],
  mayHaveAliases: boolean,
): Parsed {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { fields: [], remarks };
  if (!isMap(contents)) {
    const message = 'the front matter must be fields, like title: Hello';
    return { problem: { line: lineAt(0) - 1 || 1, kind: KIND_OF_SYNTAX, message } };
  }
  const whole =
    mayHaveAliases && hasAliases(document) ? resolved(document, lineAt(0) - 1 || 1) : undefined;
  if (whole && 'problem' in whole) return { problem: whole.problem };
  const fields = new Map<string, Field>();
  for (const { key, value } of contents.items) {
    const name = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (name === undefined || name === '<<') continue;
    const line = isScalar(key) && key.range ? lineAt(key.range[0]) : lineAt(0);
    const twin = fields.get(name);
    if (twin) {
      const message = `is there twice, and the last one counts; remove that in line ${twin.line}`;
      remarks.push({ line, field: name, kind: 'a field that is there twice', message });
    }
    fields.set(name, {
      name,
      value: whole ? (whole.value[name] ?? null) : valueOf(value),
      line,
      lineOfItem: (index) => {
        const item: unknown = isSeq(value) ? value.items[index] : undefined;
        return isScalar(item) && item.range ? lineAt(item.range[0]) : undefined;
      },
    });
  }
  for (const [name, value] of Object.entries(whole?.value ?? {})) {
    if (!fields.has(name)) fields.set(name, { name, value, line: lineAt(0) });
  }
  return { fields: [...fields.values()], remarks };
}

/** A value as it is written: 2.10 is not 2.1 in a title. */
function valueOf(node: unknown): Value {
  if (isScalar(node)) {
    if (typeof node.value === 'string') return node.value;
    return node.value === null || node.value === undefined
      ? null
      : (node.source ?? String(node.value));
  }
  if (isSeq(node)) return node.items.map(valueOf);
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        isScalar(key) ? String(key.source ?? key.value) : '',
        valueOf(value),
      ]),
    );
  }
  return null;
}

function hasAliases(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
    Pair: (_, { key }) => {
      if (!isAlias(key) && !(isScalar(key) && key.value === '<<')) return;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function resolved(
  document: Document.Parsed,
  line: number,
): { value: Record<string, Value> } | { problem: Remark } {
  try {
    const value = plain(document.toJS());
    return {
      value: value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {},
    };
  } catch (error) {
    // Aliases that name nothing, or that repeat each other into millions of values.
    const message = `the front matter cannot be used: ${messageOf(error)}; write the values out`;
    return { problem: { line, kind: KIND_OF_SYNTAX, message } };
  }
}

/** What a parser returned, as values: numbers, dates and words alike as text. */
function plain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  // Dates of TOML write their own zone.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, plain(inside)]));
}

function readToml(text: string, lineBefore: number): Parsed {
  try {
    return fieldsIn(
      parseToml(text),
      text,
      lineBefore,
      (name) => `^\\s*(?:\\[+\\s*)?["']?${name}["']?\\s*[=\\].]`,
    );
  } catch (error) {
    const line = (error instanceof TomlError ? error.line : 1) + lineBefore;
    const [reason = ''] = messageOf(error)
      .replace(/^Invalid TOML document: /, '')
      .split('\n');
    const message = `the front matter between +++ is no TOML: ${reason}; write fields like title = "Hello"`;
    return { problem: { line, kind: KIND_OF_SYNTAX, message } };
  }
}

function readJson(json: string, text: string, lineBefore: number): Parsed {
  try {
    return fieldsIn(JSON.parse(json), text, lineBefore, (name) => `"${name}"\\s*:`);
  } catch (error) {
    const message = `the front matter is no JSON: ${messageOf(error)}; write fields like "title": "Hello"`;
    return { problem: { line: Math.max(1, lineBefore), kind: KIND_OF_SYNTAX, message } };
  }
}

/** The fields of an object, whose lines are looked for in the text. */
function fieldsIn(
  object: unknown,
  text: string,
  lineBefore: number,
  form: (name: string) => string,
): Fields {
  const value = plain(object);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { fields: [], remarks: [] };
  const lines = text.split('\n');
  const fields = Object.entries(value).map(([name, inside]): Field => {
    const pattern = new RegExp(form(name.replace(/[^\w-]/g, '.')));
    const index = lines.findIndex((line) => pattern.test(line));
    return { name, value: inside, line: Math.max(1, index + 1 + lineBefore) };
  });
  return { fields, remarks: [] };
}

/** The object with which a text begins; undefined if it does not end. */
function jsonAtStart(text: string): string | undefined {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < Math.min(text.length, MOST_FRONT_MATTER); at += 1) {
    const sign = text[at];
    if (isQuoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(0, at + 1);
    }
  }
  return undefined;
}

/**
 * The line, counted from 1, in which YAML is nested too deep, told without a parser: theirs recurse, and
 * where the stack overflows V8 may end the process.
 */
function lineTooDeep(yaml: string): number | undefined {
  let open = 0;
  const columns: number[] = [];
  for (const [index, line] of yaml.split('\n').entries()) {
    for (const [sign] of line.matchAll(/[[\]{}]/g)) {
      open = Math.max(0, open + ('[{'.includes(sign) ? 1 : -1));
      if (open > MOST_LEVELS) return index + 1;
    }
    // Where fields and items begin, several of them perhaps in one line: - - a
    const marks = /^(?:[ \t]*[-?:](?=\s|$))*[ \t]*/.exec(line)?.[0] ?? '';
    if (marks.length === line.trimEnd().length && !/[-?:]/.test(marks)) continue;
    for (const { index: column } of `${marks}x`.matchAll(/[^ \t]/g)) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
      if (columns.length > MOST_LEVELS) return index + 1;
    }
  }
}
