import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { feedOf, topicFeedOf } from '../../lib/readers/feed';
import { FeedTexts } from '../../lib/readers/feed-texts';
import { startSite, type Site } from '../setup/site';
import { ORIGIN, postWith, siteWith } from '../setup/posts';
import { readXml } from '../setup/xml';

const NASTY = 'A <b> & "c" \'d\' ]]> e ]]> &amp; 🌲';

/** The same for each post. */
const textsAre = (html: string) => new FeedTexts(async () => html);
const feedWith = (...posts: Parameters<typeof postWith>[]) =>
  feedOf(siteWith(posts.map((post) => postWith(...post))), ORIGIN, textsAre('<p>Text</p>'));

/** The texts at some XPaths, without the space that the indentation puts around them. */
const trimmed = (feed: string, ...paths: string[]) =>
  readXml(feed, paths).map((texts) => texts.map((text) => text.trim()));

test('lists the newest posts, and nothing of the clock', async () => {
  const posts = Array.from({ length: 25 }, (_, day) =>
    postWith(`p${day}`, { date: new Date(Date.UTC(2026, 0, day + 1)).toISOString() }),
  );
  const feed = await feedOf(siteWith(posts), ORIGIN, textsAre('<p>Text</p>'));
  const [links = [], built] = trimmed(feed, '//item/link', '//lastBuildDate');
  expect(links).toHaveLength(20);
  expect(links[0]).toBe('https://blog.example/blog/p24');
  expect(links).not.toContain('https://blog.example/blog/p4');
  expect(built).toEqual(['Sun, 25 Jan 2026 00:00:00 GMT']);
  const reversed = siteWith([...posts].reverse());
  expect(await feedOf(reversed, ORIGIN, textsAre('<p>Text</p>'))).toBe(feed);
});

test('says all that RSS and its readers ask for', async () => {
  const feed = await feedWith([
    'türkçe',
    {
      title: 'Başlık',
      date: '2026-02-03T04:05:06.000Z',
      updated: '2026-03-01T00:00:00.000Z',
      summary: 'What it is about',
      category: 'Guide',
      tags: ['caching', 'guide', 'R&D'],
      author: 'Ada Lovelace',
    },
  ]);
  expect(
    trimmed(feed, '/rss/@version', '/rss/channel/title', '/rss/channel/link', '//language'),
  ).toEqual([['2.0'], ['Evergreen'], ['https://blog.example/'], ['en']]);
  expect(trimmed(feed, '//channel/description')[0]?.[0]).toMatch(/never stale/);
  expect(trimmed(feed, '//channel/atom:link[@rel="self"]/@href')).toEqual([
    ['https://blog.example/feed.xml'],
  ]);
  const url = 'https://blog.example/blog/t%C3%BCrk%C3%A7e';
  expect(
    trimmed(feed, '//item/title', '//item/link', '//item/guid', '//item/guid/@isPermaLink'),
  ).toEqual([['Başlık'], [url], [url], ['true']]);
  expect(
    trimmed(feed, '//item/pubDate', '//item/description', '//item/category', '//item/dc:creator'),
  ).toEqual([
    ['Tue, 03 Feb 2026 04:05:06 GMT'],
    ['What it is about'],
    ['guide', 'caching', 'R&D'],
    ['Ada Lovelace'],
  ]);
  expect(trimmed(feed, '//item/author', '//item/content:encoded')).toEqual([[], ['<p>Text</p>']]);
});

test('a library that reads feeds understands it', async () => {
  const feed = parseRssFeed(await feedWith(['a', { title: NASTY, author: 'A & B' }], ['b']));
  expect(feed.items).toHaveLength(2);
  expect(feed.items?.[0]).toMatchObject({
    title: NASTY,
    dc: { creators: ['A & B'] },
    content: { encoded: '<p>Text</p>' },
  });
});

test('a title with markup, quotes and emoji stays text, wherever it comes', async () => {
  const fields = { title: NASTY, summary: NASTY, category: NASTY, tags: [NASTY], author: NASTY };
  const feed = await feedWith(['a', fields]);
  expect(
    trimmed(feed, '//item/title', '//item/description', '//item/category', '//item/dc:creator'),
  ).toEqual([[NASTY], [NASTY], [NASTY], [NASTY]]);
});

