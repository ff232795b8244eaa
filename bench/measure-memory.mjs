/**
 * Peak resident memory (VmHWM of Linux): of a build, as the sum of the peaks of all its processes, and
 * of the server when every page has been visited.
 */
import { access } from 'node:fs/promises';
import { grouped, megabytes } from './numbers.mjs';
import { finished, notePeaks, peaksDuring } from './processes.mjs';
import { copyOf, removeCopy, startBuild, whileServed } from './sites.mjs';

/** Visitors at the same time. */
const VISITORS = 4;

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
    const visited = await visitAll(site.url);
    /** @type {Map<number, number>} */
    const peaks = new Map();
    await notePeaks(site.server.pid, peaks);
    return { pages: visited, ofServer: [...peaks.values()] };
  });
  await removeCopy(copy);
  return { build: ofBuild, server: ofServer, pages };
}

/**
 * Visits every page that can be reached from the home page; answers how many there are.
 * @param {string} url
 */
async function visitAll(url) {
  const seen = new Set(['/']);
  const waiting = ['/'];
  let visits = 0;
  while (waiting.length > 0) {
    const now = waiting.splice(0, VISITORS);
    const texts = await Promise.all(
      now.map(async (path) => {
        const response = await fetch(url + path);
        if (response.ok) return response.text();
        throw new Error(`${path} answers ${response.status}`);
      }),
    );
    visits += now.length;
    for (const [, href] of texts.flatMap((text) => [...text.matchAll(/<a href="(\/[^"#?]*)/g)])) {
      if (href === undefined || seen.has(href)) continue;
      seen.add(href);
      waiting.push(href);
    }
  }
  return visits;
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {number[]} peaks */
const describe = (peaks) =>
  `${megabytes(sum(peaks))} (${peaks.length} processes, the largest ${megabytes(Math.max(...peaks))})`;
