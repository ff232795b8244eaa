/**
 * A purge: reads the content anew, plans, regenerates pages from it, and reports the truth of each.
 */
import { availableParallelism } from 'node:os';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import createError from 'http-errors';
import pMap from 'p-map';
import {
  allChecked,
  failureAt,
  firstPaths,
  loadContent,
  refusedContent,
  type Content,
} from '../content/content';
import { tellEdges } from '../edge/edge';
import { environment } from '../config';
import type { Hint } from '../source/changes';
import { isRefusal } from '../content/mass-removal';
import {
  checkPath,
  checkPattern,
  isPattern,
  noPage,
  resolvePath,
  type CheckedPath,
  type CheckedPattern,
} from './paths';
import { timeSlices } from '../slices';
import { planOf, type Plan, type PlannedPage, type Stored, type Targets } from './plan';
import { describeProblem, type Problem } from '../source/post';
import { regenerate } from './regenerate';
import { MISSING_PATH, pathOf, pathsOfProblem, type Site } from '../site/site';
import {
  beginPurge,
  endPurge,
  isInCharge,
  rendersUnderWay,
  storedPages,
  takenFor,
  type Numbered,
} from '../store/store.mjs';

/** What became of one page. */
export interface PageReport {
  path: string;
  /** `absent`: a path that was named, and never was a page as far as is known. */
  result: 'regenerated' | 'removed' | 'failed' | 'absent';
  /** Why the page was in the plan: `named`, or the content that changed. */
  because: string[];
  /** Milliseconds from its turn to its being stored. */
  ms: number;
  error?: string;
}

/** What became of a purge. */
export interface PurgeReport {
  revalidated: boolean;
  dryRun?: boolean;
  /** The cause, if a page failed or an edge did not take what changed. */
  message?: string;
  pages: (PageReport | PlannedPage)[];
  /** Stored pages that were left as they are. */
  unchanged: number;
  /** What was named, but is no page of this site. */
  ignored?: string[];
  /** What was named, as it was written, and is computed for each request. */
  alwaysFresh?: string[];
  ms: number;
}

/** What a caller names, as it was written. */
export interface PurgeInput {
  /** Paths and patterns. */
  paths: string[];
  tags: string[];
  /** Asks for whatever changed, and for nothing by name. */
  changed: boolean;
  /** Asks for the plan only. */
  dryRun: boolean;
  /** What the caller says has changed. */
  hint?: Hint;
  /** Confirms that the sources lack most of the posts that are stored: see `lib/content/mass-removal.ts`. */
  confirm?: 'removals';
}

/**
 * Carries a purge out. Throws 400 if the caller named paths and none is a page of this site, and
 * whatever keeps the source from being read.
 */