test('characters that XML cannot hold are left out', async () => {
  const post = postWith('a', { title: 'a\u0000b\u0008\u001b \ud800c\ufffe' });
  const feed = await feedOf(siteWith([post]), ORIGIN, textsAre('<p>bell\u0007 ]]> x ]]></p>'));
  expect(trimmed(feed, '//item/title', '//item/content:encoded')).toEqual([
    ['ab c'],
    ['<p>bell ]]> x ]]></p>'],
  ]);
});

test('an empty site has an empty feed', async () => {
  const feed = await feedWith();
  expect(trimmed(feed, '//channel/title', '//item')).toEqual([['Evergreen'], []]);
});

test('a post that cannot be rendered stands there without its text; the fault is told once', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation();
  const broken = postWith('broken', { summary: 'Short' });
  const render = async ({ slug }: { slug: string }) => {
    if (slug === 'broken') throw new Error('Expected a closing tag');
    return '<p>Text</p>';
  };
  const texts = new FeedTexts(render);
  for (const others of [['a'], ['a', 'b']]) {
    const site = siteWith([broken, ...others.map((slug) => postWith(slug))]);
    const feed = await feedOf(site, ORIGIN, texts);
    expect(trimmed(feed, '//item[guid[contains(., "broken")]]/description')).toEqual([['Short']]);
    const found = trimmed(feed, '//item/content:encoded')[0];
    expect(found).toEqual(others.map(() => '<p>Text</p>'));
  }
  expect(error.mock.calls).toEqual([
    [expect.stringMatching(/posts\/broken\.mdx: .*: Expected a closing tag/)],
  ]);
  error.mockRestore();
});

const FULL = {
  title: NASTY,
  date: '2026-02-03T04:05:06.000Z',
  updated: '2026-03-01T00:00:00.000Z',
  excerpt: 'How it begins',
  category: 'Guide',
  tags: ['caching'],
  author: 'Ada Lovelace',
};

test('Atom has all that it asks for', async () => {
  const site = siteWith([postWith('a', FULL), postWith('b')]);
  const feed = await feedOf(site, ORIGIN, textsAre('<p>A ]]> B</p>'), 'atom');
  expect(
    trimmed(feed, '/atom:feed/atom:id', '/atom:feed/atom:updated', '/atom:feed/atom:author'),
  ).toEqual([[`${ORIGIN}/`], ['2026-03-01T00:00:00.000Z'], ['Evergreen']]);
  expect(trimmed(feed, '/atom:feed/atom:link[@rel="self"]/@href', '//atom:entry/atom:id')).toEqual([
    [`${ORIGIN}/atom.xml`],
    [`${ORIGIN}/blog/a`, `${ORIGIN}/blog/b`],
  ]);
  expect(
    trimmed(feed, '//atom:entry[1]/atom:title', '//atom:entry[1]/atom:summary', '//atom:content'),
  ).toEqual([[NASTY], ['How it begins'], ['<p>A ]]> B</p>', '<p>A ]]> B</p>']]);
  expect(parseAtomFeed(feed).entries?.[0]).toMatchObject({
    authors: [{ name: 'Ada Lovelace' }],
    categories: [{ term: 'Guide' }, { term: 'caching' }],
    published: FULL.date,
    updated: FULL.updated,
  });
});

test('JSON Feed has all that it asks for, and a text where there is no HTML', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation();
  const texts = new FeedTexts(async ({ slug }) => {
    if (slug === 'b') throw new Error('Cannot be rendered');
    return '<p>Text</p>';
  });
  const feed: unknown = JSON.parse(
    await feedOf(siteWith([postWith('a', FULL), postWith('b')]), ORIGIN, texts, 'json'),
  );
  expect(feed).toEqual({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Evergreen',
    description: expect.stringMatching(/never stale/),
    language: 'en',
    home_page_url: `${ORIGIN}/`,
    feed_url: `${ORIGIN}/feed.json`,
    authors: [{ name: 'Evergreen' }],
    items: [
      {
        id: `${ORIGIN}/blog/a`,
        url: `${ORIGIN}/blog/a`,
        title: NASTY,
        content_html: '<p>Text</p>',
        summary: 'How it begins',
        date_published: FULL.date,
        date_modified: FULL.updated,
        tags: ['Guide', 'caching'],
        authors: [{ name: 'Ada Lovelace' }],
      },
      expect.objectContaining({ id: `${ORIGIN}/blog/b`, content_text: 'b' }),
    ],
  });
  expect(parseJsonFeed(JSON.stringify(feed)).items).toHaveLength(2);
  error.mockRestore();
});

