/**
 * A purge: reads the content anew, regenerates pages from it, and reports the truth of each.
 */
import { availableParallelism } from 'node:os';
import createError from 'http-errors';
import pMap from 'p-map';
import { failureAt, loadContent } from './content';
import { checkPath, noPage, resolvePath } from './paths';
import { describeProblem } from './post';
import { regenerate } from './regenerate';
import { hasPage, isInCharge } from './store.mjs';

/** What became of one page. */
export interface PageReport {
  path: string;
  result: 'regenerated' | 'removed' | 'failed';
  /** Why the page was in the plan: `named`, or the content that changed. */
  because: string[];
  /** Milliseconds from its turn to its being stored. */
  ms: number;
  error?: string;
}

/** What became of a purge. */
export interface PurgeReport {
  revalidated: boolean;
  /** The cause, if a page failed. */
  message?: string;
  pages: PageReport[];
  /** What was named, but is no page of this site. */
  ignored?: string[];
  ms: number;
}

/**
 * Purges the pages that `inputs` name. Throws 400 if none of them is a page of this site, and
 * whatever keeps the source from being read.
 */
export async function purge(
  inputs: string[],
  hosts: string[],
  revalidate: (path: string) => Promise<void>,
): Promise<PurgeReport> {
  const started = performance.now();
  const elapsed = (since: number) => Math.round(performance.now() - since);

  const checked = inputs.map((input) => ({ input, ...checkPath(input, hosts) }));
  const problems = checked.flatMap(({ problem }) => problem ?? []);
  if (problems.length === inputs.length) throw createError(400, problems[0] ?? '');

  const content = await loadContent();
  const isKnown = async (path: string) => content.site.pages.has(path) || hasPage(path);
  const paths = new Set<string>();
  const ignored: string[] = [];
  for (const { input, ...candidate } of checked) {
    const path = 'problem' in candidate ? undefined : await resolvePath(candidate, isKnown);
    if (path === undefined) ignored.push(input);
    else paths.add(path);
  }
  if (paths.size === 0) {
    const unknown = noPage(
      ignored[0] ?? '',
      'it is no route of ours, and ends in no slug of a post',
    );
    throw createError(400, problems[0] ?? unknown);
  }

  const pages = await pMap(
    paths,
    async (path): Promise<PageReport> => {
      const begun = performance.now();
      const report = { path, because: ['named'] };
      try {
        const problem = await failureAt(path);
        if (problem) throw new Error(describeProblem(problem));
        await regenerate(path, content.number, revalidate);
        const isGone = isInCharge() && !(await hasPage(path));
        return { ...report, result: isGone ? 'removed' : 'regenerated', ms: elapsed(begun) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { ...report, result: 'failed', error: message, ms: elapsed(begun) };
      }
    },
    { concurrency: availableParallelism() },
  );

  const failed = pages.find(({ result }) => result === 'failed');
  return {
    revalidated: !failed,
    message: failed && `${failed.path}: ${failed.error}`,
    pages,
    ignored: ignored.length > 0 ? ignored : undefined,
    ms: elapsed(started),
  };
}
