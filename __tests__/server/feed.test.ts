import { parseRssFeed } from 'feedsmith';
import { feedOf } from '../../lib/readers/feed';
import { FeedTexts } from '../../lib/readers/feed-texts';
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
