/** What visitors get: the bytes of a page, and how many of them a server can serve. */
import { gzipSync } from 'node:zlib';
import { withChromium } from './chromium.mjs';
import { CONNECTIONS, withLoader } from './load.mjs';
import { kilobytes, median, milliseconds, spread, sum } from './numbers.mjs';
import { build, copyOf, pageOf, removeCopy, whileServed } from './sites.mjs';
import { visitCounting } from './transfers.mjs';

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./transfers.mjs').Transfer} Transfer
 */

/**
 * @param {{ count: number, rounds: number, seconds: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureVisitors({ count, rounds, seconds }) {
  const evergreen = await copyOf('evergreen', count);
  const baseline = await copyOf('baseline', count);
  for (const copy of [evergreen, baseline]) await build(copy);
  const page = pageOf(Math.floor(count / 2));
  const rows = await whileServed(evergreen, (ourSite) =>
    whileServed(baseline, async (theirSite) => {
      const [ours, theirs] = [ourSite.url + page, theirSite.url + page];
      return [
        ...(await bytesOf(ours, theirs)),
        ...(await speedOf({ ours, theirs, rounds, seconds, encoding: 'identity' })),
        ...(await speedOf({ ours, theirs, rounds, seconds, encoding: 'gzip' })),
      ];
    }),
  );
  for (const copy of [evergreen, baseline]) await removeCopy(copy);
  return rows;
}

/**
 * @param {string} ours
 * @param {string} theirs
 * @returns {Promise<Row[]>}
 */
async function bytesOf(ours, theirs) {
  const [our, their] = await withChromium(async (browser) => [
    await visitCounting(browser, ours),
    await visitCounting(browser, theirs),
  ]);
  if (!our || !their) throw new Error('There are two');
  const styles = [...our.html.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map(([, text]) => text);
  const css = gzipSync(styles.join('\n')).length + bytes(our.transfers, 'CSS');
  return [
    {
      what: 'Bytes of a post page, as transferred ÷ plain Next blog',
      ratio: bytes(our.transfers) / bytes(their.transfers),
      raw: `${describe(our.transfers)} ÷ ${describe(their.transfers)}`,
    },
    {
      what: 'JavaScript of a post page',
      ratio: bytes(our.transfers, 'JS') / 1000,
      unit: 'KB',
      goal: 0,
      raw: `${kilobytes(bytes(our.transfers, 'JS'))} ÷ ${kilobytes(bytes(their.transfers, 'JS'))}`,
    },
    {
      what: 'CSS of a post page, gzip',
      ratio: css / 1000,
      unit: 'KB',
      goal: 6,
      raw: `${kilobytes(styles.join('\n').length)} before gzip, in the page; the plain blog has none`,
    },
  ];
}

/**
 * @param {Transfer[]} transfers
 * @param {string} [kind] All kinds, if none is given.
 */
const bytes = (transfers, kind) =>
  sum(transfers.filter((one) => kind === undefined || one.kind === kind).map((one) => one.bytes));

/**
 * All of them, and of which kind they are: "136.2 KB, 10 requests: 1 HTML 16.5 KB, 9 JS 119.7 KB".
 * @param {Transfer[]} transfers
 */
function describe(transfers) {
  const kinds = [...new Set(transfers.map(({ kind }) => kind))].map((kind) => {
    const count = transfers.filter((one) => one.kind === kind).length;
    return `${count} ${kind} ${kilobytes(bytes(transfers, kind))}`;
  });
  const requests = transfers.length === 1 ? '1 request' : `${transfers.length} requests`;
  return `${kilobytes(bytes(transfers))}, ${requests}: ${kinds.join(', ')}`;
}

/**
 * Loads the one server, then the other, in turns, so that whatever else the machine does falls on both.
 * @param {{ ours: string, theirs: string, rounds: number, seconds: number, encoding: 'gzip' | 'identity' }} of
 * @returns {Promise<Row[]>}
 */
async function speedOf({ ours, theirs, rounds, seconds, encoding }) {
  /** @type {{ url: string, perSecond: number[], p99Ms: number[] }[]} */
  const both = [ours, theirs].map((url) => ({ url, perSecond: [], p99Ms: [] }));
  await withLoader(async (putLoad) => {
    // The first of each is a warm-up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { url, perSecond, p99Ms } of both) {
        const loaded = await putLoad({ url, status: 200, seconds, encoding });
        if (round === 0) continue;
        perSecond.push(loaded.perSecond);
        p99Ms.push(loaded.p99Ms);
      }
    }
  });
  const [our, their] = both;
  if (!our || !their) throw new Error('There are two');
  const form = encoding === 'gzip' ? 'in gzip' : 'plain';
  const how = `${CONNECTIONS} connections, median of ${rounds} × ${seconds} s`;
  return [
    {
      what: `Requests per second of a cached post, ${form} ÷ plain Next blog`,
      ratio: median(our.perSecond) / median(their.perSecond),
      least: 1,
      raw: `${spread(our.perSecond, '/s', 0)} ÷ ${spread(their.perSecond, '/s', 0)}; ${how}`,
    },
    {
      what: `99th percentile of these requests, ${form} ÷ plain Next blog`,
      ratio: median(our.p99Ms) / median(their.p99Ms),
      goal: 1,
      raw: `${milliseconds(our.p99Ms)} ÷ ${milliseconds(their.p99Ms)}; ${how}`,
    },
  ];
}
