/**
 * The way from one instance to Redis, which a test can slow down, block and cut; and which knows when
 * the instance was able to use it.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A way to Redis, and what a test may do to it. */
export interface RedisLink {
  /** The address of Redis by this way. */
  url: string;
  /**
   * Delays what goes either way by so many ms, the end of a connection included; Infinity holds it back
   * until this is called again.
   */
  delay: (ms: number) => void;
  /** Cuts all connections, and refuses others until `join`. */
  cut: () => void;
  join: () => void;
  /**
   * Whether the instance reached Redis all the while between two times: it had used the connection
   * before, for long enough to make use of it in answers to visitors, and kept it until after.
   */
  reached: (fromMs: number, toMs: number) => boolean;
  close: () => Promise<void>;
}

/** `AWAY_MS` in `lib/store/redis/connection.ts`: so long visitors do without Redis after a time-out; and a bit. */
const AWAY_MS = 600;
/** Until the end of a connection is known here. */
const NEWS_MS = 250;

/** What an instance asks only of a connection that it has taken into use. */
const USES = /\bHMGET\b/;

/** Opens a way to the Redis at `target`. */
export async function linkTo(target: string): Promise<RedisLink> {
  const { hostname, port } = new URL(target);
  const connections: { openedMs: number; usedMs: number; closedMs: number }[] = [];
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let isCut = false;

  const passOn = (from: Socket, to: Socket, see: (chunk: Buffer) => void) => {
    let last = Promise.resolve();
    /** In the order in which it came, whatever the delay was meanwhile. */
    const later = (act: () => void) => {
      const atMs = Date.now();
      last = last.then(async () => {
        while (Date.now() < atMs + delayMs && !to.destroyed) {
          await pause(Math.min(20, atMs + delayMs - Date.now()));
        }
        if (!to.destroyed) act();
      });
    };
    from.on('data', (chunk: Buffer) => {
      see(chunk);
      later(() => to.write(chunk));
    });
    from.on('close', () => later(() => to.destroy()));
    from.on('error', () => undefined);
  };

  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const redis = connect(Number(port), hostname);
    const connection = { openedMs: Date.now(), usedMs: Infinity, closedMs: Infinity };
    connections.push(connection);
    const note = () => (connection.closedMs = Math.min(connection.closedMs, Date.now()));
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => {
        note();
        sockets.delete(socket);
      });
    }
    passOn(client, redis, (chunk) => {
      if (connection.usedMs === Infinity && USES.test(chunk.toString('latin1'))) {
        connection.usedMs = Date.now();
      }
    });
    passOn(redis, client, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');

  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${address.port}`,
    delay: (ms) => (delayMs = ms),
    cut,
    join: () => (isCut = false),
    reached: (fromMs, toMs) =>
      connections.some(
        ({ openedMs, usedMs, closedMs }) =>
          Math.max(openedMs + AWAY_MS, usedMs) <= fromMs && closedMs > toMs + NEWS_MS,
      ),
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
