/** Purging one post: how the time grows with the posts of the site, and what part of it the disk has. */
import { grouped, median, milliseconds } from './numbers.mjs';
import { build, copyOf, editAndPurge, postsToEdit, removeCopy, whileServed } from './sites.mjs';
import { sweep } from './sweep.mjs';

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
  /** @type {number[]} */
  const smallSweepMs = [];
  /** @type {number[]} */
  const largeSweepMs = [];
  await whileServed(small, (smallSite) =>
    whileServed(large, async (largeSite) => {
      const inLarge = postsToEdit(warmUps + purges, many);
      for (const [turn, index] of postsToEdit(warmUps + purges, few).entries()) {
        // In turns, so that whatever else the machine does falls on both.
        smallMs.push(await editAndPurge(smallSite, index));
        smallSweepMs.push(sweep(smallSite.postsDir));
        largeMs.push(await editAndPurge(largeSite, inLarge[turn] ?? 0));
        largeSweepMs.push(sweep(largeSite.postsDir));
      }
    }),
  );
  for (const copy of [small, large]) await removeCopy(copy);

  const [warmSmall, warmLarge] = [smallMs.slice(warmUps), largeMs.slice(warmUps)];
  const [sweepSmall, sweepLarge] = [smallSweepMs.slice(warmUps), largeSweepMs.slice(warmUps)];
  /** @param {number[]} large @param {number[]} small */
  const perPost = (large, small) => (1000 * (median(large) - median(small))) / (many - few);
  return [
    {
      what: `Purge of one post, ${grouped(many)} posts − ${grouped(few)}, by post`,
      ratio: perPost(warmLarge, warmSmall),
      unit: 'µs',
      goal: 15,
      raw: `${milliseconds(warmLarge)} − ${milliseconds(warmSmall)}, median of ${purges}`,
    },
    {
      what: 'Of it, to list the folder and to ask for the status of each file',
      ratio: perPost(sweepLarge, sweepSmall),
      unit: 'µs',
      raw: `${milliseconds(sweepLarge)} − ${milliseconds(sweepSmall)}, in another process`,
    },
  ];
}
