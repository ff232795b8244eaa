/** The beginning of a text, for lists and search engines where its author wrote no summary. Pure. */
import { plainBlocks } from '../plain-text';

/** How much of a text is looked at, in characters. */
const LOOKED_AT = 2000;
/** About what search engines show of a page. */
const MOST = 200;
const LEAST = 40;

/** Where authors have the excerpt end: as WordPress, Hugo and Jekyll have it. */
const MORE = /<!--\s*more\s*-->|\{\/\*\s*(?:more|truncate)\s*\*\/\}|<!--\s*truncate\s*-->/i;

/** What is no sentence: headings, pictures, code, tables, rules, and what runs. */
const NO_SENTENCE =
  /^(?:#|!\[|\[!\[|```|~~~|\||import\s|export\s|<!--|<(?:script|style|iframe|figure|img|video|svg|Figure)\b|\{%|\{\{|\{\/\*|\* TOC|(?:[-*_=]\s*){3,}$|\[[^\]]+\]:)/;
const SHORTCODE = /\{%[^%]*%\}|\{\{[^{}]*\}\}|\{:[^}]*\}/g;

/** The beginning of a body; undefined if that has no sentence. */
export function excerptOf(body: string): string | undefined {
  const [begin = ''] = body.trimStart().slice(0, LOOKED_AT).split(MORE);
  let text = '';
  let isCode = false;
  for (const passage of begin.split(/\n[ \t\r]*\n/)) {
    const fences = passage.match(/^[ \t]*(?:```|~~~)/gm)?.length ?? 0;
    const wasCode = isCode;
    if (fences % 2 === 1) isCode = !isCode;
    const written = passage.replace(/^#+[^\n]*\n/, '').trim();
    if (wasCode || fences > 0 || NO_SENTENCE.test(written)) continue;
    for (const block of plainBlocks(written.replace(SHORTCODE, ''))) {
      if (block.text !== '') text += `${text === '' ? '' : ' '}${block.text}`;
    }
    if (text.length >= MOST) break;
  }
  if (text.length <= MOST) return text === '' ? undefined : text;
  const cut = text.slice(0, MOST);
  const atSpace = cut.lastIndexOf(' ');
  return `${(atSpace > LEAST ? cut.slice(0, atSpace) : cut).toWellFormed().replace(/[\s,;:–—-]+$/, '')}…`;
}
