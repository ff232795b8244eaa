/**
 * Peak resident memory (VmHWM of Linux): of a build, as the sum of the peaks of all its processes, and
 * of the server when every page has been visited.
 */
import { access } from 'node:fs/promises';
import { grouped, megabytes, sum } from './numbers.mjs';
import { finished, peaksDuring, peaksOf } from './processes.mjs';
import { setTimeout as pause } from 'node:timers/promises';
import { copyOf, removeCopy, startBuild, visitAll, whileServed } from './sites.mjs';

/** The goal for the server, at the larger size. */
const MOST_MIB = 450;

/** How long a server works on after its start: it reads the index of the search, and warms up. */
const AT_REST_AFTER_MS = 20_000;

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
    {
      what: `Peak memory of the server, all pages of ${grouped(many)} posts visited`,
      ratio: sum(large.server) / 1024 ** 2,
      unit: 'MiB',
      goal: MOST_MIB,
      raw: `${grouped(large.pages)} pages; at rest after the start ${megabytes(sum(large.started))}`,
    },
  ];
}

/** @param {number} count */
async function memoryAt(count) {
  const copy = await copyOf('evergreen', count);
  const building = startBuild(copy);
  const ofBuild = await peaksDuring(building.pid, finished(building));
  const { pages, started, server } = await whileServed(copy, async (site) => {
    await pause(AT_REST_AFTER_MS);
    const atRest = await peaksOf(site.server.pid);
    const { size } = await visitAll(site);
    return { pages: size, started: atRest, server: await peaksOf(site.server.pid) };
  });
  await removeCopy(copy);
  return { build: ofBuild, started, server, pages };
}

/** @param {number[]} peaks */
const describe = (peaks) =>
  `${megabytes(sum(peaks))} (${peaks.length} processes, the largest ${megabytes(Math.max(...peaks))})`;
