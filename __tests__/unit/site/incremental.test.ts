/**
 * The site that is made with the one before is the site that is made from scratch, page by page, whatever
 * differs between their posts: a view that reads more than its inputs would stay as it was.
 */
import type { Aliases } from '../../../lib/site/other-addresses';
import fc from 'fast-check';
import { LazyPage } from '../../../lib/site/page';
import { NO_FACTS, type Identity, type SiteFacts } from '../../../lib/site/facts';
import { pathOfPost } from '../../../lib/site/paths';
import { siteOf, type Site } from '../../../lib/site/site';
import type { Name, Post } from '../../../lib/source/post';
import { ORIGIN, postWith } from '../../setup/posts';
import { KnownText } from '../../../lib/text';

jest.mock('../../setup/site.config.mjs', () => jest.requireActual('../../setup/two-languages'));

const NOW = Date.parse('2026-11-22');

/** Few, so that names meet, posts collide, and texts come back. */
const text = fc.constantFrom('Apple', 'Pear & plum');
const NAMES = ['Guide', 'guide', 'News', 'Über uns', '★'] as const;
const author = fc.constantFrom(...NAMES);
const name = fc.constantFrom<Name>(...NAMES, ['Guide', 'guides'], ['Local', 'news/local']);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const SLUGS = [...Array.from({ length: 24 }, (_, index) => `p${index}`), 'about', 'a', 'çay'];

/** Each member of a post, so that one that is added to the type is tested too. */
const FIELDS = {
  slug: fc.constantFrom(...SLUGS),
  path: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('/', '/services/pricing', '/products/pricing', '/2026/a.html'),
    },
  ),
  file: text,
  title: text,
  date: fc.integer({ min: 1, max: 26 }).map(dayOf),
  day: maybe(fc.constantFrom('2026-11-01', '2026-11-02')),
  updated: maybe(fc.integer({ min: 1, max: 26 }).map(dayOf)),
  updatedDay: maybe(fc.constantFrom('2026-11-03', '2026-11-04')),
  summary: maybe(text),
  category: maybe(name),
  alsoIn: maybe(fc.uniqueArray(name, { minLength: 1, maxLength: 2 })),
  tags: fc.uniqueArray(
    fc.constantFrom<Name>('red', 'Red', 'green', ['C++', 'cpp'], ['C#', 'csharp']),
    { maxLength: 3 },
  ),
  author: maybe(author),
  authorSlug: maybe(fc.constantFrom('ada', 'guide')),
  authorAbout: maybe(text),
  aliases: maybe(
    fc.uniqueArray(
      fc.constantFrom('/old/a', '/old/b', '/blog/p1', '/about').map((path) => ({ path })),
      { minLength: 1, maxLength: 2, selector: ({ path }) => path },
    ),
  ),
  image: maybe(fc.record({ src: fc.constant('https://images.example/a.png'), alt: text })),
  draft: fc.boolean(),
  page: fc.boolean(),
  text: text.map((one) => new KnownText(one)),
  bodyHash: text,
  html: fc.constant(undefined),
  markdown: fc.constantFrom(undefined, true),
  refs: maybe(
    fc.constantFrom<NonNullable<Post['refs']>>(
      {},
      { './a.png': { to: '/files/1/a.png', width: 1, height: 2 } },
    ),
  ),
  excerpt: maybe(text),
  canonical: maybe(fc.constantFrom('https://elsewhere.example/a', '/blog/p1')),
  seo: maybe(
    fc.constantFrom<NonNullable<Post['seo']>>(
      { title: 'A title', noindex: true },
      {
        description: 'A line',
        social: { image: { src: 'https://images.example/b.png', alt: '' } },
      },
    ),
  ),
  discussion: maybe(
    fc.record({
      comments: fc.constant([]),
      hash: text,
      more: fc.nat(2),
      writeAt: maybe(fc.constant('https://wp.example/a#respond')),
    }),
  ),
  unpublished: maybe(fc.constantFrom('draft', 'scheduled')),
  language: fc.constantFrom(undefined, 'en', 'tr', 'de'),
  direction: maybe(fc.constantFrom('ltr', 'rtl')),
  translationKey: maybe(fc.constantFrom('one', 'two')),
  series: maybe(
    fc.record({
      name: fc.constantFrom('Letters', 'letters', 'Numbers'),
      part: maybe(fc.constantFrom(1, 2)),
    }),
  ),
  pinned: fc.constantFrom(undefined, true),
  recalled: fc.constantFrom(undefined, true),
} satisfies { [Field in keyof Required<Post>]: fc.Arbitrary<Post[Field]> };

/** A day of December, of which those after the last day of this test are to come. */
function dayOf(day: number): string {
  return new Date(Date.UTC(2026, 10, day)).toISOString();
}

const maybeFew = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Each member of what a source tells of the site, so that one that is added is tested too. */
const FACTS = {
  identity: maybeFew(
    fc.record({
      name: text,
      tagline: fc.constantFrom('', 'Fruit'),
      language: maybe(fc.constantFrom('tr', 'de-DE')),
      icon: maybe(fc.constant('https://images.example/icon.png')),
      dateFormat: maybe(fc.constantFrom('j F Y', 'Y-m-d')),
      navigation: maybe(
        fc.constantFrom(
          [{ title: 'Guide', href: '/category/guide' }],
          [{ title: 'More', below: [{ title: 'a', href: '/a' }] }],
        ),
      ),
    } satisfies { [Field in keyof Required<Identity>]: fc.Arbitrary<Identity[Field]> }),
  ),
  postsPage: maybe(fc.constantFrom({ path: '/news', title: 'News' }, { path: '/a', title: 'A' })),
  sticky: fc.subarray(['/blog/p1', '/blog/p2', '/blog/p20', '/blog/none']),
  aliases: fc.constantFrom<Aliases>(
    new Map(),
    new Map([
      ['/2026/p1', { to: '/blog/p1' }],
      ['/blog/old', { to: '/blog/p2', moved: true }],
    ]),
    new Map([['/2026/p1', { to: '/blog/p2' }]]),
  ),
  descriptions: fc.constantFrom<SiteFacts['descriptions']>(
    new Map(),
    new Map([
      ['/category/guide', 'How to'],
      ['/tag/red', 'A colour'],
    ]),
    new Map([['/category/guide', 'How not to']]),
  ),
} satisfies { [Field in keyof Required<SiteFacts>]: fc.Arbitrary<SiteFacts[Field]> };

