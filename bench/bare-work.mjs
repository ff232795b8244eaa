/**
 * The least that a new text costs: reading, compiling and rendering it, its code in colours, in a process that
 * does nothing else. Gets the name of a file as a message, and answers with the milliseconds.
 */
import { readFile } from 'node:fs/promises';
import rehypeShiki from '@shikijs/rehype/core';
import { MDXRemote } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import remarkGfm from 'remark-gfm';
import { createCssVariablesTheme, createHighlighter } from 'shiki';

/** @param {{ children?: import('react').ReactNode }} props */
const Callout = ({ children }) => createElement('aside', null, children);

const theme = createCssVariablesTheme();
const highlighter = await createHighlighter({ themes: [theme], langs: ['js'] });

/** @param {string} file */
async function work(file) {
  const begun = performance.now();
  const text = await readFile(file, 'utf8');
  const compiled = await serialize(text.slice(text.indexOf('\n---\n') + 5), {
    blockJS: false,
    blockDangerousJS: false,
    mdxOptions: {
      remarkPlugins: [remarkGfm],
      rehypePlugins: [[rehypeShiki, highlighter, { theme }]],
    },
  });
  const html = renderToStaticMarkup(
    createElement(MDXRemote, { ...compiled, components: { Callout } }),
  );
  const ms = performance.now() - begun;
  if (!html.includes('<table>')) throw new Error(`${file} was not rendered:\n${html}`);
  return ms;
}

process.on('message', async (file) => process.send?.(await work(String(file))));
