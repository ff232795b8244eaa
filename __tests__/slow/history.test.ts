/**
 * The history of a site of several instances: random edits, purges by whichever instance, visitors at
 * all of them and faults, and every response checked against what was promised.
 *
 * The promise: after a purge of what changed was answered 200, a request made afterwards to any instance
 * that reaches Redis, or to the edge, is not served older content; and when all is quiet, every instance
 * and the edge serve, byte for byte, what one with an empty Redis serves.
 *
 * The instances share a posts folder and a Redis, each by a way of its own; in front of all is Varnish,
 * as in `deploy/`, where that is installed. Visitors come all the time, and pages expire soon. Meanwhile
 * instances are killed, frozen in the middle of a render, replaced by another build that serves beside
 * the old one for a while; their way to Redis is slowed down, blocked and cut; Redis is stopped and comes
 * back with what it had, with what it had some time ago, or with nothing; it hangs; it is emptied.
 *
 * Not held against the site, but counted apart:
 * - unreached: the instance did not use one connection to Redis from before the request until after it,
 *   or had given one up half a second before (`RedisLink.reached`), so that it made do with what it had;
 * - frozen: the request was sent before the instance went on, and may have been half answered;
 * - joined: Next served it what it had begun for another request before the purge was answered. That is
 *   not guessed: a request that looked up nothing itself was served the look of another one;
 * - down: Varnish had nobody to ask, and nothing to serve.
 * That holds for what the edge fetched for the very visitor. What it kept must not be older, whoever it
 * was that gave it.
 *
 * HISTORY_SECONDS sets how long there are faults, HISTORY_SEED repeats their choice, though not their
 * timing. `setup/mutants.ts` has faults of the site for which this must fail.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import type { Proof } from '../../lib/console/freshness';
import { MISSING_PATH } from '../../lib/site/paths';
import { siteOf } from '../../lib/site/site';
import { TEST_DIR } from '../setup/build-site';
import { postOf, type Written } from '../setup/edits';
import {
  faultIn,
  joinedSince,
  notesIn,
  shownIn,
  type Note,
  type Promised,
  type Shown,
  type Version,
} from '../setup/history';
import { edgeOf, hasVarnish, type Edge } from '../setup/edges';
import { linkTo, type RedisLink } from '../setup/redis-link';
import { describeWithRedis, startRedis } from '../setup/redis';
import { freePort, SECRET, startSite, until, type Site } from '../setup/site';

const SECONDS = Number(process.env.HISTORY_SECONDS ?? 12);
const SEED = Number(process.env.HISTORY_SEED ?? Date.now() % 2 ** 31);
/** All is quiet and compared so often. */
const ROUND_SECONDS = 20;
const LIMIT_MS = 180_000 + SECONDS * 10_000;

const INSTANCES = 3;
/** One more while a build is replaced. */
const PORTS = INSTANCES + 1;
const READERS_EACH = 2;
const EDITORS = 3;
const PURGES_AT_ONCE = 4;
/** Nobody waits longer than that for an instance that was frozen. */
const PATIENCE_MS = 1000;
const SLUGS = Array.from({ length: 12 }, (_, index) => `p${index + 1}`);
const CATEGORIES = ['one', 'two'];
const TAGS = ['red', 'blue'];
const PATHS = [
  ...SLUGS.flatMap((slug) => [`/blog/${slug}`, `/blog/${slug}`]),
  ...CATEGORIES.map((name) => `/category/${name}`),
  ...TAGS.map((name) => `/tag/${name}`),
  ...['/', '/', '/topics', '/feed.xml', '/sitemap.xml', '/blog/page/1'],
];
/** Most serve one build. */
const BUILDS = ['first', 'first', 'second', 'third'];
/** Where pages do not expire, an instance reads the posts only when a purge says so. */
const INTERVALS = ['1', '2', '3600'];

/** Random choices, repeatable. */
interface Dice {
  below: (limit: number) => number;
  of: <T>(...choices: [T, ...T[]]) => T;
  from: <T>(choices: readonly T[]) => T;
  chance: (share: number) => boolean;
}

function diceOf(seed: number): Dice {
  let state = seed;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = <T>(choices: readonly T[]): T => {
    const index = Math.floor(next() * choices.length);
    for (const choice of choices.slice(index)) return choice;
    throw new Error('Nothing to choose from');
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    of: (...choices) => from(choices),
    from,
    chance: (share) => next() < share,
  };
}

