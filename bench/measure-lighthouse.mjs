/** Lighthouse's four categories, as it measures them for a phone, of the manual and of a plain blog. */
import lighthouse from 'lighthouse';
import { withChromium } from './chromium.mjs';
import { median } from './numbers.mjs';
import {
  build,
  copyOf,
  copyOfManual,
  freePort,
  pageOf,
  removeCopy,
  whileServed,
} from './sites.mjs';

const CATEGORIES = new Map([
  ['performance', 'P'],
  ['accessibility', 'A'],
  ['best-practices', 'BP'],
  ['seo', 'SEO'],
]);
const PAGES = new Map([
  ['home', '/'],
  ['a post', '/blog/what-a-200-promises'],
  ['the archive', '/blog/page/1'],
  ['search', '/search?q=purge'],
]);
const PLAIN_POSTS = 10;
const PLAIN_PAGES = new Map([
  ['home of the plain Next blog', '/'],
  ['a post of the plain Next blog', pageOf(1)],
]);

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('lighthouse').Result} Result
 */

/**
 * @param {{ runs: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureLighthouse({ runs }) {
  const port = await freePort();
  return withChromium(async () => {
    const manual = await copyOfManual();
    const plain = await copyOf('baseline', PLAIN_POSTS);
    const rows = [
      ...(await rowsOf(manual, PAGES, { port, runs, least: 100 })),
      ...(await rowsOf(plain, PLAIN_PAGES, { port, runs })),
    ];
    for (const copy of [manual, plain]) await removeCopy(copy);
    return rows;
  }, [`--remote-debugging-port=${port}`]);
}

/**
 * @param {import('./sites.mjs').Copy} copy
 * @param {Map<string, string>} pages
 * @param {{ port: number, runs: number, least?: number }} options The port is the browser's.
 */
async function rowsOf(copy, pages, { port, runs, least }) {
  await build(copy);
  return whileServed(copy, async (site) => {
    /** @type {Row[]} */
    const rows = [];
    for (const [name, path] of pages) {
      const what = `Lighthouse, mobile, lowest category of ${name}`;
      const { status } = await fetch(site.url + path);
      if (status !== 200) {
        rows.push({ what, least, raw: `not measured: ${path} answers ${status}` });
        continue;
      }
      /** @type {Result[]} */
      const results = [];
      for (let run = 0; run < runs; run += 1) results.push(await audit(site.url + path, port));
      const scores = [...CATEGORIES].map(([category, short]) => {
        const score = median(results.map((result) => scoreOf(result, category)));
        if (least && score < least) reportFailures(path, category, results);
        return { short, score };
      });
      rows.push({
        what,
        ratio: Math.min(...scores.map(({ score }) => score)),
        least,
        raw: `${scores.map(({ short, score }) => `${short} ${score}`).join(', ')}, medians of ${runs}`,
      });
    }
    return rows;
  });
}

/**
 * @param {string} url
 * @param {number} port
 */
async function audit(url, port) {
  const answer = await lighthouse(url, { port, logLevel: 'error' });
  if (!answer) throw new Error(`Lighthouse does not answer for ${url}`);
  const { runtimeError } = answer.lhr;
  if (runtimeError) throw new Error(`${url}: ${runtimeError.message}`);
  return answer.lhr;
}

/**
 * @param {Result} result
 * @param {string} category
 */
function scoreOf(result, category) {
  const score = result.categories[category]?.score;
  if (typeof score !== 'number') throw new Error(`Lighthouse gave no score for ${category}`);
  return Math.round(100 * score);
}

/**
 * Tells what to mend.
 * @param {string} path
 * @param {string} category
 * @param {Result[]} results
 */
function reportFailures(path, category, results) {
  const lines = results.flatMap((result) =>
    (result.categories[category]?.auditRefs ?? []).flatMap(({ id, weight }) => {
      const found = result.audits[id];
      if (!found || found.score === null || found.score >= 1) return [];
      return `  ${id}, weight ${weight}: ${found.title} ${found.displayValue ?? ''} ${placesOf(found)}`;
    }),
  );
  console.error(`${path}, ${category}:\n${[...new Set(lines)].join('\n')}`);
}

/** @param {Result['audits'][string]} found Where in the page, for the first few places. */
function placesOf({ details }) {
  if (!details || !('items' in details)) return '';
  const items = Array.isArray(details.items) ? details.items.slice(0, 3) : [];
  return JSON.stringify(items, ['node', 'snippet', 'explanation', 'url', 'description']);
}
