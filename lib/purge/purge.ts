/**
 * Purges: calls that arrive while others are being worked on are answered together. A batch reads a
 * snapshot after all of its calls, plans once, regenerates pages from it, and reports to each call the
 * truth of the pages that it would have had alone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import createError from 'http-errors';
import { coalesce } from '../coalesce';
import type { Environment } from '../config';
import type { Elsewhere } from '../content/elsewhere';
import type { SnapshotExpectations } from '../content/expectations';
import { RemovalsRefused } from '../content/mass-removal';
import type { Snapshot, Snapshots } from '../content/snapshots';
import type { Edges } from '../edge/edges';
import { messageOf } from '../message-of';
import { timeSlices } from '../slices';
import { mergeHints } from '../source/changes';
import { describeProblem } from '../source/post';
import type { Store } from '../store/store';
import type { Visitors } from '../visitors';
import {
  answerAll,
  donePaths,
  isFailed,
  planAsAnswer,
  planRequest,
  refuseAll,
  reportOf,
  requestsOf,
  type Answer,
  type Call,
  type Done,
  type Planned,
  type Request,
  type Times,
} from './batch';
import { isAsNew, PageQueue } from './page-queue';
import type { PlannedPage } from './plan';
import { plannerOf } from './plan-of-call';
import { regenerate, type Revalidate, type WantedPage } from './regenerate';
import type { PageReport, PurgeInput, PurgeReport } from './report';
import { alwaysFreshIn, checkAll, needsNothing, refusalOfAll, reportOfNothing } from './targets';

/** What purges are carried out with. */
export interface PurgeParts {
  settings: () => Environment;
  snapshots: Snapshots;
  expectations: Pick<SnapshotExpectations, 'expected' | 'failureAt'>;
  store: Store;
  /** Undefined where there are none. */
  edges?: Edges;
  elsewhere: Pick<Elsewhere, 'clear'>;
  visitors: Pick<Visitors, 'letPass'>;
  /** Hears which pages purges ask for; returns what to call when one is done. */
  renders?: { purge: (path: string) => () => void };
  /** The time, in ms since 1970. */
  now: () => number;
}

/** The longest pause after a batch of several calls. It is as long as the batch took: visitors have half of the time. */
const LONGEST_PAUSE_MS = 50;

/** What became of one page, for all calls that wait for it. */
type Regenerated = Omit<PageReport, 'because'>;

/** The purges of one process. */
export class Purges {
  private readonly queue = this.newQueue();
  /** The paths of the site when it was compared last; in the beginning, when the server started. */
  private compared?: Pick<ReadonlySet<string>, 'has'>;

  constructor(private readonly parts: PurgeParts) {}