/** The posts, and what was promised of them and when. */
function openPosts(postsDir: string) {
  const history = new Map<string, Version[]>(SLUGS.map((slug) => [slug, [{ edit: 0 }]]));
  const written = new Map<string, number>(SLUGS.map((slug) => [slug, 0]));
  /** Each with all that was promised before; of a path, or of all pages. */
  const promises: { atMs: number; path?: string; promised: Promised }[] = [];
  let edits = 1;

  const current = (slug: string) => history.get(slug)?.[written.get(slug) ?? 0]?.post;
  const lastOf = (path: string | undefined, atMs: number): Promised =>
    promises.findLast((one) => one.path === path && one.atMs <= atMs)?.promised ?? new Map();
  /** The higher place of each post. */
  const merged = (one: Promised, other: Promised): Promised =>
    new Map(
      [...one, ...other].map(([slug]) => [
        slug,
        Math.max(one.get(slug) ?? 0, other.get(slug) ?? 0),
      ]),
    );
  return {
    history,
    edits: () => edits,
    current,
    /** What was promised of a page until then. */
    promisedOf: (path: string, atMs = Infinity) =>
      merged(lastOf(undefined, atMs), lastOf(path, atMs)),
    /** Writes or removes a post; no two at a time of one slug. */
    write: async (slug: string, post: Written | undefined) => {
      const versions = history.get(slug) ?? [];
      const was = versions.at(-1)?.post;
      if (!post && !was) return;
      versions.push({ edit: edits, post });
      edits += 1;
      const file = path.join(postsDir, `${slug}.mdx`);
      if (post) {
        const { body, ...fields } = post;
        await writeFile(`${file}.new`, `---\n${JSON.stringify(fields)}\n---\n\n${body}\n`);
        await rename(`${file}.new`, file);
      } else await rm(file);
      written.set(slug, versions.length - 1);
    },
    /** Call before a purge, and what it answers when that was answered 200; of one page, before a question. */
    promise: (path?: string) => {
      const covered = new Map(written);
      return () => {
        const promised = merged(covered, lastOf(path, Infinity));
        promises.push({ atMs: Date.now(), path, promised });
      };
    },
    /** All posts as they are. */
    all: () => {
      const posts = SLUGS.flatMap((slug) => {
        const post = current(slug);
        return post ? [postOf(slug, post)] : [];
      });
      return siteOf(posts, Date.now(), 'http://localhost:3000');
    },
  };
}
type Posts = ReturnType<typeof openPosts>;

/** A random version of a post: a new one, or one that it had before. */
function versionFor(slug: string, posts: Posts, dice: Dice): Written | undefined {
  const versions = posts.history.get(slug) ?? [];
  const before = dice.from(versions.slice(-3));
  if (dice.chance(0.35)) return before.post;
  return dice.chance(0.15) ? undefined : newVersion(slug, posts, dice);
}

function newVersion(slug: string, posts: Posts, dice: Dice): Written {
  const title = `${slug}-v${posts.history.get(slug)?.length ?? 0}`;
  return {
    title,
    body: `The text of ${title}.`,
    category: dice.of(undefined, ...CATEGORIES),
    tags: TAGS.filter(() => dice.chance(0.5)),
    date: `2025-01-${slug.slice(1).padStart(2, '0')}`,
    draft: false,
    page: false,
  };
}

/** Waits for something, but not for long. */
const inTime = (work: Promise<unknown>, ms = PATIENCE_MS) => Promise.race([work, pause(ms)]);

/** The last versions of a post, for a message; those that were promised are marked. */
const lastOf = ({ history }: Posts, slug: string, promised: Promised): string[] =>
  (history.get(slug) ?? [])
    .map(({ edit, post }, index) => {
      const mark = index >= (promised.get(slug) ?? 0) ? '*' : ' ';
      return `${mark} ${edit} ${post?.title ?? `${slug} removed`}`;
    })
    .slice(-8);

/** What visitors ask: an instance. */
interface Instance {
  name: string;
  site: Site;
  link: RedisLink;
  port: number;
  /** When its process was started, in ms since 1970. */
  startedAtMs: number;
  /** Until when answers may be those of a process that was frozen, in ms since 1970. */
  frozenUntilMs: number;
  hasLeft: boolean;
  readers: Promise<void>[];
}

interface Seen {
  instance: Instance;
  visit: string;
  shown: Shown;
  /** Whether it is said to come from the store. */
  isStored: boolean;
  sentAtMs: number;
  endedAtMs: number;
  /** When the process was started that answered. */
  startedAtMs: number;
  promised: Promised;
  /** The number of the edit that was begun next when it was read. */
  until: number;
  wasFrozen: boolean;
}

/** What the edge had kept, and what is known of it. */
interface Kept {
  visit: string;
  shown: Shown;
  sentAtMs: number;
  promised: Promised;
  until: number;
  /** The visit for which it was fetched. */
  from: string;
  story: string;
}

