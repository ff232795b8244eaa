/**
 * From a post's MDX text to HTML. What a text compiles to is kept by its content, also between builds.
 * MDX runs as code: only for posts as trusted as the repository itself.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { MDXRemote, type MDXRemoteSerializeResult } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import remarkGfm from 'remark-gfm';
import { mdxComponents } from '../components/mdx-components';
import { hash, type Post, type Problem } from './post';

/** Kept by Next between builds. */
const COMPILED_DIR = path.join('.next', 'cache', 'mdx');

/** The bodies rendered last, so that a body that was checked is not rendered again for its page. */
const rendered = new LRUCache<string, Promise<string>>({ max: 100 });

/** The HTML of a post's body. Throws if the text does not compile or a component fails. */
export function renderBody(post: Post): Promise<string> {
  let html = rendered.get(post.bodyHash);
  if (!html) {
    html = compile(post).then(async (compiled) => {
      // Turbopack refuses to bundle it with an API route, but not to load it there.
      const { renderToStaticMarkup } = await import('react-dom/server');
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
  try {
    await renderBody(post);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const { slug, file } = post;
    return { slug, file, line: lineOf(message), message: `the MDX cannot be rendered: ${message}` };
  }
}

/** next-mdx-remote puts the line into its message only: as the marked one of a code frame. */
const lineOf = (message: string): number | undefined => {
  const marked = /^> *(\d+) \|/m.exec(message)?.[1];
  return marked === undefined ? undefined : Number(marked);
};

async function compile({ body, bodyHash }: Post): Promise<MDXRemoteSerializeResult> {
  // EVERGREEN_MDX names the compiler: next.config.js sets it from the lock file and this module.
  const file = path.join(COMPILED_DIR, `${hash(`${process.env.EVERGREEN_MDX} ${bodyHash}`)}.json`);
  try {
    const kept: MDXRemoteSerializeResult = JSON.parse(await readFile(file, 'utf8'));
    return kept;
  } catch {
    const compiled = await serialize(body, {
      blockJS: false,
      blockDangerousJS: false,
      mdxOptions: { remarkPlugins: [remarkGfm] },
    });
    await keep(file, JSON.stringify(compiled));
    return compiled;
  }
}

/** A folder that cannot be written costs time, never a page. */
async function keep(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  await mkdir(COMPILED_DIR, { recursive: true })
    .then(() => writeFile(beside, text))
    .then(() => rename(beside, file))
    .catch(() => undefined);
}
