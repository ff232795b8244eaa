/**
 * The in-flight responses of this server, as far as edges may keep them: their `Cache-Control`, and those
 * that were begun before a purge. An edge stores a response that it began to fetch before the `PURGE`,
 * and has the visitors who ask meanwhile wait for it, so that no `PURGE` reaches it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { onRequest } from '../exchange';
import type { Instances } from '../store/place';
import { edgeCacheControl, pageAt } from './cache-control';

/** The way to an edge, and the edge's own work, after the last byte has left this process. */
const ON_THE_WAY_MS = 250;

/** The default of `waitMs`. */
const WAIT_MS = 5000;

/** Pages, pages that a browser has already, and redirects. */
const EXPOSED: ReadonlySet<number> = new Set([200, 304, 307, 308]);

/** One response. */
interface InFlight {
  /** From before a purge: it may show an older page. */
  outdated: boolean;
  /** Outdated only for another one of its page that is. */
  joined: boolean;
  /** See `Instances.standing`, as it was when the request came. */
  standing: number | undefined;
  response: ServerResponse;
  /** Settles when an edge has all of it. */
  ended: Promise<void>;
}

/** What responses are judged by. */
export interface InFlightParts {
  /** When the next scheduled post is due, in ms since 1970. */
  nextDueMs: () => number;
  /** Undefined where one process is all there is. */
  instances: () => Instances | undefined;
  /** The time, in ms since 1970. */
  now: () => number;
  /** How long a purge waits for responses whose headers have left already. */
  waitMs?: number;
}

/** The in-flight responses of one process. */
export class InFlightResponses {
  /** By page, for which Next looks and renders once, whatever the spelling of the address. */
  private readonly responses = new Map<string, Set<InFlight>>();

  constructor(private readonly parts: InFlightParts) {}

  /** Notes all responses from now on, and tells edges what they may keep. Returns what ends that. */
  watchAll(): () => void {
    return onRequest((request, response) => this.watch(request, response));
  }

  /** What is being sent of a page is not stored: no purge would compare it, so no edge may keep it. */
  readonly keepNone = (page: string): void => {
    for (const one of this.responses.get(page) ?? []) {
      if (!one.response.headersSent) one.outdated = true;
    }
  };

  /**
   * Sees to it that no edge keeps a response from before this call: those whose headers have not left
   * say so in them; the others at these addresses or, without them, at any are waited for. Throws if one
   * of those doesn't end.
   */
  async endBefore(addresses?: readonly string[]): Promise<void> {
    const named = addresses && new Set(addresses.map(pageAt));
    const waiting = new Map<InFlight, string>();
    for (const [page, ofPage] of this.responses) {
      for (const one of ofPage) {
        if (!one.response.headersSent) {
          one.outdated = true;
          one.joined = false;
        } else if (!named || named.has(page)) waiting.set(one, page);
      }
    }
    if (waiting.size === 0) return;
    const { waitMs = WAIT_MS } = this.parts;
    const ends = [...waiting.keys()].map(async (one) => {
      await one.ended;
      waiting.delete(one);
    });
    await Promise.race([Promise.all(ends), pause(waitMs, undefined, { ref: false })]);
    const [late] = waiting.values();
    if (late !== undefined) {
      throw new Error(`a response with an older page of ${late} has not ended in ${waitMs} ms`);
    }
  }

  private watch({ url: address = '' }: IncomingMessage, response: ServerResponse): void {
    const ended = new Promise<void>((resolve) => {
      response.once('close', () => {
        setTimeout(resolve, ON_THE_WAY_MS).unref();
      });
    });
    const page = pageAt(address);
    const ofPage = this.responses.get(page) ?? new Set();
    // Next may serve it what it found, or renders, for one from before a purge.
    const joined = [...ofPage].some(
      (other) => !other.joined && !other.response.headersSent && this.isOutdated(other),
    );
    const one = { outdated: joined, joined, standing: this.standing(), response, ended };
    this.responses.set(page, ofPage.add(one));
    void ended.then(() => {
      ofPage.delete(one);
      if (ofPage.size === 0 && this.responses.get(page) === ofPage) this.responses.delete(page);
    });
    this.rewriteCacheControl(address, one);
  }

  private rewriteCacheControl(address: string, one: InFlight): void {
    const { response } = one;
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (status: number, ...rest: unknown[]) => {
      const written = response.getHeader('Cache-Control');
      if (typeof written === 'string') {
        const { nextDueMs, now } = this.parts;
        const outdated = this.isOutdated(one) || !this.isExposed(address, status, response);
        const moment = { nowMs: now(), nextDueMs: nextDueMs() };
        const said = edgeCacheControl(written, { status, address, outdated, ...moment });
        response.setHeader('Cache-Control', said);
      }
      return Reflect.apply(writeHead, response, [status, ...rest]);
    };
  }

  private standing(): number | undefined {
    const instances = this.parts.instances();
    return instances ? instances.standing() : 0;
  }

  private isOutdated({ outdated, standing }: InFlight): boolean {
    return outdated || standing === undefined || this.standing() !== standing;
  }

  /**
   * Whether all know what one of several instances lets edges keep: a page that it found in the store.
   * Of others a purge at another instance would not know: a render, which may not be committed there; a
   * page that is too old, which Next serves while it renders the next; a 404; and the data of the pages
   * of another build.
   */
  private isExposed(address: string, status: number, response: ServerResponse): boolean {
    if (!this.parts.instances()) return true;
    return (
      EXPOSED.has(status) &&
      response.getHeader('x-nextjs-cache') === 'HIT' &&
      !address.startsWith('/_next/data/')
    );
  }
}
