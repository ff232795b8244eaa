/**
 * How much MDX may hold, told by one look at each of its characters. The parsers take quadratic time
 * for some shapes, and a deep tree overflows the stack, which may end the process: whatever is near
 * that is refused before they see it. Pure.
 *
 * The look is coarse. It knows fenced code, code spans and escapes, in which anything may stand; its
 * bounds are far above what is written for readers, and far below what takes a second.
 */

/** As long as HTML may be: rendering holds everybody up for seconds at this length. */
const MOST_CHARACTERS = 1024 * 1024;
/** Quotes and lists in each other, elements in each other, and so on. Stacks overflow from 350 on. */
const MOST_DEPTH = 100;
/** Within one paragraph, item or cell of a table: lines, brackets, and runs of `*`, `_` and `~`. */
const MOST_LINES = 5000;
const MOST_BRACKETS = 5000;
const MOST_RUNS = 2000;
const MOST_DOLLARS = 5000;
/** In all: each is looked at again for each that follows. */
const MOST_DEFINITIONS = 1000;
/** What begins a comment is looked for the end of up to the paragraph's: characters that are read so in all. */
const MOST_SOUGHT = 20_000_000;
/** Of one table: a short row is filled up to as many as its head has. */
const MOST_CELLS = 50_000;
/** The compiler reads an expression again at each `}` in it: characters that it reads in all. */
const MOST_REREAD = 5_000_000;

/** What is too much, with what helps, and the line where it becomes so, if it is in one. */
export interface Excess {
  line?: number;
  message: string;
}

/**
 * Says what of a text is too much to be compiled; undefined if nothing is. In Markdown braces are text, and
 * so are tags here: what HTML it holds is counted once more when it is parsed.
 */
export function excessIn(body: string, language: 'mdx' | 'markdown' = 'mdx'): Excess | undefined {
  if (body.length > MOST_CHARACTERS) {
    const millions = (body.length / 1024 / 1024).toFixed(1);
    return {
      message: `the text has ${millions} million characters, and at most 1 is taken: divide it`,
    };
  }
  const look = newLook(language);
  for (const [index, line] of body.split('\n').entries()) {
    const message = readLine(look, line);
    if (message !== undefined) return { line: index + 1, message };
    look.offset += line.length + 1;
  }
}

/** Where the look is. */
interface Look {
  definitions: number;
  language: 'mdx' | 'markdown';
  /** Characters before the line. */
  offset: number;
  /** The run of characters that began the fenced code around the line. */
  fence?: string;
  /** The columns of the quotes and lists around the line. */
  containers: number[];
  /** Columns of the table around the line, and its cells so far. */
  columns: number;
  cells: number;
  passage: Passage;
  /** Elements that are open, by name, and in all. */
  open: Map<string, number>;
  depth: number;
  /** The tag around the line, if it did not end in the one before. */
  tag?: Tag;
}

/** What is counted in one paragraph, item or cell. */
interface Passage {
  lines: number;
  dollars: number;
  /** Comments, instructions and declarations that are open, and what is read in search of their ends. */
  unended: Record<Unended, number>;
  sought: number;
  runs: number;
  brackets: number;
  /** For each that is open: how deep the closed ones in it are nested. */
  openBrackets: number[];
  openRuns: number[];
  expression: Expression;
}

interface Expression {
  /** Where it begins; undefined if there was none yet. */
  start?: number;
  /** How many brackets of its code are open, and how many of them are braces: 0 after its end. */
  depth: number;
  braces: number;
  inComment: boolean;
  reread: number;
}

interface Tag {
  name: string;
  isEnd: boolean;
  quote?: string;
  expression: Expression;
}

const newExpression = (start?: number): Expression => ({
  start,
  depth: 0,
  braces: 0,
  inComment: false,
  reread: 0,
});

const newPassage = (): Passage => ({
  lines: 0,
  dollars: 0,
  unended: { comment: 0, instruction: 0, declaration: 0 },
  sought: 0,
  runs: 0,
  brackets: 0,
  openBrackets: [],
  openRuns: [],
  expression: newExpression(),
});

const newLook = (language: Look['language']): Look => ({
  definitions: 0,
  language,
  offset: 0,
  containers: [],
  columns: 0,
  cells: 0,
  passage: newPassage(),
  open: new Map(),
  depth: 0,
});

