/**
 * What an edge is told in place of what Next says of a page, and how the addresses of a page are written.
 * Pure.
 */
import { NOT_FOUND_SECONDS } from '../config';
import { isOurSpelling, ourSpelling } from '../site/paths';

/** What an edge may serve once more while it fetches a page again; a purge takes that away, too. */
const STALE_SECONDS = 60;

/**
 * The `Cache-Control` for an edge:
 * - nothing that no `PURGE` reaches is kept: a response begun before a purge, or by an instance that may
 *   not have heard of one; a render of one of several instances, which may not be stored; and an
 *   address with a query or in another spelling than that of the site;
 * - nothing is kept past the time when a scheduled post is due;
 * - a 404 is kept for a minute at most, and a page that is too old is served once more only for a
 *   minute; Next says a year.
 */
export function edgeCacheControl(
  written: string,
  response: {
    status: number;
    address: string;
    outdated: boolean;
    nowMs: number;
    nextDueMs: number;
  },
): string {
  const seconds = /(?:^|[\s,])s-maxage=(\d+)/.exec(written)?.[1];
  if (seconds === undefined) return written;
  const { status, address, outdated, nowMs, nextDueMs } = response;
  if (outdated || !isOurSpelling(address)) return 'private, no-store';
  // Less one: nginx counts in whole seconds, and keeps a page for the second in which it ends.
  const untilDue = Math.max(0, Math.floor((nextDueMs - nowMs) / 1000) - 1);
  const most = Math.min(untilDue, status === 404 ? NOT_FOUND_SECONDS : Infinity);
  if (most < Number(seconds) || status === 404) {
    return `s-maxage=${Math.min(most, Number(seconds))}`;
  }
  return `s-maxage=${seconds}, stale-while-revalidate=${STALE_SECONDS}`;
}

/** The path of the page that an address is for, be it the page itself or its data. */
export function pageAt(address: string): string {
  const [bare = ''] = address.split('?');
  const path = ourSpelling(bare) ?? bare;
  const [, ofData] = /^\/_next\/data\/[^/]+(\/.+)\.json$/.exec(path) ?? [];
  return ofData === '/index' ? '/' : (ofData ?? path);
}
