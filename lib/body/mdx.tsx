/**
 * From a post's MDX text to HTML. What a text compiles to is kept by its content, also between builds.
 * MDX runs as code: only for posts as trusted as the repository itself.
 */
import { compile as compileMdx } from '@mdx-js/mdx';
import { MDXRemote, type MDXRemoteProps, type MDXRemoteSerializeResult } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import remarkGfm from 'remark-gfm';
import type { PluggableList, Processor } from 'unified';
import { VFileMessage } from 'vfile-message';
import { environment } from '../config';
import { checkHtml, elementsIn } from './check-html';
import { readData, writeData } from '../data-dir';
import { excessIn } from './mdx-bounds';
import { hash } from '../hash';
import type { Post } from '../source/post';
import { prosePlugins, type Body, type Outline } from './prose';
import { BodyProblem } from './public-files';
import { messageOf } from '../message-of';

/**
 * Names the compiler: next.config.js sets it from what turns a body into HTML. Undefined without Next, as
 * in a test of a module, where nothing says whether what is kept still holds.
 */
export const COMPILER = process.env.EVERGREEN_MDX;

/** The components that a text may use, by their names. */
export type Components = NonNullable<MDXRemoteProps['components']>;

const remarkPlugins = [remarkGfm];

interface Compiled {
  source: MDXRemoteSerializeResult;
  outline: Outline;
}

async function compileText(body: string): Promise<Compiled> {
  const excess = excessIn(body);
  if (excess) throw new Error(excess.message);
  const outline: Outline = { headings: [], minutes: 1 };
  const failures: unknown[] = [];
  const recmaPlugins: PluggableList = [[keepFailures, failures]];
  const source = await serialize(body, {
    // Expressions work, since posts are trusted code; next-mdx-remote would drop them without a word.
    blockJS: false,
    blockDangerousJS: false,
    mdxOptions: { remarkPlugins, rehypePlugins: prosePlugins(outline), recmaPlugins },
  });
  if (failures.length > 0) {
    const [failure] = failures;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new Error(
      `an expression cannot be compiled (${reason}): write it simpler, as (a) for ((a))`,
    );
  }
  return { source, outline };
}

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

/** When a running server keeps what it compiled: not while somebody waits for the page. */
const KEEP_AFTER_MS = 1000;

/** Renders a post's body. Throws if the text does not compile or a component fails. */
export async function renderMdx(post: Post, components: Components): Promise<Body> {
  const { source, outline } = await compile(post);
  // Not bundled: for an API route Turbopack refuses it, and for instrumentation.ts it takes a
  // copy of React that is not the one of next-mdx-remote.
  const { renderToStaticMarkup } = await import(/* turbopackIgnore: true */ 'react-dom/server');
  const html = renderToStaticMarkup(<MDXRemote {...source} components={components} />);
  checkHtml(html);
  return { html, ...outline, elements: elementsIn(html) };
}

/**
 * Why a text could not be rendered. next-mdx-remote drops the line of most errors, so the compiler
 * itself is asked again.
 */
export async function explainMdx(
  body: string,
  error: unknown,
  components: Components,
): Promise<{ line?: number; reason: string }> {
  const excess = excessIn(body);
  if (excess) return { line: excess.line, reason: excess.message };
  try {
    await compileMdx(body, { remarkPlugins });
  } catch (message) {
    if (message instanceof VFileMessage) return { line: message.line, reason: message.reason };
  }
  if (error instanceof BodyProblem) {
    return { line: lineOf(body, error.writtenAs), reason: error.message };
  }
  const reason = messageOf(error);
  const component = /Expected component `([^`]+)` to be defined/.exec(reason)?.[1];
  if (component === undefined) return { reason };
  const nearest = Object.keys(components).join(', ');
  return {
    line: lineOf(body, `<${component}`),
    reason: `there is no component <${component}>; there are ${nearest}`,
  };
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** The line in which a text stands first, counted from 1. */
function lineOf(body: string, text: string): number | undefined {
  // Markdown encodes the addresses that it meets.
  const forms = [text, text.replace(/(?:%[0-9a-f]{2})+/gi, decoded)];
  const index = body.split('\n').findIndex((line) => forms.some((form) => line.includes(form)));
  return index < 0 ? undefined : index + 1;
}

async function compile({ body, bodyHash, recalled }: Post): Promise<Compiled> {
  const name = `${hash(`${COMPILER} ${bodyHash}`)}.json`;
  const kept = COMPILER === undefined ? undefined : recall(name);
  if (kept) return kept;

  if (recalled) throw new Error('its last good text is not known any more');
  const compiled = await compileText(body);
  const text = JSON.stringify(compiled);
  if (COMPILER === undefined) return compiled;
  if (environment().building) writeData('bodies', name, text);
  else setTimeout(() => writeData('bodies', name, text), KEEP_AFTER_MS).unref();
  return compiled;
}

function recall(name: string): Compiled | undefined {
  try {
    return JSON.parse(readData('bodies', name) ?? '');
  } catch {
    return undefined;
  }
}

/** Compiles a text again, whatever is kept. */
export const warmUpMdx = (body: string): Promise<unknown> => compileText(body);
