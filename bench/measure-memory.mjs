/**
 * Peak resident memory (VmHWM of Linux): of a build, as the sum of the peaks of all its processes, and
 * of the server when every page has been visited.
 */
import { access } from 'node:fs/promises';
import { grouped, megabytes, sum } from './numbers.mjs';
import { finished, notePeaks, peaksDuring } from './processes.mjs';
import { copyOf, removeCopy, startBuild, visitAll, whileServed } from './sites.mjs';

/**
 * @param {{ few: number, many: number }} sizes
 * @returns {Promise<import('./numbers.mjs').Row[]>}
 */
export async function measureMemory({ few, many }) {
  try {
    await access('/proc/self/status');
  } catch {
    return [{ what: 'Peak memory', raw: 'not measured: this system has no /proc' }];
  }
  const small = await memoryAt(few);
  const large = await memoryAt(many);
  const times = `${grouped(many)} posts ÷ ${grouped(few)} posts`;
  return [
    {
      what: `Peak memory of a build, ${times}`,
      ratio: sum(large.build) / sum(small.build),
      raw: `${describe(large.build)} ÷ ${describe(small.build)}`,
    },
    {
      what: `Peak memory of the server, all pages visited, ${times}`,
      ratio: sum(large.server) / sum(small.server),
      raw:
        `${megabytes(sum(large.server))}, ${grouped(large.pages)} pages ÷ ` +
        `${megabytes(sum(small.server))}, ${grouped(small.pages)} pages`,
    },
  ];
}

/** @param {number} count */
async function memoryAt(count) {
  const copy = await copyOf('evergreen', count);
  const building = startBuild(copy);
  const ofBuild = await peaksDuring(building.pid, finished(building));
  const { pages, ofServer } = await whileServed(copy, async (site) => {
    const { size } = await visitAll(site);
    /** @type {Map<number, number>} */
    const peaks = new Map();
    await notePeaks(site.server.pid, peaks);
    return { pages: size, ofServer: [...peaks.values()] };
  });
  await removeCopy(copy);
  return { build: ofBuild, server: ofServer, pages };
}

/** @param {number[]} peaks */
const describe = (peaks) =>
  `${megabytes(sum(peaks))} (${peaks.length} processes, the largest ${megabytes(Math.max(...peaks))})`;
