/**
 * Redis, where several instances keep their pages.
 */
import type { LRUCache } from 'lru-cache';
import type { Place, StoredPage } from '../place';
import { Connection, type createClientAt } from './connection';
import { redisHistory } from './history';
import { RedisInstances, type EndInFlight } from './instances';
import { redisNotices } from './notices';
import { redisOutbox } from './outbox';
import { RedisPages } from './pages';
import { RedisVersions } from './versions';

/** Which Redis, and what of it. */
export interface RedisOptions {
  url: string;
  buildId: string;
  /** Where the build's pages are. */
  buildDir: string;
  /** After how long Redis drops a page that nobody wrote again. */
  keptForSeconds: number;
  memory: LRUCache<string, StoredPage>;
  /** Before edges: ends the in-flight responses of this instance. */
  endInFlight?: EndInFlight;
  /** Makes the client of each connection. */
  createClient?: typeof createClientAt;
}

/**
 * Opens the pages of one build in Redis. Returns at once; what needs Redis fails, and says why, until it
 * is there. `opened` resolves then, or after some seconds.
 */
export function openRedis({
  url,
  buildId,
  buildDir,
  keptForSeconds,
  memory,
  endInFlight,
  createClient,
}: RedisOptions): Place & Required<Pick<Place, 'opened' | 'close'>> {
  const connection: Connection = new Connection(
    url,
    async (connected) => instances?.join(connected),
    createClient,
  );
  const instances =
    endInFlight &&
    new RedisInstances(url, connection, redisOutbox(connection, buildId), endInFlight);
  return {
    pages: new RedisPages({
      connection,
      buildId,
      buildDir,
      keptForSeconds,
      memory,
      hasEdges: endInFlight !== undefined,
    }),
    versions: new RedisVersions(connection, buildId),
    instances,
    history: redisHistory(connection),
    notices: redisNotices(connection),
    opened: connection.opened,
    close: () => {
      instances?.close();
      connection.close();
    },
  };
}
