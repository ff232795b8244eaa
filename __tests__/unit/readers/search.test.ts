import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Socket } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { createMocks } from 'node-mocks-http';
import { mdxComponents } from '../../../components/mdx-components';
import { Bodies } from '../../../lib/body/body';
import { createRuntime, runtime, setRuntime } from '../../../lib/runtime';
import type { Post, Written } from '../../../lib/source/post';
import { find } from '../../../lib/readers/search-find';
import { newIndex, update } from '../../../lib/readers/search-index';
import { readQuery } from '../../../lib/readers/search-words';
import type { Segment } from '../../../lib/readers/snippet';
import { pathOfPost } from '../../../lib/site/paths';
import { getServerSideProps } from '../../../pages/search';
import { postWith } from '../../setup/posts';

const post = (slug: string, fields: Partial<Written> = {}): Post =>
  postWith(slug, { title: 'Untitled', body: '', ...fields });
const mapOf = (posts: Post[]) => new Map(posts.map((one) => [pathOfPost(one), one]));

/** The slugs that a query finds, best first. */
async function found(posts: Post[], query: string): Promise<string[]> {
  const index = newIndex();
  await update(index, mapOf(posts));
  const { best } = await find(index, readQuery(query), 100);
  return best.map(({ post: { slug } }) => slug);
}

async function indexOf(posts: Post[]) {
  const index = newIndex();
  await update(index, mapOf(posts));
  return index;
}

/** Segments as one text, the marked ones in brackets. */
const shown = (segments: Segment[]) =>
  segments.map(({ text, marked }) => (marked ? `[${text}]` : text)).join('');