describe('the checker', () => {
  const post = (title: string, category?: string): Written => ({
    title,
    body: '',
    category,
    tags: [],
    date: '2025-01-01',
    draft: false,
    page: false,
  });
  const history = new Map<string, Version[]>([
    [
      'p1',
      [{ edit: 0 }, { edit: 1, post: post('p1-v1') }, { edit: 3, post: post('p1-v2', 'one') }],
    ],
    ['p2', [{ edit: 0 }, { edit: 2, post: post('p2-v1', 'one') }, { edit: 4 }]],
  ]);
  const link = (slug: string, title: string) => `<a href="/blog/${slug}">${title}</a>`;

  test.each([
    ['a version that was promised', '/blog/p1', 200, 'p1-v1', { p1: 1 }, undefined],
    ['a later one', '/blog/p1', 200, 'p1-v2', { p1: 1 }, undefined],
    ['an older one', '/blog/p1', 200, 'p1-v1', { p1: 2 }, 'shows p1-v1, not p1-v2'],
    [
      'one that was not written',
      '/blog/p1',
      200,
      'p1-v3',
      {},
      /^shows p1-v3, not removed or p1-v1/,
    ],
    ['two at once', '/blog/p1', 200, 'p1-v1 p1-v2', {}, 'shows both p1-v1 and p1-v2'],
    ['a post that may be gone', '/blog/p2', 404, '', { p2: 1 }, undefined],
    ['a post that is gone', '/blog/p2', 200, 'p2-v1', { p2: 2 }, 'shows p2-v1, not removed'],
    [
      'no post that should be there',
      '/blog/p1',
      404,
      '',
      { p1: 1 },
      'answers 404, not p1-v1 or p1-v2',
    ],
    ['a list', '/', 200, link('p1', 'p1-v2'), { p1: 2, p2: 2 }, undefined],
    ['a list without a post', '/', 200, '', { p1: 2 }, 'does not list p1: p1-v2'],
    ['a sitemap with another', '/sitemap.xml', 200, '/blog/p2', { p2: 2 }, 'lists p2: removed'],
    ['a category', '/category/one', 200, link('p1', 'p1-v2'), { p1: 1, p2: 2 }, undefined],
    ['no category', '/category/one', 404, '', { p1: 2 }, 'does not list p1: p1-v2'],
    ['an error', '/topics', 500, '', {}, 'answers 500'],
  ])('is right about %s', (_, at, status, text, promised, fault) => {
    const found = faultIn(shownIn(at, status, text), history, new Map(Object.entries(promised)), 5);
    if (fault instanceof RegExp) expect(found).toMatch(fault);
    else expect(found).toBe(fault);
  });

  test('nobody is served what will be written', () => {
    expect(faultIn(shownIn('/blog/p1', 200, 'p1-v2'), history, new Map(), 3)).toMatch(
      /^shows p1-v2/,
    );
  });

  const note = (atMs: number, what: Note['what'], visit = '', at = '/blog/p1'): Note => ({
    atMs,
    what,
    visit,
    path: at,
  });
  test.each([
    ['its own look', [note(1, 'get', '1'), note(9, 'get', '2')], true, undefined],
    ['the look of another', [note(1, 'get', '1')], true, 1],
    ['the last of them', [note(1, 'get', '1'), note(4, 'get', '3')], true, 4],
    ['its own render', [note(9, 'get', '2'), note(9, 'render')], false, undefined],
    ['a render under way', [note(2, 'render'), note(9, 'get', '2')], false, 2],
    [
      'no render that ended',
      [note(2, 'render'), note(3, 'set'), note(9, 'get', '2')],
      false,
      undefined,
    ],
    [
      'no render of another page',
      [note(2, 'render', '', '/'), note(9, 'get', '2')],
      false,
      undefined,
    ],
    ['the store, whatever is under way', [note(2, 'render'), note(9, 'get', '2')], true, undefined],
  ])('knows who was served %s', (_, notes, isStored, since) => {
    const shown = shownIn('/blog/p1', 200, 'p1-v1');
    expect(joinedSince(notes, { visit: '2', shown, isStored, sentAtMs: 8 })).toBe(since);
  });
});

