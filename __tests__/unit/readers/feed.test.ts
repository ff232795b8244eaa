import { hash } from '../../../lib/hash';
import { feedOf, feedsOfChanges, topicFeedOf } from '../../../lib/readers/feed';
import { FeedTexts, type HtmlOf } from '../../../lib/readers/feed-texts';
import { Bodies } from '../../../lib/body/body';
import type { Post } from '../../../lib/source/post';
import { ORIGIN, postWith, siteWith } from '../../setup/posts';

const post = (slug: string, body = `Text of ${slug}.`) =>
  postWith(slug, { body, bodyHash: hash(body) });

/** Texts of bodies that are rendered, and the posts whose bodies were asked for: each is cleaned then. */
function textsOfBodies(fails: (post: Post) => boolean = () => false, most?: number) {
  const bodies = new Bodies(() => ({}));
  const asked: string[] = [];
  const html: HtmlOf = async (post) => {
    asked.push(post.slug);
    if (fails(post)) throw new Error('Cannot be rendered');
    return (await bodies.render(post)).html;
  };
  return { texts: new FeedTexts(html, most), asked };
}

/** How many turns the event loop takes before a promise settles. */
async function turnsDuring(promise: Promise<unknown>): Promise<number> {
  let turns = 0;
  let timer = setImmediate(function turn() {
    turns += 1;
    timer = setImmediate(turn);
  });
  await promise;
  clearImmediate(timer);
  return turns;
}

const SLUGS = Array.from({ length: 20 }, (_, index) => `p${index}`);

test('after an edit of one post, only its text is made again', async () => {
  const { texts, asked } = textsOfBodies();
  const posts = SLUGS.map((slug) => post(slug));
  const first = await feedOf(siteWith(posts), ORIGIN, texts);
  expect(asked.splice(0).sort()).toEqual([...SLUGS].sort());
  const edited = [post('p0', 'Edited text.'), ...posts.slice(1)];
  const second = await feedOf(siteWith(edited), ORIGIN, texts);
  expect(asked).toEqual(['p0']);
  expect(second).toBe(first.replace('Text of p0.', 'Edited text.'));
});

test('what no search is to find is in no feed, and leaves its place to the next', async () => {
  const { texts, asked } = textsOfBodies();
  const posts = [...SLUGS, 'p20'].map((slug) => ({ ...post(slug), tags: ['red'] }));
  const hidden = posts.map((one) =>
    one.slug === 'p3' ? { ...one, seo: { noindex: true as const } } : one,
  );
  const site = siteWith(hidden);
  const feeds = [
    await feedOf(site, ORIGIN, texts),
    (await topicFeedOf(site, ORIGIN, '/tag/red', texts)) ?? '',
  ];
  for (const feed of feeds) {
    expect(feed).not.toContain('/blog/p3<');
    expect(feed.match(/<item>/g)).toHaveLength(20);
  }
  expect(asked).not.toContain('p3');
  // Its own lists show it all the same, as those of WordPress do.
  expect(JSON.stringify(site.pages.get('/tag/red/page/1')?.view)).toContain('/blog/p3');
});

test('what a post is called changes no text of it, and its address all of it', async () => {
  const { texts, asked } = textsOfBodies();
  const linked = post('a', '[Up](/blog/b)');
  await feedOf(siteWith([linked]), ORIGIN, texts);
  expect(await feedOf(siteWith([{ ...linked, title: 'Renamed' }]), ORIGIN, texts)).toContain(
    'Renamed',
  );
  expect(asked).toEqual(['a']);
  const moved = await feedOf(siteWith([linked]), 'https://new.example', texts);
  expect(moved).toContain('https://new.example/blog/b');
  expect(moved).not.toContain(ORIGIN);
});

test('two sites at once share the texts that are the same', async () => {
  const { texts, asked } = textsOfBodies();
  const posts = ['a', 'b'].map((slug) => post(slug));
  const sites = [posts, [post('a', 'Edited text.'), ...posts.slice(1)]].map(siteWith);
  const [before, after] = await Promise.all(sites.map((site) => feedOf(site, ORIGIN, texts)));
  expect(asked.sort()).toEqual(['a', 'a', 'b']);
  expect([before, after]).toEqual([
    expect.stringContaining('Text of a.'),
    expect.stringContaining('Edited text.'),
  ]);
});

test('the feeds of one site share their texts, in whatever format', async () => {
  const { texts, asked } = textsOfBodies();
  const site = siteWith([
    postWith('a', { body: 'Text of a.', tags: ['x'] }),
    postWith('b', { body: 'Text of b.', category: 'y' }),
  ]);
  for (const format of ['rss', 'atom', 'json'] as const) await feedOf(site, ORIGIN, texts, format);
  expect(await topicFeedOf(site, ORIGIN, '/tag/x', texts)).toContain('Text of a.');
  expect(await topicFeedOf(site, ORIGIN, '/category/y', texts)).toContain('Text of b.');
  expect(asked.sort()).toEqual(['a', 'b']);
});

test('keeps no more text than it may', async () => {
  const { texts, asked } = textsOfBodies(() => false, 200);
  const long = ['a', 'b'].map((slug) => post(slug, slug.repeat(120)));
  for (let round = 0; round < 2; round += 1) await feedOf(siteWith(long), ORIGIN, texts);
  expect(asked.sort()).toEqual(['a', 'a', 'b']);
});

test('feeds of topics wait for each other, and no more of them than are soon done', async () => {
  const { texts } = textsOfBodies();
  let done = () => {};
  const first = texts.inTurnOfTopics(() => new Promise<void>((resolve) => (done = resolve)));
  let running = 0;
  const others = Array.from({ length: 19 }, () =>
    texts.inTurnOfTopics(async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
    }),
  );
  await expect(texts.inTurnOfTopics(async () => undefined)).rejects.toMatchObject({ status: 503 });
  // Those of all posts do not wait for them.
  expect(await feedOf(siteWith([post('a')]), ORIGIN, texts)).toContain('Text of a.');
  done();
  await Promise.all([first, ...others]);
});

test('a change names the feeds that show it', () => {
  const site = siteWith([
    postWith('a', {
      tags: ['x', ['C++', 'cpp']],
      category: ['Local', 'news/local'],
      alsoIn: ['y'],
    }),
  ]);
  const all = ['/feed.xml', '/atom.xml', '/feed.json'];
  expect(feedsOfChanges(site, ['/topics', '/author/a', '/blog/none'])).toEqual(all);
  expect(feedsOfChanges(undefined, ['/tag/z/page/2', '/category/a/b'])).toEqual([
    ...all,
    '/tag/z/feed.xml',
    '/category/a/b/feed.xml',
  ]);
  expect(feedsOfChanges(site, ['/blog/a']).slice(3).sort()).toEqual([
    '/category/news/local/feed.xml',
    '/category/y/feed.xml',
    '/tag/cpp/feed.xml',
    '/tag/x/feed.xml',
  ]);
});

test('tries a text again that could not be made', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation();
  let isBroken = true;
  const { texts } = textsOfBodies(() => isBroken);
  const site = siteWith([post('a')]);
  expect(await feedOf(site, ORIGIN, texts)).not.toContain('Text of a.');
  isBroken = false;
  expect(await feedOf(site, ORIGIN, texts)).toContain('Text of a.');
  error.mockRestore();
});

test('lets others go on between two posts', async () => {
  const html = async () => '<p>Text</p>';
  const making = feedOf(siteWith(SLUGS.map((slug) => post(slug))), ORIGIN, new FeedTexts(html));
  expect(await turnsDuring(making)).toBeGreaterThanOrEqual(SLUGS.length);
});
