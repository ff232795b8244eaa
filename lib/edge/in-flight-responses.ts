/**
 * The answers that this server is giving, as far as edges may keep them: their `Cache-Control`, and
 * those that were begun before a purge. An edge stores an answer that it began to fetch before the
 * `PURGE`, and has the visitors who ask meanwhile wait for it, so that no `PURGE` reaches it.
 */
import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { NOT_FOUND_SECONDS, nextDueMs } from '../content/content';
import { pathOf } from '../site/paths';
import { sharedLedger, storeStanding } from '../store/store.mjs';

/** What an edge may serve once more while it fetches a page anew; a purge takes that away, too. */
const STALE_SECONDS = 60;

/** The way to an edge, and the edge's own work, after the last byte has left this process. */
const ON_THE_WAY_MS = 250;

/** How long a purge waits for answers whose headers have left already. */
const WAIT_MS = 5000;

interface Answer {
  /** From before a purge: it may be the former page. */
  outdated: boolean;
  /** Outdated only for another one of its page that is. */
  joined: boolean;
  /** See `storeStanding`, as it was when the request came. */
  standing: number | undefined;
  response: ServerResponse;
  /** Settles when an edge has all of it. */
  ended: Promise<void>;
}

// Next bundles each page and each API route with a copy of this module: the state is the process's.
const KEY = Symbol.for('evergreen.answers-under-way');
/** How the page store, which Next loads by itself, says that a render is not stored. */
const UNKEPT = Symbol.for('evergreen.unkept-responses');
const shared: typeof globalThis & {
  [KEY]?: Answers;
  [UNKEPT]?: { keepNone: (path: string) => void };
} = globalThis;

/** By page, for which Next looks and renders once, whatever the spelling of the address. */
type Answers = Map<string, Set<Answer>>;

/** Begins to note the answers of this process, and to tell edges what they may keep. */
export function watchAnswers(): void {
  if (shared[KEY]) return;
  const answers: Answers = (shared[KEY] = new Map());
  // What is not stored is not compared by a purge either, so no edge would be told of its end.
  shared[UNKEPT] = {
    keepNone: (path) => {
      for (const answer of answers.get(path) ?? []) {
        if (!answer.response.headersSent) answer.outdated = true;
      }
    },
  };
  subscribe('http.server.request.start', (message) => {
    const { request, response } = exchangeIn(message) ?? {};
    if (request && response) watch(answers, request, response);
  });
}

/** The request and the response in a message of `http.server.request.start`. */
export function exchangeIn(message: unknown) {
  if (typeof message !== 'object' || message === null) return undefined;
  if (!('request' in message) || !(message.request instanceof IncomingMessage)) return undefined;
  if (!('response' in message) || !(message.response instanceof ServerResponse)) return undefined;
  return { request: message.request, response: message.response };
}

function watch(
  answers: Answers,
  { url: address = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const ended = new Promise<void>((resolve) => {
    response.once('close', () => {
      setTimeout(resolve, ON_THE_WAY_MS).unref();
    });
  });
  const page = pageAt(address);
  const ofPage = answers.get(page) ?? new Set();
  // Next may serve it what it found, or renders, for one from before a purge.
  const joined = [...ofPage].some(
    (other) => !other.joined && !other.response.headersSent && isOutdated(other),
  );
  const answer: Answer = { outdated: joined, joined, standing: storeStanding(), response, ended };
  answers.set(page, ofPage.add(answer));
  void ended.then(() => {
    ofPage.delete(answer);
    if (ofPage.size === 0 && answers.get(page) === ofPage) answers.delete(page);
  });

  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status: number, ...rest: unknown[]) => {
    const written = response.getHeader('Cache-Control');
    if (typeof written === 'string') {
      const isUnknown = sharedLedger() !== undefined && !isGiven(address, status, response);
      const outdated = isOutdated(answer) || isUnknown;
      const moment = { nowMs: Date.now(), nextDueMs: nextDueMs() };
      const said = edgeCacheControl(written, { status, address, outdated, ...moment });
      response.setHeader('Cache-Control', said);
    }
    return Reflect.apply(writeHead, response, [status, ...rest]);
  };
}