/** What a line says that is too much, if anything. */
function readLine(look: Look, line: string): string | undefined {
  if (look.fence !== undefined) {
    if (endsFence(line, look.fence)) look.fence = undefined;
    return undefined;
  }
  if (/^[\s>]*$/.test(line) || RULE.test(line)) {
    look.passage = newPassage();
    look.columns = 0;
    return undefined;
  }
  const start = readContainers(look, line);
  if (look.containers.length > MOST_DEPTH) {
    return `quotes and lists are nested more than ${MOST_DEPTH} deep: have fewer > and list marks within each other`;
  }
  const text = line.slice(start);
  look.fence = /^(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(text.trimStart())?.slice(1).find(Boolean);
  if (look.fence !== undefined) return undefined;
  if (start > 0 || look.columns > 0 || /^\s*[#|]/.test(text)) look.passage = newPassage();
  if (/^[ \t]*:[ \t]/.test(text)) look.definitions += 1;
  if (look.definitions > MOST_DEFINITIONS) {
    return `there are more than ${MOST_DEFINITIONS} definitions: divide the text`;
  }
  look.passage.lines += 1;
  if (look.passage.lines > MOST_LINES) {
    return `a paragraph has more than ${MOST_LINES} lines: put blank lines into it`;
  }
  return (
    readTable(look, text) ??
    readDollars(look.passage, text) ??
    (look.language === 'markdown' ? readUnended(look.passage, text) : undefined) ??
    readText(look, line, start)
  );
}

function readDollars(passage: Passage, text: string): string | undefined {
  passage.dollars += text.match(/\$+/g)?.length ?? 0;
  if (passage.dollars <= MOST_DOLLARS) return undefined;
  return `a paragraph has more than ${MOST_DOLLARS} dollars: put them into code, or divide it`;
}

type Unended = 'comment' | 'instruction' | 'declaration';

const ENDS: Record<string, [Unended, number]> = {
  '<!--': ['comment', 1],
  '-->': ['comment', -1],
  '<?': ['instruction', 1],
  '?>': ['instruction', -1],
  '<!': ['declaration', 1],
  '>': ['declaration', -1],
};

/** Counts what is read again for each part of HTML that seems to begin in the text, and doesn't end. */
function readUnended(passage: Passage, text: string): string | undefined {
  const { unended } = passage;
  for (const [sign] of text.matchAll(/<!--|-->|<\?|\?>|<!|>/g)) {
    const [kind, change] = ENDS[sign] ?? [];
    if (kind !== undefined) unended[kind] = Math.max(0, unended[kind] + (change ?? 0));
  }
  const { comment, instruction, declaration } = unended;
  passage.sought += (comment + instruction + declaration) * text.length;
  if (passage.sought <= MOST_SOUGHT) return undefined;
  return 'a paragraph has too many of <!, <!-- and <? without their ends: close them, or write &lt;';
}

/** A line of nothing but dashes, stars or underscores. */
const RULE = /^[\s>]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/;

const endsFence = (line: string, fence: string): boolean => {
  const end = line.replace(/^[\s>]*/, '').trimEnd();
  return end.length >= fence.length && end === fence.charAt(0).repeat(end.length);
};

const CONTAINER = /[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;

/** Notes the quotes and items that a line begins; returns where its text begins. */
function readContainers({ containers }: Look, line: string): number {
  let start = 0;
  CONTAINER.lastIndex = 0;
  while (CONTAINER.test(line)) {
    start = CONTAINER.lastIndex;
    while ((containers.at(-1) ?? -1) >= start) containers.pop();
    containers.push(start);
  }
  return start;
}

const DELIMITERS = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Counts the cells of a table. */
function readTable(look: Look, text: string): string | undefined {
  if (look.columns === 0 && text.includes('|') && DELIMITERS.test(text)) {
    look.columns = text.match(/-+/g)?.length ?? 0;
    look.cells = 0;
  }
  look.cells += look.columns;
  if (look.columns === 0 || look.cells <= MOST_CELLS) return undefined;
  return `a table has more than ${MOST_CELLS} cells, counting its rows by the columns of its head: divide it`;
}

/** An escape, code, and what else may begin or end something. */
const SIGNS = /\\.?|\/\*|\*\/|`+|[[\]{}()]|[*_~]+|<\/?[A-Za-z][\w.:-]*|\/?>|["']/g;

/** Reads a line from `start` on. */
function readText(look: Look, line: string, start: number): string | undefined {
  SIGNS.lastIndex = start;
  for (let found = SIGNS.exec(line); found; found = SIGNS.exec(line)) {
    const [sign] = found;
    const { index } = found;
    const message = look.tag
      ? readInTag(look, look.tag, sign, look.offset + index)
      : look.passage.expression.braces > 0
        ? readInExpression(look.passage.expression, sign, look.offset + index)
        : readSign(look, line, sign, index);
    if (message !== undefined) return message;
  }
}

function readSign(look: Look, line: string, sign: string, index: number): string | undefined {
  const { passage } = look;
  const [first] = sign;
  if (first === '`') {
    // Over a code span; without an end they are signs like any other.
    const end = endOfCode(line, sign, index);
    if (end !== undefined) SIGNS.lastIndex = end;
  } else if (look.language === 'markdown' && '<{}'.includes(first ?? '')) {
    return undefined;
  } else if (first === '<') {
    const isEnd = sign.startsWith('</');
    look.tag = { name: sign.slice(isEnd ? 2 : 1), isEnd, expression: newExpression() };
  } else if (first === '{') {
    passage.expression = newExpression(look.offset + index);
    return readInExpression(passage.expression, sign, look.offset + index);
  } else if (first === '}') {
    // The expression before may go on: the brace that seemed to end it was in a string.
    return reread(passage.expression, look.offset + index);
  } else if (first === '[' || first === ']') {
    return readBracket(passage, sign);
  } else if (first === '*' || first === '_' || first === '~') {
    return readRun(passage, line, sign, index);
  }
}

/** Where a code span ends that begins with these ticks; undefined if it does not within its line. */
function endOfCode(line: string, ticks: string, index: number): number | undefined {
  for (let end = line.indexOf(ticks, index + ticks.length); end >= 0;) {
    let after = end + ticks.length;
    if (line[end - 1] !== '`' && line[after] !== '`') return after;
    while (line[after] === '`') after += 1;
    end = line.indexOf(ticks, after);
  }
}

function readBracket(passage: Passage, sign: string): string | undefined {
  passage.brackets += 1;
  const depth = sign === '[' ? enter(passage.openBrackets) : leave(passage.openBrackets);
  if (depth <= MOST_DEPTH && passage.brackets <= MOST_BRACKETS) return undefined;
  return (
    `brackets are nested more than ${MOST_DEPTH} deep, or more than ${MOST_BRACKETS} in one ` +
    'paragraph: put them into code, or divide it'
  );
}

function readRun(passage: Passage, line: string, sign: string, index: number): string | undefined {
  passage.runs += 1;
  const opens = /\S/.test(line[index + sign.length] ?? '');
  const closes = index > 0 && /\S/.test(line[index - 1] ?? '');
  const closing = closes && (!opens || passage.openRuns.length > 0);
  let depth = 0;
  // Two signs are one level of strong text.
  for (let level = 0; level < sign.length; level += 2) {
    depth = Math.max(
      depth,
      closing ? leave(passage.openRuns) : opens ? enter(passage.openRuns) : 0,
    );
  }
  if (depth <= MOST_DEPTH && passage.runs <= MOST_RUNS) return undefined;
  return (
    `emphasis is nested more than ${MOST_DEPTH} deep, or there are more than ${MOST_RUNS} of * _ ~ ` +
    'in one paragraph: put them into code, or divide it'
  );
}

/** Notes that something opens within what is open. */
function enter(open: number[]): number {
  open.push(0);
  return 0;
}

/** Notes that the innermost one closes; returns how deep it and those in it are nested. */
function leave(open: number[]): number {
  const inner = open.pop();
  if (inner === undefined) return 0;
  const outer = open.length - 1;
  if (outer >= 0) open[outer] = Math.max(open[outer] ?? 0, inner + 1);
  return inner + 1;
}

function readInExpression(code: Expression, sign: string, position: number): string | undefined {
  if (sign === '/*') code.inComment = true;
  if (sign === '*/') code.inComment = false;
  if (sign === '}' && code.inComment) return reread(code, position);
  if (code.inComment) return undefined;
  if ('{(['.includes(sign)) code.depth += 1;
  if ('})]'.includes(sign)) code.depth -= 1;
  if (sign === '{') code.braces += 1;
  if (sign === '}') code.braces -= 1;
  if (code.depth > MOST_DEPTH) {
    return `brackets in an expression are nested more than ${MOST_DEPTH} deep: write a component for it`;
  }
  return sign === '}' ? reread(code, position) : undefined;
}

/** Counts what the compiler reads at a brace that might end an expression. */
function reread(code: Expression, position: number): string | undefined {
  code.reread += position - (code.start ?? position);
  if (code.reread <= MOST_REREAD) return undefined;
  return 'an expression has too many braces, at each of which it is read again: move its data into a component';
}

/** Reads what stands in a tag, up to its end. */
function readInTag(look: Look, tag: Tag, sign: string, position: number): string | undefined {
  if (tag.expression.braces > 0) return readInExpression(tag.expression, sign, position);
  if (sign === '}') return reread(tag.expression, position);
  if (tag.quote !== undefined) {
    // With a backslash too, which escapes nothing in an attribute.
    if (sign.endsWith(tag.quote)) tag.quote = undefined;
  } else if (sign === '"' || sign === "'") {
    tag.quote = sign;
  } else if (sign === '{') {
    tag.expression = newExpression(position);
    return readInExpression(tag.expression, sign, position);
  } else if (sign.endsWith('>')) {
    look.tag = undefined;
    if (sign === '>') return readElement(look, tag);
  }
}

function readElement(look: Look, { name, isEnd }: Tag): string | undefined {
  const open = look.open.get(name) ?? 0;
  const change = isEnd ? -Math.min(open, 1) : 1;
  look.open.set(name, open + change);
  look.depth += change;
  if (look.depth <= MOST_DEPTH) return undefined;
  return `elements are nested more than ${MOST_DEPTH} deep: have fewer <${name}> within each other`;
}