describe('finding', () => {
  test('looks in title, summary, category, tags and body, the title first', async () => {
    const posts = [
      post('in-body', { body: 'A text about evergreen trees.' }),
      post('in-summary', { summary: 'Of evergreen trees.' }),
      post('in-category', { category: 'Evergreen' }),
      post('in-tags', { tags: ['evergreen trees'] }),
      post('in-title', { title: 'Evergreen trees' }),
      post('not-at-all', { title: 'Other', body: 'Words.' }),
    ];
    const slugs = await found(posts, 'evergreen');
    expect(slugs[0]).toBe('in-title');
    expect(slugs.toSorted()).toEqual(
      posts
        .slice(0, 5)
        .map(({ slug }) => slug)
        .toSorted(),
    );
  });

  test('knows names with signs from the words that they are made of, and loses none', async () => {
    const names = ['C++', 'C#', '.NET', 'Node.js', '--flag', 'useEffect()'];
    const plain = ['C', 'C', 'Net', 'Node js', 'Flag', 'useEffect'];
    for (const [index, name] of names.entries()) {
      const posts = [
        post('plain', { title: plain[index], body: `${plain[index]} `.repeat(9) }),
        post('signed', { body: `It is about ${name}, and other things.` }),
      ];
      expect([name, await found(posts, name)]).toEqual([name, ['signed', 'plain']]);
      expect([name, await found(posts, plain[index] ?? '')]).toEqual([name, ['plain', 'signed']]);
    }
  });

  test('finds what somebody wrote', async () => {
    const posts = [
      post('by', { author: 'Ayşe Yılmaz' }),
      post('about', { title: 'Ayse' }),
      post('other', { author: 'Ada' }),
    ];
    expect(await found(posts, 'ayse')).toEqual(['about', 'by']);
    expect(await found(posts, 'YILMAZ')).toEqual(['by']);
  });

  test('finds standalone pages', async () => {
    expect(await found([post('about', { page: true, title: 'About us' })], 'about')).toEqual([
      'about',
    ]);
  });

  test('does not find what no search is to find, before and after that changes', async () => {
    const hidden = post('hidden', { title: 'Secret garden', seo: { noindex: true } });
    const [other, shown] = [post('a', { title: 'Garden' }), { ...hidden, seo: undefined }];
    const index = newIndex();
    const now = async (posts: Post[]) => {
      await update(index, mapOf(posts));
      const { best } = await find(index, { words: ['garden'] }, 100);
      return best.map(({ post: { slug } }) => slug).sort();
    };
    expect(await now([hidden, other])).toEqual(['a']);
    expect(await now([shown, other])).toEqual(['a', 'hidden']);
    expect(await now([hidden, other])).toEqual(['a']);
    expect(await now([other])).toEqual(['a']);
    expect(index.total).toEqual((await indexOf([other])).total);
  });

  test('forgives a typo in a long word, not in a short one', async () => {
    const posts = [post('a', { title: 'Regeneration of cats' }), post('b', { title: 'The dog' })];
    expect(await found(posts, 'regenaration')).toEqual(['a']);
    expect(await found(posts, 'regenretion')).toEqual(['a']);
    expect(await found(posts, 'ctas')).toEqual(['a']);
    expect(await found(posts, 'dig')).toEqual([]);
    expect(await found(posts, 'boat')).toEqual([]);
  });

  test('a word that somebody wrote is not taken for a typo', async () => {
    const posts = [post('a', { title: 'Build' }), post('b', { title: 'Built' })];
    expect(await found(posts, 'built')).toEqual(['b']);
  });

  test('takes the beginning of a word, below the word itself', async () => {
    const posts = [post('longer', { title: 'Caching' }), post('exact', { title: 'Cach' })];
    expect(await found(posts, 'cach')).toEqual(['exact', 'longer']);
    expect(await found(posts, 'c')).toEqual([]);
  });

  test('asks for all words, and is content with some if no post has all', async () => {
    const posts = [
      post('both', { body: 'purge the cache' }),
      post('one', { title: 'Cache', body: 'cache cache' }),
    ];
    expect(await found(posts, 'cache purge')).toEqual(['both']);
    expect(await found(posts, 'cache xylophone')).toEqual(['one', 'both']);

    const index = newIndex();
    await update(index, mapOf(posts));
    const partial = async (query: string) => (await find(index, readQuery(query), 9)).partial;
    expect(await partial('cache purge')).toBe(false);
    expect(await partial('cache xylophone')).toBe(true);
    expect(await partial('xylophone marimba')).toBe(false);
    expect(await partial('xylophone')).toBe(false);
  });

  test('ties are in the order of lists: newest first, then by slug', async () => {
    const posts = ['b', 'd', 'a', 'c'].map((slug) =>
      post(slug, { title: 'Same', date: `2026-01-0${slug === 'c' ? 2 : 1}T00:00:00.000Z` }),
    );
    expect(await found(posts, 'same')).toEqual(['c', 'a', 'b', 'd']);
    expect(await found(posts.toReversed(), 'same')).toEqual(['c', 'a', 'b', 'd']);
  });

  test('finds what is written without accents or without spaces', async () => {
    const posts = [
      post('tr', { title: 'Türkçe yazı' }),
      post('ja', { body: '全文検索はとても便利です。' }),
      post('tree', { title: 'A 🌲' }),
    ];
    expect(await found(posts, 'turkce')).toEqual(['tr']);
    expect(await found(posts, 'TÜRKÇE YAZI')).toEqual(['tr']);
    expect(await found(posts, '検索')).toEqual(['ja']);
    expect(await found(posts, '🌲')).toEqual(['tree']);
  });

  test('words that objects have by themselves are words', async () => {
    const posts = [post('a', { title: 'The constructor' }), post('b', { body: 'toString' })];
    expect(await found(posts, 'constructor')).toEqual(['a']);
    expect(await found(posts, 'tostring')).toEqual(['b']);
    expect(await found(posts, 'hasOwnProperty __proto__')).toEqual([]);
  });

  test('an index that was updated answers as a new one does', async () => {
    const words = fc.array(fc.constantFrom('cache', 'caches', 'purge', 'edge', 'a'), {
      maxLength: 5,
    });
    const text = words.map((all) => all.join(' '));
    const posts = fc.uniqueArray(
      fc
        .record({
          slug: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
          title: text,
          body: text,
          summary: fc.option(text, { nil: undefined }),
          tags: words,
        })
        .map(({ slug, ...fields }) => post(slug, fields)),
      { selector: ({ slug }) => slug },
    );
    const kept = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(posts, posts, kept, text, async (before, after, keep, query) => {
        const mixed = mapOf([...before.filter((_, place) => keep[place]), ...after]);
        const updated = newIndex();
        for (const state of [before, after, [], before]) await update(updated, mapOf(state));
        await update(updated, mixed);
        const fresh = newIndex();
        await update(fresh, mixed);
        const asked = readQuery(query).words;
        expect(await find(updated, { words: asked }, 9)).toEqual(
          await find(fresh, { words: asked }, 9),
        );
      }),
    );
  });
});

