/** What the site makes of what its source tells of it. */
import { NO_FACTS, type SiteFacts } from '../../../lib/site/facts';
import { shownSite } from '../../../lib/site/shown-site';
import { SITE } from '../../../lib/site/site-config';
import { siteOf, type Site } from '../../../lib/site/site';
import type { Post } from '../../../lib/source/post';
import { ORIGIN, postWith } from '../../setup/posts';

const NOW = Date.parse('2026-11-22');

const POSTS = [
  ...Array.from({ length: 25 }, (_, index) =>
    postWith(`p${index + 1}`, {
      date: new Date(Date.UTC(2026, 0, index + 1)).toISOString(),
      category: 'Guide',
      aliases: index === 0 ? [{ path: '/old' }] : undefined,
    }),
  ),
  postWith('about', { page: true }),
];
const FRONT = postWith('welcome', { page: true, path: '/', aliases: [{ path: '/welcome' }] });
const NEWS = { path: '/news', title: 'All the news' };

const made = (facts: SiteFacts, posts: Post[] = POSTS, previous?: Site) =>
  siteOf(posts, NOW, ORIGIN, previous, facts);
const viewAt = (site: Site, path: string) => site.pages.get(path)?.view;
const listAt = (site: Site, path: string) => {
  const view = viewAt(site, path);
  return view && 'posts' in view ? view.posts.map((post) => post.path) : undefined;
};
const withPages = (site: Site, include: (kind: string) => boolean) =>
  [...site.pages].filter(([, { kind }]) => include(kind));

test('pages of a site whose source tells nothing are what they were', () => {
  const site = made(NO_FACTS);
  for (const [, { view, dependencies }] of site.pages) {
    expect(Object.keys(view)).not.toContain('site');
    expect(Object.keys(dependencies)).not.toContain('site');
  }
  expect(shownSite(site.frame)).toMatchObject({
    name: SITE.name,
    tagline: SITE.tagline,
    description: SITE.description,
    language: SITE.language,
    navigation: SITE.navigation,
    newest: '/',
    days: {},
  });
});

test('another title is another revision of every page, because of the site and nothing else', () => {
  const before = made({ ...NO_FACTS, identity: { name: 'Tea' } });
  const after = made({ ...NO_FACTS, identity: { name: 'Tea & more' } }, POSTS, before);
  for (const [path, { dependencies, revision }] of withPages(
    after,
    (kind) => kind !== 'redirect',
  )) {
    const earlier = before.pages.get(path);
    expect([path, revision]).not.toEqual([path, earlier?.revision]);
    const differing = Object.entries(dependencies).filter(
      ([tag, hash]) => earlier?.dependencies[tag] !== hash,
    );
    expect([path, differing.map(([tag]) => tag)]).toEqual([path, ['site']]);
  }
  // A redirect shows nothing of the site.
  expect(after.pages.get('/old')).toBe(before.pages.get('/old'));
  // Equal facts, as after a restart, are no change.
  const again = made({ ...NO_FACTS, identity: { name: 'Tea & more' } }, POSTS, after);
  expect([...again.pages]).toEqual([...after.pages]);
});

test('sticky posts stand first and are marked on the page of the newest, and nowhere else', () => {
  const before = made(NO_FACTS);
  const sticky = made(
    { ...NO_FACTS, sticky: ['/blog/p24', '/blog/p3', '/blog/none'] },
    POSTS,
    before,
  );
  const [first, second, third] = listAt(sticky, '/') ?? [];
  expect([first, second, third]).toEqual(['/blog/p24', '/blog/p3', '/blog/p25']);
  expect(new Set(listAt(sticky, '/')).size).toBe(listAt(sticky, '/')?.length);
  const changed = [...sticky.pages].filter(([path, page]) => page !== before.pages.get(path));
  expect(changed.map(([path]) => path)).toEqual(['/']);
});

test('with a front page the newest posts stand at their own page', () => {
  const site = made({ ...NO_FACTS, postsPage: NEWS }, [...POSTS, FRONT]);
  expect(viewAt(site, '/')).toMatchObject({ kind: 'page', title: 'welcome' });
  expect(viewAt(site, '/welcome')).toMatchObject({ kind: 'redirect', to: '/' });
  expect(viewAt(site, '/news')).toMatchObject({ kind: 'home', title: 'All the news', pages: [] });
  expect(listAt(site, '/news')).toEqual(listAt(made(NO_FACTS), '/'));
  expect(viewAt(site, '/blog/page/1')).toMatchObject({ newest: '/news' });
  expect(viewAt(site, '/topics')).toMatchObject({ site: { newest: '/news' } });
});

test('without a page of the posts there is the archive', () => {
  const site = made(NO_FACTS, [...POSTS, FRONT]);
  expect(withPages(site, (kind) => kind === 'home')).toEqual([]);
  expect(viewAt(site, '/blog/page/2')).toMatchObject({ kind: 'archive', newest: undefined });
  expect(shownSite(site.frame).newest).toBeUndefined();
});

test('without a front page the posts stand at the front, and their page leads there', () => {
  const site = made({ ...NO_FACTS, postsPage: NEWS });
  expect(viewAt(site, '/')).toMatchObject({ kind: 'home' });
  expect(viewAt(site, '/news')).toMatchObject({ kind: 'redirect', to: '/' });
});

test('a menu takes the place of the list of standalone pages', () => {
  const navigation = [{ title: 'About', href: '/about' }];
  expect(viewAt(made({ ...NO_FACTS, identity: { name: 'Tea' } }), '/')).toMatchObject({
    pages: [{ path: '/about' }],
  });
  const site = made({ ...NO_FACTS, identity: { name: 'Tea', navigation } });
  expect(viewAt(site, '/')).toMatchObject({ title: 'Tea', pages: [] });
  expect(shownSite(site.frame)).toMatchObject({ navigation, hasMenu: true });
});

test.each([
  [{ name: 'Tea', tagline: 'Every day' }, 'Every day'],
  [{ name: 'Tea', tagline: '' }, 'Tea'],
])('a site that goes by the name of its source is described by it: %j', (frame, description) => {
  expect(shownSite(frame)).toMatchObject({ ...frame, description });
});
