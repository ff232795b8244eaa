/**
 * The least that a new text costs: reading, compiling and rendering it, in a process that does nothing
 * else. Gets the name of a file as a message, and answers with the milliseconds.
 */
import { readFile } from 'node:fs/promises';
import { MDXRemote } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import remarkGfm from 'remark-gfm';

/** @param {{ children?: import('react').ReactNode }} props */
const Callout = ({ children }) => createElement('aside', null, children);

/** @param {string} file */
async function work(file) {
  const begun = performance.now();
  const text = await readFile(file, 'utf8');
  const compiled = await serialize(text.slice(text.indexOf('\n---\n') + 5), {
    blockJS: false,
    blockDangerousJS: false,
    mdxOptions: { remarkPlugins: [remarkGfm] },
  });
  const html = renderToStaticMarkup(
    createElement(MDXRemote, { ...compiled, components: { Callout } }),
  );
  const ms = performance.now() - begun;
  if (!html.includes('<table>')) throw new Error(`${file} was not rendered:\n${html}`);
  return ms;
}

process.on('message', async (file) => process.send?.(await work(String(file))));