/** How often the event loop came round, so that other requests could go on, during this work. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work().finally(() => (isOver = true));
  return turns;
}

describe('the event loop gets its turn', () => {
  /** More than a slice may take, of the work that each test counts. */
  const MANY = 100_000;
  /** Slices that so much work has at the least. */
  const SLICES = 20;

  test('while one huge post is indexed', async () => {
    const words = Array.from({ length: MANY }, (_, n) => `w${n % 5000}`).join(' ');
    const index = newIndex();
    const huge = mapOf([post('huge', { body: `Heron. ${words}` })]);
    expect(await turnsDuring(() => update(index, huge))).toBeGreaterThan(SLICES);
    expect((await find(index, { words: ['w4999'] }, 9)).total).toBe(1);
    await update(index, new Map());
    expect((await find(index, { words: ['heron'] }, 9)).total).toBe(0);
  });

  test('while a body is read that is nothing but markup', async () => {
    const index = newIndex();
    const hostile = mapOf([post('hostile', { body: '<'.repeat(2 * MANY) })]);
    expect(await turnsDuring(() => update(index, hostile))).toBeGreaterThan(SLICES / 2);
  });

  test('while words are looked for that every post has', async () => {
    const common = ['the', 'of', 'and', 'to', 'in'];
    const posts = Array.from({ length: 10_000 }, (_, n) =>
      post(`p${n}`, { title: common.join(' '), body: common.join(' ') }),
    );
    const index = newIndex();
    await update(index, mapOf(posts));
    let total = 0;
    const turns = await turnsDuring(
      async () => ({ total } = await find(index, { words: common }, 20)),
    );
    expect(total).toBe(posts.length);
    expect(turns).toBeGreaterThan(SLICES);
  });

  test('while a word has many forms, and while typos are looked for', async () => {
    const words = Array.from({ length: 20_000 }, (_, n) => `con${n.toString(36)}`).join(' ');
    const index = newIndex();
    await update(index, mapOf([post('a', { body: words })]));
    expect(await turnsDuring(() => find(index, { words: ['con'] }, 9))).toBeGreaterThan(SLICES);
    const typos = Array.from({ length: 10 }, (_, n) => `kontinental${n}`);
    expect(await turnsDuring(() => find(index, { words: typos }, 9))).toBeGreaterThan(SLICES / 2);
  });
});

