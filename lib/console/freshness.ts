/**
 * "Is this page fresh?", with the proof. The question is asked as a purge asks it: the sources are read after it, and
 * nothing older may be committed from then on. A yes promises what a 200 promises: no visitor who comes after it is
 * served an older version than the sources had when it was asked.
 */
import createError from 'http-errors';
import type { Environment } from '../config';
import type { SnapshotExpectations } from '../content/expectations';
import type { Snapshot, Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import { servedByEdge, type ServedByEdge } from '../edge/served';
import { messageOf } from '../message-of';
import { hostsOf } from '../purge/means';
import { checkPath, resolvePath } from '../purge/paths';
import type { Dependencies } from '../site/dependencies';
import { timeSlices } from '../slices';
import { describeProblem } from '../source/post';
import type { StoredPage } from '../store/place';
import type { Store } from '../store/store';
import { propsOf } from '../store/values';
import { withoutPasswords } from '../without-passwords';
import type { Renders } from './renders';

/** One thing that has to hold. */
export interface Check {
  what: string;
  ok: boolean;
  detail: string;
}

/** What an edge serves, and whether it is what is stored, byte for byte. */
export interface EdgeProof {
  /** Its address, without a password. */
  edge: string;
  ok: boolean;
  status?: number;
  /** Seconds for which it has kept it, if it says so. */
  age?: number;
  bytes?: number;
  isSame?: boolean;
  /** Whether it has not confirmed that it dropped an older version. */
  owed: boolean;
  error?: string;
}

/** The answer, and all that it rests on. */
export interface Proof {
  path: string;
  fresh: 'yes' | 'no' | 'unknown';
  /** What the site wants there: null is no page. Undefined if that cannot be known. */
  expected?: { revision: string | null };
  /** What visitors are served: null is a page that was removed. Undefined if nothing is stored. */
  stored?: { revision: string | null; renderedAt?: string; reason?: string; ms?: number };
  checks: Check[];
  /** The content that the page shows, and whether what is stored of it is what the site has. */
  shows: { tag: string; isSame: boolean }[];
  /** Other pages that show the page's own content. */
  shownBy: { paths: string[]; more: number };
  edges: EdgeProof[];
}

/** What the question is answered with. */
export interface FreshnessParts {
  settings: () => Environment;
  snapshots: Pick<Snapshots, 'load' | 'allChecked'>;
  expectations: Pick<SnapshotExpectations, 'expected' | 'failureAt'>;
  store: Pick<Store, 'isInCharge' | 'versions' | 'isFresh' | 'isServedOtherwise' | 'storedAt'>;
  edges?: Edges;
  renders: Pick<Renders, 'last'>;
}

/** Pages that a proof lists of those that show the same content. */
const MOST_SHOWN_BY = 100;

/** Answers for one process. */
export class Freshness {
  constructor(private readonly parts: FreshnessParts) {}

  /** Asks for a page, by its path or its full address. Throws 400 for what is none. */
  async ask(written: string): Promise<Proof> {
    const checked = checkPath(written, hostsOf(this.parts.settings()));
    if (checked.problem !== undefined) throw createError(400, checked.problem);
    if (checked.alwaysFresh) return alwaysFresh(written);
    const asWritten = checked.page ?? checked.catchAll ?? checked.post ?? '/';
    let snapshot: Snapshot;
    try {
      snapshot = await this.load();
    } catch (error) {
      return this.withoutSource(asWritten, messageOf(error));
    }
    const { site } = snapshot;
    const paths = resolvePath(
      checked,
      site,
      (path) => site.pages.has(path),
      () => false,
    );
    return this.prove(paths.at(-1) ?? asWritten, snapshot);
  }

  /**
   * Reads all of the sources, whatever else the page may show, and sees to it that no instance goes on by anything
   * older.
   */
  private async load(): Promise<Snapshot> {
    const { snapshots, store } = this.parts;
    await snapshots.allChecked();
    const snapshot = await snapshots.load();
    await store.versions.raiseFence(snapshot);
    return snapshot;
  }

  private async prove(path: string, snapshot: Snapshot): Promise<Proof> {
    const { expectations, store, edges } = this.parts;
    const checks: Check[] = [
      {
        what: 'The sources were read after the question',
        ok: true,
        detail: `At ${new Date(snapshot.loadedAtMs).toISOString()}.`,
      },
    ];
    const problem = await expectations.failureAt(path);
    checks.push({
      what: 'Its post can be used',
      ok: problem === undefined,
      detail: problem ? `${describeProblem(problem)} Its last good version stays.` : 'Yes.',
    });
    const before = await store.storedAt(path);
    const isStored = store.isInCharge && (await store.isFresh(path));
    const isServed = !store.isServedOtherwise(path);
    const expected = expectations.expected(path);
    const isUnvisited = before === undefined && expected?.revision !== null;
    checks.push(storedCheck(before, expected), {
      what: 'Nobody is served anything else',
      ok: isServed,
      detail: isServed
        ? 'Nothing else of it is being rendered.'
        : 'It is being rendered, and visitors may be joined to that: ask again in a moment.',
    });
    const proofs = edges ? await this.proveEdges(path, edges, expected?.revision ?? null) : [];
    const areEdgesFresh = proofs.every(({ ok }) => ok);
    const isHere = isStored && isServed && problem === undefined;
    const isKnown = store.isInCharge && !isUnvisited && proofs.every(({ error }) => !error);
    return {
      path,
      fresh: isHere && areEdgesFresh ? 'yes' : isKnown ? 'no' : 'unknown',
      expected: expected && { revision: expected.revision },
      stored: before && { revision: before.revision, ...this.renderOf(path, before) },
      checks,
      shows: shownOf(
        propsOf(before?.value)?.dependencies,
        snapshot.site.pageAt(path)?.dependencies,
      ),
      shownBy: await shownBy(path, snapshot),
      edges: proofs,
    };
  }

  private renderOf(path: string, { lastModified }: StoredPage) {
    const last = this.parts.renders.last(path);
    const isThat = last && Math.abs(last.atMs - lastModified) < last.ms + 1000;
    return {
      renderedAt: new Date(lastModified).toISOString(),
      ...(isThat && { reason: last.reason, ms: Math.round(last.ms) }),
    };
  }

  /** What each edge serves. Read after what is stored was: what is stored from then on is newer than the question. */
  private async proveEdges(
    path: string,
    edges: Edges,
    revision: string | null,
  ): Promise<EdgeProof[]> {
    const owed = await edges.mayDiffer(path, revision);
    return Promise.all(
      edges.addresses.map(async (address): Promise<EdgeProof> => {
        const edge = withoutPasswords(address);
        try {
          const served = await servedByEdge(address, path);
          // As it is now: the edge may just have fetched what nobody had visited.
          const stored = await this.parts.store.storedAt(path);
          // An edge is judged by the encoding that differs, if one does.
          const other = served.find((one) => !isSameAs(one, stored));
          const isSame = other === undefined;
          const { status, age, body } = other ?? served[0];
          return { edge, ok: isSame && !owed, status, age, bytes: body.length, isSame, owed };
        } catch (error) {
          return { edge, ok: false, owed, error: messageOf(error) };
        }
      }),
    );
  }

  private async withoutSource(path: string, reason: string): Promise<Proof> {
    const stored = await this.parts.store.storedAt(path).catch(() => undefined);
    const what = 'The sources were read after the question';
    return {
      path,
      fresh: 'unknown',
      stored: stored && { revision: stored.revision, ...this.renderOf(path, stored) },
      checks: [{ what, ok: false, detail: `They were not: ${reason}` }],
      shows: shownOf(propsOf(stored?.value)?.dependencies, undefined),
      shownBy: { paths: [], more: 0 },
      edges: [],
    };
  }
}

const alwaysFresh = (path: string): Proof => ({
  path,
  fresh: 'yes',
  checks: [
    { what: 'It is computed for each request', ok: true, detail: 'Nothing of it is stored.' },
  ],
  shows: [],
  shownBy: { paths: [], more: 0 },
  edges: [],
});

function storedCheck(
  stored: StoredPage | undefined,
  expected: { revision: string | null } | undefined,
): Check {
  const what = 'What is stored is what the site wants';
  if (!expected) return { what, ok: false, detail: 'The site cannot say what it wants there.' };
  if (!stored) {
    const ok = expected.revision === null;
    const detail = ok
      ? 'The site has no such page, and none is stored.'
      : 'Nothing is stored: its first visitor has it rendered.';
    return { what, ok, detail };
  }
  const name = (revision: string | null) => (revision === null ? 'no page' : revision);
  const ok = stored.revision === expected.revision;
  const detail = ok
    ? `Both are ${name(expected.revision)}.`
    : `Stored is ${name(stored.revision)}, wanted ${name(expected.revision)}.`;
  return { what, ok, detail };
}

/** Whether an edge serves what is stored, byte for byte; of a redirect its target counts. */
function isSameAs(
  { status, location, body }: ServedByEdge,
  stored: StoredPage | undefined,
): boolean {
  const value = stored?.value;
  if (!value) return status === 404;
  if (value.kind === 'PAGES') return status === 200 && body.equals(Buffer.from(value.html));
  return status >= 300 && status < 400 && location === value.props.pageProps.__N_REDIRECT;
}

/** The content of a page, by tag; what only one of both shows differs. */
function shownOf(
  stored: Dependencies | undefined,
  site: Dependencies | undefined,
): { tag: string; isSame: boolean }[] {
  const tags = new Set([...Object.keys(stored ?? {}), ...Object.keys(site ?? {})]);
  return [...tags].map((tag) => ({ tag, isSame: stored?.[tag] === site?.[tag] }));
}

async function shownBy(path: string, { site }: Snapshot): Promise<Proof['shownBy']> {
  const [own] = Object.keys(site.pageAt(path)?.dependencies ?? {});
  if (own === undefined) return { paths: [], more: 0 };
  const yieldInTime = timeSlices();
  const paths: string[] = [];
  for (const [other, page] of site.pages) {
    await yieldInTime();
    if (other !== path && own in page.dependencies) paths.push(other);
  }
  return { paths: paths.slice(0, MOST_SHOWN_BY), more: Math.max(0, paths.length - MOST_SHOWN_BY) };
}
