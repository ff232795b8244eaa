/** The posts of the bench: made up, about 3 KB each or a multiple of it, and the same in every run. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

const WORDS = (
  'a about after again all an and any are as at author be because before blog build cache can change ' +
  'comes content does each edge edit every fast first for from fresh has have how if in into is it ' +
  'its last later layout less line list live made many means more most never new next no not of old ' +
  'on once one only or other out over own page path place post purge reader reads render same saved ' +
  'second sees server serves shows since site small so source stale static store such takes text ' +
  'than that the their then there they this time to two under until update uses version visit ' +
  'visitor waits was when where which while who will with without word work writes year yet you'
).split(' ');
export const CATEGORIES = ['Guide', 'News', 'Notes', 'Reference', 'Opinion', 'Releases'];
const TOPICS = ['Cache', 'Edge', 'Build', 'Layout', 'Source', 'Render', 'Store', 'Purge'];
const SIDES = ['basics', 'in depth', 'pitfalls', 'history', 'tools'];
const FIRST_DAY = Date.UTC(2005, 0, 1);
const HOUR_MS = 3_600_000;

/** @typedef {{ title?: string, category?: string, tags?: string[] }} Fields Of the front matter. */

/** @param {number} index */
export const slugOf = (index) => `post-number-${index}`;

/**
 * Writes posts 0 to `count` - 1 into a new folder.
 * @param {string} folder
 * @param {number} count
 * @param {number} [times] How many times as long they are.
 */
export async function writePosts(folder, count, times) {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    await writePost(folder, index, 'as written first', {}, times);
  }
}

/**
 * Writes one post, as authors are told to: to another file, and then by rename.
 * @param {string} folder
 * @param {number} index
 * @param {string} mark Stands in its text, so that one can tell which version a page shows.
 * @param {Fields} [fields] Instead of those that it was made up with.
 * @param {number} [times] How many times as long it is.
 */
export async function writePost(folder, index, mark, fields = {}, times = 1) {
  const file = path.join(folder, `${slugOf(index)}.mdx`);
  await writeFile(`${file}.new`, postText(index, mark, fields, times));
  await rename(`${file}.new`, file);
  return file;
}

/**
 * @param {number} index
 * @param {string} mark
 * @param {Fields} fields
 * @param {number} times
 */
function postText(index, mark, fields, times) {
  const { random, one } = seeded(index + 1);
  /** @param {number} count */
  const words = (count) => Array.from({ length: count }, () => one(WORDS)).join(' ');
  /** @param {number} count */
  const sentence = (count) => {
    const text = words(count);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  const paragraph = () =>
    `${sentence(14)} ${sentence(9)} The *${words(2)}* and the [${words(3)}](/blog/${slugOf(0)}) ` +
    `${words(8)}. ${sentence(12)} Set \`${one(WORDS)}\` to **${words(2)}**. ${sentence(10)}`;
  const section = () => `## ${sentence(4).slice(0, -1)}\n\n${paragraph()}\n\n${paragraph()}`;
  const madeUp = {
    tags: tagsFrom(one),
    title: `${sentence(5).slice(0, -1)} ${index}`,
    summary: sentence(16),
    category: one(CATEGORIES),
  };
  const { title, summary, category, tags } = { ...madeUp, ...fields };

  const part = () => `${section()}

- ${words(9)}
- ${words(7)} \`${words(1)}\`
- ${words(8)}

${section()}

| ${words(1)} | ${words(2)} | ${words(1)} |
| --- | --- | --- |
| ${words(2)} | ${words(4)} | ${Math.floor(random() * 100)} |
| ${words(2)} | ${words(3)} | ${Math.floor(random() * 100)} |
| ${words(1)} | ${words(4)} | ${Math.floor(random() * 100)} |

<Callout>${sentence(14)}</Callout>

${section()}

\`\`\`js
export function ${one(WORDS)}Post(${one(WORDS)}, { limit = ${index} } = {}) {
  return fetch('/${one(WORDS)}?${one(WORDS)}=' + limit); // ${words(5)}
}
\`\`\`

1. ${words(8)}
2. ${words(9)}

> ${sentence(15)}`;

  return `---
title: ${title}
date: ${new Date(FIRST_DAY + index * HOUR_MS).toISOString()}
summary: ${summary}
category: ${category}
tags: [${tags.join(', ')}]
author: ${one(['Ada', 'Grace', 'Edsger'])}
---

${sentence(12)} This is the text ${mark}.

${Array.from({ length: times }, part).join('\n\n')}
`;
}

/**
 * Post `index` as HTML of WordPress's blocks.
 * @param {number} index
 */
export function postHtml(index) {
  const { one } = seeded(index + 1);
  /** @param {number} count */
  const words = (count) => Array.from({ length: count }, () => one(WORDS)).join(' ');
  const paragraph = () =>
    `<!-- wp:paragraph -->\n<p>${words(30)}. The <em>${words(2)}</em> and the ` +
    `<a href="https://example.com/${one(WORDS)}">${words(3)}</a> ${words(20)}.</p>\n<!-- /wp:paragraph -->`;
  const section = () =>
    `<!-- wp:heading -->\n<h2>${words(4)}</h2>\n<!-- /wp:heading -->\n\n` +
    Array.from({ length: 3 }, paragraph).join('\n\n');
  return [paragraph(), section(), section(), section()].join('\n\n');
}

/**
 * One to three tags.
 * @param {ReturnType<typeof seeded>['one']} one
 */
export const tagsFrom = (one) => [
  ...new Set(Array.from({ length: 3 }, () => `${one(TOPICS)} ${one(SIDES)}`)),
];

/**
 * Numbers from 0 to 1, and choices from a list, that are the same for the same seed (the mulberry32
 * generator).
 * @param {number} seed
 */
export function seeded(seed) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** @template T @param {readonly T[]} from @returns {T} */
  const one = (from) => /** @type {T} */ (from[Math.floor(random() * from.length)]);
  return { random, one };
}