describe('the search of a site', () => {
  const POSTS = 400;
  const dir = mkdtemp(path.join(tmpdir(), 'search-'));
  const filler = 'Some text with **many** words, and `code`, to be read. '.repeat(60);
  const write = async (slug: string, head: string, date = '2026-01-01') =>
    writeFile(
      path.join(await dir, `${slug}.mdx`),
      `---\ndate: ${date}\n${head}\n---\n\n${filler}\n`,
    );

  beforeAll(async () => {
    process.env.POSTS_DIR = await dir;
    // Without a thread for long bodies, which takes what a build compiled.
    setRuntime(createRuntime({ bodies: new Bodies(mdxComponents) }));
    for (let n = 0; n < POSTS; n += 1) await write(`p${n}`, `title: Common ${n}`);
    await write('draft', 'title: Common draft\ndraft: true');
    await write('scheduled', 'title: Common scheduled', '2999-01-01');
    // As a purge does: checks all posts, which no build has seen.
    await runtime().snapshots.load();
  });
  afterAll(async () => rm(await dir, { recursive: true }));

  test('the index is built before anybody searches, and lets others go on', async () => {
    expect(await turnsDuring(() => runtime().search.warmUp())).toBeGreaterThan(100);
    const turns = await turnsDuring(() =>
      runtime().search.find({ words: ['common', '42'] }, 'a reader'),
    );
    expect(turns).toBeLessThan(30);
  });

  test('searches that come while it is built wait for it, and see all of it', async () => {
    await write('later', 'title: Common later');
    await runtime().snapshots.load();
    const queries = ['common', '7', 'common 42'].map((q) =>
      runtime().search.find(readQuery(q), 'a reader'),
    );
    const answers = await Promise.all(queries);
    expect(answers.map((answer) => answer?.total)).toEqual([POSTS + 1, 1, 1]);
  });

  test('of a crowd some are sent away, and the next is answered again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        runtime().search.find({ words: ['common'] }, `reader ${n}`),
      ),
    );
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(30);
    expect((await runtime().search.find({ words: ['common'] }, 'reader'))?.total).toBe(POSTS + 1);
  });

  test('one address that asks for everything is the one that is sent away', async () => {
    const stranger = Array.from({ length: 500 }, () =>
      runtime().search.find({ words: ['common'] }, 'a stranger'),
    );
    const readers = Array.from({ length: 20 }, (_, n) =>
      runtime().search.find({ words: ['common'] }, `reader ${n}`),
    );
    const ofReaders = await Promise.all(readers);
    expect(ofReaders.map((answer) => answer?.total)).toEqual(readers.map(() => POSTS + 1));
    const ofStranger = await Promise.all(stranger);
    expect(ofStranger.filter((answer) => answer !== undefined)).toHaveLength(5);
  });

  test('the page answers those who are sent away with 503, by the address that a proxy names', async () => {
    const visit = async (forwarded: string) => {
      const { req, res } = createMocks({ headers: { 'x-forwarded-for': forwarded } });
      req.socket = new Socket();
      Object.defineProperty(req.socket, 'remoteAddress', { value: '127.0.0.1' });
      await getServerSideProps({ req, res, query: { q: 'common' }, resolvedUrl: '/search' });
      return [res.statusCode, res.getHeader('Retry-After')];
    };
    const stranger = Array.from({ length: 500 }, (_, n) => visit(`192.0.2.${n}, 203.0.113.7`));
    const reader = visit('203.0.113.8');
    expect(await reader).toEqual([200, undefined]);
    const answers = await Promise.all(stranger);
    expect(answers.filter(([status]) => status === 200)).toHaveLength(5);
    expect(answers.filter(([, retryAfter]) => retryAfter === '5')).toHaveLength(495);
  });

  test('the passage is found in a long post, and a longer one than is read shows its beginning', async () => {
    const long = 'Nothing here. '.repeat(2000);
    await writeFile(
      path.join(await dir, 'deep.mdx'),
      `---\ntitle: Deep\ndate: 2026-01-01\n---\n\n${long}\n\nA pelican.\n\n${long.repeat(3)}\n\nA heron.\n`,
    );
    await runtime().snapshots.load();
    const snippet = async (word: string) => {
      const [result] = (await runtime().search.find({ words: [word] }, 'a reader'))?.results ?? [];
      return result && shown(result.snippet);
    };
    expect(await snippet('pelican')).toContain('A [pelican].');
    expect(await snippet('heron')).toMatch(/^Nothing here\./);
  });
});
