/**
 * Incremental equals from scratch: random edits, each followed by a purge, on a real server.
 *
 * After every purge each page is compared, status and bytes, with what a second server without a
 * stored page renders of the same posts; a view that this server rendered before in the same run is
 * not rendered there again. The purge must have reported exactly the pages whose bytes differ, and
 * visitors must find all of them made. After every 25 purges both servers are started anew, the
 * second one with an empty store, and all pages are compared once more.
 *
 * The second test has visitors read meanwhile, intervals expire, renders take long and purges
 * overlap: a response to a request that was sent after a purge was answered shows, of every post on
 * the page, at least the version of that purge. Here a report may name fewer pages.
 *
 * PROPERTY_EDITS sets the number of purges (`.ci/run` makes it 50, `npm run test:long` thousands), PROPERTY_SEED
 * repeats a run.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import pMap from 'p-map';
import { MISSING_PATH } from '../../lib/site/paths';
import { loadPostsFolder } from '../../lib/source/posts-folder';
import { siteOf, type Site as SiteValue } from '../../lib/site/site';
import {
  INITIAL,
  SLUGS,
  editOf,
  filesOf,
  postOf,
  save,
  type Edit,
  type Written,
} from '../setup/edits';
import { SECRET, startSite, type Site } from '../setup/site';

const EDITS = Number(process.env.PROPERTY_EDITS ?? 60);
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
const EDITS_PER_RUN = 25;
/** Enough for a machine that is several times slower. */
const LIMIT_MS = 120_000 + EDITS * 1000;
/** A failure is not shrunk, which would take thousands of purges. */
const options = { seed: SEED, endOnFailure: true };

const opened: Site[] = [];
const open = async (env: Record<string, string> = {}) => {
  const site = await startSite({}, env);
  opened.push(site);
  return site;
};
afterEach(() => Promise.all(opened.splice(0).map((site) => site.close())));

type Posts = ReadonlyMap<string, Written | undefined>;

const siteOfFolder = async ({ postsDir }: Site): Promise<SiteValue> => {
  const { posts } = await loadPostsFolder(postsDir);
  return siteOf(posts, Date.now(), 'http://localhost:3000');
};

const siteWith = (posts: Posts): SiteValue =>
  siteOf(
    [...posts].flatMap(([slug, written]) => (written ? [postOf(slug, written)] : [])),
    Date.now(),
    'http://localhost:3000',
  );

interface Report {
  revalidated: boolean;
  pages: { path: string; result: string }[];
  unchanged: number;
}

/** Some batches of edits leave less than half of the posts. */
const CONFIRMED = { confirm: 'removals' };