  /**
   * Carries a purge out. Throws 400 if the caller named paths and none is a page of this site, and
   * whatever keeps the source from being read.
   */
  async run(input: PurgeInput, hosts: string[], revalidate: Revalidate): Promise<PurgeReport> {
    const started = performance.now();
    const named = await checkAll(input.paths, hosts);
    const refused = refusalOfAll(named, input);
    if (refused !== undefined) throw createError(400, refused);
    const alwaysFresh = alwaysFreshIn(named);
    if (alwaysFresh !== undefined && needsNothing(named, input)) {
      return { ...reportOfNothing(named, input), alwaysFresh, ms: since(started) };
    }
    // A plan and a confirmation are one caller's matter, and without the store each call has its own say.
    const isAlone = input.dryRun || input.confirm !== undefined || !this.parts.store.isInCharge;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const call = { input, named, revalidate, answer: resolve, refuse: reject };
      void (isAlone ? this.carryOut([call]) : this.join(call));
    });
    const ms = since(started);
    const { steps, ...told } = answer;
    if (!steps) return { ...told, ms };
    const { read, planned, regenerated, told: toldMs } = steps;
    const waited = Math.max(0, ms - read - planned - regenerated - toldMs);
    return { ...told, ms, steps: { waited, ...steps } };
  }

  /** Pages of a batch are left when the next one begins: many of them must not delay all that come later. */
  private readonly join = coalesce<Call, void>(async (calls) => {
    const begun = performance.now();
    await this.carryOut(calls);
    const isOver = await this.queue.round();
    // In a burst whose pages are fresh already, a batch for each call would be nothing but looks at the source.
    // Who calls once after the other has waited for an answer already.
    if (isOver && calls.length > 1)
      await pause(Math.min(LONGEST_PAUSE_MS, performance.now() - begun));
  });

  /** Resolves when the calls of a batch are planned, and what they wait for is in the queue. */
  private async carryOut(calls: readonly Call[]): Promise<void> {
    const { store, now } = this.parts;
    const arrivedMs = now();
    const begun = performance.now();
    try {
      const requests = requestsOf(calls);
      const isDryRun = requests.every(({ input }) => input.dryRun);
      const snapshot = await this.loadFor(requests);
      if (!isDryRun) await store.versions.raiseFence(snapshot);
      const read = performance.now();
      const planned = await this.planAll(requests, snapshot);
      const times = { begun, read, planned: performance.now() };
      if (isDryRun) return await answerAll(planned, planAsAnswer);
      const [first] = calls;
      if (!first) return;
      const { revalidate } = first;
      this.regenerateAll(planned, { snapshot, arrivedMs, revalidate }, times);
    } catch (error) {
      await refuseAll(calls, error);
    }
  }

  /**
   * Loads what a batch is about, with all posts checked. A plan of confirmed removals is made of what was
   * refused, and adopts nothing.
   */
  private async loadFor(requests: readonly Request[]): Promise<Snapshot> {
    const { snapshots, elsewhere } = this.parts;
    elsewhere.clear();
    await snapshots.allChecked();
    const hint = mergeHints(...requests.map(({ input }) => input.hint));
    const confirms = requests.some(({ input }) => input.confirm !== undefined);
    const isPlan = requests.every(({ input }) => input.dryRun);
    if (!isPlan || !confirms) return snapshots.load(hint, confirms);
    return snapshots.load(hint).catch((error: unknown) => {
      const { refused } = snapshots;
      if (!refused || !(error instanceof RemovalsRefused)) throw error;
      return refused;
    });
  }

  /** Plans requests by one look at all that is stored. Those that name no page are refused. */
  private async planAll(requests: readonly Request[], snapshot: Snapshot): Promise<Planned[]> {
    const { settings, snapshots, store } = this.parts;
    const known = {
      snapshot,
      stored: await store.storedPages(),
      rendering: store.rendersUnderWay(),
      isInCharge: store.isInCharge,
    };
    const plan = plannerOf(known, {
      compared: (this.compared ??= snapshots.firstPaths()),
      areIdsKnown: settings().wordpressUrl !== undefined,
    });
    const planned: Planned[] = [];
    const yieldInTime = timeSlices();
    for (const request of requests) {
      await yieldInTime();
      try {
        planned.push(planRequest(request, known, plan));
      } catch (error) {
        await refuseAll(request.calls, error);
      }
    }
    return planned;
  }

  /** Has the pages of a batch regenerated, and ends each request when those that it waits for are done. */
  private regenerateAll(
    planned: readonly Planned[],
    wanted: Omit<WantedPage, 'path'> & { snapshot: Snapshot },
    times: Times,
  ): void {
    const { snapshot } = wanted;
    const queue = this.parts.store.isInCharge ? this.queue : this.newQueue();
    const regenerateEach = (pages: readonly PlannedPage[]): Promise<PageReport[]> =>
      Promise.all(
        pages.map(async ({ path, because }, index) => {
          const { result, ms, error } = await queue.add({ path, ...wanted }, index);
          return { path, result, because, ms, error };
        }),
      );
    // What is named comes first, by whichever call.
    const owns = planned.map(({ plan }) => regenerateEach(plan.own));
    const differing = planned.find(({ plan }) => plan.difference)?.plan.difference;
    const compared =
      differing &&
      regenerateEach(differing).then((pages) => {
        this.noteComparison(snapshot, pages);
        return { pages, failure: pages.find(isFailed) };
      });
    for (const [index, one] of planned.entries()) {
      void Promise.all([
        owns[index] ?? [],
        one.plan.difference && compared,
        regenerateEach(one.plan.broken),
      ]).then(([own, difference, broken]) =>
        this.end({
          ...one,
          snapshot,
          pages: { own, difference: difference?.pages, broken },
          failure: own.find(isFailed) ?? difference?.failure ?? broken.find(isFailed),
          times: { ...times, regenerated: performance.now() },
        }),
      );
    }
  }

  /** Ends requests that are done at the same time, and answers their calls. */
  private readonly end = coalesce<Done, void>(async (all) => {
    const { store, edges, settings } = this.parts;
    try {
      const sound = all.filter(({ failure }) => !failure);
      // Before the edges are told: afterwards no instance may hand them what another build has stored.
      for (const snapshot of new Set(sound.map((one) => one.snapshot))) {
        const comparesAll = sound.some((one) => one.snapshot === snapshot && one.comparesAll);
        await store.versions.endPurge(snapshot, comparesAll);
      }
      const snapshots = all.map(({ snapshot }) => snapshot);
      const newest = snapshots.reduce((one, other) => (isAsNew(one, other) ? one : other));
      const failure = await edges?.tell(donePaths(all), newest);
      const told = edges && { told: settings().edges.length, failure };
      await answerAll(all, (one) => reportOf(one, told));
    } catch (error) {
      await refuseAll(
        all.flatMap(({ request }) => request.calls),
        error,
      );
    }
  });

  private noteComparison({ site }: Snapshot, pages: readonly PageReport[]): void {
    const failed = new Set(pages.filter(isFailed).map(({ path }) => path));
    this.compared = { has: (path) => site.pages.has(path) && !failed.has(path) };
  }

  private newQueue(): PageQueue<Regenerated> {
    // A compiler may make this field before it sets the parts.
    return new PageQueue((page) => this.regeneratePage(page), {
      letPass: (workedMs) => this.parts.visitors.letPass(workedMs),
    });
  }

  private async regeneratePage(page: WantedPage): Promise<Regenerated> {
    const { expectations, store } = this.parts;
    const { path } = page;
    const begun = performance.now();
    const end = this.parts.renders?.purge(path);
    try {
      const problem = await expectations.failureAt(path);
      if (problem) throw new Error(describeProblem(problem));
      await regenerate(page, store);
      const isGone = store.isInCharge && expectations.expected(path)?.revision === null;
      return { path, result: isGone ? 'removed' : 'regenerated', ms: since(begun) };
    } catch (error) {
      return { path, result: 'failed', ms: since(begun), error: messageOf(error) };
    } finally {
      end?.();
    }
  }
}

const since = (started: number): number => Math.round(performance.now() - started);