const isOutdated = ({ outdated, standing }: Answer): boolean =>
  outdated || standing === undefined || storeStanding() !== standing;

/** Pages, pages that a browser has already, and redirects. */
const KNOWN_TO_LEDGER = [200, 304, 307, 308];

/**
 * Whether the shared ledger knows what one of several instances lets edges keep: a page that it found in
 * the store. Of others a purge at another instance would not know: a render, which may not be taken
 * there; a page that is too old, which Next gives to whoever asks while it renders the next; a 404; and
 * the data of the pages of another build.
 */
const isGiven = (address: string, status: number, response: ServerResponse): boolean =>
  KNOWN_TO_LEDGER.includes(status) &&
  response.getHeader('x-nextjs-cache') === 'HIT' &&
  !address.startsWith('/_next/data/');

/**
 * What an edge is told in place of what Next says of a page:
 * - nothing that no `PURGE` reaches is kept: an answer begun before a purge, or by an instance that may
 *   not have heard of one; a render of one of several instances, which may not be stored; and an
 *   address with a query or in another spelling than that of the site;
 * - nothing is kept past the time when a scheduled post is due;
 * - a 404 is kept for a minute at most, and a page that is too old is served once more only for a
 *   minute; Next says a year.
 */
export function edgeCacheControl(
  written: string,
  answer: {
    status: number;
    address: string;
    outdated: boolean;
    nowMs: number;
    nextDueMs: number;
  },
): string {
  const seconds = /(?:^|[\s,])s-maxage=(\d+)/.exec(written)?.[1];
  if (seconds === undefined) return written;
  const { status, address, outdated, nowMs, nextDueMs } = answer;
  if (outdated || !isOurSpelling(address)) return 'private, no-store';
  // Less one: nginx counts in whole seconds, and keeps a page for the second in which it ends.
  const untilDue = Math.max(0, Math.floor((nextDueMs - nowMs) / 1000) - 1);
  const most = Math.min(untilDue, status === 404 ? NOT_FOUND_SECONDS : Infinity);
  if (most < Number(seconds) || status === 404) {
    return `s-maxage=${Math.min(most, Number(seconds))}`;
  }
  return `s-maxage=${seconds}, stale-while-revalidate=${STALE_SECONDS}`;
}

/** Whether a purge would name an address as it is written here. */
const isOurSpelling = (address: string): boolean => ourSpelling(address) === address;

/** Undefined if it has none. */
function ourSpelling(address: string): string | undefined {
  const segments = address.split('/').slice(1);
  if (segments.includes('.') || segments.includes('..')) return undefined;
  try {
    return pathOf(...segments.map((segment) => decodeURIComponent(segment).normalize('NFC')));
  } catch {
    return undefined;
  }
}

/** The path of the page that an address is for, be it the page itself or its data. */
function pageAt(address: string): string {
  const [bare = ''] = address.split('?');
  const path = ourSpelling(bare) ?? bare;
  const [, ofData] = /^\/_next\/data\/[^/]+(\/.+)\.json$/.exec(path) ?? [];
  return ofData === '/index' ? '/' : (ofData ?? path);
}

/**
 * Sees to it that no edge keeps an answer from before this call: those whose headers have not left say
 * so in them; the others at these addresses or, without them, at any are waited for. Throws if one of
 * those doesn't end.
 */
export async function endAnswersBefore(addresses?: readonly string[]): Promise<void> {
  const named = addresses && new Set(addresses.map(pageAt));
  const waiting = new Map<Answer, string>();
  for (const [page, answers] of shared[KEY] ?? []) {
    for (const answer of answers) {
      if (!answer.response.headersSent) {
        answer.outdated = true;
        answer.joined = false;
      } else if (!named || named.has(page)) waiting.set(answer, page);
    }
  }
  if (waiting.size === 0) return;
  const ends = [...waiting.keys()].map(async (answer) => {
    await answer.ended;
    waiting.delete(answer);
  });
  await Promise.race([Promise.all(ends), pause(WAIT_MS, undefined, { ref: false })]);
  const [late] = waiting.values();
  if (late !== undefined) {
    throw new Error(`an answer with the former page of ${late} has not ended in ${WAIT_MS} ms`);
  }
}
