/**
 * What several instances before edges agree on.
 *
 * Each instance holds a lease, for a second from when it last asked Redis for it. Without one, it lets no
 * edge keep its responses. A purge has the instances that hold one end their responses from before, and
 * waits for silent ones until their leases expire. What they do let an edge keep is noted here first, by
 * path, whichever build it is of: the difference to the site is what edges must drop.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instances, Lookup, Outbox } from '../place';
import { PURGE_MS, VISIT_MS, type Client, type Connected, type Connection } from './connection';
import { channelOf, EXPOSED, LEASES, SEVERAL, STATE } from './names';
import { messageOf } from '../../message-of';
import { TimeOut, within } from '../../within';

/** How long a lease lasts, and how often it is renewed, in ms. */
const LEASE_MS = 1000;
const BEAT_MS = 200;
/** In Redis it lasts longer, by the way of a response to an edge. */
const LEASED_MS = String(LEASE_MS + 250);
/** For how long a purge waits for the replies of all instances; how often it looks. */
const ENDED_WITHIN_MS = 8000;
const REPLY_POLL_MS = 5;
const REPLY_KEPT_S = 60;

/** Where nobody replies. */
const NO_REPLY = 'evergreen:ended:none';

/** Ends the in-flight responses of one instance: at these addresses, or at any. */
export type EndInFlight = (addresses: string[] | undefined) => Promise<void>;

/** One of several instances before edges. */
export class RedisInstances implements Instances {
  private readonly channel: string;
  /** The connection that has the lease, and when it was asked for. */
  private lease?: { of: Connected; askedMs: number };
  private readonly beats: NodeJS.Timeout;
  /** The connection that each client has now. */
  private readonly ids = new WeakMap<Client, string>();

  constructor(
    url: string,
    private readonly connection: Connection,
    readonly outbox: Outbox,
    private readonly endInFlightHere: EndInFlight,
  ) {
    this.channel = channelOf(url);
    this.beats = setInterval(() => {
      if (connection.connected) connection.ask((own) => this.beat(own), PURGE_MS).catch(() => {});
    }, BEAT_MS).unref();
  }

  /** Prepares a connection: hears of purges, and takes a lease. */
  async join(connected: Connected): Promise<void> {
    const { client, id } = connected;
    this.ids.set(client, id);
    // The client subscribes again by itself.
    if (!client.isPubSubActive) {
      await within(
        client.subscribe(this.channel, (text) => void this.hear(client, text)),
        PURGE_MS,
      );
    }
    // A Redis that is full answers visitors still.
    await within(this.beat(connected), PURGE_MS).catch((error: unknown) => {
      if (error instanceof TimeOut) throw error;
    });
  }

  standing(): number | undefined {
    const { connected } = this.connection;
    const hasLease =
      connected &&
      this.lease?.of === connected &&
      performance.now() - this.lease.askedMs < LEASE_MS;
    return hasLease ? this.connection.doubts : undefined;
  }

  async count(): Promise<number> {
    const { leases } = await this.connection.ask(
      ({ client }) => client.hear([LEASES, NO_REPLY], [LEASED_MS]),
      PURGE_MS,
    );
    return leases.length;
  }

  async expose(path: string, { revision, exposed }: Lookup): Promise<void> {
    if (!revision || exposed === revision || exposed === SEVERAL) return;
    try {
      await this.connection.ask(
        ({ client }) => client.expose([EXPOSED], [path, revision, SEVERAL]),
        VISIT_MS,
      );
    } catch {
      this.connection.doubts += 1;
    }
  }

  async endInFlight(addresses: string[] | undefined): Promise<void> {
    const { address } = this.connection;
    const reply = `evergreen:ended:${randomUUID()}`;
    const input = [this.channel, JSON.stringify({ reply, addresses }), LEASED_MS];
    const endMs = Date.now() + ENDED_WITHIN_MS;
    let told: number | string[];
    for (;;) {
      told = await this.connection.ask(
        ({ client }) => client.tell([LEASES, STATE], input),
        PURGE_MS,
      );
      if (typeof told !== 'number') break;
      if (Date.now() > endMs) throw new Error(`Redis at ${address} was restarted again and again`);
      await pause(told, undefined, { ref: false });
    }
    const asked = new Set(told);
    for (;;) {
      const { replies, leases } = await this.connection.ask(
        ({ client }) => client.hear([LEASES, reply], [LEASED_MS]),
        PURGE_MS,
      );
      for (const text of replies) {
        const [id, failure]: [string, string] = JSON.parse(text);
        if (failure) throw new Error(failure);
        asked.delete(id);
      }
      const missing = leases.filter((id) => asked.has(id));
      if (missing.length === 0) return;
      if (Date.now() > endMs) {
        const count = `${missing.length} of ${told.length}`;
        throw new Error(`${count} instances did not say that their answers ended`);
      }
      await pause(REPLY_POLL_MS, undefined, { ref: false });
    }
  }

  close(): void {
    clearInterval(this.beats);
  }

  /** An instance, maybe this one, is about to tell the edges: in-flight responses are ended, or marked. */
  private async hear(client: Client, message: string): Promise<void> {
    try {
      const { reply, addresses }: { reply: string; addresses?: string[] } = JSON.parse(message);
      const failure = await this.endInFlightHere(addresses).then(() => '', messageOf);
      const said = JSON.stringify([this.ids.get(client), failure]);
      await within(client.multi().rPush(reply, said).expire(reply, REPLY_KEPT_S).exec(), PURGE_MS);
    } catch (error) {
      console.error(`Redis at ${this.connection.address}: a purge was not answered:`, error);
    }
  }

  /** Renews the lease. It begins when this was sent, so that it ends here before it does in Redis. */
  private async beat(own: Connected): Promise<void> {
    const askedMs = performance.now();
    await own.client.beat([LEASES], [own.id, LEASED_MS]);
    this.lease = { of: own, askedMs };
  }
}
