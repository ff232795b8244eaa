import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { keepSegments, readSegments } from '../../../lib/readers/search-file';
import { find, type Wanted } from '../../../lib/readers/search-find';
import {
  indexOf as segmentsAsIndex,
  newIndex,
  update,
  type Index,
} from '../../../lib/readers/search-index';
import { near, sorted, termAt, type Terms } from '../../../lib/readers/search-terms';
import { pathOfPost } from '../../../lib/site/paths';
import type { Post } from '../../../lib/source/post';
import { postWith } from '../../setup/posts';

const mapOf = (posts: Post[]) => new Map(posts.map((one) => [pathOfPost(one), one]));

async function indexOf(...states: Post[][]): Promise<Index> {
  const index = newIndex();
  for (const posts of states) await update(index, mapOf(posts));
  return index;
}

/** Words that are each other's beginnings and typos, of several scripts and beyond 16 bits. */
const WORDS = [
  'cache',
  'caches',
  'cahce',
  'purge',
  'purged',
  'edge',
  'a',
  'çay',
  '検索',
  '🌲',
  'c++',
];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((all) => all.join(' '));
const state = fc.uniqueArray(
  fc
    .record({
      slug: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      title: text,
      body: text,
      summary: fc.option(text, { nil: undefined }),
      tags: fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
    })
    .map(({ slug, ...fields }) => postWith(slug, fields)),
  { selector: ({ slug }) => slug },
);
const wanted = fc.record({
  words: fc.array(fc.constantFrom(...WORDS, 'cach', 'pruge', 'egde'), { maxLength: 3 }),
  signed: fc.subarray(['c++']),
});

/** What an index finds, with the ways of a hit. */
const findings = (index: Index, query: Wanted) => find(index, query, 9);

test('an index is the same however many edits it came by', async () => {
  // More states than segments that are left apart, so that they are merged.
  const states = fc.array(state, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(states, wanted, async (all, query) => {
      const updated = await indexOf(...all);
      const fresh = await indexOf(all.at(-1) ?? []);
      expect(await findings(updated, query)).toEqual(await findings(fresh, query));
      expect(updated.total).toEqual(fresh.total);
      expect(updated.segments.length).toBeLessThanOrEqual(8);
    }),
  );
});

test('what was left to the next update is added then', async () => {
  const posts = mapOf([postWith('a'), postWith('b'), postWith('c')]);
  const index = newIndex();
  let added = 0;
  await update(index, posts, () => (added += 1) > 1);
  expect(index.at.size).toBe(1);
  expect(await update(index, posts)).toBe(true);
  expect(index.at.size).toBe(3);
  expect(await update(index, posts)).toBe(false);
});

describe('near words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'ç'), maxLength: 7 });
  const termsOf = (words: string[]): Terms => ({
    text: words.join(''),
    starts: Uint32Array.from([0, ...words.map((_, at) => words.slice(0, at + 1).join('').length)]),
  });

  /** By the definition. */
  const distance = (one: string, other: string): number => {
    if (one === '' || other === '') return one.length + other.length;
    const [a, b] = [one.slice(1), other.slice(1)];
    if (one.charAt(0) === other.charAt(0)) return distance(a, b);
    return 1 + Math.min(distance(a, other), distance(one, b), distance(a, b));
  };

  test('are those that so many typos lead to, and no others', async () => {
    const words = fc.uniqueArray(word, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(words, word, fc.constantFrom(1, 2), async (all, asked, most) => {
        const terms = termsOf(await sorted(all, async () => undefined));
        const found = near(terms, asked, most).map((one) => [termAt(terms, one.at), one.distance]);
        const expected = all.map((one): [string, number] => [one, distance(one, asked)]);
        expect(new Map(found as [string, number][])).toEqual(
          new Map(expected.filter(([, far]) => far <= most)),
        );
      }),
    );
  });

  test('are sorted by their units, also more of them than are sorted at once', async () => {
    const many = Array.from({ length: 9001 }, (_, at) => ((at * 7919) % 9001).toString(36));
    expect(await sorted(many, async () => undefined)).toEqual(many.toSorted());
  });
});

describe('the file of an index', () => {
  const dir = mkdtemp(path.join(tmpdir(), 'search-file-'));
  const before = process.env.DATA_DIR;
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  const NAME = 'an-index.idx';
  const file = async () => path.join(await dir, 'v1/search', NAME);
  const posts = [
    postWith('a', { title: 'The cache', body: 'It is purged, 検索 🌲.' }),
    postWith('b', { title: 'An edge', tags: ['cache'] }),
  ];
  // A word that is cut within a character.
  const half = postWith('c', { title: `${'x'.repeat(31)}𝒳` });

  beforeAll(async () => (process.env.DATA_DIR = await dir));
  beforeEach(() => warn.mockClear());
  afterAll(async () => {
    if (before === undefined) delete process.env.DATA_DIR;
    else process.env.DATA_DIR = before;
    warn.mockRestore();
    await rm(await dir, { recursive: true });
  });

  test('holds all of it, and what is gone', async () => {
    const kept = await indexOf([...posts, half, postWith('gone')], [...posts, half]);
    await keepSegments(NAME, kept.segments);
    const read = await segmentsAsIndex((await readSegments(NAME)) ?? []);
    expect(read.segments).toEqual(kept.segments.map((one) => expect.objectContaining(sameAs(one))));
    expect(await update(read, mapOf([...posts, half]))).toBe(false);
    for (const words of [['cache'], ['検索'], ['🌲'], ['purg'], ['gone'], ['x'.repeat(31)]]) {
      expect(await findings(read, { words })).toEqual(await findings(kept, { words }));
    }
    expect(warn).not.toHaveBeenCalled();
  });

  test('is not used where it is cut, changed, of another version or something else', async () => {
    await keepSegments(NAME, (await indexOf(posts)).segments);
    const good = await readFile(await file());
    const changed = Buffer.from(good);
    changed[good.length - 5] = (changed[good.length - 5] ?? 0) ^ 1;
    const older = Buffer.from(good);
    older[0] = (older[0] ?? 0) + 1;
    const bad = [
      Buffer.alloc(0),
      good.subarray(0, 20),
      good.subarray(0, good.length - 4),
      Buffer.concat([good, Buffer.alloc(4)]),
      changed,
      older,
      Buffer.from('{"segments":[]}'.repeat(100)),
    ];
    for (const [index, bytes] of bad.entries()) {
      await writeFile(await file(), bytes);
      expect([index, await readSegments(NAME)]).toEqual([index, undefined]);
      expect(warn).toHaveBeenCalledTimes(index + 1);
    }
    await rm(await file());
    expect(await readSegments(NAME)).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(bad.length);
  });
});

/** Its parts, whatever kinds of arrays they are. */
const sameAs = ({ paths, keys, terms }: Index['segments'][number]) => ({
  paths,
  keys,
  terms: expect.objectContaining({ text: terms.text }),
});
