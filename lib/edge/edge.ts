/**
 * The edges: caches in front of the site, named by `EDGE_URLS`. Before a purge is answered, each is
 * sent a `PURGE` for every address of what changed.
 *
 * What the edges have not taken is owed to them, and is sent with the next purge or after the next
 * start, whatever that is about. It is written down before the page is stored: afterwards nothing
 * else would tell that an edge may hold the former one.
 */
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import { endAnswersBefore, watchAnswers } from './in-flight-responses';
import { firstPaths, type Content } from '../content/content';
import { environment } from '../config';
import { fetchFailure } from '../fetch-failure';
import { sitemapPaths } from '../readers/sitemap';
import { endAnswersEverywhere, sharedLedger, storedPages } from '../store/store.mjs';

/** How often an edge is asked to purge an address, and the pauses before. */
const PAUSES_MS = [0, 100, 500];
const TIMEOUT_MS = 3000;
/** For all addresses of one purge at one edge, and for each besides. */
const LIMIT_MS = 20_000;
const EACH_MS = 20;
const AT_ONCE = 8;

/** Purged, or not there: nginx says 404 then, or with newer versions of its module 412. */
const FINE = new Set([200, 204, 404, 412]);

/** Where what is owed is written down: in the build, since another one begins with other pages. */
export const OWED_FILE = path.join('.next', 'server', 'owed-to-edges');

/**
 * How an edge is asked to drop all it has, as WordPress plugins ask Varnish. One that can't is sent what
 * is known.
 */
const EVERYTHING = '/.*';
const EVERYTHING_HEADERS = { 'X-Purge-Method': 'regex' };
/** The reason phrase by which one says that it has: see `deploy/varnish.vcl`. */
const EVERYTHING_DONE = 'Purged everything';

/** What is computed for each request, from the whole site. */
const OF_THE_WHOLE_SITE = ['/feed.xml', '/sitemap.xml'];

/** What the edges are owed: paths that they may hold the former page of. */
export interface Ledger {
  owe: (paths: string[]) => unknown;
  /**
   * The paths, each with the number of its last change. With `all`, nothing is known of what these
   * edges hold, since they or the build are new.
   */
  owed: (
    edges: string,
  ) => Promise<{ changes: ReadonlyMap<string, number>; all: boolean; epoch: string }>;
  /**
   * These edges were told of these changes; what changed meanwhile is owed still. Throws if the
   * numbers are of an `epoch` that has ended.
   */
  settle: (edges: string, changes: ReadonlyMap<string, number>, epoch: string) => unknown;
  /**
   * Where several instances, and builds, answer: the revisions that edges may keep, by path. What is owed
   * is not among them any more.
   */
  given?: () => Promise<ReadonlyMap<string, string>>;
}

/** The site that edges are to show. */
export type Newest = Pick<Content, 'site' | 'epoch' | 'number'>;

interface State {
  ledger: Ledger;
  /** The newest that a purge was for, and the one whose feed the edges were last told of. */
  newest?: Newest;
  told?: Newest;
  /** The paths of every site so far. */
  known: Set<string>;
  running?: Promise<string | undefined>;
  next?: Promise<string | undefined>;
  /** How the page store, which Next loads by itself, says that it is about to take another page. */
  owe: (path: string, isFirst: boolean) => void;
}

// Next bundles each page and each API route with a copy of this module: the state is the process's.
const KEY = Symbol.for('evergreen.edges');
const shared: typeof globalThis & { [KEY]?: State } = globalThis;

/**
 * Begins, before the first request, to note what the edges are owed: in Redis, where that keeps the
 * pages, and otherwise in `file`, with what an earlier process left there.
 */
export function openEdges(file = OWED_FILE): void {
  const { edges, developing } = environment();
  // In development nothing is kept.
  if (developing) return;
  if (edges.length === 0) {
    // Nothing is noted from now on.
    rmSync(file, { force: true });
    return;
  }
  watchAnswers();
  const ledger = sharedLedger() ?? openFile(file);
  const owe = (path: string, isFirst: boolean) => {
    // A page that merely nobody had visited is no news to the edges.
    if (!isFirst || !firstPaths().has(path)) ledger.owe([path]);
  };
  shared[KEY] = { ledger, known: new Set(), owe };
}

