/** Building: how the time grows with the posts, and what a second build costs after one edit. */
import { grouped, seconds } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { build, copyOf, newMark, removeCopy } from './sites.mjs';

/**
 * @param {{ few: number, many: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureBuild({ few, many }) {
  // All posts are rendered; by default a build renders the newest only.
  const env = { PRERENDER_POSTS: String(many) };
  const small = await copyOf('evergreen', few);
  const smallMs = await build(small, env);
  await removeCopy(small);

  const large = await copyOf('evergreen', many);
  const firstMs = await build(large, env);
  await writePost(large.postsDir, Math.floor(many / 2), newMark());
  const secondMs = await build(large, env);
  await removeCopy(large);

  return [
    {
      what: `Build of ${grouped(many)} posts ÷ ${grouped(few)} posts`,
      ratio: firstMs / smallMs,
      goal: 12,
      raw: `${seconds(firstMs)} ÷ ${seconds(smallMs)}`,
    },
    {
      what: `Second build of ${grouped(many)}, one post edited ÷ the first`,
      ratio: secondMs / firstMs,
      goal: 0.5,
      raw: `${seconds(secondMs)} ÷ ${seconds(firstMs)}`,
    },
  ];
}
