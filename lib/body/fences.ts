/**
 * What authors write after the ticks of fenced code, in every spelling, as the one that is highlighted:
 * a language, marked lines as `{1,3}`, and `title="…"`. Works on trees of Markdown.
 */
import type { Code, Root } from 'mdast';
import { bundledLanguages } from 'shiki';
import { visit } from 'unist-util-visit';
import type { Words } from '../site/words/words';
import { quoted, type Notes } from './notes';

/** Names of languages that the highlighter doesn't know, and what it calls them. */
const ALIASES: Record<string, string> = {
  'sh-session': 'shellsession',
  'shell-session': 'shellsession',
  'bash-session': 'shellsession',
  terminal: 'shellsession',
  golang: 'go',
  python3: 'python',
  py3: 'python',
  node: 'javascript',
  nodejs: 'javascript',
  javascriptreact: 'jsx',
  typescriptreact: 'tsx',
  'objective-c++': 'objective-cpp',
  gradle: 'groovy',
  eruby: 'erb',
  'html+erb': 'erb',
  psql: 'sql',
  mysql: 'sql',
  pgsql: 'sql',
  postgresql: 'sql',
  nasm: 'asm',
  x86asm: 'asm',
  htm: 'html',
  xhtml: 'html',
  markup: 'html',
  conf: 'ini',
  cfg: 'ini',
  env: 'dotenv',
  patch: 'diff',
  udiff: 'diff',
  rlang: 'r',
  vb: 'vb',
  vbnet: 'vb',
  'c-sharp': 'csharp',
  'visual-basic': 'vb',
  viml: 'viml',
  lisp: 'common-lisp',
  rustdoc: 'rust',
};

/** Names for code that has no language. */
const PLAIN = new Set(
  'text txt plain plaintext plain_text none nohighlight no-highlight output ascii raw math ansi'.split(
    ' ',
  ),
);

/** What the words after the ticks mean. */
export interface Fence {
  /** As it is written, in lower case. */
  language?: string;
  /** What is left: marked lines, a title, and other words. */
  meta: string;
}

/** Reads the words after the ticks. */
export function readFence(info: string): Fence {
  const braces = /^\s*\{\s*([.\w][^{}]*)\}?(.*)$/s.exec(info);
  // ```{.ruby .numberLines}, ```{r, echo=FALSE}, but not ```{1,3}
  if (braces && !/^[\d,\s-]+$/.test(braces[1] ?? '')) {
    const [, inner = '', rest = ''] = braces;
    const language = /^\.?([^\s,.=]+)(?=[\s,.]|$)/.exec(inner.trim())?.[1]?.toLowerCase();
    return { language, meta: metaOf(`${inner} ${rest}`) };
  }
  const [, written = '', rest = ''] = /^\s*([^\s{:,=]*)(.*)$/s.exec(info) ?? [];
  // ```title="a.js"
  if (rest.startsWith('=')) return { meta: metaOf(info) };
  const language = written.replace(/^(?:language|lang)-/i, '').toLowerCase() || undefined;
  // ```js:src/app.js
  const file = /^:([^\s{]+)(.*)$/s.exec(rest);
  if (file) return { language, meta: metaOf(`title="${file[1] ?? ''}" ${file[2] ?? ''}`) };
  return { language, meta: metaOf(rest) };
}

/** Titles and marked lines as they are read further on. */
function metaOf(text: string): string {
  const named = text.replace(
    /(^|[\s{,])(?:title|filename|file)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))/g,
    (_, before: string, a?: string, b?: string, c?: string) =>
      `${before === '{' ? '' : before}title="${a ?? b ?? c ?? ''}"`,
  );
  // Hugo's: {hl_lines=[1,"3-4"]}
  return named
    .replace(/\{?\bhl_lines=\[?["\s]*([\d,\s"-]+)\]?[^}]*\}?/g, (_, lines: string) =>
      markedLines(lines),
    )
    .trim();
}

/** Marked lines as they are read further on, `{1,3-4}`, of Hugo's and Jekyll's `1,"3-4"` and `1 3-4`. */
export const markedLines = (written: string): string =>
  `{${written
    .replace(/"/g, '')
    .trim()
    .replace(/[\s,]+/g, ',')
    .replace(/,$/, '')}}`;

/** What the highlighter calls a language; undefined if it knows none of that name. */
export function knownLanguage(language: string): string | undefined {
  if (PLAIN.has(language)) return 'text';
  // diff-js: what was added and removed is seen, and the rest is plain.
  const name = ALIASES[language] ?? (/^diff[-_]/.test(language) ? 'diff' : language);
  return Object.hasOwn(bundledLanguages, name) ? name : undefined;
}

/** Rewrites what stands after the ticks, and notes each language that is unknown, once. */
export function readFences(tree: Root, { mermaid }: Pick<Words, 'mermaid'>, notes: Notes): void {
  visit(tree, 'code', (code: Code) => {
    const info = [code.lang, code.meta].filter(Boolean).join(' ');
    if (info === '') return;
    const { language, meta } = readFence(info);
    const known = language === undefined ? undefined : knownLanguage(language);
    if (language !== undefined && known === undefined && notes.isNew(`language ${language}`)) {
      const message = `the code is shown plain: there is no language ${quoted(language)} to highlight`;
      notes.add('code in a language that is not known', message, code.position?.start.line);
    }
    code.lang = language === 'math' ? 'math' : known;
    code.meta =
      known === 'mermaid' && !/\btitle="/.test(meta)
        ? `title="${mermaid}" ${meta}`.trim()
        : meta || null;
  });
}