export async function purge(
  input: PurgeInput,
  hosts: string[],
  revalidate: (path: string) => Promise<void>,
): Promise<PurgeReport> {
  const started = performance.now();
  const arrivedMs = Date.now();
  const named = await checkAll(input.paths, hosts);
  const refused = refusalOfAll(named, input);
  if (refused !== undefined) throw createError(400, refused);
  const alwaysFresh = alwaysFreshIn(named);
  if (alwaysFresh !== undefined && needsNothing(named, input)) {
    return { ...reportOfNothing(named, input), alwaysFresh, ms: since(started) };
  }

  const content = await loadFor(input);
  if (!input.dryRun) await beginPurge(content);
  const stored = await storedPages();
  const { targets, absent, ignored } = findTargets(named, input, content, stored);
  // Who names a path has edited something; a pattern or a tag names exactly its pages.
  const comparesAll = targets.changed || targets.paths.length + absent.length > 0;
  const plan = planFor(content, targets, stored, { comparesAll, hint: input.hint });
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

  const regenerated = await pMap(
    plan.pages,
    async (planned) => {
      // Visitors come first: neither a page that is removed nor one that is rendered lets them in.
      await yieldToEventLoop();
      return regenerateOnce(planned, content, { revalidate, arrivedMs });
    },
    { concurrency: availableParallelism() },
  );
  const pages = [...notThere, ...regenerated];
  const failed = pages.filter(({ result }) => result === 'failed');
  if (comparesAll) noteComparison(content, new Set(failed.map(({ path }) => path)));
  const done = pages.filter(({ result }) => result !== 'failed').map(({ path }) => path);
  // Before the edges are told: afterwards no instance may hand them what another build has stored.
  if (failed.length === 0) await endPurge(content, comparesAll);
  const edgeFailure = await tellEdges(done, content);
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
 * Loads what a purge is about, with all posts checked. A plan of confirmed removals is made of what was
 * refused, and adopts nothing.
 */
async function loadFor({ hint, confirm, dryRun }: PurgeInput): Promise<Content> {
  await allChecked();
  if (!dryRun || confirm === undefined) return loadContent(hint, confirm !== undefined);
  return loadContent(hint).catch((error: unknown) => {
    const refused = refusedContent();
    if (!refused || !isRefusal(error)) throw error;
    return refused;
  });
}

const since = (started: number): number => Math.round(performance.now() - started);

type Checked = { written: string } & (
  { kind: 'pattern'; checked: CheckedPattern } | { kind: 'path'; checked: CheckedPath }
);

async function checkAll(paths: string[], hosts: string[]): Promise<Checked[]> {
  const yieldInTime = timeSlices();
  const named: Checked[] = [];
  for (const written of paths) {
    await yieldInTime();
    named.push(check(written, hosts));
  }
  return named;
}

const check = (written: string, hosts: string[]): Checked =>
  isPattern(written)
    ? { written, kind: 'pattern', checked: checkPattern(written) }
    : { written, kind: 'path', checked: checkPath(written, hosts) };

/** Why a purge that names paths and nothing else can be refused before anything is read. */
function refusalOfAll(named: Checked[], { tags, changed }: PurgeInput): string | undefined {
  const problems = named.flatMap(({ checked }) => checked.problem ?? []);
  const isAll = problems.length === named.length && tags.length === 0 && !changed;
  return isAll ? problems[0] : undefined;
}

const isAlwaysFresh = ({ kind, checked }: Checked): boolean =>
  kind === 'path' && checked.alwaysFresh === true;

function alwaysFreshIn(named: Checked[]): string[] | undefined {
  const written = named.filter(isAlwaysFresh).map(({ written }) => written);
  return written.length > 0 ? written : undefined;
}

/** True if nothing is named but what is always fresh, or no page. */
const needsNothing = (named: Checked[], { tags, changed }: PurgeInput): boolean =>
  tags.length === 0 &&
  !changed &&
  named.every((one) => isAlwaysFresh(one) || one.checked.problem !== undefined);

function reportOfNothing(named: Checked[], { dryRun }: PurgeInput): Omit<PurgeReport, 'ms'> {
  const ignored = named.flatMap(({ written, checked }) => (checked.problem ? [written] : []));
  return {
    revalidated: !dryRun,
    ...(dryRun && { dryRun }),
    pages: [],
    unchanged: 0,
    ...(ignored.length > 0 && { ignored }),
  };
}

function findTargets(
  named: Checked[],
  { tags, changed }: PurgeInput,
  content: Content,
  stored: ReadonlyMap<string, Stored>,
): { targets: Targets; absent: string[]; ignored: string[] } {
  const { site, problemAt } = content;
  const isKnown = (path: string) =>
    site.pages.has(path) || (stored.get(path)?.revision ?? null) !== null;
  // Elsewhere nobody knows what is stored, and Next is asked.
  const isAbsent = (path: string) =>
    isInCharge() &&
    !(site.pages.has(path) || stored.has(path) || problemAt.has(path)) &&
    !rendersUnderWay().has(path);
  const targets: Targets = { paths: [], patterns: [], tags, changed };
  const absent: string[] = [];
  const ignored: string[] = [];
  for (const { written, kind, checked } of named) {
    if (kind === 'pattern') {
      if (checked.matches) targets.patterns.push(checked.matches);
      else ignored.push(written);
      continue;
    }
    if (checked.alwaysFresh) continue;
    const path = checked.problem === undefined ? resolvePath(checked, isKnown) : undefined;
    if (path === undefined) ignored.push(written);
    else if (isAbsent(path)) absent.push(path);
    else targets.paths.push(path);
  }
  if (ignored.length === named.length && tags.length === 0 && !changed) {
    const why = 'it is no route of ours, and ends in no slug of a post';
    throw createError(400, noPage(ignored[0] ?? '', why));
  }
  return { targets, absent, ignored };
}

const absentPage = (path: string): PageReport => ({
  path,
  result: 'absent',
  because: ['named'],
  ms: 0,
});

/** The paths of the site when it was compared last; in the beginning, when the server started. */
let compared: ReadonlySet<string> | undefined;

function planFor(
  content: Content,
  targets: Targets,
  known: ReadonlyMap<string, Stored>,
  { comparesAll, hint }: { comparesAll: boolean; hint: Hint | undefined },
): Plan {
  const { site, problems, problemAt } = content;
  if (!isInCharge()) {
    // Nothing is known of what is stored: any page of the site may have changed.
    const patterns = targets.changed ? [() => true] : targets.patterns;
    const plan = planOf(new Map(), site, new Set(), { ...targets, patterns, changed: false });
    // For res.revalidate it is no page, since it answers 404: left to the interval, unless named.
    const isFor = ({ path }: PlannedPage) => path !== MISSING_PATH || targets.paths.includes(path);
    return { ...plan, pages: plan.pages.filter(isFor) };
  }
  const stored = withRenders(known, site);
  compared ??= firstPaths();
  const { pages, unchanged } = planOf(stored, site, compared, { ...targets, changed: comparesAll });
  // Who asks for all that changed hears of a post that cannot be used; it holds back nobody else.
  const broken = targets.changed
    ? problems.filter((problem) => concerns(hint, problem)).map((one) => pageOfProblem(one, site))
    : [];
  const wanted = pages.filter(
    ({ path, because }) => because.includes('named') || !problemAt.has(path),
  );
  const isPlanned = new Set(wanted.map(({ path }) => path));
  return { pages: [...wanted, ...broken.filter(({ path }) => !isPlanned.has(path))], unchanged };
}

/**
 * What visitors may be served: what is stored, or a render under way, to which Next joins those who ask
 * for its page. A page is up to date only if neither differs from the site.
 */
function withRenders(known: ReadonlyMap<string, Stored>, site: Site): ReadonlyMap<string, Stored> {
  const stored = new Map(known);
  for (const [path, render] of rendersUnderWay()) {
    const isWanted = render.revision === (site.pages.get(path)?.revision ?? null);
    if (!isWanted || !stored.has(path)) stored.set(path, render);
  }
  return stored;
}

/** Whether a problem is about one of the listed changes; without a list, it may be. */
function concerns(hint: Hint | undefined, { slug, file }: Problem): boolean {
  // Without a WordPress nobody knows what its numbers stand for.
  const areIdsKnown = environment().wordpressUrl !== undefined;
  return (
    !hint ||
    hint.some((change) => {
      if ('slug' in change && change.slug !== undefined) return change.slug === slug;
      return !areIdsKnown || (change.kind === 'post' && isArticle(file, change.id));
    })
  );
}

/** As `lib/source/wordpress/article.ts` names what it reads. */
const isArticle = (file: string, id: number): boolean =>
  new RegExp(`^WordPress (?:post|page) ${id}\\b`).test(file);

function pageOfProblem(problem: Problem, site: Site): PlannedPage {
  const { slug } = problem;
  const paths = pathsOfProblem(problem);
  const path = paths.find((one) => site.posts.has(one)) ?? paths[0] ?? '/';
  return { path, because: [path === pathOf(slug) ? `page:${slug}` : `post:${slug}`] };
}

function noteComparison({ site }: Content, failed: ReadonlySet<string>): void {
  compared = new Set([...site.pages.keys()].filter((path) => !failed.has(path)));
}

interface Means {
  /** Next's `res.revalidate`. */
  revalidate: (path: string) => Promise<void>;
  /** When the call was accepted, in ms since 1970. */
  arrivedMs: number;
}

/** The pages that are being regenerated, or were, for one content: the calls of a burst share them. */
let shared:
  { content: Numbered; site: Site; reports: Map<string, Promise<PageReport>> } | undefined;

async function regenerateOnce(
  planned: PlannedPage,
  content: Content,
  means: Means,
): Promise<PageReport> {
  const { path, because } = planned;
  // Without the store each call has its own say.
  if (!isInCharge()) return regeneratePage(planned, content, means);
  const { site, epoch, number } = content;
  const isShared =
    shared?.site === site && shared.content.epoch === epoch && shared.content.number === number;
  if (!shared || !isShared) shared = { content, site, reports: new Map() };
  const { reports } = shared;
  const report = reports.get(path) ?? regeneratePage(planned, content, means);
  reports.set(path, report);
  return { ...(await report), because };
}

async function regeneratePage(
  { path, because }: PlannedPage,
  content: Content,
  { revalidate, arrivedMs }: Means,
): Promise<PageReport> {
  const begun = performance.now();
  try {
    const problem = await failureAt(path);
    if (problem) throw new Error(describeProblem(problem));
    await regenerate({ path, content, arrivedMs }, revalidate);
    const isGone = isInCharge() && takenFor(path, content) === null;
    return { path, result: isGone ? 'removed' : 'regenerated', because, ms: since(begun) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { path, result: 'failed', because, ms: since(begun), error: message };
  }
}
