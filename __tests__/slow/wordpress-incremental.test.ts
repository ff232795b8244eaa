/**
 * Incremental equals from scratch, with a real WordPress as the source: random edits as people make
 * them there, and nobody but our plugin tells the site of them.
 *
 * In the first test webhooks are lost on their way, late, repeated, and arrive in another order.
 *
 * When WordPress has heard that all edits have arrived, each page, the feed, the sitemap and a search
 * are compared, status and bytes, with those of a second server that is started anew, with an empty
 * store, and reads all of WordPress. Pages that are gone are compared as well: they must be 404s.
 *
 * The second test does the same when WordPress or the site has been killed, and webhooks were lost.
 *
 * PROPERTY_EDITS makes a run longer; since each comparison starts a server, there are only a tenth as
 * many. PROPERTY_SEED repeats a run.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import pMap from 'p-map';
import { MISSING_PATH } from '../../lib/site/paths';
import { siteOf, type Site as SiteValue } from '../../lib/site/site';
import { loadWordPress } from '../../lib/source/wordpress/wordpress';
import { freePort, SECRET, startSite, until, type Site } from '../setup/site';
import { FATES, wayTo, type Fate, type WebhookWay } from '../setup/webhook-way';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';
import {
  anyEdit,
  fill,
  findableEdit,
  make,
  postEdit,
  topicEdit,
  type Edit,
  type Things,
} from '../setup/wordpress-edits';

/** Each is an edit or a few, and a comparison. */
const STEPS = process.env.PROPERTY_EDITS ? Math.ceil(Number(process.env.PROPERTY_EDITS) / 10) : 4;
const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
const STEPS_PER_RUN = 25;
/** Enough for a machine that is several times slower. */
const LIMIT_MS = 120_000 + STEPS * 10_000;
/** A failure is not shrunk, which would take hundreds of servers. */
const options = { seed: SEED, endOnFailure: true };

/** Computed at each request. */
const COMPUTED = ['/feed.xml', '/sitemap.xml', '/search?q=post'];

/** A WordPress, the site that it tells of edits, and a server that begins from nothing. */
interface Blog {
  wordpress: WordPress;
  site: Site;
  /** By which webhooks reach it. */
  way: WebhookWay;
  scratch: Site;
  things: Things;
  /** All paths that the site ever had. */
  seen: Set<string>;
}

const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { close } of opened.splice(0).reverse()) await close();
});

async function open(): Promise<Blog> {
  for (const { close } of opened.splice(0).reverse()) await close();
  const wordpress = await startWordPress();
  opened.push(wordpress);
  const things = await fill(wordpress);
  const [site, scratch] = await Promise.all([
    startSite({}, { WORDPRESS_URL: wordpress.url }),
    startSite({}, { WORDPRESS_URL: wordpress.url }),
  ]);
  const way = await wayTo(site.url);
  opened.push(site, scratch, way);
  await wordpress.activate({ url: way.url, secret: SECRET });
  // As saving the settings does: from now on the plugin tells what only administrators see.
  await site.call({ changed: true });
  const blog: Blog = { wordpress, site, way, scratch, things, seen: new Set() };
  // Who visits a page has it stored; the build left those of another blog.
  await visitAll(site, (await siteNow(blog)).paths);
  return blog;
}

/** The site as it is now, read without any memory; its paths count as seen from now on. */
async function siteNow({ wordpress, seen }: Blog) {
  const { posts, problems, facts } = await loadWordPress(wordpress.url, undefined, undefined, {
    compareAfterMs: 0,
    secrets: [SECRET],
  });
  expect(problems).toEqual([]);
  const { pages, leadOf } = siteOf(posts, Date.now(), 'http://localhost:3000', undefined, facts);
  const paths = [...pages].flatMap(([at, { kind }]) => (kind === 'redirect' ? [] : [at]));
  for (const at of paths) seen.add(at);
  return { paths, leadOf };
}

/** Status and bytes of pages, in lines that a message can show. */
const visitAll = async (site: Site, paths: Iterable<string>) =>
  new Map(
    await pMap(
      paths,
      async (at) => {
        const { status, text } = await site.visit(at);
        return [at, `${status}\n${text.replaceAll('><', '>\n<')}`] as const;
      },
      { concurrency: 8 },
    ),
  );

const isFound = (answer: string | undefined) => answer?.startsWith('200\n') ?? false;

/** What a server serves that begins from nothing, at all paths that were ever seen, and where others lead. */
interface FromScratch {
  expected: ReadonlyMap<string, string>;
  leadOf: SiteValue['leadOf'];
}

