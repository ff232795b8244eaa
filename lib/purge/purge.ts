/**
 * A purge: reads a snapshot after the call, plans, regenerates pages from it, and reports the truth of
 * each.
 */
import { availableParallelism } from 'node:os';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import createError from 'http-errors';
import pMap from 'p-map';
import type { Environment } from '../config';
import type { SnapshotExpectations } from '../content/expectations';
import { RemovalsRefused } from '../content/mass-removal';
import type { Snapshot, Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import type { Site } from '../site/site';
import { describeProblem } from '../source/post';
import type { Version } from '../store/place';
import type { Store } from '../store/store';
import type { PlannedPage } from './plan';
import { planOfCall } from './plan-of-call';
import { Regeneration, type Revalidate } from './regenerate';
import type { PageReport, PurgeInput, PurgeReport } from './report';
import {
  absentPage,
  alwaysFreshIn,
  checkAll,
  findTargets,
  needsNothing,
  refusalOfAll,
  reportOfNothing,
} from './targets';
import { messageOf } from '../message-of';

/** What purges are carried out with. */
export interface PurgeParts {
  settings: () => Environment;
  snapshots: Snapshots;
  expectations: Pick<SnapshotExpectations, 'expected' | 'failureAt'>;
  store: Store;
  /** Undefined where there are none. */
  edges?: Edges;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** How the pages of one call are regenerated. */
interface Means {
  revalidate: Revalidate;
  /** When the call was accepted, in ms since 1970. */
  arrivedMs: number;
}

/** The pages that are being regenerated, or were, for one snapshot: the calls of a burst share them. */
interface Burst extends Version {
  site: Site;
  reports: Map<string, Promise<PageReport>>;
}

/** The purges of one process. */
export class Purges {
  private readonly regeneration: Regeneration;
  private burst?: Burst;
  /** The paths of the site when it was compared last; in the beginning, when the server started. */
  private compared?: ReadonlySet<string>;

  constructor(private readonly parts: PurgeParts) {
    this.regeneration = new Regeneration(parts.store);
  }

  /**
   * Carries a purge out. Throws 400 if the caller named paths and none is a page of this site, and
   * whatever keeps the source from being read.
   */
  async run(input: PurgeInput, hosts: string[], revalidate: Revalidate): Promise<PurgeReport> {
    const { snapshots, store, edges, now } = this.parts;
    const started = performance.now();
    const arrivedMs = now();
    const named = await checkAll(input.paths, hosts);
    const refused = refusalOfAll(named, input);
    if (refused !== undefined) throw createError(400, refused);
    const alwaysFresh = alwaysFreshIn(named);
    if (alwaysFresh !== undefined && needsNothing(named, input)) {
      return { ...reportOfNothing(named, input), alwaysFresh, ms: since(started) };
    }

    const snapshot = await this.loadFor(input);
    if (!input.dryRun) await store.versions.raiseFence(snapshot);
    const known = {
      snapshot,
      stored: await store.storedPages(),
      rendering: store.rendersUnderWay(),
      isInCharge: store.isInCharge,
    };
    const { targets, absent, ignored } = findTargets(named, input, known);
    // Who names a path has edited something; a pattern or a tag names exactly its pages.
    const comparesAll = targets.changed || targets.paths.length + absent.length > 0;
    const plan = planOfCall(known, {
      targets,
      comparesAll,
      hint: input.hint,
      compared: (this.compared ??= snapshots.firstPaths()),
      areIdsKnown: this.parts.settings().wordpressUrl !== undefined,
    });
    const outcome = {
      ignored: ignored.length > 0 ? ignored : undefined,
      alwaysFresh,
      unchanged: plan.unchanged,
    };
    const notThere = absent.map(absentPage);
    if (input.dryRun) {
      const pages = [...notThere, ...plan.pages];
      return { revalidated: false, dryRun: true, pages, ...outcome, ms: since(started) };
    }

    const regenerated = await this.regenerateAll(plan.pages, snapshot, { revalidate, arrivedMs });
    const pages = [...notThere, ...regenerated];
    const failed = pages.filter(({ result }) => result === 'failed');
    if (comparesAll) this.noteComparison(snapshot, new Set(failed.map(({ path }) => path)));
    const done = pages.filter(({ result }) => result !== 'failed').map(({ path }) => path);
    // Before the edges are told: afterwards no instance may hand them what another build has stored.
    if (failed.length === 0) await store.versions.endPurge(snapshot, comparesAll);
    const edgeFailure = await edges?.tell(done, snapshot);
    const [first] = failed;
    const causes = [first && `${first.path}: ${first.error}`, edgeFailure].filter(Boolean);
    return {
      revalidated: causes.length === 0,
      message: causes.length > 0 ? causes.join('; ') : undefined,
      pages,
      ...outcome,
      ms: since(started),
    };
  }

  /**
   * Loads what a purge is about, with all posts checked. A plan of confirmed removals is made of what
   * was refused, and adopts nothing.
   */
  private async loadFor({ hint, confirm, dryRun }: PurgeInput): Promise<Snapshot> {
    const { snapshots } = this.parts;
    await snapshots.allChecked();
    if (!dryRun || confirm === undefined) return snapshots.load(hint, confirm !== undefined);
    return snapshots.load(hint).catch((error: unknown) => {
      const { refused } = snapshots;
      if (!refused || !(error instanceof RemovalsRefused)) throw error;
      return refused;
    });
  }

  private noteComparison({ site }: Snapshot, failed: ReadonlySet<string>): void {
    this.compared = new Set([...site.pages.keys()].filter((path) => !failed.has(path)));
  }

  private regenerateAll(
    pages: PlannedPage[],
    snapshot: Snapshot,
    means: Means,
  ): Promise<PageReport[]> {
    const regenerate = async (planned: PlannedPage) => {
      // Visitors come first: neither a page that is removed nor one that is rendered lets them in.
      await yieldToEventLoop();
      // Without the store each call has its own say.
      if (!this.parts.store.isInCharge) return this.regeneratePage(planned, snapshot, means);
      const { reports } = this.burstOf(snapshot);
      const report = reports.get(planned.path) ?? this.regeneratePage(planned, snapshot, means);
      reports.set(planned.path, report);
      return { ...(await report), because: planned.because };
    };
    return pMap(pages, regenerate, { concurrency: availableParallelism() });
  }

  private burstOf({ site, generation, version }: Snapshot): Burst {
    const { burst } = this;
    const isSame =
      burst?.site === site && burst.generation === generation && burst.version === version;
    if (burst && isSame) return burst;
    return (this.burst = { site, generation, version, reports: new Map() });
  }

  private async regeneratePage(
    { path, because }: PlannedPage,
    snapshot: Snapshot,
    { revalidate, arrivedMs }: Means,
  ): Promise<PageReport> {
    const { expectations, store } = this.parts;
    const begun = performance.now();
    try {
      const problem = await expectations.failureAt(path);
      if (problem) throw new Error(describeProblem(problem));
      await this.regeneration.regenerate(path, arrivedMs, revalidate);
      const isGone = store.isInCharge && expectations.expected(path)?.revision === null;
      return { path, result: isGone ? 'removed' : 'regenerated', because, ms: since(begun) };
    } catch (error) {
      const message = messageOf(error);
      return { path, result: 'failed', because, ms: since(begun), error: message };
    }
  }
}

const since = (started: number): number => Math.round(performance.now() - started);
