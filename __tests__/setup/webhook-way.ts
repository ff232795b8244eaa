/** The way of webhooks from WordPress to a site, on which a test can lose, hold back, repeat and reorder them. */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { freePort, until } from './site';

/**
 * What becomes of a webhook: it arrives; it does not; its answer is lost; it arrives once the sender has given
 * up, perhaps after the next one; or once more, later.
 */
export const FATES = ['arrives', 'lost', 'unanswered', 'late', 'repeated'] as const;
export type Fate = (typeof FATES)[number];

/** A way that a test may make difficult. */
export interface WebhookWay {
  url: string;
  /** What becomes of the next webhooks; those after them arrive. */
  fates: Fate[];
  /** Resolves when nothing is on its way any more. */
  empty: () => Promise<void>;
  close: () => Promise<void>;
}

/** Longer than the plugin waits for an answer, which is a second. */
const LATE_MS = 1300;

/** Opens a way to the site at `target`. */
export async function wayTo(target: string): Promise<WebhookWay> {
  const port = await freePort();
  let underWay = 0;
  const later = async (work: () => Promise<unknown>) => {
    underWay += 1;
    await pause(LATE_MS);
    // What the site answers nobody hears.
    await work().catch(() => undefined);
    underWay -= 1;
  };
  const server = createServer(async (req, res) => {
    const body = await buffer(req);
    const pass = () =>
      fetch(target + req.url, {
        method: req.method,
        body,
        headers: {
          'Content-Type': req.headers['content-type'] ?? '',
          Authorization: req.headers.authorization ?? '',
        },
      });
    const fate = way.fates.shift() ?? 'arrives';
    if (fate === 'lost') return res.destroy();
    if (fate === 'late') return later(pass);
    const answer = await pass().catch(() => undefined);
    if (!answer || fate === 'unanswered') return res.destroy();
    res.writeHead(answer.status, { 'Content-Type': 'application/json' });
    res.end(await answer.text());
    if (fate === 'repeated') await later(pass);
  }).listen(port, '127.0.0.1');
  const way: WebhookWay = {
    url: `http://127.0.0.1:${port}`,
    fates: [],
    empty: () => until(async () => underWay === 0),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return way;
}
