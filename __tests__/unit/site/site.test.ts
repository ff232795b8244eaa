import { hash } from '../../../lib/hash';
import type { Post } from '../../../lib/source/post';
import { PAGE_SIZE } from '../../../lib/site/lists';
import { postOf } from '../../../lib/site/recall';
import { isReserved } from '../../../lib/site/routes';
import { siteOf, type Site } from '../../../lib/site/site';
import type { ListView, PostView } from '../../../lib/site/views';
import { postWith, siteWith } from '../../setup/posts';
import { KnownText } from '../../../lib/text';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ORIGIN = 'https://blog.example';

/** The nth post, a day after the one before. */
function post(n: number, fields: Partial<Post> = {}): Post {
  const slug = `post-${n}`;
  const body = `Body of ${slug}`;
  return {
    slug,
    file: `posts/${slug}.mdx`,
    title: `Post ${n}`,
    date: new Date(Date.UTC(2026, 0, n)).toISOString(),
    tags: [],
    draft: false,
    page: false,
    text: new KnownText(body),
    bodyHash: hash(body),
    ...fields,
  };
}

const posts = (count: number) => Array.from({ length: count }, (_, index) => post(index + 1));
const site = (all: Post[], now = NOW) => siteOf(all, now, ORIGIN);
const list = (of: Site, path: string) => of.pages.get(path)?.view as ListView;
const titles = (of: Site, path: string) => list(of, path).posts.map(({ title }) => title);
const revisions = (of: Site) =>
  new Map([...of.pages].map(([path, { revision }]) => [path, revision]));

