/** Evergreen beside the handler of the tutorials on a plain blog: same posts, same machine, in turns. */
import { grouped, median, milliseconds, seconds } from './numbers.mjs';
import { build, copyOf, editAndPurge, postsToEdit, removeCopy, whileServed } from './sites.mjs';

/**
 * @param {{ counts: number[], builds: number, warmUps: number, purges: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureBaseline({ counts, ...sizes }) {
  const rows = [];
  for (const count of counts) rows.push(...(await measureAt(count, sizes)));
  return rows;
}

/**
 * @param {number} count
 * @param {{ builds: number, warmUps: number, purges: number }} sizes
 */
async function measureAt(count, { builds, warmUps, purges }) {
  /** @type {{ kind: 'evergreen' | 'baseline', buildMs: number[], purgeMs: number[] }[]} */
  const both = [
    { kind: 'evergreen', buildMs: [], purgeMs: [] },
    { kind: 'baseline', buildMs: [], purgeMs: [] },
  ];
  const [ours, theirs] = both;
  if (!ours || !theirs) throw new Error('There are two');

  for (let turn = 1; turn < builds; turn += 1) {
    for (const { kind, buildMs } of both) {
      const copy = await copyOf(kind, count);
      buildMs.push(await build(copy));
      await removeCopy(copy);
    }
  }
  // The last copies are served, too.
  const evergreen = await copyOf('evergreen', count);
  ours.buildMs.push(await build(evergreen));
  const baseline = await copyOf('baseline', count);
  theirs.buildMs.push(await build(baseline));

  await whileServed(evergreen, (ourSite) =>
    whileServed(baseline, async (theirSite) => {
      for (const index of postsToEdit(warmUps + purges, count)) {
        ours.purgeMs.push(await editAndPurge(ourSite, index));
        theirs.purgeMs.push(await editAndPurge(theirSite, index));
      }
    }),
  );
  for (const copy of [evergreen, baseline]) await removeCopy(copy);

  const [ourWarm, theirWarm] = [ours.purgeMs.slice(warmUps), theirs.purgeMs.slice(warmUps)];
  return [
    {
      what: `Build of ${grouped(count)} posts ÷ ten-line handler on a plain blog`,
      ratio: median(ours.buildMs) / median(theirs.buildMs),
      goal: 1.2,
      raw: `${seconds(median(ours.buildMs))} ÷ ${seconds(median(theirs.buildMs))}, median of ${builds}`,
    },
    {
      what: `Warm purge at ${grouped(count)} posts ÷ ten-line handler on a plain blog`,
      ratio: median(ourWarm) / median(theirWarm),
      raw: `${milliseconds(ourWarm)} ÷ ${milliseconds(theirWarm)}, median of ${purges}`,
    },
  ];
}
