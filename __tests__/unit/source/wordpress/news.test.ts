import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { hintOf } from '../../../../lib/purge/hint';
import type { Hint } from '../../../../lib/source/changes';
import { articleOf } from '../../../../lib/source/wordpress/article';
import { copyOf, type MutableLibrary } from '../../../../lib/source/wordpress/library';
import {
  countedAfter,
  heldAfter,
  takeNews,
  type Counted,
} from '../../../../lib/source/wordpress/news';
import { addArticles, type Held } from '../../../../lib/source/wordpress/reader';
import { POST_FIELDS, RestPost, TERM_FIELDS } from '../../../../lib/source/wordpress/rest';
import { restPost } from '../../../setup/posts';
import { ADDRESS, articleWith, byId } from '../../../setup/wordpress-articles';

const SITE = 'a-wordpress';
const MODIFIED = '2026-11-22T09:00:00';
const linkOf = (id: number) => `${ADDRESS}/2026/post-${id}/`;

/** A post in a webhook, as the plugin tells it. */
const told = (id: number, fields: object = {}, change: object = {}) => ({
  kind: 'post',
  type: 'post',
  id,
  modified: MODIFIED,
  status: 'publish',
  shown: restPost(id, linkOf(id), { modified_gmt: MODIFIED, ...fields }),
  ...change,
});
const gone = (id: number, change: object = {}) =>
  told(id, {}, { status: 'gone', shown: undefined, ...change });

/** The hint in a webhook of the plugin. */
const webhook = (numbers: unknown, changes: object[], site = SITE): Hint => {
  const body: unknown = JSON.parse(
    JSON.stringify({ source: 'wordpress', changes, news: { site, numbers } }),
  );
  const hint = hintOf(body);
  if (!hint) throw new Error('No hint');
  return hint;
};

const readerOf = (library: MutableLibrary, held?: Held) => ({
  ask: () => Promise.reject(new Error('WordPress is not asked')),
  address: ADDRESS,
  library,
  held,
});

const libraryWith = (...ids: number[]) => ({
  ...copyOf(),
  articles: byId(ids.map((id) => articleWith(id, { modified_gmt: MODIFIED }))),
});

/** Takes news at the number 4; answers the titles that are known then, and the ids left to be read. */
function take(hint: Hint, library = libraryWith(1, 2)) {
  const { unread, posts } = takeNews(readerOf(library), hint, { site: SITE, upTo: 4 });
  const titles = [...library.articles].map(([id, { title }]) => `${id} ${title}`);
  return {
    titles,
    taken: posts.map(({ id }) => id),
    unread: unread.map((one) => ('id' in one ? one.id : one.kind)),
  };
}

const NEW = { title: { rendered: 'New' } };
const OLD = articleWith(1).title;

test('news that go on from what is known are taken, and the rest is read', () => {
  const term = { kind: 'term', taxonomy: 'category', id: 9 };
  const hint = webhook([5, 6], [told(1, NEW), gone(2), told(3, NEW), term]);
  expect(take(hint)).toEqual({ titles: ['1 New', '3 New'], taken: [1, 2, 3], unread: [9] });
});

test.each<[string, Hint]>([
  ['with a gap', webhook([6, 7], [told(1, NEW)])],
  ['with a gap among them', webhook([5, 7], [told(1, NEW)])],
  ['older', webhook([3, 4], [told(1, NEW)])],
  ['of another WordPress', webhook([5, 6], [told(1, NEW)], 'another')],
  ['without the post', webhook([5, 6], [told(1, {}, { shown: undefined })])],
  ['with another post in its place', webhook([5, 6], [told(1, { id: 2 })])],
  [
    'cut in the middle',
    webhook([5, 6], [told(1, {}, { shown: { id: 1, modified_gmt: MODIFIED } })]),
  ],
  ['with a post of another type', webhook([5, 6], [told(1, { type: 'page' })])],
  ['older than what is known', webhook([5, 6], [told(1, { modified_gmt: '2026-11-22T08:59:59' })])],
  ['older than they tell', webhook([5, 6], [told(1, NEW, { modified: '2026-11-22T09:00:01' })])],
  ['of numbers that are none', webhook(['5', '6'], [told(1, NEW)])],
  ['of a hundred million numbers', webhook([5, 100_000_000], [told(1, NEW)])],
])('news %s are read of WordPress', (_, hint) => {
  expect(take(hint, libraryWith(1))).toEqual({
    titles: [`1 ${OLD}`],
    taken: [],
    unread: [1],
  });
});