async function fromScratch(blog: Blog): Promise<FromScratch> {
  const { scratch, seen } = blog;
  const { paths, leadOf } = await siteNow(blog);
  await scratch.stop('SIGKILL');
  await rm(path.join(scratch.dir, '.next/server/page-store'), { recursive: true, force: true });
  await scratch.start();
  const expected = await visitAll(scratch, [...seen, ...COMPUTED]);
  const found = [...seen].filter((at) => at === MISSING_PATH || isFound(expected.get(at)));
  expect(found.sort()).toEqual(paths.sort());
  return { expected, leadOf };
}

/**
 * Whether one says that there is no page, the other leads to where WordPress says it is now: it is asked only ten
 * times a minute.
 */
const isOneLed = (one = '', other = '') =>
  [one, other]
    .map((answer) => answer.slice(0, 3))
    .sort()
    .join() === '301,404';

/** The pages that the site serves otherwise: what it serves, and what is expected. */
async function differences({ site }: Blog, { expected, leadOf }: FromScratch) {
  const served = await visitAll(site, expected.keys());
  const wrong = [...expected].filter(
    ([at, answer]) =>
      served.get(at) !== answer && !(leadOf(at) === undefined && isOneLed(served.get(at), answer)),
  );
  return { served: wrong.map(([at]) => [at, served.get(at)]), expected: wrong };
}

/** Expects that the site serves what a server serves that begins from nothing. */
async function compare(blog: Blog, when: string): Promise<void> {
  try {
    const { served, expected } = await differences(blog, await fromScratch(blog));
    expect(served).toEqual(expected);
  } catch (error) {
    throw new Error(when, { cause: error });
  }
}

/**
 * Until the site has confirmed all edits. Time passes for WordPress meanwhile: an attempt that is
 * planned for later is made now.
 */
async function settle({ wordpress }: Blog): Promise<void> {
  await until(async () => {
    const said = await wordpress.php(
      `if (!evergreen_pending()) exit('settled');
      $at = wp_next_scheduled('evergreen_retry');
      if (!$at) exit('nothing planned');
      wp_unschedule_event($at, 'evergreen_retry');
      wp_schedule_single_event(time() - 1, 'evergreen_retry');
      echo 'due';`,
    );
    if (said === 'settled') return true;
    if (said !== 'due') throw new Error(`WordPress has changes to tell, but ${said}`);
    await wordpress.cron();
    return false;
  });
}

const makeAll = async ({ wordpress, things }: Blog, edits: Edit[]): Promise<void> => {
  for (const edit of edits) await make(wordpress, things, edit);
};

/** Where the plugin sends its webhooks. */
const sendTo = (wordpress: WordPress, url: string) =>
  wordpress.php(
    `update_option('evergreen_settings', ['url' => '${url}', 'secret' => '${SECRET}']);`,
  );

/** Makes edits whose webhooks arrive nowhere. */
async function makeUnheard(blog: Blog, edits: Edit[]): Promise<void> {
  await sendTo(blog.wordpress, `http://127.0.0.1:${await freePort()}`);
  await makeAll(blog, edits);
  await sendTo(blog.wordpress, blog.way.url);
}

/** The same, and WordPress forgets that it has something to tell. */
async function makeUntold(blog: Blog, edits: Edit[]): Promise<void> {
  await makeUnheard(blog, edits);
  await blog.wordpress.php(`array_map('delete_option', array_keys(evergreen_pending()));`);
}

/** Makes edits, and something else after so many requests to WordPress, those of the site included. */
async function makeAndCut(blog: Blog, edits: Edit[], after: number, cut: () => Promise<void>) {
  const before = (await blog.wordpress.log()).length;
  const making = makeAll(blog, edits).catch(() => undefined);
  let isDone = false;
  void making.finally(() => (isDone = true));
  await until(async () => isDone || (await blog.wordpress.log()).length >= before + after);
  await cut();
  await making;
}

interface Trouble {
  any: Edit[];
  ofPosts: Edit[];
  ofTopics: Edit[];
  after: number;
}

