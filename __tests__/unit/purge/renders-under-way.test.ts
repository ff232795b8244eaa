/** What visitors are served is compared with the site, renders under way included. */
import type { Targets } from '../../../lib/purge/plan';
import { allPages, plannerOf } from '../../../lib/purge/plan-of-call';
import type { Site } from '../../../lib/site/site';
import type { Stored } from '../../../lib/store/place';
import { postWith, siteWith } from '../../setup/posts';

const posts = ['a', 'b', 'c'].map((slug) => postWith(slug));
const site = siteWith(posts);
const edited = siteWith(posts.map((post) => ({ ...post, bodyHash: `edited ${post.slug}` })));

/** All pages of a site, but those of these paths. */
const storedFrom = ({ pages }: Site, without: string[] = []): Map<string, Stored> =>
  new Map([...pages].filter(([path]) => !without.includes(path)));

/** The plan of a call, by default for whatever changed, while renders are under way. */
function plan(
  of: Site,
  stored: Map<string, Stored>,
  rendering: Record<string, Stored>,
  targets: Targets = { paths: [], patterns: [], tags: [], changed: true },
) {
  const snapshot = {
    site: of,
    version: 1,
    generation: '',
    problems: [],
    warnings: [],
    problemAt: new Map(),
    unchecked: new Map(),
    loadedAtMs: 0,
    dueAtMs: 0,
  };
  const { unchanged, ...pages } = plannerOf(
    { snapshot, stored, rendering: new Map(Object.entries(rendering)), isInCharge: true },
    { compared: new Set(of.pages.keys()), areIdsKnown: false },
  )({
    targets,
    comparesAll: targets.changed,
    hint: undefined,
  });
  return { pages: allPages(pages), unchanged };
}

/** A render of the page that a site has at a path. */
function renderOf({ pages }: Site, path: string): Record<string, Stored> {
  const page = pages.get(path);
  if (!page) throw new Error(`There is no ${path}`);
  return { [path]: page };
}

const FIRST = '/blog/a';

test('a render of another revision is planned, though what is stored is up to date', () => {
  const { pages, unchanged } = plan(site, storedFrom(site), renderOf(edited, FIRST));
  expect(pages).toEqual([{ path: FIRST, because: ['post:a'] }]);
  expect(unchanged).toBe(site.pages.size - 1);
});

test('a render of the expected revision stands for a page that is not stored, and for no other', () => {
  expect(plan(site, storedFrom(site, [FIRST]), renderOf(site, FIRST))).toEqual({
    pages: [],
    unchanged: site.pages.size,
  });
  const { pages } = plan(site, storedFrom(edited), renderOf(site, FIRST));
  expect(pages.map(({ path }) => path)).toContain(FIRST);
});

test('a render of a page that is gone is planned, whether it is stored or not', () => {
  const after = siteWith(posts.slice(1));
  const stored = storedFrom(after);
  const gone = [{ path: FIRST, because: ['post:a'] }];
  expect(plan(after, stored, renderOf(site, FIRST)).pages).toEqual(gone);
  const removed = new Map(stored).set(FIRST, { revision: null, dependencies: {} });
  expect(plan(after, removed, renderOf(site, FIRST)).pages).toEqual(gone);
});

test('a render does not hide what is stored from a purge by tag', () => {
  const tagged = siteWith(posts.map((post) => ({ ...post, tags: ['t'] })));
  const untagged = siteWith(posts.map((post) => ({ ...post, tags: [], title: 'Now' })));
  const targets = { paths: [], patterns: [], tags: ['tag:t'], changed: false };
  const { pages } = plan(site, storedFrom(tagged), renderOf(untagged, FIRST), targets);
  expect(pages.map(({ path }) => path)).toContain(FIRST);
});
