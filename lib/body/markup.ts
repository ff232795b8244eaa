/**
 * What bloggers write besides Markdown's own signs, in Markdown and in MDX alike: formulas, alerts,
 * definition lists, emoji by name, and code fences in every spelling.
 */
import type { Element, Root as Html } from 'hast';
import { toString } from 'hast-util-to-string';
import type { BlockContent, Blockquote, DefinitionContent, Paragraph, Root } from 'mdast';
import remarkGfm from 'remark-gfm';
import type remarkMath from 'remark-math';
import type { Options } from 'remark-rehype';
import type { PluggableList, Processor } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { VFile } from 'vfile';
import type { Words } from '../site/words/words';
import { readFences } from './fences';
import type { Notes } from './notes';

/** What a text needs of plugins for its tree of Markdown, in their order, and how what they add becomes HTML. */
export interface Markup {
  plugins: PluggableList;
  handlers: Options['handlers'];
}

/**
 * The markup that a text may need. What slows the parser is left out where it is not needed, and loaded with the
 * first text that does: formulas and emoji alone take longer to load than all else of a body.
 */
export async function markupFor(text: string, words: Words, notes: Notes): Promise<Markup> {
  const math = text.includes('$') ? await import('remark-math') : undefined;
  const lists = /^[ \t>]*:[ \t]/m.test(text) ? await import('remark-definition-list') : undefined;
  const emoji = /:[-+\w]+:/.test(text) ? await import('remark-gemoji') : undefined;
  const plugins: PluggableList = [
    remarkGfm,
    ...(math ? [carefulMath(math.default)] : []),
    ...(lists ? [lists.remarkDefinitionList] : []),
    ...(emoji ? [emoji.default] : []),
    () => (tree: Root, file: VFile) => {
      readFences(tree, words, notes);
      showAlerts(tree, words);
      displayFormulas(tree, String(file));
    },
  ];
  return { plugins, handlers: lists?.defListHastHandlers };
}

/** What stands around footnotes, as the library that makes them HTML asks for it. */
export const footnotesIn = (words: Words): Options => ({
  footnoteLabel: words.footnotes,
  footnoteBackLabel: (reference, again) =>
    words.backToReference(`${reference + 1}${again > 1 ? `-${again}` : ''}`),
});

/** What follows belongs to the parser of Markdown: a state of it, and what it hands to a construct. */
type State = (code: number | null) => State | undefined;
interface Construct {
  tokenize: (this: Context, effects: unknown, ok: State, nok: State) => State;
}
interface Context {
  events: [kind: string, token: unknown, context: unknown][];
  sliceSerialize: (token: unknown) => string;
}

const DOLLAR = 36;
const DIGITS = { first: 48, last: 57 };

/**
 * Formulas, but no prices: `$x$` is one where no space is inside next to the dollars, and no digit
 * follows, as Pandoc has it. `$$x$$` always is.
 */
const carefulMath = (math: typeof remarkMath) =>
  function remarkCarefulMath(this: Processor): void {
    math.call(this);
    const extension = this.data().micromarkExtensions?.at(-1);
    const text = extension?.text;
    const known: unknown = text?.[DOLLAR];
    if (!text || !isConstruct(known)) throw new Error('remark-math has no construct for $');
    const careful: Construct = {
      ...known,
      tokenize(effects, ok, nok) {
        const isFormula = (after: number | null) => {
          const written = this.sliceSerialize(this.events.at(-1)?.[1]);
          if (written.startsWith('$$')) return true;
          const isDigit = after !== null && after >= DIGITS.first && after <= DIGITS.last;
          return !isDigit && /^\$\S(?:[^]*\S)?\$$/.test(written);
        };
        return known.tokenize.call(
          this,
          effects,
          (after) => (isFormula(after) ? ok(after) : nok(after)),
          nok,
        );
      },
    };
    Object.assign(text, { [DOLLAR]: careful });
  };

const isConstruct = (value: unknown): value is Construct =>
  typeof value === 'object' && value !== null && 'tokenize' in value;

/** The kinds of callouts. */
export type CalloutKind = 'note' | 'tip' | 'important' | 'warning' | 'caution';

const ALERT = /^\[!(note|tip|important|warning|caution)\][^\S\n]*(?:\n|$)/i;

const CALLOUTS: readonly CalloutKind[] = ['note', 'tip', 'important', 'warning', 'caution'];

/** GitHub's alerts: a quotation that begins with `[!NOTE]`, as the component `<Callout>` shows it. */
function showAlerts(tree: Root, words: Pick<Words, CalloutKind>): void {
  visit(tree, 'blockquote', (quote: Blockquote) => {
    const [first] = quote.children;
    const [begin] = first?.type === 'paragraph' ? first.children : [];
    if (first?.type !== 'paragraph' || begin?.type !== 'text') return;
    const written = ALERT.exec(begin.value)?.[1]?.toLowerCase();
    const kind = CALLOUTS.find((one) => one === written);
    if (kind === undefined) return;
    begin.value = begin.value.replace(ALERT, '');
    if (begin.value === '') first.children.splice(0, first.children[1]?.type === 'break' ? 2 : 1);
    const title: Paragraph = {
      type: 'paragraph',
      data: { hProperties: { className: ['callout-title'] } },
      children: [{ type: 'text', value: words[kind] }],
    };
    const rest: (BlockContent | DefinitionContent)[] =
      first.children.length > 0 ? quote.children : quote.children.slice(1);
    quote.children = [title, ...rest];
    quote.data = {
      hName: 'aside',
      hProperties: { className: ['callout', kind], role: 'note' },
    };
  });
}