/** What goes wrong. The next edit of a post heals it. */
const TROUBLES: Record<string, (blog: Blog, trouble: Trouble) => Promise<void>> = {
  'webhooks that do not arrive': (blog, { ofTopics }) => makeUnheard(blog, ofTopics),
  'webhooks of posts that are lost for good': (blog, { ofPosts }) => makeUntold(blog, ofPosts),
  'a WordPress that is killed': async (blog, { ofPosts, after }) => {
    const { wordpress, site, seen } = blog;
    const before = await visitAll(site, seen);
    await makeAndCut(blog, ofPosts, after, wordpress.stop);
    const meanwhile = await visitAll(site, seen);
    await wordpress.start();
    const there = new Set((await siteNow(blog)).paths);
    const stayed = [...there].filter((at) => isFound(before.get(at)));
    expect(stayed.filter((at) => !isFound(meanwhile.get(at)))).toEqual([]);
  },
  'a site that is killed': async (blog, { any, after }) => {
    await makeAndCut(blog, any, after, () => blog.site.stop('SIGKILL'));
    await blog.site.start();
  },
  'a site that is killed in the middle of a purge': async (blog) => {
    const { wordpress, site } = blog;
    const { slug } = await wordpress.rest('GET', '/wp/v2/posts/1');
    const letGo = await site.hold(slug);
    await wordpress.rest('POST', '/wp/v2/posts/1', { title: 'Cut short' });
    await site.stop('SIGKILL');
    await letGo();
    await site.start();
    await settle(blog);
    await compare(blog, 'When WP-Cron has tried again');
  },
};

describeWithWordPress('incremental equals from scratch, with WordPress', () => {
  const tell = (what: string) => {
    if (process.env.PROPERTY_EDITS) process.stderr.write(`${what}; PROPERTY_SEED=${SEED}\n`);
  };

  test(
    'when the webhook has been answered, the site is a fresh one, byte for byte',
    async () => {
      let made = 0;
      let comparisons = 0;
      const edits = fc.oneof(
        { weight: 3, arbitrary: fc.array(anyEdit, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(anyEdit, { minLength: 2, maxLength: 5 }) },
      );
      const fate = fc.oneof(
        { weight: 2, arbitrary: fc.constant<Fate>('arrives') },
        { weight: 1, arbitrary: fc.constantFrom(...FATES) },
      );
      const step = fc.record({ edits, fates: fc.array(fate, { minLength: 5, maxLength: 5 }) });
      const count = Math.min(STEPS_PER_RUN, STEPS);
      const run = fc.array(step, { minLength: count, maxLength: count });
      await fc.assert(
        fc.asyncProperty(run, async (steps) => {
          const blog = await open();
          for (const [index, { edits, fates }] of steps.entries()) {
            const before = made;
            blog.way.fates = [...fates];
            for (const edit of edits) if (await make(blog.wordpress, blog.things, edit)) made += 1;
            if (made === before) continue;
            await settle(blog);
            await blog.way.empty();
            await compare(blog, `After steps[${index}]: ${JSON.stringify({ edits, fates })}`);
            comparisons += 1;
          }
        }),
        { ...options, numRuns: Math.ceil(STEPS / count) },
      );
      tell(`${made} edits, ${comparisons} comparisons with a site from scratch`);
    },
    LIMIT_MS,
  );

  test(
    'an edit heals what was lost before it, and the interval what was lost for good',
    async () => {
      const some = (edit: fc.Arbitrary<Edit>) => fc.array(edit, { minLength: 1, maxLength: 4 });
      const trouble = fc.record({
        any: some(anyEdit),
        ofPosts: some(postEdit),
        ofTopics: fc.array(topicEdit, { minLength: 3, maxLength: 6 }),
        after: fc.integer({ min: 1, max: 10 }),
      });
      const kinds = Object.entries(TROUBLES);
      const count = Math.max(kinds.length, Math.ceil(STEPS / 4));
      const run = fc.record({
        kinds: fc.shuffledSubarray(kinds, { minLength: kinds.length }),
        troubles: fc.array(trouble, { minLength: count, maxLength: count }),
        unheard: fc.array(some(findableEdit), {
          minLength: Math.ceil(count / 5),
          maxLength: Math.ceil(count / 5),
        }),
      });
      await fc.assert(
        fc.asyncProperty(run, async ({ kinds, troubles, unheard }) => {
          const blog = await open();
          for (const [index, trouble] of troubles.entries()) {
            const [name, happens] = kinds[index % kinds.length] ?? [];
            await happens?.(blog, trouble);
            await blog.wordpress.rest('POST', '/wp/v2/posts/1', { title: `Heals ${index}` });
            await settle(blog);
            await compare(blog, `After troubles[${index}], ${name}`);
          }

          await blog.site.stop();
          await blog.site.start({ REVALIDATE_SECONDS: '1' });
          for (const edits of unheard) {
            await makeUntold(blog, edits);
            const scratch = await fromScratch(blog);
            await until(async () => (await differences(blog, scratch)).expected.length === 0).catch(
              () => compare(blog, `After ${JSON.stringify(edits)}, and a while`),
            );
          }
        }),
        { ...options, numRuns: 1 },
      );
      tell(`${count} times in trouble`);
    },
    LIMIT_MS,
  );
});
