/** In place of the site: what the WordPress plugin sends, and the answers that a test wants it to get. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from './site';

/** A change as the plugin tells it, without its news. */
export interface Change {
  kind: string;
  id?: number;
  status?: string;
  slug?: string;
  formerSlug?: string;
  [field: string]: unknown;
}

/** A call of the plugin. */
export interface Call {
  method: string;
  url: string;
  headers: Record<string, unknown>;
  body: {
    source?: string;
    changes?: Change[];
    path?: string | string[];
    dryRun?: string;
    confirm?: string;
  };
  /** The whole body, with its news. */
  whole: Record<string, unknown>;
}

/** What a receiver answers: a status and a body, or nothing at all until `release` is called. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

function without<T extends object>(object: T, name: string): T {
  const copy = { ...object };
  Reflect.deleteProperty(copy, name);
  return copy;
}

/** In place of the site, to see exactly what is sent. */
export class Receiver {
  calls: Call[] = [];
  reply: (call: Call) => Reply | undefined | Promise<Reply> = () => ({ body: {} });
  url = '';
  #server: Server | undefined;

  async start(): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = createServer(async (req, res) => {
      const whole = JSON.parse((await text(req)) || '{}');
      const { changes, ...rest }: Call['body'] = without(whole, 'news');
      const body = {
        ...rest,
        ...(changes && { changes: changes.map((one) => without(one, 'shown')) }),
      };
      const call: Call = {
        method: req.method ?? '',
        url: req.url ?? '',
        headers: req.headers,
        body,
        whole,
      };
      this.calls.push(call);
      const reply = await this.reply(call);
      // No reply: the caller waits until it gives up.
      if (!reply) return;
      res.writeHead(reply.status ?? 200, { 'Content-Type': 'application/json', ...reply.headers });
      res.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    }).listen(port, '127.0.0.1');
  }

  /** The calls that something causes. */
  async during(work: () => Promise<unknown>): Promise<Call[]> {
    this.calls = [];
    await work();
    return this.calls;
  }

  /** The changes in the only call that something causes. */
  async changes(work: () => Promise<unknown>): Promise<Change[]> {
    const calls = await this.during(work);
    expect(calls).toHaveLength(1);
    return calls[0]?.body.changes ?? [];
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
