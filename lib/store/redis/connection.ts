/**
 * The connection to Redis: opened again whenever it is lost, and bounded in time, so that a Redis that
 * hangs holds nobody up.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { withoutPasswords } from '../../without-passwords';
import { EDGES, EXPOSED, HINTS, STATE } from './names';
import { readScripts } from './scripts';
import { messageOf } from '../../message-of';
import { TimeOut, within } from '../../within';

/** How long a visitor waits for Redis, and a purge, in ms. */
export const VISIT_MS = 500;
export const PURGE_MS = 5000;
/** After a time-out, visitors do without Redis for so long. */
const AWAY_MS = 500;
const CONNECT_MS = 2000;

/** A client with our scripts as methods. */
export type Client = Awaited<ReturnType<typeof createClientAt>>;

/** One connection, from when it was opened until it is lost. */
export interface Connected {
  client: Client;
  /** Names the process of Redis. */
  run: string;
  /** Names this connection. */
  id: string;
}

/** Makes a client, which nobody has connected yet. */
export async function createClientAt(url: string) {
  // Not loaded where there is one process.
  const { createClient, defineScript } = await import('redis');
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 500),
    },
    scripts: readScripts(defineScript),
  });
}

/** A connection that is kept open. */
export class Connection {
  /** The address without its password. */
  readonly address: string;
  /** Counts when this instance made do with what it had, and when it lost or found Redis. */
  doubts = 0;
  /** Resolves when Redis was reached first, or when that takes too long. */
  readonly opened: Promise<unknown>;

  private now?: Connected;
  private client?: Client;
  private isClosed = false;
  private noteGreeted = () => {};
  private awayUntilMs = 0;
  private cause = 'it is being connected to';

  /** `onReady` is called with each connection, before it is used; one that throws is given up. */
  constructor(
    private readonly url: string,
    private readonly onReady: (connected: Connected) => Promise<void> = async () => undefined,
    private readonly createClient: typeof createClientAt = createClientAt,
  ) {
    this.address = withoutPasswords(url);
    const greeted = new Promise<void>((resolve) => {
      this.noteGreeted = resolve;
    });
    this.opened = Promise.race([greeted, pause(CONNECT_MS, undefined, { ref: false })]);
    this.connect().catch(this.noteAway);
  }

  /** The connection, if there is one now. */
  get connected(): Connected | undefined {
    return this.now;
  }

  /** Why Redis cannot be used now, if so. */
  problem(): string | undefined {
    return this.now ? undefined : `Redis at ${this.address} cannot be used: ${this.cause}`;
  }

  /** Whether Redis was too slow a moment ago, so that visitors do without it. */
  get isAway(): boolean {
    return Date.now() < this.awayUntilMs;
  }

  /** Asks Redis. Throws what kept it from answering in time. */
  async ask<T>(work: (connected: Connected) => Promise<T>, limitMs: number): Promise<T> {
    const { now } = this;
    if (!now) throw new Error(this.problem());
    try {
      return await within(work(now), limitMs);
    } catch (error) {
      if (error instanceof TimeOut) {
        this.awayUntilMs = Date.now() + AWAY_MS;
        if (this.now === now) this.noteAway(error);
        this.restart(now.client);
      }
      const message = messageOf(error);
      throw new Error(`Redis at ${this.address} cannot be used: ${message}`, { cause: error });
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.isClosed = true;
    if (this.client?.isOpen) this.client.destroy();
  }

  private readonly noteAway = (error: unknown): void => {
    const said = error instanceof Error ? error.message || String(error) : String(error);
    const message = withoutPasswords(said);
    if (this.now || this.cause !== message) {
      console.error(`Redis at ${this.address}: ${message}`);
    }
    this.cause = message;
    this.now = undefined;
    this.doubts += 1;
  };

  private async connect(): Promise<void> {
    const client = await this.createClient(this.url);
    if (this.isClosed) return;
    this.client = client;
    client.on('error', this.noteAway);
    client.on('ready', async () => {
      try {
        await this.greet(client);
      } catch (error) {
        this.noteAway(error);
        await pause(AWAY_MS, undefined, { ref: false });
        this.restart(client);
      }
    });
    await client.connect();
  }

  private async greet(client: Client): Promise<void> {
    const info = await within(client.info('server'), PURGE_MS);
    const run = /run_id:(\w+)/.exec(info)?.[1] ?? '';
    const keys = [STATE, HINTS, EDGES, EXPOSED];
    await within(client.greet(keys, [run, randomUUID()]), PURGE_MS);
    const connected = { client, run, id: randomUUID() };
    await this.onReady(connected);
    // What was asked meanwhile did not reach it.
    this.doubts += 1;
    this.now = connected;
    this.noteGreeted();
  }

  /** A connection over which no answer came is given up, with all that waits in it. */
  private restart(client: Client): void {
    if (!client.isOpen) return;
    client.destroy();
    this.connect().catch(this.noteAway);
  }
}