test('before anything is counted all is read', () => {
  const { posts } = takeNews(readerOf(libraryWith(1)), webhook([1, 2], [told(1, NEW)]), undefined);
  expect(posts).toEqual([]);
});

test('a post that comes as private is hidden', () => {
  const library = libraryWith(1);
  take(webhook([5, 6], [told(1, { ...NEW, status: 'private' })]), library);
  expect(library.articles.get(1)).toMatchObject({ hidden: true });
});

test('news that arrive together are taken in the order of their numbers, with those tried again', () => {
  const second = webhook([7, 8], [told(1, { title: { rendered: 'Newest' } })]);
  const first = webhook([5, 6], [told(1, NEW)]);
  expect(take([...second, ...first]).titles).toEqual(['1 Newest', `2 ${articleWith(2).title}`]);
  const again = webhook([3, 4, 5, 6], [told(1, NEW)]);
  expect(take(again).unread).toEqual([]);
});

test('what is counted never goes back, and nothing counts of another WordPress', () => {
  const counted = { site: SITE, upTo: 4 };
  expect(countedAfter(webhook([8, 9], [gone(1)]), counted, SITE)).toEqual({ site: SITE, upTo: 9 });
  expect(countedAfter(webhook([1, 2], [gone(1)]), counted, SITE)).toEqual(counted);
  expect(countedAfter(webhook([8, 9], [gone(1)], 'another'), counted, SITE)).toEqual(counted);
  expect(countedAfter([], counted, 'another')).toBeUndefined();
  expect(countedAfter(webhook([8, 9], [gone(1)]), counted, undefined)).toBeUndefined();
});

describe('an older answer of WordPress, as of a cache', () => {
  const readAt = (held: Held, modified_gmt: string) => {
    const library = copyOf();
    const data = [RestPost.parse(restPost(1, linkOf(1), { modified_gmt }))];
    addArticles(readerOf(library, held), { data, atMs: 0 });
    return library.articles.has(1);
  };
  const NONE = new Set<number>();
  const held = (change: object) =>
    heldAfter(
      undefined,
      webhook([5, 6], [change]).filter((one) => one.kind === 'post'),
      NONE,
      0,
    );

  test('does not undo news', () => {
    expect(readAt(held(told(1)), '2026-11-22T08:59:59')).toBe(false);
    expect(readAt(held(told(1)), MODIFIED)).toBe(true);
    expect(readAt(held(gone(1)), MODIFIED)).toBe(false);
    expect(readAt(held(gone(1)), '2026-11-22T09:00:01')).toBe(true);
  });

  test('is believed after ten minutes, or once any other request names the post', () => {
    const one = held(told(1));
    expect(heldAfter(one, [], NONE, 600_001).size).toBe(0);
    expect(heldAfter(one, [], new Set([1]), 1).size).toBe(0);
    expect(heldAfter(one, [], NONE, 1).size).toBe(1);
  });
});

test('the plugin sends what the site reads', () => {
  const plugin = readFileSync('wordpress/evergreen/news.php', 'utf8');
  expect(plugin).toContain(`const EVERGREEN_POST_FIELDS = '${POST_FIELDS}';`);
  expect(plugin).toContain(`const EVERGREEN_TERM_FIELDS = '${TERM_FIELDS}';`);
});

