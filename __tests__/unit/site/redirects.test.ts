/** Aliases: as authors write them, as the site has them, and as the page store knows them. */
import { checkAliases } from '../../../lib/source/aliases';
import { describeProblem, parsePost } from '../../../lib/source/post';
import { LazyPage } from '../../../lib/site/page';
import { checkAlias } from '../../../lib/site/redirects';
import { aliasesOf, byRevision, postOf } from '../../../lib/site/recall';
import type { RedirectView } from '../../../lib/site/views';
import { withRevision } from '../../../lib/store/values';
import { ORIGIN, postWith, siteWith } from '../../setup/posts';

test.each([
  ['/old/path', '/old/path'],
  ['/old/path/', '/old/path'],
  ['/2019/05/Old-Name', '/2019/05/Old-Name'],
  ['/blog/türkçe', '/blog/t%C3%BCrk%C3%A7e'],
  ['/blog/t%C3%BCrk%C3%A7e', '/blog/t%C3%BCrk%C3%A7e'],
  ['/about-us', '/about-us'],
  ['/category/above/below', '/category/above/below'],
])('the alias %s is the path %s', (written, path) => {
  expect(checkAlias(written, { page: false })).toEqual({ path });
});

test('an alias without a slash is another slug, of a post or of a standalone page', () => {
  expect(checkAlias('old-name', { page: false })).toEqual({ path: '/blog/old-name' });
  expect(checkAlias('old-name', { page: true })).toEqual({ path: '/old-name' });
});

test.each([
  ['/', 'must be a path'],
  ['//evil.example', 'must be a path'],
  ['https://evil.example/a', 'must be a path'],
  ['/old//path', 'must be a path'],
  ['/old/../path', 'must be a path'],
  ['/old/page.html', 'must be a path'],
  ['/a%2fb', 'must be a path'],
  ['/a?b', 'must be a path'],
  ['/%zz', 'broken percent-encoding'],
  ['/topics', 'belongs to the site'],
  ['/404', 'belongs to the site'],
  ['/search', 'belongs to the site'],
  ['/api/old', 'belongs to the site'],
  ['/blog/page/2', 'belongs to the site'],
  ['/tag/old', 'belongs to the site'],
  ['/category/old/page/2', 'belongs to the site'],
  ['/feed.xml', 'must be a path'],
])('%s is no alias', (written, why) => {
  expect(checkAlias(written, { page: true }).problem).toContain(why);
});

const parse = (...aliases: string[]) =>
  parsePost(
    'posts/a.mdx',
    'a',
    ['---', 'title: A', 'date: 2026-01-01', ...aliases, '---'].join('\n'),
  );

test('front matter names aliases, and what is wrong with one is told with its line', () => {
  expect(parse('aliases: [/old/path, older]').post?.aliases).toEqual([
    { path: '/old/path', line: 4 },
    { path: '/blog/older', line: 4 },
  ]);
  expect(parse('aliases: []').post).not.toHaveProperty('aliases');
  expect(parse('aliases: /old/path').post?.aliases).toEqual([{ path: '/old/path', line: 4 }]);
  const left = parse('aliases:', '  - /old/path', '  - /tag/a');
  expect(left.post?.aliases).toEqual([{ path: '/old/path', line: 5 }]);
  expect(left.warnings?.map(describeProblem)).toEqual([
    'posts/a.mdx:6: aliases: "/tag/a" belongs to the site itself; it leads nowhere here',
  ]);
});

const alias = (path: string, line = 4) => ({ path, line });

test('an alias that is a page, or an alias already, is left out, and its post is not', () => {
  const posts = [
    postWith('a', { aliases: [alias('/blog/b')] }),
    postWith('b', { aliases: [alias('/old')] }),
    postWith('c', { aliases: [alias('/older'), alias('/old', 7)] }),
    postWith('d', { aliases: [alias('/twice'), alias('/twice', 5)] }),
    postWith('e', { aliases: [alias('/blog/e')] }),
    postWith('f', { draft: true, aliases: [alias('/old')] }),
    postWith('g', { aliases: [alias('/blog/f'), alias('/older')] }),
  ];
  const { posts: usable, warnings } = checkAliases(posts);
  expect(usable.map(({ slug, aliases }) => [slug, aliases?.map(({ path }) => path)])).toEqual([
    ['a', undefined],
    ['b', ['/old']],
    ['c', ['/older']],
    ['d', ['/twice']],
    ['e', undefined],
    ['f', ['/old']],
    ['g', ['/blog/f']],
  ]);
  expect(warnings.map(describeProblem)).toEqual([
    'posts/a.mdx:4: aliases: /blog/b is already the address of posts/b.mdx, and leads there; remove one of them',
    'posts/c.mdx:7: aliases: /old is already an alias of posts/b.mdx, and leads there; remove one of them',
    'posts/d.mdx:5: aliases: /twice is already an alias of posts/d.mdx, and leads there; remove one of them',
    "posts/e.mdx:4: aliases: /blog/e is the post's own address, which would lead in a circle; remove it",
    'posts/g.mdx:4: aliases: /older is already an alias of posts/c.mdx, and leads there; remove one of them',
  ]);
  // The same objects at each load, so that nothing changes.
  const again = checkAliases(posts).posts;
  expect(again.every((post, index) => post === usable[index])).toBe(true);
});

