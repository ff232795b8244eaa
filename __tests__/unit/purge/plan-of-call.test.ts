/** Calls of one batch share the difference, and are planned as each would be alone. */
import fc from 'fast-check';
import { hash } from '../../../lib/hash';
import { planOf } from '../../../lib/purge/plan';
import { allPages, plannerOf } from '../../../lib/purge/plan-of-call';
import { siteOf } from '../../../lib/site/site';
import type { Post } from '../../../lib/source/post';
import type { Stored } from '../../../lib/store/place';
import { KnownText } from '../../../lib/text';

const SLUGS = ['p1', 'p2', 'p3', 'p4', 'p5'];

const Posts = fc
  .record(
    Object.fromEntries(
      SLUGS.map((slug) => [
        slug,
        fc.option(fc.record({ text: fc.nat({ max: 2 }), category: fc.constantFrom('One', 'Two') })),
      ]),
    ),
  )
  .map((written) =>
    Object.entries(written).flatMap(([slug, fields], n): Post[] =>
      fields === null
        ? []
        : [
            {
              slug,
              file: `posts/${slug}.mdx`,
              title: `Title ${fields.text}`,
              date: new Date(Date.UTC(2026, 0, n + 1)).toISOString(),
              tags: [],
              category: fields.category,
              draft: false,
              page: false,
              text: new KnownText(''),
              bodyHash: hash(`${fields.text}`),
            },
          ],
    ),
  );

const paths = ['/', '/never', '/topics', ...SLUGS.map((slug) => `/blog/${slug}`)];
const tests = [(path: string) => path.startsWith('/category/'), (path: string) => path.length > 6];
const tags = ['category:one', 'post:p1', 'posts', 'none'];

const Call = fc.record({
  paths: fc.array(fc.constantFrom(...paths), { maxLength: 4 }),
  patterns: fc.subarray(tests),
  tags: fc.subarray(tags),
  changed: fc.boolean(),
});

test('a plan that shares the difference is that of the call alone', () => {
  fc.assert(
    fc.property(
      Posts,
      Posts,
      fc.subarray(paths),
      fc.array(Call),
      (before, after, absent, calls) => {
        const origin = 'https://blog.example';
        const site = siteOf(after, Date.parse('2026-11-22'), origin);
        const earlier = siteOf(before, Date.parse('2026-11-22'), origin);
        const stored = new Map<string, Stored>(
          [...earlier.pages].map(([path, { revision, dependencies }]) => [
            path,
            { revision, dependencies },
          ]),
        );
        for (const path of absent) stored.set(path, { revision: null, dependencies: {} });
        const compared = new Set([...earlier.pages.keys()].slice(2));
        const version = { version: 1, generation: '', loadedAtMs: 0, dueAtMs: 0 };
        const problems = { problems: [], warnings: [], problemAt: new Map(), unchecked: new Map() };
        const snapshot = { ...version, ...problems, site };
        const known = { snapshot, stored, rendering: new Map(), isInCharge: true };
        const plan = plannerOf(known, { compared, areIdsKnown: false });
        for (const targets of calls) {
          const comparesAll = targets.changed || targets.paths.length > 0;
          const alone = planOf(stored, site, compared, { ...targets, changed: comparesAll });
          const shared = plan({ targets, comparesAll, hint: undefined });
          const inOrder = targets.patterns.length + targets.tags.length === 0;
          const pages = allPages(shared);
          expect(shared.unchanged).toBe(alone.unchanged);
          expect(inOrder ? pages : new Set(pages)).toEqual(
            inOrder ? alone.pages : new Set(alone.pages),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});
