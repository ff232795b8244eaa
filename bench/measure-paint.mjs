/** The first paint on a slow phone, and what moves afterwards: of the manual, beside a plain blog. */
import { withChromium } from './chromium.mjs';
import { median, seconds } from './numbers.mjs';
import { build, copyOf, copyOfManual, pageOf, removeCopy, whileServed } from './sites.mjs';

const PAGES = new Map([
  ['a post', '/blog/what-a-200-promises'],
  ['home', '/'],
]);
const PLAIN_POSTS = 10;

/** 400 kbit/s with 400 ms to there and back, and a processor six times as slow. */
const NETWORK = {
  offline: false,
  latency: 400,
  downloadThroughput: (400 * 1000) / 8,
  uploadThroughput: (400 * 1000) / 8,
};
const PROCESSOR = 6;

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('playwright-core').Browser} Browser
 */

/**
 * @param {{ runs: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measurePaint({ runs }) {
  return withChromium(async (browser) => {
    const manual = await copyOfManual();
    await build(manual);
    const own = await whileServed(manual, ({ url }) => paintsOf(browser, url, PAGES, runs));
    await removeCopy(manual);
    const plain = await copyOf('baseline', PLAIN_POSTS);
    await build(plain);
    const names = new Map([['a post', pageOf(1)]]);
    const others = await whileServed(plain, ({ url }) => paintsOf(browser, url, names, runs));
    await removeCopy(plain);
    const beside = others.get('a post');
    return [...own].flatMap(([name, { paintMs, shift }]) => [
      {
        what: `First paint of ${name} on a slow phone ÷ a post of the plain blog`,
        ratio: beside && paintMs / beside.paintMs,
        raw: `${seconds(paintMs)}, medians of ${runs}`,
      },
      { what: `Layout shift of ${name} there`, ratio: shift, goal: 0, raw: '' },
    ]);
  });
}

/**
 * @param {Browser} browser
 * @param {string} url
 * @param {Map<string, string>} pages
 * @param {number} runs
 */
export async function paintsOf(browser, url, pages, runs) {
  /** @type {Map<string, { paintMs: number, shift: number }>} */
  const found = new Map();
  for (const [name, path] of pages) {
    const visits = [];
    for (let run = 0; run < runs; run += 1) visits.push(await visitSlowly(browser, url + path));
    found.set(name, {
      paintMs: median(visits.map(({ paintMs }) => paintMs)),
      shift: Math.max(...visits.map(({ shift }) => shift)),
    });
  }
  return found;
}

/**
 * @param {Browser} browser
 * @param {string} address
 */
async function visitSlowly(browser, address) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
  });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', NETWORK);
    await session.send('Emulation.setCPUThrottlingRate', { rate: PROCESSOR });
    await page.goto(address, { waitUntil: 'networkidle' });
    return await page.evaluate(async () => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      /** @type {number} */
      const shift = await new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += 'value' in entry ? Number(entry.value) : 0;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 100);
      });
      return { paintMs: paint?.startTime ?? Infinity, shift };
    });
  } finally {
    await context.close();
  }
}
