/** Checks of the edges: each takes a PURGE, of an address that nobody visits. */
import pMap from 'p-map';
import { purgeEdge } from '../../edge/http-purge';
import { messageOf } from '../../message-of';
import { ok, skipped, wrong, sentence, type Found, type SiteCheck } from './check';

/** An address that no edge keeps, since the site has nothing there. */
export const HARMLESS = '/.well-known/evergreen-doctor';

/** Shorter than a purge waits, since a person waits. */
const PATIENCE = { pause: 50, timeout: 1200, limit: 4000, each: 0 };

const AT_ONCE = 8;

export const edgesCheck: SiteCheck = {
  name: 'edges',
  look: async ({ edges }) =>
    edges.length === 0
      ? skipped('EDGE_URLS is not set: there is no edge to tell of purges.')
      : pMap(edges, foundOfEdge, { concurrency: AT_ONCE }),
};

async function foundOfEdge(edge: string): Promise<Found> {
  const begun = performance.now();
  try {
    await purgeEdge(edge, [HARMLESS], false, PATIENCE);
    const ms = Math.round(performance.now() - begun);
    return ok(`The edge ${edge} takes a PURGE, within ${ms} ms.`);
  } catch (error) {
    return wrong(
      sentence(messageOf(error)),
      'See that it runs, that EDGE_URLS names it, and that it lets this machine purge (deploy/ has configurations): every purge fails until it does.',
    );
  }
}