/** `$$x$$` alone in its paragraph is a formula of its own, as where the dollars have their own lines. */
function displayFormulas(tree: Root, text: string): void {
  visit(tree, 'paragraph', (paragraph, index, parent) => {
    const [only, ...others] = paragraph.children;
    if (only?.type !== 'inlineMath' || others.length > 0 || !parent || index === undefined) return;
    const start = only.position?.start.offset;
    if (start === undefined || !text.startsWith('$$', start)) return;
    const code = { type: 'text' as const, value: only.value };
    const properties = { className: ['language-math', 'math-display'] };
    const hChildren = [{ type: 'element' as const, tagName: 'code', properties, children: [code] }];
    parent.children[index] = {
      type: 'math',
      value: only.value,
      position: only.position,
      data: { hName: 'pre', hChildren },
    };
  });
}

/** Of one formula: characters, and groups in each other. The library recurses. */
const MOST_CHARACTERS = 10_000;
const MOST_DEPTH = 100;
/** Of one body. */
const MOST_FORMULAS = 2000;

/** Says that a formula cannot be read. `line` counts from 1. */
export type ReportFormula = (message: string, line?: number) => void;

/**
 * Shows formulas as MathML, which needs no script, no style and no font. One that cannot be read is shown
 * as text, and reported.
 */
export async function showFormulas(
  tree: Html,
  { formula }: Pick<Words, 'formula'>,
  report: ReportFormula,
): Promise<void> {
  let formulas = 0;
  visit(tree, 'element', (element) => {
    if (!isFormula(element)) return;
    formulas += 1;
    const text = toString(element);
    if (formulas > MOST_FORMULAS) {
      element.properties.className = [];
      if (formulas === MOST_FORMULAS + 1) {
        const message = `there are more than ${MOST_FORMULAS} formulas: divide the text`;
        report(message, element.position?.start.line);
      }
      return SKIP;
    }
    if (text.length <= MOST_CHARACTERS && depthOf(text) <= MOST_DEPTH) return SKIP;
    element.properties.className = [];
    report(
      `the formula has more than ${MOST_CHARACTERS} characters, or braces more than ${MOST_DEPTH} deep: divide it`,
      element.position?.start.line,
    );
    return SKIP;
  });
  if (formulas === 0) return;
  const file = new VFile();
  const { default: rehypeKatex } = await import('rehype-katex');
  rehypeKatex({ output: 'mathml', strict: 'ignore', maxSize: 50, maxExpand: 500 })(tree, file);
  for (const { cause, line } of file.messages) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // The library underlines what it stumbled over.
    const plain = reason.replace(/^KaTeX parse error: /, '').replace(/\u0332/g, '');
    report(`the formula cannot be read: ${plain}`, line);
  }
  visit(tree, 'element', (element, index, parent) => {
    if (element.tagName !== 'span' || !parent || index === undefined) return;
    const classes = classesOf(element);
    if (classes.includes('katex-error')) {
      element.tagName = 'code';
      element.properties = {};
      return SKIP;
    }
    if (!classes.includes('katex')) return;
    visit(element, 'element', (part) => {
      // The policy of the site forbids it.
      delete part.properties.style;
      const { mathvariant } = part.properties;
      const classes = LETTERS[String(mathvariant)];
      const isLetter = part.tagName === 'mi' && /^\p{L}$/u.test(toString(part));
      const isBold = mathvariant !== undefined && /^[\p{L}\d]+$/u.test(toString(part));
      if (!classes || !(isLetter || isBold)) return;
      part.properties.className = classes;
      // Else a browser would look for a bold letter that mathematics has of its own.
      if (mathvariant !== undefined) part.properties.mathvariant = 'normal';
    });
    const [math] = element.children;
    if (math?.type === 'element' && math.properties.display === 'block') {
      // A formula that is wider than the screen scrolls by itself, with the keyboard too.
      const properties = {
        className: ['formula'],
        role: 'group',
        ariaLabel: formula,
        tabIndex: 0,
      };
      parent.children[index] = { ...element, tagName: 'div', properties };
    }
    return [SKIP, index + 1];
  });
}

/** The classes of letters that any font has, by their variant in MathML. */
const LETTERS: Record<string, string[]> = {
  undefined: ['letter'],
  bold: ['letter', 'bold', 'upright'],
  'bold-italic': ['letter', 'bold'],
};

const classesOf = ({ properties: { className } }: Element): (string | number)[] =>
  Array.isArray(className) ? className : [];

const isFormula = (element: Element): boolean =>
  classesOf(element).some((name) =>
    ['language-math', 'math-display', 'math-inline'].includes(String(name)),
  );

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [sign] of text.matchAll(/[{}]|\\(?:begin|end|left|right)\b|[\^_]/g)) {
    if (sign === '{' || sign === '\\begin' || sign === '\\left') depth += 1;
    else if (sign === '}' || sign === '\\end' || sign === '\\right') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}
