/**
 * `PURGE` requests to one edge: Varnish and nginx as in `deploy/`, and whatever takes the same.
 */
import pMap from 'p-map';
import pRetry from 'p-retry';
import { fetchFailure } from '../fetch-failure';

/** How long an edge is waited for, in ms. */
export interface Patience {
  /** The pause before a second attempt to purge an address; before a third, five times as long. */
  pause: number;
  /** For one attempt. */
  timeout: number;
  /** For all addresses of one purge, and for each besides. */
  limit: number;
  each: number;
}

/** How long an edge is waited for by default. */
export const PATIENCE: Patience = { pause: 100, timeout: 3000, limit: 20_000, each: 20 };

const RETRIES = { retries: 2, factor: 5 };

const AT_ONCE = 8;

/** Purged, or not there: nginx says 404 then, or with newer versions of its module 412. */
const FINE = new Set([200, 204, 404, 412]);

/**
 * How an edge is asked to drop all it has, as WordPress plugins ask Varnish. One that can't is sent what
 * is known.
 */
const EVERYTHING = '/.*';
const EVERYTHING_HEADERS = { 'X-Purge-Method': 'regex' };
/** The reason phrase by which one says that it has: see `deploy/varnish.vcl`. */
const EVERYTHING_DONE = 'Purged everything';

/**
 * Has an edge drop these addresses or, with `all`, everything, if it can. Throws at the first one that it
 * does not take, and says which and why.
 */
export async function purgeEdge(
  edge: string,
  addresses: string[],
  all: boolean,
  patience: Patience = PATIENCE,
): Promise<void> {
  const limit = AbortSignal.timeout(patience.limit + patience.each * addresses.length);
  const purgeOne = (address: string) => purgeAddress(edge, address, limit, patience);
  if (all && (await purgeOne(EVERYTHING)) === EVERYTHING_DONE) return;
  await pMap(addresses, purgeOne, { concurrency: AT_ONCE });
}

/** Returns the reason phrase of the edge. */
async function purgeAddress(
  edge: string,
  address: string,
  limit: AbortSignal,
  { pause, timeout }: Patience,
): Promise<string> {
  let failure: unknown;
  const attempt = () =>
    purgeOnce(edge, address, limit, timeout).catch((error: unknown) => {
      failure = error;
      throw error;
    });
  try {
    return await pRetry(attempt, { ...RETRIES, minTimeout: pause, signal: limit });
  } catch (error) {
    // Past the limit it is the signal's reason, which says less.
    const reason = fetchFailure(failure ?? error, timeout);
    throw new Error(`The edge ${edge} did not take the purge of ${address}: ${reason}`);
  }
}

async function purgeOnce(
  edge: string,
  address: string,
  limit: AbortSignal,
  timeout: number,
): Promise<string> {
  const response = await fetch(edge + address, {
    method: 'PURGE',
    headers: address === EVERYTHING ? EVERYTHING_HEADERS : {},
    redirect: 'manual',
    signal: AbortSignal.any([limit, AbortSignal.timeout(timeout)]),
  });
  // Read, so that the connection can be used again.
  await response.arrayBuffer();
  const { status, statusText } = response;
  if (FINE.has(status) || (address === EVERYTHING && status < 500)) return statusText;
  throw new Error(`it answered ${status}`);
}
