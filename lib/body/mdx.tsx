/**
 * From a post's MDX text to HTML. What a text compiles to is kept by its content, also between builds.
 * MDX runs as code: only for posts as trusted as the repository itself.
 */
import { compile as compileMdx } from '@mdx-js/mdx';
import type { Root } from 'hast';
import type { Root as Markdown } from 'mdast';
import { MDXRemote, type MDXRemoteProps, type MDXRemoteSerializeResult } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import type { PluggableList, Processor } from 'unified';
import { visit } from 'unist-util-visit';
import { VFileMessage } from 'vfile-message';
import { z } from 'zod';
import { decoded } from '../decoded';
import { checkHtml, elementsIn, withoutStyles } from './check-html';
import { keep, recall, wordsIn } from './kept';
import { footnotesIn, markupFor, showFormulas } from './markup';
import { excessIn } from './mdx-bounds';
import { adviceOnParsing, adviceOnRendering, nearestOf, type Advice } from './mdx-remedies';
import { movedBy, Notes, quoted } from './notes';
import { refOf } from './pictures';
import type { Words } from '../site/words/words';
import { linesBefore } from '../text';
import type { Post, Written } from '../source/post';
import { OUTLINE_SHAPE, prosePlugins, type Body, type BodyWarning, type Outline } from './prose';
import { BodyProblem } from './public-files';
import { messageOf } from '../message-of';

/** The components that a text may use, by their names. */
type Components = NonNullable<MDXRemoteProps['components']>;

/** The same, with what they say by themselves in a language. */
export type ComponentsIn = (words: Words) => Components;

/** Says that a text holds code that may run for as long as it likes. */
export class RunsCode extends Error {}

interface Compiled {
  source: MDXRemoteSerializeResult;
  /** True if it holds code of which nobody knows how long it runs. */
  runsCode?: boolean;
  outline: Outline;
  /** Their lines count in the text without the blank ones that stand for the front matter. */
  warnings: BodyWarning[];
}

const CompiledShape = z.object({
  source: z.object({ compiledSource: z.string() }),
  outline: z.object(OUTLINE_SHAPE),
  warnings: z.array(z.object({ kind: z.string(), message: z.string() })),
});

const isCompiled = (kept: unknown): kept is Compiled => CompiledShape.safeParse(kept).success;

/** What is needed of a post. */
type MdxText = Pick<Post, 'text' | 'bodyHash' | 'refs' | 'language'>;

async function compileText(
  { text, refs, language }: MdxText,
  components: ComponentsIn,
): Promise<Compiled> {
  const body = text.read();
  const words = wordsIn({ language });
  const excess = excessIn(body);
  if (excess) throw new Error(excess.message);
  const outline: Outline = { headings: [], minutes: 1 };
  const notes = new Notes();
  const failures: unknown[] = [];
  const recmaPlugins: PluggableList = [[keepFailures, failures]];
  const code = { runs: false };
  // Unified would take it for a fault of the compiler.
  let badFormula: BodyProblem | undefined;
  const formulas = () => (tree: Root) =>
    showFormulas(tree, words, (message, line) => {
      badFormula ??= new BodyProblem(message, '$', line);
    });
  const { plugins, handlers } = await markupFor(body, words, notes);
  const source = await serialize(body, {
    // Expressions work, since posts are trusted code; next-mdx-remote would drop them without a word.
    blockJS: false,
    blockDangerousJS: false,
    mdxOptions: {
      remarkPlugins: [...plugins, [withoutImports, notes], [noteCode, code]],
      remarkRehypeOptions: { handlers, ...footnotesIn(words) },
      rehypePlugins: [
        [resolveInMdx, refs],
        [unwrapUnknown, Object.keys(components(words)), notes],
        ...prosePlugins(outline, words, [formulas]),
      ],
      recmaPlugins,
    },
  });
  if (badFormula) throw badFormula;
  if (failures.length > 0) {
    const [failure] = failures;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new Error(
      `an expression cannot be compiled (${reason}): write it simpler, as (a) for ((a))`,
    );
  }
  const warnings = movedBy(-linesBefore(body), notes.warnings);
  return { source, outline, warnings, ...(code.runs && { runsCode: true }) };
}

