/** Purging one post: how the time grows with the posts of the site. */
import { grouped, median, milliseconds } from './numbers.mjs';
import { build, copyOf, editAndPurge, postsToEdit, removeCopy, whileServed } from './sites.mjs';

/**
 * @param {{ few: number, many: number, warmUps: number, purges: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measurePurge({ few, many, warmUps, purges }) {
  const small = await copyOf('evergreen', few);
  const large = await copyOf('evergreen', many);
  for (const copy of [small, large]) await build(copy, { PRERENDER_POSTS: '100' });

  /** @type {number[]} */
  const smallMs = [];
  /** @type {number[]} */
  const largeMs = [];
  await whileServed(small, (smallSite) =>
    whileServed(large, async (largeSite) => {
      const inLarge = postsToEdit(warmUps + purges, many);
      for (const [turn, index] of postsToEdit(warmUps + purges, few).entries()) {
        // In turns, so that whatever else the machine does falls on both.
        smallMs.push(await editAndPurge(smallSite, index));
        largeMs.push(await editAndPurge(largeSite, inLarge[turn] ?? 0));
      }
    }),
  );
  for (const copy of [small, large]) await removeCopy(copy);

  const [warmSmall, warmLarge] = [smallMs.slice(warmUps), largeMs.slice(warmUps)];
  const perPost = (1000 * (median(warmLarge) - median(warmSmall))) / (many - few);
  return [
    {
      what: `Purge of one post, ${grouped(many)} posts − ${grouped(few)}, by post`,
      ratio: perPost,
      unit: 'µs',
      goal: 15,
      raw: `${milliseconds(warmLarge)} − ${milliseconds(warmSmall)}, median of ${purges}`,
    },
  ];
}
