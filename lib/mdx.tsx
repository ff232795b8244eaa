/**
 * From a post's MDX text to HTML. What a text compiles to is kept by its content, also between builds.
 * MDX runs as code: only for posts as trusted as the repository itself.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile as compileMdx } from '@mdx-js/mdx';
import { LRUCache } from 'lru-cache';
import { MDXRemote, type MDXRemoteSerializeResult } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import remarkGfm from 'remark-gfm';
import { VFileMessage } from 'vfile-message';
import { mdxComponents } from '../components/mdx-components';
import { environment } from './environment';
import { hash, type Post, type Problem } from './post';

/** Kept by Next between builds. */
const COMPILED_DIR = path.join('.next', 'cache', 'mdx');

const remarkPlugins = [remarkGfm];

/** Expressions work, since posts are trusted code; next-mdx-remote would drop them without a word. */
const SERIALIZE_OPTIONS = {
  blockJS: false,
  blockDangerousJS: false,
  mdxOptions: { remarkPlugins },
};

// Next bundles each page and each API route with a copy of this module: the memory is the process's.
const KEY = Symbol.for('evergreen.rendered');
const shared: typeof globalThis & { [KEY]?: LRUCache<string, Promise<string>> } = globalThis;

/** The bodies rendered last, so that a body that was checked is not rendered again for its page. */
const rendered = (shared[KEY] ??= new LRUCache<string, Promise<string>>({ max: 100 }));

/** When a running server keeps what it compiled: not while somebody waits for the page. */
const KEEP_AFTER_MS = 1000;

/** The HTML of a post's body. Throws if the text does not compile or a component fails. */
export function renderBody(post: Post): Promise<string> {
  let html = rendered.get(post.bodyHash);
  if (!html) {
    html = compile(post).then(async (compiled) => {
      // Not bundled: for an API route Turbopack refuses it, and for instrumentation.ts it takes a
      // copy of React that is not the one of next-mdx-remote.
      const { renderToStaticMarkup } = await import(/* turbopackIgnore: true */ 'react-dom/server');
      return renderToStaticMarkup(<MDXRemote {...compiled} components={mdxComponents} />);
    });
    rendered.set(post.bodyHash, html);
    // A failure is reported to whoever asked, and tried again by the next.
    html.catch(() => rendered.delete(post.bodyHash));
  }
  return html;
}

/** Renders a post's body; answers what is wrong with it, if anything. */
export async function checkBody(post: Post): Promise<Problem | undefined> {
  const { slug, file } = post;
  try {
    await renderBody(post);
  } catch (error) {
    const { line, reason } = await explain(post.body, error);
    return { slug, file, line, message: `the MDX cannot be rendered: ${reason}` };
  }
}

/** next-mdx-remote drops the line of most errors, so the compiler itself is asked again. */
async function explain(body: string, error: unknown): Promise<{ line?: number; reason: string }> {
  try {
    await compileMdx(body, { remarkPlugins });
  } catch (message) {
    if (message instanceof VFileMessage) return { line: message.line, reason: message.reason };
  }
  return { reason: error instanceof Error ? error.message : String(error) };
}

async function compile({ body, bodyHash }: Post): Promise<MDXRemoteSerializeResult> {
  // EVERGREEN_MDX names the compiler: next.config.js sets it from the lock file and this module.
  const file = path.join(COMPILED_DIR, `${hash(`${process.env.EVERGREEN_MDX} ${bodyHash}`)}.json`);
  try {
    const kept: MDXRemoteSerializeResult = JSON.parse(readFileSync(file, 'utf8'));
    return kept;
  } catch {
    // A post that was recalled from its stored page has no text.
    if (hash(body.trim()) !== bodyHash) throw new Error('its last good text is not known any more');
    const compiled = await serialize(body, SERIALIZE_OPTIONS);
    const text = JSON.stringify(compiled);
    if (environment().building) keep(file, text);
    else setTimeout(() => keep(file, text), KEEP_AFTER_MS).unref();
    return compiled;
  }
}

/** Compiles posts for nothing but to have the compiler loaded and optimised before the first edit. */
export async function warmUp(posts: Post[]): Promise<void> {
  for (const { body } of posts) await serialize(body, SERIALIZE_OPTIONS).catch(() => undefined);
}

/** A folder that cannot be written costs time, never a page. */
function keep(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(COMPILED_DIR, { recursive: true });
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch {
    return;
  }
}