/** The call of a webhook that names nothing, or of one that names what `target` says. */
async function purge(site: Site, target: object = { anything: 1 }): Promise<Report> {
  const response = await fetch(`${site.url}/api/revalidate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${SECRET}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...target, ...CONFIRMED }),
  });
  const report: Report = await response.json();
  if (response.status !== 200 || !report.revalidated) throw new Error(JSON.stringify(report));
  return report;
}

const sorted = (paths: Iterable<string>) => [...paths].sort();
const pathsIn = ({ pages }: Report) => sorted(pages.map((page) => page.path));

/** A page as it is compared: its status, and its bytes in lines that a message can show. */
type Answer = string;

async function visit(site: Site, where: string): Promise<{ answer: Answer; cache: string | null }> {
  const { status, text, headers } = await site.visit(where);
  const answer = `${status}\n${text.replaceAll('><', '>\n<')}`;
  return { answer, cache: isPage(where, status) ? headers.get('x-nextjs-cache') : null };
}

/** Whether an answer is the page of that path, or its redirect: one of them is a 404 itself. */
const isPage = (where: string, status: number) =>
  status === 200 || status === 308 || where === MISSING_PATH;

const visitAll = async (site: Site, paths: Iterable<string>) =>
  new Map(
    await pMap(paths, async (at) => [at, await visit(site, at)] as const, { concurrency: 8 }),
  );

/** Computed at each request, and never in a report. */
const COMPUTED = [
  '/feed.xml',
  '/atom.xml',
  '/feed.json',
  '/tag/red/feed.xml',
  '/category/guide/feed.xml',
  '/sitemap.xml',
];

/** A server over the posts of another one that renders each page at each visit. */
async function openScratch({ postsDir }: Site) {
  const server = await open({ POSTS_DIR: postsDir });
  const config = path.join(server.dir, 'next.config.js');
  const text = await readFile(config, 'utf8');
  await server.stop();
  await writeFile(config, text.replace('cacheHandler:', 'cacheMaxMemorySize: 0,\n  cacheHandler:'));
  // The build's: the same as that of other posts without a topic.
  await rm(path.join(server.dir, '.next/server/pages/topics.html'));
  await server.start();
  const empty = () =>
    rm(path.join(server.dir, '.next/server/page-store'), { recursive: true, force: true });

  const answers = async (paths: Iterable<string>): Promise<Map<string, Answer>> => {
    const visits = [...(await visitAll(server, paths))];
    const kept = visits.filter(([at, { cache }]) => cache === 'HIT' && at !== MISSING_PATH);
    // The page of a 404 may have been made for a path that is gone, a moment before.
    expect(kept.map(([at]) => at)).toEqual([]);
    return new Map(visits.map(([at, { answer }]) => [at, answer]));
  };
  return {
    render: async (paths: string[]) => {
      await empty();
      // Has the posts read again, and renders nothing.
      await purge(server, { tag: 'none' });
      return answers(paths);
    },
    renderAnew: async (paths: string[]) => {
      await server.stop('SIGKILL');
      await empty();
      await server.start();
      return answers(paths);
    },
  };
}

/** Calls that name pages, each with a test of the paths that it means. */
const PATTERNS: [string, RegExp][] = [
  ['/*', /^/],
  ['/blog/*', /^\/blog\//],
  ['/blog/[slug]', /^\/blog\/[^/]+$/],
  ['/blog/page/[number]', /^\/blog\/page\//],
  ['/category/*', /^\/category\//],
  ['/tag/[tag]', /^\/tag\/[^/]+$/],
  ['/author/*', /^\/author\//],
  ['/archive/*', /^\/archive\//],
  ['/[slug]', /^\/(?!404$|topics$|archive$)[^/]+$/],
  ['/[...path]', /^\/(?!404$|topics$|archive$)[^/]+$|^\/old\//],
];
const TAGS = [
  'posts',
  'post:p05',
  'post:çay',
  'page:about',
  'author:ada',
  'redirect:/old/p05',
  'category:guide',
  'tag:red',
  'tag:çay',
];
const NAMED = [
  ...PATTERNS.map(([pattern, form]) => ({
    call: { path: pattern },
    means: (at: string) => form.test(at),
  })),
  ...[...TAGS, 'tag:none'].map((tag) => ({
    call: { tag },
    means: (at: string, site: SiteValue) => tag in (site.pages.get(at)?.dependencies ?? {}),
  })),
];

test(
  'a purged site is a fresh one, byte for byte, and exactly what differs was regenerated',
  async () => {
    const site = await open();
    const scratch = await openScratch(site);
    for (const at of ['/feed.xml', '/sitemap.xml']) {
      expect((await site.visit(at)).status).toBe(200);
    }
    const posts = new Map<string, Written>();
    // What the build left is gone: stored, though no visitor sees it any more.
    expect(pathsIn(await purge(site))).toContain('/blog/first');
    /** The pages, and what visitors are served of them and of those before, since the last purge. */
    let { pages } = await siteOfFolder(site);
    let served = await visitAll(site, pages.keys());
    /** What the scratch server rendered in this run, by path and view. */
    const rendered = new Map<string, Answer>();
    let purges = 0;

    const write = async (slug: string, written: Written | undefined) => {
      await save(site, slug, written);
      if (written) posts.set(slug, written);
      else posts.delete(slug);
    };

    /** All pages as the scratch server renders them, from its memory where the view is the same. */
    const expected = async (value: SiteValue, paths: string[]) => {
      // Who visits a path that is gone is shown the page of a 404.
      const keyOf = (at: string) =>
        `${at} ${JSON.stringify((value.pages.get(at) ?? value.pages.get(MISSING_PATH))?.view)}`;
      // Where what is no page leads, other posts decide.
      const unknown = paths.filter((at) => !value.pages.has(at) || !rendered.has(keyOf(at)));
      for (const [at, answer] of await scratch.render(unknown)) rendered.set(keyOf(at), answer);
      return new Map(paths.map((at) => [at, rendered.get(keyOf(at))]));
    };

    const expectSame = (answers: ReadonlyMap<string, Answer | undefined>) => {
      const wrong = [...answers].filter(([at, answer]) => served.get(at)?.answer !== answer);
      expect(wrong.map(([at]) => [at, served.get(at)?.answer])).toEqual(wrong);
    };

    const purgeAndCompare = async () => {
      const report = await purge(site);
      purges += 1;
      const value = await siteOfFolder(site);
      const before = served;
      const pagesBefore = pages;
      ({ pages } = value);
      const paths = sorted(new Set([...before.keys(), ...value.pages.keys(), ...COMPUTED]));
      served = await visitAll(site, paths);
      expectSame(await expected(value, paths));

      const differing = paths.filter(
        (at) =>
          (pagesBefore.has(at) || pages.has(at)) &&
          before.get(at)?.answer !== served.get(at)?.answer,
      );
      expect(pathsIn(report)).toEqual(differing);
      const removed = report.pages.filter(({ result }) => result === 'removed');
      expect(sorted(removed.map((page) => page.path))).toEqual(
        differing.filter((at) => !value.pages.has(at)),
      );
      expect(report.unchanged).toBe(value.pages.size - (report.pages.length - removed.length));
      // Made before the answer: no visitor waits for one.
      const late = [...value.pages.keys()].filter((at) => served.get(at)?.cache !== 'HIT');
      expect(late).toEqual([]);
    };

    const purgeNamed = async ({ call, means }: (typeof NAMED)[number]) => {
      const value = await siteOfFolder(site);
      const report = await purge(site, call);
      expect(pathsIn(report)).toEqual(
        sorted([...value.pages.keys()].filter((at) => means(at, value))),
      );
      expect(report.pages.filter(({ result }) => result !== 'regenerated')).toEqual([]);
    };

    const compareAnew = async () => {
      const paths = [...served.keys()];
      expectSame(await scratch.renderAnew(paths));
      await site.stop('SIGKILL');
      await site.start();
      expect((await purge(site)).pages).toEqual([]);
      const again = await visitAll(site, paths);
      expectSame(new Map([...again].map(([at, { answer }]) => [at, answer])));
    };

    const run = fc.record(
      {
        /** How many of the initial posts there are at first: around full pages, and none. */
        posts: fc.oneof(fc.constant(INITIAL.size), fc.constantFrom(0, 1, 9, 10, 19, 20)),
        edits: fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.array(editOf(SLUGS), { minLength: 1, maxLength: 1 }) },
            { weight: 1, arbitrary: fc.array(editOf(SLUGS), { minLength: 2, maxLength: 8 }) },
          ),
          { minLength: EDITS_PER_RUN - 1, maxLength: EDITS_PER_RUN - 1 },
        ),
        named: fc.subarray(NAMED, { minLength: 3, maxLength: 3 }),
      },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(run, async ({ posts: count, edits, named }) => {
        rendered.clear();
        for (const slug of [...posts.keys()]) await write(slug, undefined);
        for (const [slug, written] of [...INITIAL].slice(0, count)) await write(slug, written);
        await purgeAndCompare();
        for (const [index, batch] of edits.entries()) {
          for (const edit of batch) {
            for (const [slug, written] of filesOf(posts, edit)) await write(slug, written);
          }
          await purgeAndCompare().catch((error: unknown) => {
            throw new Error(`After edits[${index}]`, { cause: error });
          });
        }
        for (const target of named) await purgeNamed(target);
        await compareAnew();
      }),
      { ...options, numRuns: Math.ceil(EDITS / EDITS_PER_RUN) },
    );
    tell(`${purges} purges, each compared with a site from scratch`);
  },
  LIMIT_MS,
);

const tell = (what: string) => {
  if (process.env.PROPERTY_EDITS) process.stderr.write(`${what}; PROPERTY_SEED=${SEED}\n`);
};

const EDITORS = 3;
const READERS = 4;
/** Half of the time renders of posts take up to so long, so that edits fall into them. */
const SLOW_MS = 30;

test(
  'with visitors, intervals and overlapping purges, none is shown what a purge before replaced',
  async () => {
    const site = await open({ REVALIDATE_SECONDS: '1' });
    let responses = 0;
    const run = fc.tuple(
      ...Array.from({ length: EDITORS }, (_, editor) =>
        fc.array(editOf(SLUGS.filter((_, index) => index % EDITORS === editor)), {
          minLength: EDITS_PER_RUN,
          maxLength: EDITS_PER_RUN,
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(run, async (scripts) => {
        const observed = await editAndRead(site, scripts);
        responses += observed.length;
        const outdated = observed.flatMap((response) => {
          const may = mayShow(response);
          return may.has(response.shown) ? [] : [{ ...response, may: [...may] }];
        });
        const brief = outdated.map(({ path, shown, may }) => ({ path, shown, may }));
        expect(brief.slice(0, 5)).toEqual([]);
      }),
      { ...options, numRuns: Math.ceil(EDITS / 3 / EDITORS / EDITS_PER_RUN) },
    );
    tell(`${responses} responses, none of them outdated`);
  },
  LIMIT_MS,
);

/** All versions of each post; undefined where it is gone. */
type History = ReadonlyMap<string, (Written | undefined)[]>;
type Versions = ReadonlyMap<string, number>;

interface Seen {
  path: string;
  shown: string;
  history: History;
  /** By slug: the version of the last purge answered before the request was sent. */
  atLeast: Versions;
  /** By slug: the last version begun to be written before the response was read. */
  atMost: Versions;
}

/** Runs the editors, each with posts of its own, while the readers read; answers what was seen. */
async function editAndRead(site: Site, scripts: Edit[][]): Promise<Seen[]> {
  const history = new Map<string, (Written | undefined)[]>();
  const written = new Map<string, number>();
  const purged = new Map<string, number>();
  const posts = new Map<string, Written>();
  const paths = new Set<string>();
  const observed: Seen[] = [];

  const write = async (slug: string, post: Written | undefined) => {
    const versions = history.get(slug) ?? [];
    const token = `${slug}-v${versions.length}`;
    const next = post && { ...post, title: token, body: token };
    history.set(slug, [...versions, next]);
    if (next) posts.set(slug, next);
    else posts.delete(slug);
    if (next || versions.at(-1)) await save(site, slug, next);
    written.set(slug, versions.length);
  };
  const purgeWith = async (call: () => Promise<unknown>) => {
    const covered = [...written];
    await call();
    for (const [slug, version] of covered) {
      purged.set(slug, Math.max(version, purged.get(slug) ?? 0));
    }
  };
  const read = async (at: string) => {
    const atLeast = new Map(purged);
    const { status, text } = await site.visit(at);
    const atMost = new Map([...history].map(([slug, versions]) => [slug, versions.length - 1]));
    observed.push({ path: at, shown: shownIn(status, text), history, atLeast, atMost });
  };

  const edit = async (script: Edit[]) => {
    for (const [index, edit] of script.entries()) {
      const files = filesOf(posts, edit);
      for (const [slug, post] of files) await write(slug, post);
      // Saved once more while the pages of the first version are being rendered.
      const early = purgeWith(() => purge(site));
      await pause(SLOW_MS / 3);
      for (const [slug, post] of files) await write(slug, post);
      for (const at of siteWith(posts).pages.keys()) paths.add(at);
      const own = `/blog/${encodeURIComponent(edit.slug)}`;
      await purgeWith(async () => {
        if (index % 2 === 0) return purge(site);
        expect(await site.purge(own, '&confirm=removals')).toEqual({
          status: 200,
          body: '{"revalidated":true}',
        });
      });
      await Promise.all([read(own), read('/'), early]);
    }
  };

  for (const slug of SLUGS) await write(slug, INITIAL.get(slug));
  for (const at of siteWith(posts).pages.keys()) paths.add(at);
  await purgeWith(() => purge(site));
  let done = false;
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    for (let step = reader * 11; !done; step += 1) await read([...paths][step % paths.size] ?? '/');
  });
  const slowRenders = async () => {
    while (!done) {
      const letGo = await Promise.all(SLUGS.map(site.hold));
      await pause(SLOW_MS);
      await Promise.all(letGo.map((release) => release()));
      await pause(SLOW_MS);
    }
  };
  const slow = slowRenders();
  await Promise.all(scripts.map(edit)).finally(() => (done = true));
  await Promise.all([...readers, slow]);
  for (const slug of posts.keys()) await save(site, slug, undefined);
  return observed;
}

/** What a page says of posts and their versions. */
const shownIn = (status: number, text: string) =>
  [status, ...sorted(new Set(text.match(/[\p{L}\p{N}]+-v\d+/gu)))].join(' ');

/**
 * What a response may show: any mixture of the versions between its two limits, since posts that
 * are edited at the same time need not be read at the same time.
 */
function mayShow({ path: at, history, atLeast, atMost }: Seen): Set<string> {
  let mixtures: Posts[] = [new Map()];
  for (const [slug, versions] of history) {
    const possible = versions.slice(atLeast.get(slug), (atMost.get(slug) ?? 0) + 1);
    mixtures = mixtures.flatMap((posts) =>
      possible.map((post) => new Map([...posts, [slug, post] as const])),
    );
  }
  const sites = mixtures.map(siteWith);
  const shown = (status: number, where: string) =>
    sites.flatMap((site) => {
      const page = site.pages.get(where);
      const leads = page?.kind === 'redirect' || (!page && site.leadOf(where));
      if (leads) return [shownIn(308, '')];
      return page ? [shownIn(status, JSON.stringify(page.view))] : [];
    });
  const isGone =
    at === MISSING_PATH || sites.some((site) => !site.pages.has(at) && !site.leadOf(at));
  return new Set([
    ...(at === MISSING_PATH ? [] : shown(200, at)),
    ...(isGone ? shown(404, MISSING_PATH) : []),
  ]);
}
