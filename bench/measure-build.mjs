/**
 * Building: how the time grows with the posts, what it is of the bare work on all of them, since each is checked,
 * and what a second build costs after one edit.
 */
import path from 'node:path';
import { startBareWork } from './measure-work.mjs';
import { grouped, median, seconds } from './numbers.mjs';
import { slugOf, writePost } from './posts.mjs';
import { ask, stop } from './processes.mjs';
import { build, copyOf, newMark, removeCopy } from './sites.mjs';

/** Posts on which the bare work is done, after as many for its compiler to settle. */
const SAMPLED = 200;

/**
 * `few` and `many` are all rendered; of `most`, as by default, the newest only.
 * @param {{ few: number, many: number, most: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureBuild({ few, many, most }) {
  const all = { PRERENDER_POSTS: String(many) };
  const small = await copyOf('evergreen', few);
  const smallMs = await build(small, all);
  await removeCopy(small);
  const { firstMs, secondMs } = await buildTwice(many, all);
  const large = await buildTwice(most, {}, bareWorkOnOne);
  return [
    {
      what: `Build of ${grouped(many)} posts ÷ ${grouped(few)} posts`,
      ratio: firstMs / smallMs,
      goal: 12,
      raw: `${seconds(firstMs)} ÷ ${seconds(smallMs)}`,
    },
    {
      what: `Second build of ${grouped(many)}, all rendered, one post edited ÷ the first`,
      ratio: secondMs / firstMs,
      goal: 0.5,
      raw: `${seconds(secondMs)} ÷ ${seconds(firstMs)}`,
    },
    {
      what: `Build of ${grouped(most)} posts ÷ bare work on all of them on one core`,
      ratio: large.firstMs / (large.asked * most),
      goal: 2.5,
      raw: `${seconds(large.firstMs)} ÷ ${grouped(most)} × ${large.asked.toFixed(1)} ms, median of ${SAMPLED}`,
    },
    {
      what: `Second build of ${grouped(most)}, one post edited ÷ the first`,
      ratio: large.secondMs / large.firstMs,
      goal: 1 / 3,
      raw: `${seconds(large.secondMs)} ÷ ${seconds(large.firstMs)}`,
    },
  ];
}

/**
 * Builds a copy, and again after one edit; `between` measures something else of the copy before that.
 * @param {number} count
 * @param {Record<string, string>} env
 * @param {(copy: import('./sites.mjs').Copy) => Promise<number>} [between]
 */
async function buildTwice(count, env, between = async () => 0) {
  const copy = await copyOf('evergreen', count);
  const firstMs = await build(copy, env);
  const asked = await between(copy);
  await writePost(copy.postsDir, Math.floor(count / 2), newMark());
  const secondMs = await build(copy, env);
  await removeCopy(copy);
  return { firstMs, secondMs, asked };
}

/**
 * The milliseconds of the bare work on one of a copy's posts.
 * @param {import('./sites.mjs').Copy} copy
 */
async function bareWorkOnOne({ dir, postsDir, count }) {
  const bare = startBareWork(dir);
  /** @type {number[]} */
  const bareMs = [];
  try {
    for (let turn = 0; turn < 2 * SAMPLED; turn += 1) {
      bareMs.push(await ask(bare, path.join(postsDir, `${slugOf(turn % count)}.mdx`)));
    }
  } finally {
    await stop(bare);
  }
  return median(bareMs.slice(SAMPLED));
}
