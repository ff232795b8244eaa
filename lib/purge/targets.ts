/**
 * From what a caller named, as it was written, to the targets of a purge.
 */
import createError from 'http-errors';
import type { Snapshot } from '../content/snapshots';
import { timeSlices } from '../slices';
import type { Stored } from '../store/place';
import {
  checkPath,
  checkPattern,
  isPattern,
  noPage,
  resolvePath,
  type CheckedPath,
  type CheckedPattern,
} from './paths';
import type { Targets } from './plan';
import type { PageReport, PurgeInput, PurgeReport } from './report';

/** Something that was named, and what it may mean. */
export type Named = { written: string } & (
  { kind: 'pattern'; checked: CheckedPattern } | { kind: 'path'; checked: CheckedPath }
);

/** What is known of the pages when a purge begins. */
export interface Known {
  snapshot: Snapshot;
  stored: ReadonlyMap<string, Stored>;
  rendering: ReadonlyMap<string, Stored>;
  /** Elsewhere nobody knows what is stored, and Next is asked. */
  isInCharge: boolean;
}

/** Checks what was named, and lets others go on meanwhile. */
export async function checkAll(paths: string[], hosts: string[]): Promise<Named[]> {
  const yieldInTime = timeSlices();
  const named: Named[] = [];
  for (const written of paths) {
    await yieldInTime();
    named.push(check(written, hosts));
  }
  return named;
}

const check = (written: string, hosts: string[]): Named =>
  isPattern(written)
    ? { written, kind: 'pattern', checked: checkPattern(written) }
    : { written, kind: 'path', checked: checkPath(written, hosts) };

/** Why a purge that names paths and nothing else can be refused before anything is read. */
export function refusalOfAll(named: Named[], { tags, changed }: PurgeInput): string | undefined {
  const problems = named.flatMap(({ checked }) => checked.problem ?? []);
  const isAll = problems.length === named.length && tags.length === 0 && !changed;
  return isAll ? problems[0] : undefined;
}

const isAlwaysFresh = ({ kind, checked }: Named): boolean =>
  kind === 'path' && checked.alwaysFresh === true;

/** What was named, as it was written, and is computed for each request; undefined if nothing. */
export function alwaysFreshIn(named: Named[]): string[] | undefined {
  const written = named.filter(isAlwaysFresh).map(({ written }) => written);
  return written.length > 0 ? written : undefined;
}

/** True if nothing is named but what is always fresh, or no page. */
export const needsNothing = (named: Named[], { tags, changed }: PurgeInput): boolean =>
  tags.length === 0 &&
  !changed &&
  named.every((one) => isAlwaysFresh(one) || one.checked.problem !== undefined);

/** The report of a purge that needs nothing. */
export function reportOfNothing(named: Named[], { dryRun }: PurgeInput): Omit<PurgeReport, 'ms'> {
  const ignored = named.flatMap(({ written, checked }) => (checked.problem ? [written] : []));
  return {
    revalidated: !dryRun,
    ...(dryRun && { dryRun }),
    pages: [],
    unchanged: 0,
    ...(ignored.length > 0 && { ignored }),
  };
}

/**
 * Resolves what was named against what is known of the pages. Throws 400 if nothing but paths was named,
 * and none is a page of this site.
 */
export function findTargets(
  named: Named[],
  { tags, changed }: PurgeInput,
  known: Known,
): { targets: Targets; absent: string[]; ignored: string[] } {
  const { site } = known.snapshot;
  const isKnown = (path: string) =>
    site.pages.has(path) || (known.stored.get(path)?.revision ?? null) !== null;
  const wasKnown = (path: string) => known.stored.has(path);
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
    const paths =
      checked.problem === undefined ? resolvePath(checked, site, isKnown, wasKnown) : [];
    if (paths.length === 0) ignored.push(written);
    for (const path of paths) (isAbsent(path, known) ? absent : targets.paths).push(path);
  }
  if (ignored.length === named.length && tags.length === 0 && !changed) {
    const [problem] = named.flatMap(({ checked }) => checked.problem ?? []);
    const why = 'it matches no route or post slug';
    throw createError(400, problem ?? noPage(ignored[0] ?? '', why));
  }
  return { targets, absent, ignored };
}

/** Whether a path never was a page, as far as is known. */
function isAbsent(path: string, { snapshot, stored, rendering, isInCharge }: Known): boolean {
  const { site, problemAt } = snapshot;
  return (
    isInCharge &&
    !(site.pages.has(path) || stored.has(path) || problemAt.has(path)) &&
    !rendering.has(path)
  );
}

/** The report of a path that never was a page. */
export const absentPage = (path: string): PageReport => ({
  path,
  result: 'absent',
  because: ['named'],
  ms: 0,
});
