/** What a browser fetches to show a page, in bytes as they cross the network. */
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Prefetches begin when the network and the processor are idle. */
const AFTER_IDLE_MS = 1000;
/** @type {Record<string, string>} */
const NAMES = {
  'text/html': 'HTML',
  'text/css': 'CSS',
  'text/javascript': 'JS',
  'application/javascript': 'JS',
  'application/json': 'data',
};

/**
 * @typedef {{ path: string, kind: string, bytes: number }} Transfer One answer of the server,
 *   and the bytes of its body as they were sent.
 */

/**
 * Shows a page in a browser that was there never before; answers all that it fetched, and the page's
 * HTML. The server is asked through a proxy that counts: a browser's own tools overlook icons, rules
 * for speculation and prefetches.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 */
export async function visitCounting(browser, url) {
  /** @type {Transfer[]} */
  const transfers = [];
  const { origin, pathname } = new URL(url);
  const proxy = countingProxy(origin, transfers).listen(0);
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('No free port');

  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${address.port}${pathname}`, { waitUntil: 'networkidle' });
    await pause(AFTER_IDLE_MS);
    const html = await page.content();
    const icon = await page.evaluate(
      () =>
        document.querySelector('link[rel~="icon"]')?.getAttribute('href') ??
        // What browsers ask for when a page names none.
        '/favicon.ico',
    );
    // A browser without a window shows no icon, and may not ask for it.
    if (!icon.startsWith('data:') && !transfers.some(({ path }) => path === icon)) {
      const answer = await fetch(new URL(icon, page.url()));
      await answer.arrayBuffer();
    }
    return { transfers, html };
  } finally {
    await context.close();
    proxy.close();
    proxy.closeAllConnections();
  }
}

/**
 * @param {string} origin
 * @param {Transfer[]} transfers Notes each answer there.
 */
const countingProxy = (origin, transfers) =>
  createServer((request, response) => {
    const path = request.url ?? '/';
    const { method, headers } = request;
    const onward = ask(origin + path, { method, headers }, (answer) => {
      const { statusCode = 0 } = answer;
      const type = String(answer.headers['content-type']).replace(/;.*/, '');
      const transfer = {
        path,
        kind: statusCode < 400 ? (NAMES[type] ?? type) : `${statusCode} of ${path}`,
        bytes: 0,
      };
      transfers.push(transfer);
      answer.on('data', (data) => (transfer.bytes += data.length));
      response.writeHead(statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