/**
 * Requests to WordPress that run beside each other, and webhooks that are lost, late, repeated or in another
 * order; each second of WordPress is the same, so that dates tell nothing.
 */
describe('whatever becomes of webhooks', () => {
  const IDS = [1, 2, 3];
  const id = fc.constantFrom(...IDS);
  const process = fc.nat(1);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ does: fc.constant('save' as const), process, id }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('raise' as const), process }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('tell' as const), process }) },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('arrive' as const),
        which: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
        stays: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const), which: fc.nat(5) }) },
  );

  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  /** A request that changes something. */
  interface Request {
    numbers: number[];
    saved: Set<number>;
    ended?: Map<number, number>;
  }
  interface Sent {
    hint: Hint;
    /** At least these versions are shown once it was answered. */
    promised: Map<number, number>;
  }

  const titleOf = (version: number) => ({ title: { rendered: String(version) } });

  test('each is answered with what it tells of, and nothing goes back behind that', () => {
    let taken = 0;
    let read = 0;
    const run = (steps: Step[]) => {
      const versions = new Map(IDS.map((one) => [one, 0]));
      const versionOf = (one: number) => versions.get(one) ?? 0;
      const requests: Request[] = [0, 1, 2].map(() => ({ numbers: [], saved: new Set() }));
      const sent: Sent[] = [];
      const promised = new Map<number, number>();
      const library = copyOf();
      let counted: Counted | undefined = { site: SITE, upTo: 0 };
      let counter = 0;

      const readNow = (one: number) => {
        const data = RestPost.parse({
          ...restPost(one, linkOf(one), titleOf(versionOf(one))),
          modified_gmt: MODIFIED,
        });
        library.articles.set(one, articleOf(data, ADDRESS, 0));
      };
      IDS.forEach(readNow);

      for (const one of steps) {
        const request = 'process' in one ? requests[one.process] : undefined;
        if (one.does === 'save' && request && !request.ended) {
          versions.set(one.id, versionOf(one.id) + 1);
          request.saved.add(one.id);
          if (request.numbers.length === 0) request.numbers.push((counter += 1));
        } else if (one.does === 'raise' && request && request.saved.size > 0 && !request.ended) {
          request.numbers.push((counter += 1));
          request.ended = new Map([...request.saved].map((saved) => [saved, versionOf(saved)]));
        } else if (one.does === 'tell' && request?.ended) {
          const changes = [...request.saved].map((saved) => told(saved, titleOf(versionOf(saved))));
          sent.push({ hint: webhook(request.numbers, changes), promised: request.ended });
          requests[one.process] = { numbers: [], saved: new Set() };
        } else if (one.does === 'lose' && sent.length > 0) {
          sent.splice(one.which % sent.length, 1);
        } else if (one.does === 'arrive' && sent.length > 0) {
          const arrived = new Set(one.which.map((which) => sent[which % sent.length]));
          const here = [...arrived].filter((some) => some !== undefined);
          const hint = here.flatMap((some) => some.hint);
          const { unread, posts } = takeNews(readerOf(library), hint, counted);
          taken += posts.length;
          for (const change of unread) {
            if (change.kind !== 'post') continue;
            readNow(change.id);
            read += 1;
          }
          counted = countedAfter(hint, counted, SITE);
          for (const { promised: more } of here) {
            for (const [post, version] of more) {
              promised.set(post, Math.max(version, promised.get(post) ?? 0));
            }
          }
          if (!one.stays) for (const some of here) sent.splice(sent.indexOf(some), 1);
        }
        for (const [post, version] of promised) {
          expect(Number(library.articles.get(post)?.title)).toBeGreaterThanOrEqual(version);
        }
      }
    };
    fc.assert(fc.property(fc.array(step, { minLength: 40, maxLength: 80, size: 'max' }), run), {
      numRuns: 400,
    });
    expect(taken).toBeGreaterThan(50);
    expect(read).toBeGreaterThan(50);
  });
});