test('posts without aliases stay the same array', () => {
  const posts = [postWith('a'), postWith('b')];
  expect(checkAliases(posts).posts).toBe(posts);
});

describe('the site', () => {
  const posts = [
    postWith('a', { aliases: [alias('/old/path'), alias('/blog/older')] }),
    postWith('about', { page: true, aliases: [alias('/about-us')] }),
  ];

  test('has a redirect for each alias', () => {
    const { pages } = siteWith(posts);
    const to = (path: string) => pages.get(path)?.view;
    expect(to('/old/path')).toEqual({ kind: 'redirect', to: '/blog/a', status: 308 });
    expect(to('/blog/older')).toEqual({ kind: 'redirect', to: '/blog/a', status: 308 });
    expect(to('/about-us')).toEqual({ kind: 'redirect', to: '/about', status: 308 });
    for (const page of pages.values()) expect(page.kind).toBe(page.view.kind);
  });

  test('has none for drafts, and none in the place of a page or of another alias', () => {
    const { pages } = siteWith([
      postWith('a', { date: '2026-02-01T00:00:00.000Z', aliases: [alias('/blog/b'), alias('/x')] }),
      postWith('b', { aliases: [alias('/x')] }),
      postWith('c', { draft: true, aliases: [alias('/y')] }),
    ]);
    expect(pages.get('/blog/b')?.kind).toBe('post');
    expect(pages.get('/x')?.view).toMatchObject({ to: '/blog/a' });
    expect(pages.has('/y')).toBe(false);
  });

  test('has a redirect with the revision and the dependencies that the store computes', () => {
    for (const [path, page] of siteWith(posts).pages) {
      if (page.view.kind !== 'redirect') continue;
      const props = { pageProps: { __N_REDIRECT: page.view.to, __N_REDIRECT_STATUS: 308 } };
      const { revision, dependencies } = withRevision(path, { kind: 'REDIRECT', props }).props
        .pageProps;
      expect({ revision, dependencies }).toEqual({
        revision: page.revision,
        dependencies: page.dependencies,
      });
    }
  });

  test('may have redirects to elsewhere, and from where something was before it moved', () => {
    const view: RedirectView = { kind: 'redirect', to: 'https://b.example/x', status: 301 };
    const recipe = { kind: view.kind, view: () => view };
    const { revision, dependencies } = new LazyPage({ origin: ORIGIN }, '/out', recipe, []);
    const props = { pageProps: { __N_REDIRECT: view.to, __N_REDIRECT_STATUS: 301 } };
    const stored = withRevision('/out', { kind: 'REDIRECT', props }).props.pageProps;
    expect({ revision, dependencies }).toEqual({
      revision: stored.revision,
      dependencies: stored.dependencies,
    });
  });

  test('does not render a post again for its aliases, and recalls them from the stored redirects', () => {
    const site = siteWith(posts);
    const without = siteWith(posts.map((post) => ({ ...post, aliases: undefined })));
    for (const [path, page] of without.pages) {
      expect([path, site.pages.get(path)?.revision]).toEqual([path, page.revision]);
    }
    const recalled = [...site.pages].flatMap(([path, { view }]) =>
      view.kind === 'post' || view.kind === 'page'
        ? [{ ...postOf(view, 'file'), aliases: aliasesOf(path, byRevision(site.pages)) }]
        : [],
    );
    const revisions = ({ pages }: typeof site) =>
      [...pages].map(([path, { revision }]) => [path, revision]);
    expect(revisions(siteWith(recalled))).toEqual(revisions(site));
    expect(aliasesOf('/blog/other', byRevision(site.pages))).toBeUndefined();
  });
});
