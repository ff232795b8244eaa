/**
 * The calls of one batch: which of them ask for the same, what these wait for, and what they are answered.
 */
import type { Snapshot } from '../content/snapshots';
import { timeSlices } from '../slices';
import { describeProblem } from '../source/post';
import type { PlannedPage } from './plan';
import { allPages, type CallToPlan, type PagesOfCall, type PlanOfCall } from './plan-of-call';
import type { Revalidate } from './regenerate';
import type { PageReport, PurgeInput, PurgeReport, Steps } from './report';
import { absentPage, alwaysFreshIn, findTargets, type Known, type Named } from './targets';

/** What a call is answered, without the time that it took, and waited. */
export type Answer = Omit<PurgeReport, 'ms' | 'steps'> & { steps?: Omit<Steps, 'waited'> };

/** A call that has something to do, and who waits for its answer. */
export interface Call {
  input: PurgeInput;
  named: Named[];
  revalidate: Revalidate;
  answer: (answer: Answer) => void;
  refuse: (error: unknown) => void;
}

/** The calls of a batch that ask for the same: they are planned once, and share a report. */
export interface Request extends Pick<Call, 'input' | 'named'> {
  calls: Call[];
}

/** What a request has come to when it is planned. */
export interface Planned {
  request: Request;
  plan: PagesOfCall<PlannedPage>;
  /** Whether it compares all that is stored with the site. */
  comparesAll: boolean;
  /** What was named, and never was a page. */
  absent: PageReport[];
  /** What its report tells besides pages. */
  outcome: Pick<PurgeReport, 'ignored' | 'alwaysFresh' | 'warnings' | 'unchanged'>;
}

/** When the steps of a batch ended, by `performance.now()`. */
export interface Times {
  begun: number;
  read: number;
  planned: number;
}

/** A request whose pages are done. */
export interface Done extends Planned {
  snapshot: Snapshot;
  pages: PagesOfCall<PageReport>;
  /** The first page that failed. */
  failure: PageReport | undefined;
  times: Times & { regenerated: number };
}

/** Groups the calls of a batch by what they ask for. */
export function requestsOf(calls: readonly Call[]): Request[] {
  const requests = new Map<string, Request>();
  for (const call of calls) {
    const { input, named } = call;
    const key = JSON.stringify([named, input.tags, input.changed, input.hint]);
    const same = requests.get(key);
    if (same) same.calls.push(call);
    else requests.set(key, { input, named, calls: [call] });
  }
  return [...requests.values()];
}

/** Plans a request. Throws 400 if they name nothing but paths, and none is a page of this site. */
export function planRequest(
  request: Request,
  known: Known,
  planCall: (call: CallToPlan) => PlanOfCall,
): Planned {
  const { input, named } = request;
  const { targets, absent, ignored } = findTargets(named, input, known);
  // Who names a path has edited something; a pattern or a tag names exactly its pages.
  const comparesAll = targets.changed || targets.paths.length + absent.length > 0;
  const { unchanged, ...plan } = planCall({ targets, comparesAll, hint: input.hint });
  return {
    request,
    plan,
    comparesAll,
    absent: absent.map(absentPage),
    outcome: {
      ignored: ignored.length > 0 ? ignored : undefined,
      alwaysFresh: alwaysFreshIn(named),
      warnings: warningsOf(known.snapshot),
      unchanged,
    },
  };
}

/** The most warnings in a report, and of these the most of one kind. */
const MOST_WARNINGS = 100;
const MOST_OF_A_KIND = 5;

function warningsOf({ warnings }: Snapshot): string[] | undefined {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const warning of warnings) {
    const { kind } = warning;
    const count = kind === undefined ? 0 : (counts.get(kind) ?? 0) + 1;
    if (kind !== undefined) counts.set(kind, count);
    if (count <= MOST_OF_A_KIND && lines.length < MOST_WARNINGS)
      lines.push(describeProblem(warning));
  }
  for (const [kind, count] of counts) {
    const more = count - MOST_OF_A_KIND;
    if (more > 0) lines.push(`and ${more} more of ${kind}; npm run check:posts lists them all`);
  }
  return lines.length > 0 ? lines : undefined;
}

/** Whether a page could not be regenerated. */
export const isFailed = ({ result }: PageReport): boolean => result === 'failed';

/** The paths of all pages that are as the site says, each once. */
export function donePaths(all: readonly Done[]): string[] {
  // Requests of a batch share the list of what differs.
  const lists = new Set(
    all.flatMap(({ absent, pages: { own, difference = [], broken } }) => [
      absent,
      own,
      difference,
      broken,
    ]),
  );
  const done = [...lists].flatMap((pages) => pages.filter((page) => !isFailed(page)));
  return [...new Set(done.map(({ path }) => path))];
}

/** The plan of a request that asks for nothing more. */
export const planAsAnswer = ({ plan, absent, outcome }: Planned): Answer => ({
  revalidated: false,
  dryRun: true,
  pages: [...absent, ...allPages(plan)],
  ...outcome,
});

/** The report of a request. */
export function reportOf(
  { pages, absent, outcome, failure, times }: Done,
  edges: { told: number; failure?: string } | undefined,
): Answer {
  const causes = [failure && `${failure.path}: ${failure.error}`, edges?.failure].filter(Boolean);
  const { begun, read, planned, regenerated } = times;
  return {
    revalidated: causes.length === 0,
    message: causes.length > 0 ? causes.join('; ') : undefined,
    pages: [...absent, ...allPages(pages)],
    ...outcome,
    edges,
    steps: {
      read: Math.round(read - begun),
      planned: Math.round(planned - read),
      regenerated: Math.round(regenerated - planned),
      told: Math.round(performance.now() - regenerated),
    },
  };
}

/** Answers calls in turns: ten thousand answers must not hold up visitors. */
export async function answerAll<One extends { request: Request }>(
  all: readonly One[],
  answerOf: (one: One) => Answer,
): Promise<void> {
  const yieldInTime = timeSlices();
  for (const one of all) {
    const answer = answerOf(one);
    for (const call of one.request.calls) {
      await yieldInTime();
      call.answer(answer);
    }
  }
}

/** Refuses calls, in turns, too. */
export async function refuseAll(calls: readonly Call[], error: unknown): Promise<void> {
  const yieldInTime = timeSlices();
  for (const call of calls) {
    await yieldInTime();
    call.refuse(error);
  }
}
