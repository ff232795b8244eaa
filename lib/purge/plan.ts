/**
 * The plan of a purge: which pages to regenerate, and why. A pure function of what is stored, the
 * site, and what the caller named: the difference between the site as published and as it is now.
 */
import type { Dependencies } from '../site/dependencies';
import type { Page } from '../site/page';
import type { Site } from '../site/site';
import type { Stored } from '../store/place';

/** What a caller asks for. */
export interface Targets {
  /** Pages by path. */
  paths: string[];
  /** Pages by tests of their path. */
  patterns: ((path: string) => boolean)[];
  /** Pages by the content that they show, or showed when they were stored. */
  tags: string[];
  /** All pages whose stored revision differs. */
  changed: boolean;
}

/** What visitors may be served, by path: a map, or what reads as one. */
export interface StoredPages {
  get: (path: string) => Stored | undefined;
  keys: () => Iterable<string>;
}

/** One page to regenerate, and the content whose change concerns it; `named` if the caller named it. */
export interface PlannedPage {
  path: string;
  because: string[];
}

/** The plan, in the order of its work, and how many stored pages it leaves as they are. */
export interface Plan {
  pages: PlannedPage[];
  unchanged: number;
}

/**
 * Plans a purge. `compared` holds the paths that the site had when it was compared last: a page that
 * is new since then is rendered, one that merely nobody visited yet is not.
 */
export function planOf(
  stored: StoredPages,
  site: Site,
  compared: Pick<ReadonlySet<string>, 'has'>,
  { paths, patterns, tags, changed }: Targets,
): Plan {
  const because = new Map<string, string[]>();
  const name = (path: string, reasons: string[]) => {
    because.set(path, [...new Set([...(because.get(path) ?? []), ...reasons])]);
  };
  for (const path of paths) name(path, ['named']);
  let unchanged = 0;
  const consider = (path: string, page: Page | undefined) => {
    const before = stored.get(path);
    const isStored = before !== undefined && before.revision !== null;
    if (!page && !isStored) return;

    if (patterns.some((matches) => matches(path))) name(path, ['named']);
    if (tags.length > 0) {
      const shown = { ...before?.dependencies, ...page?.dependencies };
      for (const tag of tags) if (tag in shown) name(path, [tag]);
    }
    // Stored as removed, and back: maybe by another instance, whose comparisons are not known here.
    const isBack = before !== undefined && !isStored;
    if (
      changed &&
      (isStored ? page?.revision !== before.revision : isBack || !compared.has(path))
    ) {
      name(path, differenceOf(isStored ? before.dependencies : undefined, page?.dependencies));
    }
    if (isStored && !because.has(path)) unchanged += 1;
  };
  for (const [path, page] of site.pages) consider(path, page);
  for (const path of stored.keys()) if (!site.pages.has(path)) consider(path, site.pageAt(path));

  const pages = [...because].map(([path, reasons]) => ({ path, because: reasons }));
  // The page of an edited post before those that merely show it: there its author looks, and waits.
  const isFirst = ({ path, because: [reason = ''] }: PlannedPage) =>
    reason === 'named' ||
    (OF_POST.test(reason) &&
      reason === Object.keys((site.pageAt(path) ?? stored.get(path))?.dependencies ?? {})[0]);
  const first = new Set(pages.filter(isFirst));
  return { pages: [...first, ...pages.filter((page) => !first.has(page))], unchanged };
}

/** Tags of posts and standalone pages. */
const OF_POST = /^(?:post|page):/;

/**
 * The content that differs between two versions of a page. Of a page that is new or gone it is the
 * first, which is the page's own.
 */
function differenceOf(before: Dependencies | undefined, after: Dependencies | undefined): string[] {
  if (!before || !after) return Object.keys(before ?? after ?? {}).slice(0, 1);
  const tags = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...tags].filter((tag) => before[tag] !== after[tag]);
  // A post that moves takes its category along: the post is the reason.
  const posts = differing.filter((tag) => OF_POST.test(tag));
  if (posts.length > 0) return posts;
  // What has no tag: the way to an older list, and the site's address.
  return differing.length > 0 ? differing : ['site'];
}
