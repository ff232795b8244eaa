/**
 * The front matter of others, copied through: only lines that are certain are added or changed, and comments and
 * the order stay. Which spellings of fields mean what, `lib/source/` knows.
 */
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import { isMap, parseDocument, stringify } from 'yaml';
import { messageOf } from '../message-of';

/** The front matter of a file, and the text below it. */
export interface Parts {
  fence: '---' | '+++';
  head: string;
  body: string;
}

const FENCED = /^(---|\+\+\+)[ \t]*\r?\n([\s\S]*?\r?\n|)\1[ \t]*(?:\r?\n|$)/;

/** Splits a file; undefined if it has no front matter. */
export function partsOf(source: string): Parts | undefined {
  const text = source.replace(/^\uFEFF/, '');
  const [whole, fence, head] = FENCED.exec(text) ?? [];
  if (whole === undefined || head === undefined) return undefined;
  return { fence: fence === '+++' ? '+++' : '---', head, body: text.slice(whole.length) };
}

/** The fields of a front matter. Throws if it cannot be read. */
export function fieldsOf({ fence, head }: Parts): Record<string, unknown> {
  const value: unknown = fence === '+++' ? parseToml(head) : documentOf(head).toJS();
  return isRecord(value) ? value : {};
}

/** The file with these fields set, where they are not the same already; others stay as they are written. */
export function withFields(parts: Parts, fields: Record<string, unknown>): string {
  const changed = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (changed.length === 0) return joined(parts);
  if (parts.fence === '+++') {
    const head = `${stringifyToml({ ...fieldsOf(parts), ...Object.fromEntries(changed) })}\n`;
    return joined({ ...parts, head });
  }
  const document = documentOf(parts.head);
  if (!isMap(document.contents)) {
    return joined({ ...parts, head: stringify(Object.fromEntries(changed)) });
  }
  const added = changed.filter(([name]) => !document.has(name));
  for (const [name, value] of changed) if (document.has(name)) document.set(name, value);
  // What is only added leaves all others as they are written, byte for byte.
  const isBlock = document.contents.flow !== true;
  if (added.length < changed.length || !isBlock) {
    for (const [name, value] of added) document.set(name, value);
    const head = document.toString({ lineWidth: 0, flowCollectionPadding: false });
    return joined({ ...parts, head });
  }
  return joined({ ...parts, head: parts.head + stringify(Object.fromEntries(added)) });
}

/** A file of these fields and this body. */
export const fileOf = (fields: Record<string, unknown>, body: string): string =>
  joined({ fence: '---', head: stringify(fields, { lineWidth: 0 }), body: `\n${body.trim()}\n` });

const joined = ({ fence, head, body }: Parts): string => `${fence}\n${head}${fence}\n${body}`;

function documentOf(head: string) {
  const document = parseDocument(head, { prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new Error(messageOf(error));
  return document;
}

/** True for an object that is no list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