/** From some posts to others. */
type Edit = (posts: readonly Post[]) => Post[];

const change: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      ...Object.entries(FIELDS).map(([field, values]) => fc.record({ [field]: values })),
      fc.record(FIELDS),
    ),
  )
  .map(
    ([at, fields]) =>
      (posts) =>
        posts.map((post, index) => (index === at % posts.length ? { ...post, ...fields } : post)),
  );
const add: fc.Arbitrary<Edit> = fc
  .record(FIELDS)
  .map((fields) => (posts) => [{ ...postWith(fields.slug), ...fields }, ...posts]);
const remove: fc.Arbitrary<Edit> = fc
  .nat()
  .map((at) => (posts) => posts.filter((_, index) => index !== at % posts.length));
const swap: fc.Arbitrary<Edit> = fc.nat().map((at) => ([...posts]) => {
  const [first, ...rest] = posts;
  return first ? [...rest.slice(0, at % 5), first, ...rest.slice(at % 5)] : [];
});

/** No two posts have one address: the sources see to that. */
const distinct = (posts: Post[]): Post[] => [
  ...new Map(posts.map((post) => [pathOfPost(post), post])).values(),
];

const INITIAL = SLUGS.slice(0, 24).map((slug, index) =>
  postWith(slug, {
    date: dayOf(1 + (index % 20)),
    category: index < 12 ? 'Guide' : 'News',
    tags: ['red', 'green', 'blue'].filter((_, tag) => index % (tag + 1) === 0),
    author: index % 2 ? 'Ada' : 'Guide',
  }),
);

/** All that a site says, its pages in their order. */
const contentOf = ({ pages, newest, posts, until, facts, frame }: Site) => ({
  pages: [...pages].map(([path, { kind, view, dependencies, revision }]) =>
    JSON.stringify({ path, kind, view, dependencies, revision }),
  ),
  newest,
  posts: [...posts],
  until,
  facts,
  frame,
});

test('a site is the same with and without the one before', () => {
  const step = fc.record({
    edits: fc.array(fc.oneof({ weight: 6, arbitrary: change }, add, remove, swap), {
      minLength: 1,
      maxLength: 3,
    }),
    dayLater: fc.integer({ min: 0, max: 2 }),
    origin: fc.oneof(
      { weight: 9, arbitrary: fc.constant(ORIGIN) },
      fc.constant('https://other.example'),
    ),
    facts: fc.option(fc.record(FACTS), { nil: undefined }),
    // Of pages that nobody asked for, nothing is known.
    isAsked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      let posts = INITIAL;
      let now = NOW;
      let lastOrigin = ORIGIN;
      let told: SiteFacts = NO_FACTS;
      let before = siteOf(posts, now, ORIGIN);
      contentOf(before);
      for (const { edits, dayLater, origin, facts, isAsked } of steps) {
        for (const edit of edits) posts = distinct(edit(posts));
        now += dayLater * 86_400_000;
        // Where nothing of it changed, a source hands over the same object.
        told = facts ?? told;
        const incremental = siteOf(posts, now, origin, before, told);
        if (isAsked) {
          expect(contentOf(incremental)).toEqual(
            contentOf(siteOf(posts, now, origin, undefined, told)),
          );
        }
        before = incremental;
        lastOrigin = origin;
      }
      expect(contentOf(before)).toEqual(contentOf(siteOf(posts, now, lastOrigin, undefined, told)));
    }),
    { numRuns: 60 },
  );
});

test('the pages that do not have an edited post are those of the site before', () => {
  const before = siteOf(INITIAL, NOW, ORIGIN);
  const after = siteOf(
    INITIAL.map((post) => (post.slug === 'p3' ? { ...post, title: 'Edited' } : post)),
    NOW,
    ORIGIN,
    before,
  );
  const made = [...after.pages].filter(([path, page]) => page !== before.pages.get(path));
  const shows = (text: string) =>
    [...after.pages].filter(([, { view }]) => JSON.stringify(view).includes(text));
  expect(made.map(([path]) => path)).toEqual(shows('/blog/p3"').map(([path]) => path));
  expect(made.length).toBeLessThan(after.pages.size / 2);
});

test('a page of a view that is made with the site is no page of another site', () => {
  const recipeSeeing = (title: string) => ({
    kind: 'missing' as const,
    view: (url: string) => ({ kind: 'missing' as const, title, url, posts: [] }),
  });
  const [first, second] = [recipeSeeing('First'), recipeSeeing('Second')];
  const page = new LazyPage({ origin: ORIGIN }, '/404', first, []);
  expect(page.isMadeOf({ origin: ORIGIN }, first, [])).toBe(true);
  expect(page.isMadeOf({ origin: ORIGIN }, second, [])).toBe(false);
  expect(page.isMadeOf({ origin: ORIGIN, frame: { name: 'Other' } }, first, [])).toBe(false);
});