test('a summary that is written comes before the beginning of the text', async () => {
  const feed = await feedWith(
    ['a', { summary: 'Written', excerpt: 'Begins' }],
    ['b', { excerpt: 'Begins' }],
  );
  expect(trimmed(feed, '//item/description')).toEqual([['Written', 'Begins']]);
});

test('the feed of a topic has its posts alone', async () => {
  const site = siteWith([
    postWith('a', { tags: [['C++', 'cpp']] }),
    postWith('b', { category: ['Local', 'news/local'] }),
    postWith('c', { tags: ['türkçe'] }),
  ]);
  const at = (path: string) => topicFeedOf(site, ORIGIN, path, textsAre('<p>Text</p>'));
  const cpp = await at('/tag/cpp');
  expect(
    trimmed(cpp ?? '', '//channel/title', '//channel/link', '//item/link', '//atom:link/@href'),
  ).toEqual([
    ['C++ · Evergreen'],
    [`${ORIGIN}/tag/cpp`],
    [`${ORIGIN}/blog/a`],
    [`${ORIGIN}/tag/cpp/feed.xml`],
  ]);
  const links = async (path: string) => trimmed((await at(path)) ?? '', '//item/link');
  expect(await links('/category/news/local')).toEqual([[`${ORIGIN}/blog/b`]]);
  expect(await links('/tag/t%C3%BCrk%C3%A7e')).toEqual([[`${ORIGIN}/blog/c`]]);
  expect([await at('/tag/none'), await at('/author/a'), await at('/category/news')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('of a real server', () => {
  let server: Site;
  beforeAll(async () => {
    server = await startSite();
    await server.write('a', 'Text of a.', { category: 'Guide', tags: '[türkçe, x]' });
    await server.write('b', 'Text of b.');
    await server.call({ paths: ['/blog/a', '/blog/b'] });
  });
  afterAll(() => server?.close());

  test.each([
    ['/atom.xml', 'application/atom+xml'],
    ['/feed.json', 'application/feed+json'],
    ['/category/guide/feed.xml', 'application/rss+xml'],
    ['/tag/x/feed.xml', 'application/rss+xml'],
    ['/tag/t%C3%BCrk%C3%A7e/feed.xml', 'application/rss+xml'],
  ])('%s is served, and is fresh at once', async (path, type) => {
    const { status, text, headers } = await server.visit(path);
    expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(text).toContain('Text of a');
    expect(headers.get('cache-control')).toBe('public, no-cache');
    const etag = headers.get('etag') ?? '';
    expect((await server.visit(path, { 'if-none-match': etag })).status).toBe(304);
    const word = `again at ${path.length}`;
    await server.write('a', `Text of a, ${word}.`, { category: 'Guide', tags: '[türkçe, x]' });
    expect((await server.purge('/blog/a')).status).toBe(200);
    expect((await server.visit(path)).text).toContain(word);
    expect(await server.purge(path)).toMatchObject({ status: 200 });
  });

  test.each([
    ['/tag/none/feed.xml', 404, null],
    ['/topic-feed', 404, null],
    ['/tag/%25zz/feed.xml', 404, null],
    ['/Tag/X/feed.xml', 308, '/tag/x/feed.xml'],
    ['/tags/x/index.xml', 308, '/tag/x/feed.xml'],
    ['/category/guide/feed/atom', 308, '/category/guide/feed.xml'],
    ['/rss', 308, '/feed.xml'],
    ['/index.xml', 308, '/feed.xml'],
    ['/blog/rss.xml', 308, '/feed.xml'],
    ['/guide/2026/01/01/A.html', 308, '/blog/a'],
    ['/posts/a', 308, '/blog/a'],
    ['/Blog/A', 308, '/blog/a'],
  ])('%s: %i %s', async (path, status, to) => {
    const visit = await server.visit(path);
    expect([visit.status, visit.headers.get('location')]).toEqual([status, to]);
  });

  test('pages name the feeds that they belong to', async () => {
    const feeds = async (path: string) =>
      [...(await server.visit(path)).text.matchAll(/rel="alternate"[^>]*href="([^"]*)"/g)].map(
        ([, href]) => href,
      );
    const all = ['/feed.xml', '/atom.xml', '/feed.json'];
    expect(await feeds('/')).toEqual(all);
    expect(await feeds('/blog/a')).toEqual(all);
    expect(await feeds('/tag/x')).toEqual(['/tag/x/feed.xml', ...all]);
    expect(await feeds('/category/guide')).toEqual(['/category/guide/feed.xml', ...all]);
  });
});