/** A ledger in a file, whose first line names the edges, and each other one a path. */
function openFile(file: string): Ledger {
  const [known, ...paths] = readLines(file);
  // Nothing is known, which the first line says.
  if (known === undefined) writeFileSync(file, '\n');
  const owed = new Map<string, number>();
  let changes = 0;
  let told = known;
  const note = (path: string) => owed.set(path, (changes += 1));
  for (const path of paths) note(path);

  return {
    owe: (news) => {
      const unknown = news.filter((path) => !owed.has(path));
      if (unknown.length > 0) appendFileSync(file, unknown.map((path) => `${path}\n`).join(''));
      for (const path of news) note(path);
    },
    owed: async (edges) => ({ changes: new Map(owed), all: told !== edges, epoch: '' }),
    settle: (edges, done) => {
      for (const [path, change] of done) if (owed.get(path) === change) owed.delete(path);
      told = edges;
      // In one step, so that a crash leaves either what was owed or what is.
      writeFileSync(`${file}.tmp`, [edges, ...owed.keys()].map((line) => `${line}\n`).join(''));
      renameSync(`${file}.tmp`, file);
    },
  };
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/**
 * Has the edges drop what they hold of these paths, of the feed and the sitemap if the site is another
 * one, and of all that is owed to them. Answers why that failed, if it did. Calls that wait at the same
 * time share one round, which begins after all of them.
 */
export async function tellEdges(paths: string[], content: Newest): Promise<string | undefined> {
  const state = shared[KEY];
  if (!state) return undefined;
  try {
    if (paths.length > 0) await state.ledger.owe(paths);
  } catch (error) {
    return messageOf(error);
  }
  const { newest } = state;
  const isOlder = newest?.epoch === content.epoch && newest.number > content.number;
  if (!isOlder) state.newest = content;
  if (newest?.site !== content.site)
    for (const path of content.site.pages.keys()) state.known.add(path);
  if (!state.running) return begin(state);
  return (state.next ??= state.running.then(() => {
    state.next = undefined;
    return begin(state);
  }));
}

function begin(state: State): Promise<string | undefined> {
  return (state.running = round(state)
    .then(() => undefined, messageOf)
    .finally(() => {
      state.running = undefined;
    }));
}

/** Throws what keeps an edge, or an answer under way, from being told. */
async function round(state: State): Promise<void> {
  const { newest, told, ledger } = state;
  const site = newest?.site;
  const { edges } = environment();
  // What is given after this is new, and what was given before can be read.
  await endAnswersEverywhere([]);
  const given = (await ledger.given?.()) ?? new Map<string, string>();
  const isOutdated = ([path, revision]: [string, string]) =>
    site !== undefined && site.pages.get(path)?.revision !== revision;
  const outdated = [...given].filter(isOutdated).map(([path]) => path);
  if (outdated.length > 0) await ledger.owe(outdated);
  const { changes, all, epoch } = await ledger.owed(edges.join(','));
  if (changes.size === 0 && !all && told?.site === site) return;
  const known = all ? [...state.known, ...given.keys(), ...(await storedPages()).keys()] : [];
  const addresses = [
    ...[...new Set([...changes.keys(), ...known])].flatMap(addressesOf),
    ...OF_THE_WHOLE_SITE,
    ...(site ? sitemapPaths(site) : []),
  ];
  const ended = all ? undefined : addresses;
  if (!(await endAnswersEverywhere(ended))) await endAnswersBefore(ended);
  // One after the other: an edge behind another one must not hand it the former page again.
  for (const edge of edges) await purgeAt(edge, addresses, all);
  state.told = newest;
  await ledger.settle(edges.join(','), changes, epoch);
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The page, and its data as Next serves it, unless no edge keeps that: see `lib/edge/in-flight-responses.ts`. */
const addressesOf = (path: string): string[] => {
  const id = sharedLedger() ? undefined : buildId();
  return id === undefined
    ? [path]
    : [path, `/_next/data/${id}${path === '/' ? '/index' : path}.json`];
};

let knownBuildId: string | undefined;

function buildId(): string | undefined {
  try {
    return (knownBuildId ??= readFileSync(path.join('.next', 'BUILD_ID'), 'utf8').trim());
  } catch {
    return undefined;
  }
}

/**
 * Has an edge drop these addresses or, with `all`, everything, if it can. Throws at the first one that it
 * does not take, and says which and why.
 */
async function purgeAt(edge: string, addresses: string[], all: boolean): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS + EACH_MS * addresses.length);
  if (all && (await purgeOne(edge, EVERYTHING, limit)) === EVERYTHING_DONE) return;
  await pMap(addresses, (address) => purgeOne(edge, address, limit), { concurrency: AT_ONCE });
}

/** Answers the reason phrase of the edge. */
async function purgeOne(edge: string, address: string, limit: AbortSignal): Promise<string> {
  let failure: string | undefined;
  for (const wait of PAUSES_MS) {
    if (wait > 0) await pause(wait);
    try {
      const response = await fetch(edge + address, {
        method: 'PURGE',
        headers: address === EVERYTHING ? EVERYTHING_HEADERS : {},
        redirect: 'manual',
        signal: AbortSignal.any([limit, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      // Read, so that the connection can be used again.
      await response.arrayBuffer();
      const { status, statusText } = response;
      if (FINE.has(status) || (address === EVERYTHING && status < 500)) return statusText;
      failure = `it answered ${status}`;
    } catch (error) {
      failure = fetchFailure(error, TIMEOUT_MS);
    }
    if (limit.aborted) break;
  }
  throw new Error(`The edge ${edge} did not take the purge of ${address}: ${failure}`);
}