/** The paths whose pages differ between two sites. */
function changed(before: Site, after: Site): string[] {
  const [was, is] = [revisions(before), revisions(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((p) => was.get(p) !== is.get(p)).sort();
}

/** What stands on every site besides its posts. */
const ALWAYS = ['/', '/topics', '/archive', '/404'];

/** The other paths, without those of years. */
const paths = (of: Site) =>
  [...of.pages.keys()].filter((path) => !ALWAYS.includes(path) && !path.startsWith('/archive/'));

test('without posts there are the pages that every site has, and they are empty', () => {
  expect([...site([]).pages.keys()]).toEqual(ALWAYS);
  expect(site([]).pages.get('/topics')?.view).toMatchObject({ categories: [], tags: [] });
  expect(site([]).pages.get('/404')?.view).toMatchObject({ posts: [] });
  expect(titles(site([]), '/')).toEqual([]);
});

describe('lists', () => {
  test.each([
    [9, 9, []],
    [10, 10, [1]],
    [19, 19, [1]],
    [20, 10, [1, 2]],
    [25, 15, [1, 2]],
    [30, 10, [1, 2, 3]],
  ])('of %d posts have %d at their head, and full pages %j', (count, atHead, numbers) => {
    const of = site(posts(count));
    expect(list(of, '/').posts).toHaveLength(atHead);
    const pages = [...of.pages.keys()].filter((path) => path.startsWith('/blog/page/'));
    expect(pages).toEqual(numbers.map((number) => `/blog/page/${number}`));
    for (const path of pages) expect(list(of, path).posts).toHaveLength(PAGE_SIZE);
  });

  test('are numbered from the oldest post up, newest first on each page', () => {
    const of = site(posts(25));
    expect(titles(of, '/blog/page/1')).toEqual(
      posts(10)
        .reverse()
        .map(({ title }) => title),
    );
    expect(titles(of, '/')[0]).toBe('Post 25');
  });

  test('lead from the head to every post, each once after the head', () => {
    const of = site(posts(47));
    const seen: string[] = [];
    for (let path: string | undefined = '/'; path; path = list(of, path).older) {
      seen.push(...titles(of, path));
    }
    expect(seen).toEqual(
      posts(47)
        .reverse()
        .map(({ title }) => title),
    );
  });

  test('page 1 never changes when a post is added', () => {
    for (const count of [10, 19, 20, 25, 29]) {
      const page = (of: Site) => of.pages.get('/blog/page/1')?.revision;
      expect(page(site(posts(count + 1)))).toBe(page(site(posts(count))));
    }
  });

  test('order posts of one date by slug', () => {
    const same = [post(2), post(1), post(3)].map((p) => ({ ...p, date: post(1).date }));
    expect(titles(site(same), '/')).toEqual(['Post 1', 'Post 2', 'Post 3']);
    expect(revisions(site(same))).toEqual(revisions(site(same.reverse())));
  });

  test('of a category and of tags have pages of their own', () => {
    const of = site(posts(12).map((p) => ({ ...p, category: 'How to', tags: ['Next.js', 'a'] })));
    expect([...of.pages.keys()].filter((path) => /^\/(category|tag)/.test(path))).toEqual([
      '/category/how-to',
      '/category/how-to/page/1',
      '/tag/next-js',
      '/tag/next-js/page/1',
      '/tag/a',
      '/tag/a/page/1',
    ]);
    expect(list(of, '/category/how-to')).toMatchObject({
      title: 'How to',
      url: `${ORIGIN}/category/how-to`,
    });
  });

  test('names that differ only in case are one category, named by its oldest post', () => {
    const of = site([post(1, { category: 'Guide' }), post(2, { category: 'GUIDE' })]);
    expect(list(of, '/category/guide')).toMatchObject({ title: 'Guide', posts: [{}, {}] });
  });
});

describe('a post', () => {
  const view = (of: Site, n: number) => of.pages.get(`/blog/post-${n}`)?.view as PostView;

  test('links to its neighbours', () => {
    const of = site(posts(3));
    expect(view(of, 2)).toMatchObject({ newer: { title: 'Post 3' }, older: { title: 'Post 1' } });
    expect(view(of, 3).newer).toBeUndefined();
    expect(view(of, 1).older).toBeUndefined();
  });

  test('links to older posts that share the most tags', () => {
    const of = site([
      post(1, { tags: ['a', 'b'] }),
      post(2, { tags: ['a'] }),
      post(3, { tags: ['c'] }),
      post(4, { tags: ['A'] }),
      post(5, { tags: ['a', 'b'] }),
      post(6, { tags: ['a', 'b'] }),
    ]);
    expect(view(of, 5).related.map(({ title }) => title)).toEqual(['Post 1', 'Post 4', 'Post 2']);
    expect(view(of, 1).related).toEqual([]);
  });

  test('has a path that is percent-encoded', () => {
    expect(site([post(1, { slug: 'türkçe' })]).pages.has('/blog/t%C3%BCrk%C3%A7e')).toBe(true);
  });

  test('that is a standalone page is in no list but the home page’s', () => {
    const of = site([post(1), post(2, { slug: 'about', title: 'About', page: true, tags: ['a'] })]);
    expect(paths(of)).toEqual(['/blog/post-1', '/about']);
    expect(list(of, '/').pages).toEqual([{ path: '/about', title: 'About' }]);
  });

  test('that is a draft is nowhere', () => {
    expect(paths(site([post(1, { draft: true })]))).toEqual([]);
  });

  test('that is scheduled appears at its time, which the site tells', () => {
    const date = '2026-11-22T12:00:01.000Z';
    const all = [post(1), post(2, { date }), post(3, { date: '2027-01-01T00:00:00.000Z' })];
    expect(site(all).until).toBe(Date.parse(date));
    expect(site(all).pages.has('/blog/post-2')).toBe(false);
    const then = site(all, Date.parse(date));
    expect(then.pages.has('/blog/post-2')).toBe(true);
    expect(then.until).toBe(Date.parse('2027-01-01T00:00:00.000Z'));
    expect(site([post(1)]).until).toBe(Infinity);
  });
});

describe('the revision', () => {
  const edit = (all: Post[], n: number, fields: Partial<Post>) =>
    all.map((p) => (p.slug === `post-${n}` ? { ...p, ...fields } : p));
  const all = posts(25).map((p) => ({ ...p, category: 'Guide', tags: ['a'] }));

  test('does not depend on the order of the posts, nor on the clock', () => {
    expect(revisions(site([...all].reverse(), NOW + 1e9))).toEqual(revisions(site(all)));
  });

  test('of the post alone changes with its body', () => {
    const after = edit(all, 5, { text: new KnownText('Other'), bodyHash: hash('Other') });
    expect(changed(site(all), site(after))).toEqual(['/blog/post-5']);
  });

  test('changes with a title on every page that shows it, and on no other', () => {
    const of = site(all);
    const after = site(edit(all, 5, { title: 'Edited title' }));
    const showing = [...after.pages]
      .filter(([, { view }]) => JSON.stringify(view).includes('Edited title'))
      .map(([path]) => path);
    expect(changed(of, after)).toEqual(showing.sort());
    expect(showing).toContain('/blog/post-4');
    expect(showing).toContain('/category/guide/page/1');
    expect(showing).not.toContain('/');
  });

  test('of a bounded number of pages changes with a new post', () => {
    const counts = [100, 1000].map((count) => {
      const before = posts(count).map((p) => ({ ...p, category: 'Guide', tags: ['a'] }));
      const added = post(0, { date: '2026-11-22T00:00:00.000Z', category: 'Guide', tags: ['a'] });
      const old = before.map((p, index) => ({
        ...p,
        date: new Date(Date.UTC(2020, 0, 1) + index * 3_600_000).toISOString(),
      }));
      return changed(site(old), site([...old, added])).length;
    });
    expect(counts[1]).toBe(counts[0]);
    // The post, the one before it, the heads of three lists, the topics, the archive and its year, and the page of a 404.
    expect(counts[0]).toBe(9);
  });

  test('is the same with and without the site before', () => {
    let former = site(all);
    revisions(former);
    const edits = [
      edit(all, 5, { title: 'Edited' }),
      edit(all, 25, { category: 'Notes', tags: ['b'] }),
      all.slice(1),
      [...all, post(26, { slug: 'about', page: true })],
      edit(all, 3, { date: '2026-10-01T00:00:00.000Z' }),
      all,
    ];
    for (const edited of edits) {
      const incremental = siteOf(edited, NOW, ORIGIN, former);
      expect(revisions(incremental)).toEqual(revisions(site(edited)));
      former = incremental;
    }
    const elsewhere = siteOf(all, NOW, 'https://other.example', former);
    expect(changed(elsewhere, siteOf(all, NOW, 'https://other.example'))).toEqual([]);
  });

  test('follows the address of the site, which canonical links show', () => {
    const there = siteOf(all, NOW, 'https://other.example');
    expect(changed(site(all), there)).toHaveLength(there.pages.size);
  });
});

test('tags name the content that a page shows', () => {
  const of = site([
    post(1, { category: 'Guide', tags: ['Next.js'] }),
    post(2, { category: 'Notes' }),
    post(3, { slug: 'about', page: true }),
  ]);
  const tags = (path: string) => Object.keys(of.pages.get(path)?.dependencies ?? {});
  expect(tags('/blog/post-1')).toEqual(
    expect.arrayContaining([
      'posts',
      'post:post-1',
      'post:post-2',
      'category:guide',
      'tag:next-js',
    ]),
  );
  expect(tags('/category/notes')).toEqual(['category:notes', 'posts', 'post:post-2']);
  expect(tags('/about')).toEqual(['page:about']);
  expect(tags('/')).toEqual(expect.arrayContaining(['post:post-1', 'post:post-2', 'page:about']));
});

describe('an author', () => {
  const by = (author: string, fields: Partial<Post> = {}) => ({ author, ...fields });
  const byAuthor = (of: Site) => [...of.pages.keys()].filter((path) => path.startsWith('/author/'));

  test('has their posts, cut into pages as tags are', () => {
    const of = site([...posts(11).map((p) => ({ ...p, ...by('Ada Lovelace') })), post(12)]);
    expect(byAuthor(of)).toEqual(['/author/ada-lovelace', '/author/ada-lovelace/page/1']);
    expect(list(of, '/author/ada-lovelace')).toMatchObject({
      kind: 'author',
      title: 'Ada Lovelace',
      older: undefined,
    });
    expect(titles(of, '/author/ada-lovelace')).toHaveLength(11);
    const view = of.pages.get('/blog/post-1')?.view as PostView;
    expect(view.post.author).toEqual({ title: 'Ada Lovelace', path: '/author/ada-lovelace' });
  });

  test('has a line about them where a source has one', () => {
    const about = { authorAbout: 'Writes about engines.' };
    const of = site([post(1, by('Ada', about)), post(2, by('Ada'))]);
    expect(list(of, '/author/ada').about).toBe('Writes about engines.');
    const edited = site([post(1, by('Ada', { authorAbout: 'Edited.' })), post(2, by('Ada'))]);
    expect(changed(of, edited)).toEqual(['/author/ada']);
  });

  test('whose name differs in case only is one, named by their oldest post, as with tags', () => {
    const of = site([post(1, by('Ada King')), post(2, by('ADA KING'))]);
    expect(list(of, '/author/ada-king')).toMatchObject({ title: 'Ada King', posts: [{}, {}] });
  });

  test('of the name of another has a page of their own where the source has slugs', () => {
    const of = site([
      post(1, by('Ada', { authorSlug: 'ada' })),
      post(2, by('Ada', { authorSlug: 'ada-2' })),
    ]);
    expect(byAuthor(of)).toEqual(['/author/ada-2', '/author/ada']);
    expect(titles(of, '/author/ada-2')).toEqual(['Post 2']);
  });

  test('without a letter or digit in the name has no page', () => {
    const of = site([post(1, by('★'))]);
    expect(byAuthor(of)).toEqual([]);
    const view = of.pages.get('/blog/post-1')?.view as PostView;
    expect(view.post.author).toEqual({ title: '★', path: undefined });
  });

  test('is a tag of their pages and of their posts', () => {
    const of = site([post(1, by('Jane Doe')), post(2)]);
    const showing = [...of.pages].filter(
      ([, { dependencies }]) => 'author:jane-doe' in dependencies,
    );
    expect(showing.map(([path]) => path)).toEqual(['/author/jane-doe', '/blog/post-1']);
    expect(Object.keys(of.pages.get('/author/jane-doe')?.dependencies ?? {})[0]).toBe(
      'author:jane-doe',
    );
  });

  test('is recalled with a post from its stored page', () => {
    const of = site([post(1, by('Ada', { authorSlug: 'ada-2' }))]);
    const recalled = postOf(of.pages.get('/blog/post-1')?.view as PostView, 'file');
    expect(revisions(site([recalled]))).toEqual(revisions(of));
  });
});

describe('the archive by year', () => {
  const years = (of: Site, path: string) => {
    const found = of.pages.get(path)?.view;
    if (found?.kind !== 'years') throw new Error(`${path} shows no years`);
    return found.years.map(({ title, count, posts: shown }) => [title, count, shown?.length]);
  };
  const dated = (n: number, year: number) => post(n, { date: `${year}-01-01T00:00:00.000Z` });

  test('shows all posts, and each year its own', () => {
    const of = site([dated(1, 2019), dated(2, 2021), dated(3, 2021)]);
    expect(years(of, '/archive')).toEqual([
      ['2021', 2, 2],
      ['2019', 1, 1],
    ]);
    expect(years(of, '/archive/2019')).toEqual([['2019', 1, 1]]);
    expect(of.pages.get('/archive/2019')?.view).toMatchObject({ all: '/archive' });
  });

  test('shows no more than two hundred posts on one page, but for one year of more', () => {
    const many = [2021, 2020].flatMap((year) =>
      Array.from({ length: 150 }, (_, n) => dated(year * 1000 + n, year)),
    );
    expect(years(site(many), '/archive')).toEqual([
      ['2021', 150, 150],
      ['2020', 150, undefined],
    ]);
    expect(years(site(many), '/archive/2020')).toEqual([['2020', 150, 150]]);
  });

  test('changes with a title and a day, and not with a text', () => {
    const all = [dated(1, 2019), dated(2, 2021)];
    const edited = (fields: Partial<Post>) =>
      changed(site(all), site([{ ...dated(1, 2019), ...fields }, dated(2, 2021)]));
    expect(edited({ title: 'Edited' })).toEqual(
      expect.arrayContaining(['/archive', '/archive/2019']),
    );
    expect(edited({ title: 'Edited' })).not.toContain('/archive/2021');
    expect(edited({ bodyHash: hash('Edited') })).toEqual(['/blog/post-1']);
  });

  test('yields to a standalone page of its name', () => {
    const of = site([post(1), post(2, { slug: 'archive', page: true })]);
    expect(of.pages.get('/archive')?.kind).toBe('page');
    expect(isReserved('archive')).toBe(false);
  });
});

describe('a series', () => {
  const part = (n: number, fields: Partial<Post> = {}) =>
    post(n, { series: { name: 'Letters', ...fields.series }, ...fields });
  const series = (of: Site, n: number) =>
    (of.pages.get(`/blog/post-${n}`)?.view as PostView).series;

  test('is shown on each of its parts, in the order of the numbers, then of the days', () => {
    const of = site([
      part(3),
      part(1, { series: { name: 'letters', part: 2 } }),
      part(2, { series: { name: 'Letters', part: 1 } }),
      part(4),
      post(5),
    ]);
    expect(series(of, 3)?.posts.map(({ title }) => title)).toEqual([
      ...['Post 2', 'Post 1', 'Post 3', 'Post 4'],
    ]);
    expect(series(of, 5)).toBeUndefined();
  });

  test('of one part is none, and a new part changes those of all others', () => {
    expect(series(site([part(1)]), 1)).toBeUndefined();
    const all = [part(1), part(2), post(9)];
    const after = changed(site(all), site([...all, part(3)]));
    expect(after).toEqual(expect.arrayContaining(['/blog/post-1', '/blog/post-2', '/blog/post-3']));
  });
});

test('a pinned post stands first on the page of the newest, and once', () => {
  const of = site([post(1, { pinned: true }), post(2), post(3)]);
  expect(titles(of, '/')).toEqual(['Post 1', 'Post 3', 'Post 2']);
  expect(list(of, '/').posts.map(({ sticky }) => sticky)).toEqual([true, undefined, undefined]);
});

test('the home page names the eight topics with the most posts', () => {
  const many = Array.from({ length: 9 }, (_, n) =>
    Array.from({ length: n + 1 }, (_, m) => post(n * 10 + m, { category: `Topic ${n}` })),
  ).flat();
  expect(list(site(many), '/').topics?.map(({ title }) => title)).toEqual(
    [8, 7, 6, 5, 4, 3, 2, 1].map((n) => `Topic ${n}`),
  );
});

describe('topics', () => {
  const topics = (of: Site) => of.pages.get('/topics')?.view;

  test('are all categories and tags in the order of their names, with counts', () => {
    const of = site([
      post(1, { category: 'Guide', tags: ['red', 'blue'] }),
      post(2, { category: 'Concepts', tags: ['Red'] }),
      post(3, { category: 'Guide', page: true }),
      post(4, { category: 'Drafts', draft: true }),
    ]);
    expect(topics(of)).toMatchObject({
      categories: [
        { path: '/category/concepts', title: 'Concepts', count: 1 },
        { path: '/category/guide', title: 'Guide', count: 1 },
      ],
      tags: [
        { path: '/tag/blue', title: 'blue', count: 1 },
        { path: '/tag/red', title: 'red', count: 2 },
      ],
    });
  });

  test('tell a category from a tag of its name, also beside the site before', () => {
    const before = site([post(1, { category: 'Guide' })]);
    revisions(before);
    const moved = [post(1, { tags: ['Guide'] })];
    const after = siteOf(moved, NOW, ORIGIN, before);
    expect(changed(after, site(moved))).toEqual([]);
    expect(changed(before, after)).toContain('/topics');
  });

  test('change with a count and with a name, and not with a title', () => {
    const before = [post(1, { category: 'Guide' }), post(2)];
    const after = (fields: Partial<Post>) =>
      changed(site(before), site([post(1, { category: 'Guide' }), post(2, fields)]));
    expect(after({ category: 'Guide' })).toContain('/topics');
    expect(after({ tags: ['new'] })).toContain('/topics');
    expect(after({ title: 'Edited' })).not.toContain('/topics');
  });
});

test('an unknown address shows the five newest posts', () => {
  const of = site([1, 2, 3, 4, 5, 6].map((n) => post(n)));
  const view = of.pages.get('/404')?.view;
  expect(view?.kind === 'missing' && view.posts.map(({ title }) => title)).toEqual(
    titles(of, '/').slice(0, 5),
  );
});

test('lists and pages show the beginning of a text where no summary is written', () => {
  const site = siteWith([
    postWith('a', { excerpt: 'Begins' }),
    postWith('b', { excerpt: 'Begins', summary: 'Written' }),
    postWith('c', { excerpt: 'Begins', page: true }),
  ]);
  expect(site.pages.get('/')?.view).toMatchObject({
    posts: [{ summary: 'Begins' }, { summary: 'Written' }],
  });
  expect(site.pages.get('/blog/a')?.view).toMatchObject({ post: { summary: 'Begins' } });
  expect(site.pages.get('/c')?.view).toMatchObject({ summary: 'Begins' });
  const edited = siteWith([postWith('a', { excerpt: 'Begins otherwise' })]);
  expect(edited.pages.get('/')?.revision).not.toBe(site.pages.get('/')?.revision);
});

test('a canonical address is part of the page, and of no list', () => {
  const [without, with_] = [undefined, 'https://elsewhere.example/a'].map((canonical) =>
    siteWith([postWith('a', { canonical })]),
  );
  expect(with_?.pages.get('/blog/a')?.view).toMatchObject({
    canonical: 'https://elsewhere.example/a',
  });
  expect(with_?.pages.get('/')?.revision).toBe(without?.pages.get('/')?.revision);
  expect(with_?.pages.get('/blog/a')?.revision).not.toBe(without?.pages.get('/blog/a')?.revision);
});
