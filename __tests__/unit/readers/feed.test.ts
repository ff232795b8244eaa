import { hash } from '../../../lib/hash';
import { feedOf } from '../../../lib/readers/feed';
import { FeedTexts, type HtmlOf } from '../../../lib/readers/feed-texts';
import { Bodies } from '../../../lib/body/body';
import type { Post } from '../../../lib/source/post';
import { ORIGIN, postWith, siteWith } from '../../setup/posts';

const post = (slug: string, body = `Text of ${slug}.`) =>
  postWith(slug, { body, bodyHash: hash(body) });

/** Texts of bodies that are rendered, and the posts whose bodies were asked for: each is cleaned then. */
function textsOfBodies(fails: (post: Post) => boolean = () => false) {
  const bodies = new Bodies({});
  const asked: string[] = [];
  const html: HtmlOf = async (post) => {
    asked.push(post.slug);
    if (fails(post)) throw new Error('Cannot be rendered');
    return (await bodies.render(post)).html;
  };
  return { texts: new FeedTexts(html), asked };
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

test('keeps the texts of the last feed and no others', async () => {
  const { texts, asked } = textsOfBodies();
  for (const slugs of [['a', 'b'], ['b'], ['a', 'b']]) {
    await feedOf(siteWith(slugs.map((slug) => post(slug))), ORIGIN, texts);
  }
  expect(asked.sort()).toEqual(['a', 'a', 'b']);
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
