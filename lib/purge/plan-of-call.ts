/**
 * The plans of the calls of one batch: the difference between what visitors are served and the site, which
 * they share, and of each what it names and the problems that its caller should hear of.
 */
import type { Hint } from '../source/changes';
import type { Problem } from '../source/post';
import { type Site } from '../site/site';
import { MISSING_PATH, pathOf, pathsOfProblem } from '../site/paths';
import type { Stored } from '../store/place';
import { planOf, type Plan, type PlannedPage, type StoredPages, type Targets } from './plan';
import type { Known } from './targets';

/** What a call asks for. */
export interface CallToPlan {
  targets: Targets;
  /** Whether all that is stored is compared with the site. */
  comparesAll: boolean;
  hint: Hint | undefined;
}

/** What the plans of a batch depend on besides the pages. */
export interface Comparison {
  /** The paths of the site when it was compared last. */
  compared: Pick<ReadonlySet<string>, 'has'>;
  /** Whether what the numbers in a hint stand for is known: without a WordPress it is not. */
  areIdsKnown: boolean;
}

/** The pages of one call. A page may be both its own and of the difference. */
export interface PagesOfCall<Page extends PlannedPage> {
  /** Those that it names. */
  own: Page[];
  /** Those that differ, the same list for all calls of a batch; undefined for a call that does not compare. */
  difference?: readonly Page[];
  /** Those of posts that cannot be used. */
  broken: Page[];
}

/** The plan of a call, and how many stored pages it leaves as they are. */
export interface PlanOfCall extends PagesOfCall<PlannedPage> {
  unchanged: number;
}

/** All pages of a call, each once. */
export function allPages<Page extends PlannedPage>(pages: PagesOfCall<Page>): Page[] {
  const { own, difference = [], broken } = pages;
  const isOwn = new Set(own.map(({ path }) => path));
  return [...own, ...difference.filter(({ path }) => !isOwn.has(path)), ...broken];
}

/** Prepares the plans of calls; all that they share is made once. */
export function plannerOf(
  known: Known,
  { compared, areIdsKnown }: Comparison,
): (call: CallToPlan) => PlanOfCall {
  const { site, problems, problemAt } = known.snapshot;
  if (!known.isInCharge) return ({ targets }) => planWithoutStore(site, targets);
  const stored = withRenders(known, site);
  const isStored = (path: string) => (stored.get(path)?.revision ?? null) !== null;
  const differing = once(() => {
    const { pages, unchanged } = planOf(stored, site, compared, { ...NONE, changed: true });
    const because = new Map(pages.map((page) => [page.path, page.because]));
    return { pages: pages.filter(({ path }) => !problemAt.has(path)), because, unchanged };
  });

  /** What a call names, and how many stored pages that leaves as they are. */
  const namedBy = ({ paths, patterns, tags }: Targets, comparesAll: boolean): Plan => {
    if (patterns.length > 0 || tags.length > 0 || !comparesAll) {
      return planOf(stored, site, compared, { paths, patterns, tags, changed: false });
    }
    // The usual call: without a look at every page for each.
    return {
      pages: [...new Set(paths)].map((path) => ({ path, because: ['named'] })),
      unchanged: 0,
    };
  };

  return ({ targets, comparesAll, hint }) => {
    const named = namedBy(targets, comparesAll);
    const isExpected = ({ path, because }: PlannedPage) =>
      because.includes('named') || !problemAt.has(path);
    if (!comparesAll) {
      return { own: named.pages.filter(isExpected), broken: [], unchanged: named.unchanged };
    }
    const { pages: difference, because: differs, unchanged } = differing();
    const own = named.pages.filter(isExpected).map(({ path, because }) => ({
      path,
      because: [...new Set([...because, ...(differs.get(path) ?? [])])],
    }));
    const isKept = ({ path }: PlannedPage) => !differs.has(path) && isStored(path);
    // Who asks for all that changed hears of a post that cannot be used; it holds back nobody else.
    const broken = targets.changed
      ? problems
          .filter((problem) => concerns(hint, problem, areIdsKnown))
          .map((problem) => pageOfProblem(problem, site))
      : [];
    const isPlanned = new Set(
      broken.length > 0 ? [...own, ...difference].map(({ path }) => path) : [],
    );
    return {
      own,
      difference,
      broken: broken.filter(({ path }) => !isPlanned.has(path)),
      unchanged: unchanged - named.pages.filter(isKept).length,
    };
  };
}

const NONE: Targets = { paths: [], patterns: [], tags: [], changed: false };

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Nothing is known of what is stored: any page of the site may have changed. */
function planWithoutStore(site: Site, targets: Targets): PlanOfCall {
  const patterns = targets.changed ? [() => true] : targets.patterns;
  const plan = planOf(new Map(), site, new Set(), { ...targets, patterns, changed: false });
  // For res.revalidate it is no page, since it answers 404: left to the interval, unless named.
  const isFor = ({ path }: PlannedPage) => path !== MISSING_PATH || targets.paths.includes(path);
  return { own: plan.pages.filter(isFor), broken: [], unchanged: plan.unchanged };
}

/**
 * What visitors may be served: what is stored, or a render under way, to which Next joins those who ask
 * for its page. A page is up to date only if neither differs from the site.
 */
function withRenders({ stored, rendering }: Known, site: Site): StoredPages {
  // Few, beside all that is stored, which is not copied.
  const served = new Map<string, Stored>();
  for (const [path, render] of rendering) {
    const isExpected = render.revision === (site.pageAt(path)?.revision ?? null);
    const before = stored.get(path);
    if (isExpected && before) continue;
    // What it shows does not hide what is stored, and shows something else.
    const dependencies = { ...before?.dependencies, ...render.dependencies };
    served.set(path, { revision: render.revision, dependencies });
  }
  return {
    get: (path) => served.get(path) ?? stored.get(path),
    *keys() {
      yield* stored.keys();
      for (const path of served.keys()) if (!stored.has(path)) yield path;
    },
  };
}

/** Whether a problem is about one of the listed changes; without a list, it may be. */
function concerns(hint: Hint | undefined, { slug, file }: Problem, areIdsKnown: boolean): boolean {
  return (
    !hint ||
    hint.some((change) => {
      if ('slug' in change && change.slug !== undefined) return change.slug === slug;
      return !areIdsKnown || (change.kind === 'post' && isArticle(file, change.id));
    })
  );
}

/** As `lib/source/wordpress/wordpress.ts` names what it reads. */
const isArticle = (file: string, id: number): boolean =>
  new RegExp(`^WordPress (?:post|page) ${id}\\b`).test(file);

function pageOfProblem(problem: Problem, site: Site): PlannedPage {
  const { slug } = problem;
  const paths = pathsOfProblem(problem);
  const path = paths.find((one) => site.posts.has(one)) ?? paths[0] ?? '/';
  return { path, because: [path === pathOf(slug) ? `page:${slug}` : `post:${slug}`] };
}