describeWithRedis('the history of several instances', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  test(
    'nobody who comes after a purge is served what it replaced, whatever fails',
    async () => {
      const figures = await run();
      process.stderr.write(`${JSON.stringify({ seed: SEED, ...figures })}\n`);
      // Enough of it must count, or nothing was proved.
      expect(figures.checked).toBeGreaterThan(figures.responses / 10);
      expect(figures.promises).toBeGreaterThan(SECONDS / 5);
    },
    LIMIT_MS,
  );

  async function run() {
    const postsDir = path.join(TEST_DIR, randomUUID(), 'posts');
    await mkdir(postsDir, { recursive: true });
    const posts = openPosts(postsDir);
    const redis = await startRedis();
    closing.push(redis.close);

    const instances: Instance[] = [];
    const seen: Seen[] = [];
    const counts = { purges: 0, refused: 0, promises: 0, faults: 0, quiet: 0 };
    const faults = new Map<string, number>();
    /** How often a page was said to be fresh, and how often not. */
    const answers = new Map<string, number>();
    /** Why purges were answered something else than 200. */
    const refusals = new Map<string, number>();
    const judged = { responses: 0, checked: 0, unreached: 0, frozen: 0, joined: 0 };
    const atEdge = { fetched: 0, kept: 0, down: 0 };
    const kept: Kept[] = [];
    /** What the edge fetched, by the visit for which. */
    const fetched = new Map<string, Seen>();
    const ports = await Promise.all(Array.from({ length: PORTS }, freePort));
    let edge: Edge | undefined;
    /** Faults and purges, for messages. */
    const happened: { atMs: number; what: string }[] = [];
    const noteHappened = (what: string) => happened.push({ atMs: Date.now(), what });
    const toldBetween = (fromMs: number, toMs: number) =>
      happened
        .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
        .map(({ atMs, what }) => `${atMs - fromMs} ${what}`);
    let visits = 0;
    let isQuiet = true;
    /** How often visitors come. */
    let paceMs = 5;

    const open = async (buildId: string, interval: string): Promise<Instance> => {
      const link = await linkTo(redis.url);
      closing.push(link.close);
      const env = {
        REDIS_URL: link.url,
        POSTS_DIR: postsDir,
        REVALIDATE_SECONDS: interval,
        NOTES: 'yes',
        EDGE_URLS: edge?.url ?? '',
      };
      const port = ports.find((one) => instances.every((other) => other.port !== one));
      const site = await startSite({}, env, buildId, port);
      closing.push(site.close);
      const name = `${buildId} at ${new URL(site.url).port}`;
      const instance: Instance = {
        name,
        site,
        link,
        port: port ?? 0,
        startedAtMs: 0,
        frozenUntilMs: 0,
        hasLeft: false,
        readers: [],
      };
      instances.push(instance);
      return instance;
    };

    const visitAt = async (site: Site | Edge, at: string) => {
      visits += 1;
      const visit = String(visits);
      const promised = posts.promisedOf(at);
      const sentAtMs = Date.now();
      const answer = await site.visit(at, { 'x-visit': visit }).catch(() => undefined);
      // Killed meanwhile.
      if (!answer) return undefined;
      const shown = shownIn(at, answer.status, answer.text);
      return { answer, visit, shown, sentAtMs, promised, until: posts.edits() };
    };
    type Visited = NonNullable<Awaited<ReturnType<typeof visitAt>>>;
    const noteSeen = (instance: Instance, { answer, ...visited }: Visited, startedAtMs: number) =>
      seen.push({
        ...visited,
        instance,
        isStored: /HIT|STALE/.test(answer.headers.get('x-nextjs-cache') ?? ''),
        endedAtMs: Date.now(),
        startedAtMs,
        wasFrozen: visited.sentAtMs <= instance.frozenUntilMs,
      });
    const read = async (instance: Instance, at: string) => {
      const { startedAtMs } = instance;
      const visited = await visitAt(instance.site, at);
      if (visited) noteSeen(instance, visited, startedAtMs);
    };
    const readAtEdge = async (at: string) => {
      const visited = edge && (await visitAt(edge, at));
      if (!visited) return;
      const { visit, sentAtMs } = visited;
      const header = (name: string) => visited.answer.headers.get(name) ?? '';
      const port = ports[Number(header('x-backend').slice('site'.length)) - 1];
      const instance = instances.find((one) => one.port === port);
      const from = header('x-fetched-for');
      if (header('x-backend') === '') atEdge.down += 1;
      else if (from !== visit) {
        const { shown, promised, until: edit } = visited;
        const ageMs = 1000 * Number(header('age'));
        const story = `fetched for visit ${from}, about ${ageMs} ms ago, from ${header('x-backend')}: ${header('x-said')}`;
        kept.push({ visit, shown, sentAtMs, promised, until: edit, from, story });
      } else if (instance) {
        atEdge.fetched += 1;
        noteSeen(instance, visited, instance.startedAtMs);
        for (const own of seen.slice(-1)) fetched.set(visit, own);
      }
    };
    const startReaders = (instance: Instance, dice: Dice) => {
      instance.readers = Array.from({ length: READERS_EACH }, async () => {
        while (!isQuiet && !instance.hasLeft) {
          await read(instance, dice.from(PATHS));
          await pause(paceMs + dice.below(5 * paceMs));
        }
      });
    };

    let edgeReaders: Promise<void>[] = [];
    const startEdgeReaders = (dice: Dice) => {
      edgeReaders = Array.from({ length: edge ? READERS_EACH : 0 }, async () => {
        while (!isQuiet) {
          await readAtEdge(dice.from(PATHS));
          await pause(paceMs + dice.below(5 * paceMs));
        }
      });
    };

    const purge = async (instance: Instance, named?: string): Promise<boolean> => {
      const promise = posts.promise();
      counts.purges += 1;
      const query = new URLSearchParams({ secret: SECRET, ...(named && { path: named }) });
      const how = named === undefined ? '&changed' : '';
      const url = `${instance.site.url}/api/revalidate?${query}${how}`;
      const number = counts.purges;
      noteHappened(`purge ${number} of ${named ?? 'all'} at ${instance.name}`);
      const response = await fetch(url).catch(() => undefined);
      const answer = await response?.text().catch(() => undefined);
      noteHappened(`purge ${number}: ${response?.status} ${answer}`);
      // 400: the path that was named is no page any more.
      if (response?.status !== 200) {
        counts.refused += 1;
        const why = /"message":"([^"]*)/.exec(answer ?? '')?.[1] ?? 'no answer';
        const kind = why.replace(/\/blog\/p\d+/, '/blog/…').replaceAll(/\d+/g, '…');
        refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
        return false;
      }
      promise();
      counts.promises += 1;
      return true;
    };

    /** Purges that raise marks and promise nothing of what changed elsewhere. */
    const purgeTag = async (instance: Instance, tag: string) => {
      const query = new URLSearchParams({ secret: SECRET, tag });
      await fetch(`${instance.site.url}/api/revalidate?${query}`).catch(() => undefined);
    };

    const ask = async ({ site }: Instance, at: string): Promise<Proof | undefined> => {
      const query = new URLSearchParams({ secret: SECRET, path: at });
      const response = await fetch(`${site.url}/api/fresh?${query}`).catch(() => undefined);
      return response?.ok ? response.json().catch(() => undefined) : undefined;
    };

    /** Asks whether a page is fresh, and looks at it wherever visitors come. */
    const askAndLook = async (slug: string, dice: Dice) => {
      const instance = dice.from(instances);
      const at = dice.of(`/blog/${slug}`, '/', '/topics', `/category/${dice.from(CATEGORIES)}`);
      const promise = posts.promise(at);
      const query = new URLSearchParams({ secret: SECRET, path: at });
      const response = await fetch(`${instance.site.url}/api/fresh?${query}`).catch(
        () => undefined,
      );
      const answer = await response?.text().catch(() => undefined);
      noteHappened(`${at} at ${instance.name}: ${answer?.slice(0, 60)}`);
      const proof: Proof | undefined = response?.ok && answer ? JSON.parse(answer) : undefined;
      const fresh = proof?.fresh;
      answers.set(fresh ?? 'none', (answers.get(fresh ?? 'none') ?? 0) + 1);
      if (fresh !== 'yes') return;
      promise();
      if (isQuiet) return;
      await Promise.all([...instances.map((one) => read(one, at)), readAtEdge(at)]);
    };

    /** What was purged is looked at at once, wherever visitors come. */
    const purgeAndLook = async (slugs: Iterable<string>, dice: Dice) => {
      const instance = dice.from(instances);
      const slug = dice.from([...slugs]);
      if (dice.chance(0.1)) await purgeTag(instance, dice.of('posts', 'tag:red', `post:${slug}`));
      else await purge(instance, dice.chance(0.4) ? `/blog/${slug}` : undefined);
      if (!isQuiet) await look(slugs);
    };
    const look = async (slugs: Iterable<string>) => {
      const paths = [...slugs].map((slug) => `/blog/${slug}`);
      const visits = instances.flatMap((instance) => paths.map((at) => read(instance, at)));
      await Promise.all([...visits, ...paths.map(readAtEdge)]);
    };

    /** There and back again, by way of whichever instance. */
    const undo = async (slug: string, dice: Dice) => {
      const before = posts.current(slug);
      await posts.write(slug, dice.chance(0.4) ? undefined : versionFor(slug, posts, dice));
      await inTime(purgeAndLook([slug], dice));
      await posts.write(slug, before);
      await inTime(purgeAndLook([slug], dice));
    };

    /** There and back again, and one instance renders what was there in between until after the purge. */
    const undoWhileRendering = async (slug: string, dice: Dice) => {
      const instance = dice.from(instances);
      const others = instances.filter((other) => other !== instance);
      const before = posts.current(slug);
      const between = newVersion(slug, posts, dice);
      const letGo = await instance.site.hold(slug).catch(() => undefined);
      await posts.write(slug, between);
      const rendered = await instance.site.renders(slug);
      // It reads the posts for the feed, if it did not for a second.
      const hasRead = async () => {
        const { text } = await instance.site.visit('/feed.xml');
        return text.includes(between.title);
      };
      await inTime(
        until(hasRead, 2 * PATIENCE_MS).catch(() => undefined),
        2 * PATIENCE_MS,
      );
      const waiting = read(instance, `/blog/${slug}`);
      const isRendering = async () => (await instance.site.renders(slug)) > rendered;
      await Promise.race([until(isRendering, PATIENCE_MS).catch(() => undefined), waiting]);
      await posts.write(slug, before);
      await inTime(purge(dice.from(others)), 2 * PATIENCE_MS);
      await letGo?.();
      await waiting;
      await look([slug]);
    };

    const edit = async (slugs: string[], dice: Dice) => {
      const underWay = new Set<Promise<unknown>>();
      while (!isQuiet) {
        const slug = dice.from(slugs);
        const kind = dice.of('plain', 'plain', 'plain', 'undo', 'render', 'ask');
        if (kind === 'undo') await undo(slug, dice);
        else if (kind === 'render') await undoWhileRendering(slug, dice);
        else if (kind === 'ask') {
          if (dice.chance(0.5)) await posts.write(slug, versionFor(slug, posts, dice));
          await inTime(askAndLook(slug, dice));
        } else {
          const edited = new Set([slug, ...(dice.chance(0.4) ? [dice.from(slugs)] : [])]);
          for (const one of edited) await posts.write(one, versionFor(one, posts, dice));
          const done = purgeAndLook(edited, dice);
          underWay.add(done);
          void done.finally(() => underWay.delete(done));
          if (dice.chance(0.6)) await inTime(done);
          if (dice.chance(0.4)) await inTime(askAndLook(slug, dice));
        }
        while (underWay.size >= PURGES_AT_ONCE) await Promise.race(underWay);
        await pause(dice.below(60));
      }
      await Promise.all(underWay);
    };

    const noteFault = (name: string, at = '') => {
      noteHappened(`${name} ${at}`);
      counts.faults += 1;
      faults.set(name, (faults.get(name) ?? 0) + 1);
    };

    /** What happens to one instance. */
    const troubleInstances = async (dice: Dice) => {
      while (!isQuiet) {
        const instance = dice.from(instances);
        const { site, link } = instance;
        const lasts = 200 + dice.below(1800);
        const fault = dice.of('kill', 'freeze', 'freeze', 'slow', 'slow', 'block', 'cut', 'deploy');
        noteFault(fault, instance.name);
        if (fault === 'kill') {
          await site.stop('SIGKILL');
          await pause(dice.below(500));
          instance.startedAtMs = Date.now();
          await site.start();
        } else if (fault === 'freeze') {
          // With renders in its hands, of which some are held until it goes on.
          const letGo = await Promise.all(SLUGS.map(site.hold));
          const held = SLUGS.slice(0, 3).map((slug) => read(instance, `/blog/${slug}`));
          const purging = purge(instance);
          await pause(dice.below(300));
          instance.frozenUntilMs = Infinity;
          site.freeze();
          await pause(lasts);
          if (dice.chance(0.5)) await Promise.all(letGo.map((release) => release()));
          instance.frozenUntilMs = Date.now();
          site.thaw();
          await pause(dice.below(1000));
          await Promise.all(letGo.map((release) => release()));
          await Promise.all([...held, purging]);
        } else if (fault === 'slow') {
          link.delay(dice.of(5, 30, 100, 200, 700));
          await pause(2 * lasts);
          link.delay(0);
        } else if (fault === 'block') {
          link.delay(Infinity);
          await pause(lasts);
          link.delay(0);
        } else if (fault === 'cut') {
          link.cut();
          await pause(lasts / 2);
          link.join();
        } else await deploy(instance, dice);
        await pause(dice.below(800));
      }
    };

    /** Starts another build, maybe one that was there before, and stops the old one after a while. */
    const deploy = async (old: Instance, dice: Dice) => {
      startReaders(await open(dice.from(BUILDS), dice.from(INTERVALS)), dice);
      await pause(1000 + dice.below(3000));
      instances.splice(instances.indexOf(old), 1);
      old.hasLeft = true;
      await Promise.all(old.readers);
      // The edge goes on to ask it until it is gone.
      await old.site.stop('SIGKILL');
      await judge(old);
      await old.site.close();
      await old.link.close();
    };

    /** Renders take long now and then, so that edits and purges fall into them. */
    const slowRenders = async (dice: Dice) => {
      while (!isQuiet) {
        const { site } = dice.from(instances);
        const slugs = SLUGS.filter(() => dice.chance(0.5));
        const letGo = await Promise.all(slugs.map((slug) => site.hold(slug))).catch(() => []);
        await pause(dice.below(400));
        await Promise.all(letGo.map((release) => release()));
        await pause(dice.below(400));
      }
    };

    /** What happens to Redis. */
    const troubleRedis = async (dice: Dice) => {
      while (!isQuiet) {
        await pause(1000 + dice.below(5000));
        if (isQuiet) return;
        const fault = dice.of('save', 'save', 'restart', 'lose', 'crash', 'crash', 'hang', 'empty');
        noteFault(`Redis: ${fault}`);
        if (fault === 'save') await redis.client().sendCommand(['SAVE']);
        else if (fault === 'empty') await redis.client().flushAll();
        else if (fault === 'hang') {
          redis.pause();
          await pause(100 + dice.below(1500));
          redis.resume();
        } else {
          const data = { restart: 'save', lose: 'lose', crash: 'crash' } as const;
          await redis.stop(data[fault]);
          await pause(dice.below(500));
          await redis.start();
        }
      }
    };

    /** Checks what visitors of an instance were served so far. */
    const judge = async (instance: Instance) => {
      // The end of a connection is known a moment later.
      await pause(500);
      const own = seen.filter((response) => response.instance === instance);
      if (own.length === 0) return;
      seen.splice(0, seen.length, ...seen.filter((response) => response.instance !== instance));
      const log = await instance.site.notes();
      const notes = notesIn(log);
      judged.responses += own.length;
      for (const response of own) {
        const { shown, promised, until: edit, sentAtMs, endedAtMs } = response;
        const fault = faultIn(shown, posts.history, promised, edit);
        if (response.wasFrozen) judged.frozen += 1;
        else if (!instance.link.reached(sentAtMs, endedAtMs)) judged.unreached += 1;
        else {
          judged.checked += 1;
          if (fault === undefined) continue;
          const noted = notes.filter(({ atMs }) => atMs >= response.startedAtMs);
          const since = joinedSince(noted, response);
          const then = since === undefined ? promised : posts.promisedOf(shown.path, since);
          if (since !== undefined && !faultIn(shown, posts.history, then, edit)) {
            judged.joined += 1;
            continue;
          }
          throw new Error(
            [
              `${shown.path} at ${instance.name} ${fault}; visit ${response.visit}`,
              `sent at ${sentAtMs}, answered ${endedAtMs - sentAtMs} ms later`,
              'Versions by edit, * from the promised one on:',
              ...lastOf(posts, /p\d+/.exec(fault)?.[0] ?? '', promised),
              'Noted, in ms since it was sent:',
              ...noted
                .filter(({ path: at }) => at === shown.path || at === MISSING_PATH)
                .filter(({ atMs }) => atMs > sentAtMs - 2000 && atMs < endedAtMs + 100)
                .map((note) => `${note.atMs - sentAtMs} ${note.what} ${note.path} ${note.visit}`),
              'Happened, from two seconds before it was sent:',
              ...toldBetween(sentAtMs - 2000, endedAtMs),
              JSON.stringify({ seed: SEED, ...counts, ...judged }),
            ].join('\n'),
          );
        }
      }
    };

    const toldOf = ({ instance, sentAtMs, endedAtMs, shown, wasFrozen }: Seen, log: string) =>
      [
        `which ${instance.name} gave ${endedAtMs - sentAtMs} ms after ${sentAtMs}`,
        instance.link.reached(sentAtMs, endedAtMs) ? 'with Redis' : 'without Redis',
        wasFrozen ? 'frozen' : '',
        ...notesIn(log)
          .filter(({ path: at }) => at === shown.path)
          .filter(({ atMs }) => atMs > sentAtMs - 2000 && atMs < endedAtMs + 100)
          .map((note) => `${note.atMs - sentAtMs} ${note.what} ${note.visit}`),
      ].join('\n');
    /** Checks what the edge had kept. */
    const judgeKept = async () => {
      for (const { visit, shown, sentAtMs, promised, until: edit, from, story } of kept.splice(0)) {
        atEdge.kept += 1;
        const fault = faultIn(shown, posts.history, promised, edit);
        if (fault === undefined) continue;
        const source = fetched.get(from);
        const log = await source?.instance.site.notes();
        const fromMs = (source?.sentAtMs ?? sentAtMs) - 1000;
        throw new Error(
          [
            `${shown.path} kept by the edge ${fault}; visit ${visit} at ${sentAtMs}`,
            story,
            ...(source ? [toldOf(source, log ?? '')] : []),
            'Happened, from a second before it was fetched:',
            ...toldBetween(fromMs, sentAtMs),
            'Versions by edit, * from the promised one on:',
            ...lastOf(posts, /p\d+/.exec(fault)?.[0] ?? '', promised),
            JSON.stringify({ seed: SEED, ...counts, ...judged, atEdge }),
          ].join('\n'),
        );
      }
    };

    const compareWithEmpty = async () => {
      const pathsNow = new Set([...PATHS, ...posts.all().pages.keys()]);
      const empty = await startRedis();
      const fresh = await startSite({}, { REDIS_URL: empty.url, POSTS_DIR: postsDir });
      try {
        const visitAll = async (site: Site | Edge) =>
          pMap(
            pathsNow,
            async (at) => {
              const { status, text } = await site.visit(at);
              return `${at} ${status}\n${text.replaceAll('><', '>\n<')}`;
            },
            { concurrency: 4 },
          );
        const expected = await visitAll(fresh);
        const others = edge ? [{ site: edge, name: 'edge' }] : [];
        for (const { site, name } of [...instances, ...others]) {
          const answers = await visitAll(site);
          const wrong = answers.findIndex((answer, index) => answer !== expected[index]);
          // As texts, so that a message shows where they differ.
          expect({ name, answer: answers[wrong] }).toEqual({ name, answer: expected[wrong] });
        }
      } finally {
        await fresh.close();
        await empty.close();
      }
    };

    for (const slug of SLUGS.slice(0, 8)) {
      await posts.write(slug, versionFor(slug, posts, diceOf(slug.length)));
    }
    if (hasVarnish()) {
      edge = await edgeOf('varnish');
      closing.push(edge.close);
    } else
      process.stderr.write('The history runs without an edge; to have one: sudo .ci/servers\n');
    for (let count = 0; count < INSTANCES; count += 1) {
      await open(BUILDS[count] ?? '', INTERVALS[count] ?? '');
    }
    const [one = '', ...more] = ports.map((port) => `http://127.0.0.1:${port}`);
    await edge?.start(one, ...more);
    await until(() => purge(instances[0] as Instance), 60_000);

    const rounds = Math.max(2, Math.round(SECONDS / ROUND_SECONDS));
    for (let round = 0; round < rounds; round += 1) {
      const dice = (what: number) => diceOf(SEED + 1000 * round + what);
      isQuiet = false;
      // With few visitors and editors, instances go on for longer with what they know.
      const isBusy = round % 2 === 0;
      paceMs = isBusy ? 5 : 400;
      for (const [index, instance] of instances.entries()) startReaders(instance, dice(index));
      startEdgeReaders(dice(50));
      const work = [
        ...Array.from({ length: isBusy ? EDITORS : 1 }, (_, editor) =>
          edit(
            SLUGS.filter((_, index) => index % EDITORS === editor),
            dice(100 + editor),
          ),
        ),
        troubleInstances(dice(200)),
        troubleRedis(dice(201)),
        slowRenders(dice(202)),
      ];
      const failed = Promise.all(work).then(() => undefined);
      await Promise.race([pause((1000 * SECONDS) / rounds), failed]).finally(() => {
        isQuiet = true;
      });
      await failed;
      await Promise.all(instances.flatMap(({ readers }) => readers));
      await Promise.all(edgeReaders);
      await judgeKept();
      for (const instance of instances) await judge(instance);

      const { site } = diceOf(SEED + round).from(instances);
      const last = instances.find((instance) => instance.site === site) as Instance;
      await until(() => purge(last), 60_000);
      // They come back to Redis by themselves.
      for (const instance of instances) {
        await until(async () => {
          await instance.site.visit('/');
          return instance.link.reached(Date.now(), Date.now() - 1000);
        });
      }
      await compareWithEmpty();
      // All was visited, and nobody changes anything: every page is fresh, and is said to be.
      for (const at of ['/', '/topics', ...SLUGS.map((slug) => `/blog/${slug}`)]) {
        await until(async () => (await ask(last, at))?.fresh === 'yes');
      }
      counts.quiet += 1;
    }
    return {
      seconds: SECONDS,
      edits: posts.edits() - 1,
      ...counts,
      ...judged,
      atEdge,
      answers: Object.fromEntries(answers),
      kinds: Object.fromEntries(faults),
      refusals: Object.fromEntries(refusals),
    };
  }
});
