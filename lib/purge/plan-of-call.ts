/**
 * The plan of one call: the difference between what visitors are served and the site, and the problems
 * that its caller should hear of.
 */
import type { Hint } from '../source/changes';
import type { Problem } from '../source/post';
import { type Site } from '../site/site';
import { MISSING_PATH, pathOf, pathsOfProblem } from '../site/paths';
import type { Stored } from '../store/place';
import { planOf, type Plan, type PlannedPage, type StoredPages, type Targets } from './plan';
import type { Known } from './targets';

/** What a call asks for, and what its plan depends on besides the pages. */
export interface CallToPlan {
  targets: Targets;
  /** Whether all that is stored is compared with the site. */
  comparesAll: boolean;
  hint: Hint | undefined;
  /** The paths of the site when it was compared last. */
  compared: ReadonlySet<string>;
  /** Whether what the numbers in a hint stand for is known: without a WordPress it is not. */
  areIdsKnown: boolean;
}

/** Plans a call. */
export function planOfCall(known: Known, call: CallToPlan): Plan {
  const { site, problems, problemAt } = known.snapshot;
  const { targets, comparesAll, hint, areIdsKnown } = call;
  if (!known.isInCharge) return planWithoutStore(site, targets);
  const stored = withRenders(known, site);
  const { pages, unchanged } = planOf(stored, site, call.compared, {
    ...targets,
    changed: comparesAll,
  });
  // Who asks for all that changed hears of a post that cannot be used; it holds back nobody else.
  const broken = targets.changed
    ? problems
        .filter((problem) => concerns(hint, problem, areIdsKnown))
        .map((problem) => pageOfProblem(problem, site))
    : [];
  const expected = pages.filter(
    ({ path, because }) => because.includes('named') || !problemAt.has(path),
  );
  const isPlanned = new Set(expected.map(({ path }) => path));
  return { pages: [...expected, ...broken.filter(({ path }) => !isPlanned.has(path))], unchanged };
}

/** Nothing is known of what is stored: any page of the site may have changed. */
function planWithoutStore(site: Site, targets: Targets): Plan {
  const patterns = targets.changed ? [() => true] : targets.patterns;
  const plan = planOf(new Map(), site, new Set(), { ...targets, patterns, changed: false });
  // For res.revalidate it is no page, since it answers 404: left to the interval, unless named.
  const isFor = ({ path }: PlannedPage) => path !== MISSING_PATH || targets.paths.includes(path);
  return { ...plan, pages: plan.pages.filter(isFor) };
}

/**
 * What visitors may be served: what is stored, or a render under way, to which Next joins those who ask
 * for its page. A page is up to date only if neither differs from the site.
 */
function withRenders({ stored, rendering }: Known, site: Site): StoredPages {
  // Few, beside all that is stored, which is not copied.
  const served = new Map<string, Stored>();
  for (const [path, render] of rendering) {
    const isExpected = render.revision === (site.pages.get(path)?.revision ?? null);
    if (!isExpected || !stored.has(path)) served.set(path, render);
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