/** What calls or computes something. Names, members and plain values take no time. */
const CODE = /[(`]|\*\*|<</;

/** Notes whether expressions do more than to name values. */
function noteCode(code: { runs: boolean }) {
  return (tree: Markdown): void => {
    visit(tree, (node) => {
      if (node.type === 'mdxFlowExpression' || node.type === 'mdxTextExpression') {
        code.runs ||= CODE.test(node.value);
      }
      if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return;
      for (const { type, value } of node.attributes) {
        const written = type === 'mdxJsxAttribute' && value instanceof Object ? value.value : '';
        code.runs ||= CODE.test(type === 'mdxJsxExpressionAttribute' ? value : written);
      }
    });
  };
}

/**
 * Says which lines next-mdx-remote leaves out: posts import nothing. Where a picture is imported, and shown by its
 * name, its address takes the place of that; any other name that is imported is left out where it stands alone.
 */
function withoutImports(notes: Notes) {
  return (tree: Markdown): void => {
    const imported = new Map<string, string>();
    visit(tree, 'mdxjsEsm', ({ value, position, data }) => {
      for (const [index, line] of value.split('\n').entries()) {
        if (!/^(?:import|export)\b/.test(line)) continue;
        notes.add(
          'an import or export that is left out',
          `${quoted(line)} is left out: what a post may use stands in components/mdx-components.tsx`,
          position && position.start.line + index,
        );
      }
      for (const statement of data?.estree?.body ?? []) {
        if (statement.type !== 'ImportDeclaration') continue;
        for (const { local } of statement.specifiers) {
          imported.set(local.name, String(statement.source.value));
        }
      }
    });
    if (imported.size === 0) return;
    /** What is imported under the name that an expression is, or of which it is a part: `sea`, `sea.src`. */
    const importedAs = (code: string) =>
      imported.get(/^\s*([\w$]+)(?:\.\w+)?\s*$/.exec(code)?.[1] ?? '');
    visit(tree, (node, index, parent) => {
      if (node.type === 'mdxFlowExpression' || node.type === 'mdxTextExpression') {
        if (!parent || index === undefined || importedAs(node.value) === undefined) return;
        parent.children.splice(index, 1);
        return index;
      }
      if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return;
      node.attributes = node.attributes.flatMap((attribute): typeof node.attributes => {
        if (attribute.type !== 'mdxJsxAttribute') return [attribute];
        const { value } = attribute;
        const from = typeof value === 'object' ? importedAs(value?.value ?? '') : undefined;
        if (from === undefined) return [attribute];
        return ADDRESSES.has(attribute.name) ? [{ ...attribute, value: from }] : [];
      });
    });
  };
}

/** The attributes that name files and pages. */
const ADDRESSES = new Set(['src', 'href', 'poster']);

/**
 * Links and files that are written relative to the file of the post lead to where they are here, and tags of
 * pictures and frames are what Markdown makes of them, too.
 */
function resolveInMdx(refs: Post['refs']) {
  return (tree: Root): void => {
    visit(tree, (node) => {
      if (node.type === 'element') {
        const { properties, tagName } = node;
        for (const name of ADDRESSES) {
          const written = properties[name];
          const ref = typeof written === 'string' ? refOf(refs, written) : undefined;
          if (!ref) continue;
          const { to, width, height } = ref;
          Object.assign(properties, { [name]: to }, tagName === 'img' ? { width, height } : {});
        }
      } else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
        const { attributes, name: element } = node;
        // MDX would take what is written as a tag for that tag, and not for its component.
        if (element === 'img' || element === 'iframe') node.data = {};
        for (const attribute of [...attributes]) {
          if (attribute.type !== 'mdxJsxAttribute' || !ADDRESSES.has(attribute.name)) continue;
          const { value } = attribute;
          const ref = typeof value === 'string' ? refOf(refs, value) : undefined;
          if (!ref) continue;
          attribute.value = ref.to;
          if (attribute.name !== 'src' || !PICTURES.has(element ?? '')) continue;
          for (const name of ['width', 'height'] as const) {
            const pixels = ref[name];
            if (pixels === undefined) continue;
            const rest = attributes.filter(
              (other) => other.type !== 'mdxJsxAttribute' || other.name !== name,
            );
            rest.push({ type: 'mdxJsxAttribute', name, value: String(pixels) });
            attributes.splice(0, attributes.length, ...rest);
          }
        }
      }
    });
  };
}

/**
 * Shows what is in a component that nobody has written for this site, as posts from elsewhere use them. One that
 * is nearly the name of ours is misspelt, and stays for the error that says so.
 */
function unwrapUnknown(known: readonly string[], notes: Notes) {
  return (tree: Root): void => {
    visit(tree, (node, index, parent) => {
      if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return;
      const [name = ''] = (node.name ?? '').split('.');
      if (!parent || index === undefined || !/^[A-Z]/.test(name) || known.includes(name)) return;
      if (nearestOf(name, known) !== undefined) return;
      notes.add(
        'a component that is not there',
        `there is no component <${name}>, and what is in it is shown without: write it in ` +
          'components/mdx-components.tsx',
        node.position?.start.line,
      );
      parent.children.splice(index, 1, ...node.children);
      return index;
    });
  };
}

const PICTURES = new Set(['img', 'Image', 'Figure']);

/**
 * Notes what the last step throws, which is to write JavaScript. Unified never settles its promise if
 * that throws after a step that it awaited, as highlighting is one: every load would wait for ever.
 */
function keepFailures(this: Processor, failures: unknown[]): void {
  const { compiler } = this;
  if (!compiler) return;
  this.compiler = (tree, file) => {
    try {
      return compiler(tree, file);
    } catch (error) {
      failures.push(error);
      return '';
    }
  };
}

/**
 * Renders a post's body. Throws if the text does not compile or a component fails, and `RunsCode` before it
 * runs code where it may not.
 */
export async function renderMdx(
  post: MdxText,
  components: ComponentsIn,
  mayRun = true,
): Promise<Body> {
  const { source, outline, warnings: ofText, runsCode } = await compile(post, components);
  if (runsCode && !mayRun) throw new RunsCode('it holds code, which may never end');
  // Not bundled: for an API route Turbopack refuses it, and for instrumentation.ts it takes a
  // copy of React that is not the one of next-mdx-remote.
  const { renderToStaticMarkup } = await import(/* turbopackIgnore: true */ 'react-dom/server');
  const html = renderToStaticMarkup(
    <MDXRemote {...source} components={components(wordsIn(post))} />,
  );
  const { elements, unknown } = elementsIn(html);
  const found = [...checkHtml(html), ...unknown];
  // Most have none, and need no text.
  const body = found.length > 0 ? post.text.read() : '';
  const ofHtml = found.map(({ writtenAs, ...warning }) => ({
    line: lineOf(body, writtenAs),
    ...warning,
  }));
  const warnings = [...movedBy(post.text.linesBefore, ofText), ...ofHtml];
  const made = { html: withoutStyles(html), ...outline, elements };
  return warnings.length > 0 ? { ...made, warnings } : made;
}

/**
 * Why a text could not be rendered. next-mdx-remote drops the line of most errors, so the compiler
 * itself is asked again.
 */
export async function explainMdx(
  { body, language }: Pick<Written, 'body' | 'language'>,
  error: unknown,
  components: ComponentsIn,
): Promise<{ line?: number; reason: string }> {
  const excess = excessIn(body);
  if (excess) return { line: excess.line, reason: excess.message };
  const words = wordsIn({ language });
  try {
    const { plugins } = await markupFor(body, words, new Notes());
    await compileMdx(body, { remarkPlugins: plugins });
  } catch (message) {
    if (message instanceof VFileMessage) {
      return told(adviceOnParsing(body, message.reason, message));
    }
  }
  if (error instanceof BodyProblem) {
    return { line: error.line ?? lineOf(body, error.writtenAs), reason: error.message };
  }
  const reason = messageOf(error);
  const advice = adviceOnRendering(body, reason, Object.keys(components(words)));
  return advice ? told(advice) : { reason };
}

const told = ({ line, column, reason }: Advice): { line?: number; reason: string } => ({
  line,
  reason: column === undefined ? reason : `column ${column}: ${reason}`,
});

/** The line in which a text stands first, counted from 1. */
function lineOf(body: string, text: string): number | undefined {
  // Markdown encodes the addresses that it meets.
  const forms = [text, text.replace(/(?:%[0-9a-f]{2})+/gi, decoded)];
  const index = body.split('\n').findIndex((line) => forms.some((form) => line.includes(form)));
  return index < 0 ? undefined : index + 1;
}

async function compile(post: MdxText, components: ComponentsIn): Promise<Compiled> {
  const kept = recall(post, isCompiled);
  if (kept) return kept;
  const compiled = await compileText(post, components);
  keep(post, compiled);
  return compiled;
}

/** Compiles a text again, whatever is kept. */
export const warmUpMdx = (post: MdxText, components: ComponentsIn): Promise<unknown> =>
  compileText(post, components);
