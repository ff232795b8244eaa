/**
 * What Jekyll's and Hugo's templates add to Markdown, as Markdown and HTML that say the same. Lines stay
 * where they are. What is not known here stays as it is written, and is shown as text. Pure.
 */
import type { Ref } from '../source/post';
import { markedLines } from './fences';

/** `{% name … %}`, `{{ … }}`, `{{< name … >}}` and `{{% name … %}}`, within a line. */
const SHORTCODE = /\{%([^{}]*)%\}|\{\{([<%])([^{}]*)[%>]\}\}|\{\{([^{}<%][^{}]*)\}\}/g;

/** The same, as what is left of them is found in text that is shown. */
export const LEFT_OVER = /\{%-?\s*\w[^{}]{0,200}%\}|\{\{[<%]?\s*[\w/."'-][^{}]{0,200}\}\}/;

/**
 * No character, and to be removed of the result: it stands where the text says by itself that what looks
 * like a template is none.
 */
export const MEANT = '\uFDD2';

/** Characters of a line that is looked at: a longer one holds data. */
const LONGEST_LINE = 20_000;

/** Where the reading is. */
interface Look {
  refs: Readonly<Record<string, Ref>>;
  /** The ticks around the line. */
  fence?: string;
  /** Set within code that a shortcode began: what ends it. */
  ended?: { by: RegExp; with: string };
  isRaw: boolean;
  isComment: boolean;
}

/** The text with what is known written as Markdown. */
export function withoutShortcodes(text: string, refs: Readonly<Record<string, Ref>> = {}): string {
  if (!text.includes('{%') && !text.includes('{{')) return text;
  const look: Look = { refs, isRaw: false, isComment: false };
  return text
    .split('\n')
    .map((line) => (line.length > LONGEST_LINE ? line : readLine(look, line)))
    .join('\n');
}

function readLine(look: Look, line: string): string {
  if (look.ended) {
    const end = look.ended.by.exec(line);
    if (!end) return line;
    const { with: fence } = look.ended;
    look.ended = undefined;
    const before = line.slice(0, end.index);
    // A fence is alone in its line; code before it shares that line at most with the end of the tag.
    return before.trim() === '' ? `${before}${fence}` : `${before}\n${fence}`;
  }
  const ticks = /^[\s>]*(`{3,}|~{3,})/.exec(line)?.[1];
  if (look.fence !== undefined) {
    const { fence } = look;
    if (ticks?.startsWith(fence) && line.replace(/^[\s>]*/, '').trimEnd() === ticks) {
      look.fence = undefined;
    }
    return withoutRaw(look, line);
  }
  if (ticks !== undefined && !look.isRaw && !look.isComment) {
    if (!/`/.test(line.slice(line.indexOf(ticks) + ticks.length))) look.fence = ticks;
    return line;
  }
  return readText(look, line);
}

/** In code only the marks go that protected it from the template. */
const withoutRaw = (look: Look, line: string): string =>
  line.replace(/\{%-?\s*(end)?raw\s*-?%\}/g, (_, end?: string) => {
    look.isRaw = end === undefined;
    return '';
  });

function readText(look: Look, line: string): string {
  if (!look.isRaw && !look.isComment && !line.includes('{%') && !line.includes('{{')) return line;
  let written = '';
  let from = 0;
  const add = (text: string) => {
    if (look.isComment) return;
    written += look.isRaw ? text.replace(/\{(?=[{%])/g, `{${MEANT}`) : text;
  };
  const spans = codeSpansIn(line);
  for (const found of line.matchAll(SHORTCODE)) {
    const { index } = found;
    const [whole, ...inner] = found;
    const [liquid, , hugo, output] = inner.map((text) => text?.replace(/^-|-$/g, '').trim());
    if (index < from || spans.some(({ start, end }) => start < index && index < end)) continue;
    add(line.slice(from, index));
    from = index + whole.length;
    const end = /^end(raw|comment)$/.exec(liquid ?? '')?.[1];
    if (look.isRaw || look.isComment) {
      if (end === 'raw' && look.isRaw) look.isRaw = false;
      else if (end === 'comment' && look.isComment) look.isComment = false;
      else add(whole);
    } else if (liquid === 'raw') look.isRaw = true;
    else if (liquid === 'comment') look.isComment = true;
    else {
      const block = codeOf(liquid ?? hugo ?? '');
      if (block) {
        const rest = line.slice(from);
        const ending = block.ends.exec(rest);
        if (ending) {
          add(codeSpan(rest.slice(0, ending.index).trim()));
          from += ending.index + ending[0].length;
          continue;
        }
        // Tildes: code in Markdown rather holds ticks.
        look.ended = { by: block.ends, with: FENCE };
        const start = written.trim() === '' ? `${written}${FENCE}` : `${written}\n${FENCE}`;
        return `${start}${block.info}${rest.trim() === '' ? '' : `\n${rest}`}`;
      }
      add(meaningOf(look.refs, { liquid, hugo, output }) ?? whole);
    }
  }
  add(line.slice(from));
  return written;
}

const FENCE = '~~~~~~';

/** The fence that a tag begins, and what ends it. */
function codeOf(tag: string): { info: string; ends: RegExp } | undefined {
  const [name = '', language = '', ...rest] = wordsOf(tag);
  if (name !== 'highlight') return undefined;
  const lines = /\b(?:hl_lines|mark_lines)=\\?["'[]?([\d\s,"-]+)/.exec(rest.join(' '))?.[1];
  return {
    info: language + (lines === undefined ? '' : ` ${markedLines(lines)}`),
    ends: /\{%-?\s*endhighlight\s*-?%\}|\{\{[<%]\s*\/\s*highlight\s*[%>]\}\}/,
  };
}

function codeSpan(code: string): string {
  const longest = Math.max(0, ...Array.from(code.matchAll(/`+/g), ([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return longest > 0 ? `${ticks} ${code} ${ticks}` : `${ticks}${code}${ticks}`;
}

/** What a tag says in Markdown or HTML; undefined if that is not known. */
function meaningOf(
  refs: Look['refs'],
  { liquid, hugo, output }: { liquid?: string; hugo?: string; output?: string },
): string | undefined {
  if (output !== undefined) return valueOf(output);
  const [name = '', ...words] = wordsOf(liquid ?? hugo ?? '');
  if (liquid !== undefined) {
    if (name === 'post_url' || name === 'link') return pathOf(refs, words[0] ?? '');
    const film = /^(?:youtube|vimeo)/i.exec(name === 'include' ? (words[0] ?? '') : name)?.[0];
    const { positional, named } = parametersOf(name === 'include' ? words.slice(1) : words);
    return film && frameOf(film.toLowerCase(), named.id ?? positional[0] ?? '');
  }
  const { positional, named } = parametersOf(words);
  const [first = ''] = positional;
  switch (name) {
    case 'ref':
    case 'relref':
      return pathOf(refs, named.path ?? first);
    case 'figure':
      return figureOf(named);
    case 'youtube':
    case 'vimeo':
    case 'instagram':
      return frameOf(name, named.id ?? first);
    case 'x':
    case 'tweet':
    case 'twitter':
    case 'x_simple':
    case 'twitter_simple':
    case 'vimeo_simple':
      return name === 'vimeo_simple'
        ? frameOf('vimeo', named.id ?? first)
        : frameOf('x', named.id ?? positional.at(-1) ?? '');
    case 'gist': {
      const [user = '', id = ''] = positional;
      if (!/^[\w-]+$/.test(user) || !/^\w+$/.test(id)) return undefined;
      const address = `https://gist.github.com/${user}/${id}`;
      return `[${address}](${address})`;
    }
    default:
      return undefined;
  }
}

/** `{{ site.baseurl }}` is empty at the root of a site, and filters that make addresses whole need not. */
function valueOf(output: string): string | undefined {
  const [value = '', ...filters] = output.split('|').map((part) => part.trim());
  const isKnown = filters.every((filter) =>
    /^(?:relative_url|absolute_url|escape|xml_escape|prepend:\s*site\.(?:base)?url)$/.test(filter),
  );
  if (!isKnown) return undefined;
  if (/^site\.(?:baseurl|url|github\.url)$/i.test(value)) return '';
  return /^(["'])([^"'\s]*)\1$/.exec(value)?.[2];
}

const FRAMES: Record<string, { id: RegExp; address: (id: string) => string; title: string }> = {
  youtube: {
    id: /^[\w-]{5,20}$/,
    address: (id) => `https://www.youtube.com/embed/${id}`,
    title: '',
  },
  vimeo: { id: /^\d{1,15}$/, address: (id) => `https://player.vimeo.com/video/${id}`, title: '' },
  instagram: {
    id: /^[\w-]{5,40}$/,
    address: (id) => `https://www.instagram.com/p/${id}/embed/`,
    title: '',
  },
  x: {
    id: /^\d{1,25}$/,
    address: (id) => `https://platform.twitter.com/embed/Tweet.html?id=${id}`,
    title: '',
  },
};

function frameOf(site: string, id: string): string | undefined {
  const frame = FRAMES[site];
  return frame?.id.test(id) ? `<iframe src="${frame.address(id)}"></iframe>` : undefined;
}

function figureOf({ src, alt, caption, title, width, height, link }: Named): string | undefined {
  if (src === undefined) return undefined;
  const size = [width && ` width="${escaped(width)}"`, height && ` height="${escaped(height)}"`];
  const image = `<img src="${escaped(src)}" alt="${escaped(alt ?? caption ?? title ?? '')}"${size.filter(Boolean).join('')}>`;
  const linked = link === undefined ? image : `<a href="${escaped(link)}">${image}</a>`;
  const says = [title && `<strong>${escaped(title)}</strong>`, caption && escaped(caption)];
  const text = says.filter(Boolean).join(' ');
  return `<figure>${linked}${text === '' ? '' : `<figcaption>${text}</figcaption>`}</figure>`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The path of a post that a tag names by its file. */
function pathOf(refs: Look['refs'], named: string): string | undefined {
  const [name = '', fragment] = named.split('#', 2);
  const bare = name.replace(/^\.?\//, '');
  for (const form of [named, name, bare, `${bare}.md`, `./${bare}`, `/${bare}`]) {
    const ref = Object.hasOwn(refs, form) ? refs[form] : undefined;
    if (ref) return fragment === undefined || form === named ? ref.to : `${ref.to}#${fragment}`;
  }
}

type Named = Partial<Record<string, string>>;

/** Words, of which those in quotes are one: `a b="c d" "e f"`. */
const wordsOf = (text: string): string[] =>
  Array.from(
    text.matchAll(/[\w-]+=(?:"[^"]*"|'[^']*'|\S+)|"([^"]*)"|'([^']*)'|`([^`]*)`|\S+/g),
    ([word, ...inner]) => inner.find((one) => one !== undefined) ?? word,
  );

function parametersOf(words: string[]): { positional: string[]; named: Named } {
  const positional: string[] = [];
  const named: Named = {};
  for (const word of words) {
    const [, name, value = ''] = /^([\w-]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined) positional.push(word);
    else named[name.toLowerCase()] = value.replace(/^(["'])(.*)\1$/s, '$2');
  }
  return { positional, named };
}

/** The code spans of a line. */
function codeSpansIn(line: string): { start: number; end: number }[] {
  const spans = [];
  for (let start = line.indexOf('`'); start >= 0;) {
    let after = start;
    while (line[after] === '`') after += 1;
    const ticks = line.slice(start, after);
    let end = line.indexOf(ticks, after);
    while (end >= 0 && line[end + ticks.length] === '`') {
      while (line[end] === '`') end += 1;
      end = line.indexOf(ticks, end);
    }
    if (end >= 0) spans.push({ start, end });
    start = line.indexOf('`', end < 0 ? after : end + ticks.length);
  }
  return spans;
}
