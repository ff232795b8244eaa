/**
 * Several instances and edges: how many visitors each way of serving a post can answer, how long a
 * purge takes until all instances and edges are fresh, and what pages weigh in Redis.
 */
import { CONNECTIONS } from './load.mjs';
import { grouped, median, milliseconds, p99, spread } from './numbers.mjs';
import { writePost } from './posts.mjs';
import { areInstalled, openEdge, openRedis, serveFile } from './servers.mjs';
import {
  build,
  copyOf,
  expectOnPage,
  newMark,
  pageOf,
  postsToEdit,
  purge,
  removeCopy,
  serve,
  visitAll,
  whileServed,
} from './sites.mjs';
import { stop } from './processes.mjs';
import { putLoad } from './wrk.mjs';

/** Of the site whose purges are measured. */
const INSTANCES = 3;
/** The pages in Redis. */
const KEYS = 'evergreen:*:page:*';

/**
 * @typedef {import('./numbers.mjs').Row} Row
 * @typedef {import('./sites.mjs').Site} Site
 * @typedef {import('./sites.mjs').Copy} Copy
 * @typedef {{ perSecond: number[], p99Ms: number[] }} Speed One figure for each round.
 * @typedef {{ rounds: number, seconds: number }} Rounds
 * @typedef {{ warmUps: number, edits: number }} Edits
 */

/**
 * @param {Rounds & Edits & { count: number, stored: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function measureInstances({ count, stored, ...sizes }) {
  if (!areInstalled()) {
    console.error('Left out the rows with Redis and edges; to have them: sudo .ci/servers');
    return [];
  }
  const evergreen = await copyOf('evergreen', count);
  const baseline = await copyOf('baseline', count);
  for (const copy of [evergreen, baseline]) await build(copy);
  const rows = await measureServed(evergreen, baseline, sizes);
  for (const copy of [evergreen, baseline]) await removeCopy(copy);
  return [...rows, await memoryOf(stored)];
}

/**
 * @param {Copy} evergreen
 * @param {Copy} baseline
 * @param {Rounds & Edits} sizes
 */
async function measureServed(evergreen, baseline, sizes) {
  /** @type {(() => Promise<void>)[]} */
  const closers = [];
  /** @type {<T extends { close(): Promise<void> }>(opened: T) => T} */
  const closedLast = (opened) => {
    closers.unshift(opened.close);
    return opened;
  };
  /** @type {(copy: Copy, env?: Record<string, string>) => Promise<Site>} */
  const served = async (copy, env) => {
    const site = await serve(copy, { env });
    closers.unshift(() => stop(site.server));
    return site;
  };
  try {
    const plain = await served(baseline);
    const onDisk = await served(evergreen);
    const alone = closedLast(await openRedis());
    const onRedis = await served(evergreen, { REDIS_URL: alone.url });

    const shared = closedLast(await openRedis());
    const varnish = closedLast(await openEdge('varnish'));
    const nginx = closedLast(await openEdge('nginx'));
    const env = { REDIS_URL: shared.url, EDGE_URLS: `${varnish.url},${nginx.url}` };
    const instances = [];
    for (let made = 0; made < INSTANCES; made += 1) instances.push(await served(evergreen, env));
    for (const edge of [varnish, nginx]) await edge.start(String(instances[0]?.url));

    const page = pageOf(Math.floor(evergreen.count / 2));
    const file = closedLast(await serveFile(await (await fetch(onDisk.url + page)).text()));
    const urls = {
      plain: plain.url + page,
      disk: onDisk.url + page,
      redis: onRedis.url + page,
      varnish: varnish.url + page,
      nginx: nginx.url + page,
      file: file.url,
    };
    const compressed = { ...urls, compressed: file.compressedUrl };
    // The plain blog knows no Brotli.
    const { varnish: throughVarnish, nginx: throughNginx } = urls;
    const brotli = {
      varnish: throughVarnish,
      nginx: throughNginx,
      compressed: file.compressedUrl,
    };
    const rows = [
      ...speedRows(await speedsOf(urls, 'identity', sizes), 'not compressed', sizes),
      ...speedRows(await speedsOf(compressed, 'gzip', sizes), 'gzip', sizes),
      ...speedRows(await speedsOf(brotli, 'br', sizes), 'Brotli', sizes),
    ];
    return [...rows, ...(await purgeRows(instances, [varnish, nginx], sizes))];
  } finally {
    for (const close of closers) await close();
  }
}

/**
 * Loads one server after another, in turns, so that whatever else the machine does falls on all.
 * Answers their speeds by name.
 * @param {Record<string, string>} urls
 * @param {import('./wrk.mjs').Encoding} encoding
 * @param {Rounds} rounds
 */
async function speedsOf(urls, encoding, { rounds, seconds }) {
  /** @type {Map<string, Speed>} */
  const speeds = new Map(Object.keys(urls).map((name) => [name, { perSecond: [], p99Ms: [] }]));
  // The first of each is a warm-up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, url] of Object.entries(urls)) {
      const loaded = await putLoad({ url, seconds, encoding });
      if (round === 0) continue;
      speeds.get(name)?.perSecond.push(loaded.perSecond);
      speeds.get(name)?.p99Ms.push(loaded.p99Ms);
    }
  }
  return speeds;
}

/** What is compared with what, and how much of its speed it should have at least. */
const COMPARED = /** @type {const} */ ([
  ['disk', 'plain', 'on disk ÷ plain Next blog', 1],
  ['redis', 'plain', 'on Redis ÷ plain Next blog', 1],
  ['redis', 'disk', 'on Redis ÷ on disk, which asks nobody'],
  ['varnish', 'file', "through Varnish ÷ nginx's static file", 0.9],
  ['nginx', 'file', "through nginx ÷ nginx's static file", 0.9],
  ['varnish', 'compressed', 'through Varnish ÷ a static file compressed beforehand', 0.9],
  ['nginx', 'compressed', 'through nginx ÷ a static file compressed beforehand', 0.9],
]);

/**
 * @param {Map<string, Speed>} speeds
 * @param {string} how
 * @param {Rounds} rounds
 * @returns {Row[]}
 */
function speedRows(speeds, how, rounds) {
  const under = `wrk, ${CONNECTIONS} connections, ${rounds.rounds} × ${rounds.seconds} s in turns`;
  return COMPARED.flatMap(([name, otherName, what, least]) => {
    const one = speeds.get(name);
    const other = speeds.get(otherName);
    if (!one || !other) return [];
    const raw =
      `${spread(one.perSecond, '/s', 0)} ÷ ${spread(other.perSecond, '/s', 0)}; ` +
      `p99 ${milliseconds(one.p99Ms)} ÷ ${milliseconds(other.p99Ms)}; ${under}`;
    const ratio = quotient(one.perSecond, other.perSecond);
    return { what: `Requests per second of a cached post, ${how}: ${what}`, ratio, least, raw };
  });
}

/**
 * The median of the rounds' ratios: what else the machine does changes from round to round.
 * @param {number[]} ones
 * @param {number[]} others
 */
const quotient = (ones, others) => median(ones.map((one, round) => one / Number(others[round])));

/**
 * @param {Site[]} instances
 * @param {{ url: string }[]} edges
 * @param {Edits} sizes
 * @returns {Promise<Row[]>}
 */
async function purgeRows(instances, edges, { warmUps, edits }) {
  const answered = [];
  const fresh = [];
  const posts = postsToEdit(warmUps + edits, Number(instances[0]?.count));
  for (const [turn, index] of posts.entries()) {
    const instance = instances[turn % instances.length];
    if (!instance) throw new Error('There is no instance');
    const mark = newMark();
    await writePost(instance.postsDir, index, mark);
    const begun = performance.now();
    const ms = await purge(instance, index);
    await Promise.all([...instances, ...edges].map((site) => expectOnPage(site, index, [mark])));
    if (turn < warmUps) continue;
    answered.push(ms);
    fresh.push(performance.now() - begun);
  }
  const where = `${instances.length} instances over one Redis, Varnish and nginx`;
  return [
    {
      what: `From a purge at one instance until all instances and edges are fresh, of ${edits}`,
      ratio: median(fresh),
      unit: 'ms',
      raw: `${milliseconds(fresh)}, the answer after ${milliseconds(answered)}; ${where}`,
    },
    {
      what: 'Its 99th percentile',
      ratio: p99(fresh),
      unit: 'ms',
      raw: `the answer after ${p99(answered).toFixed(1)} ms`,
    },
  ];
}

/**
 * What Redis keeps of a site whose pages were all visited.
 * @param {number} count
 * @returns {Promise<Row>}
 */
async function memoryOf(count) {
  const copy = await copyOf('evergreen', count);
  // What the build rendered is not in Redis: here a visit renders each post.
  const env = { PRERENDER_POSTS: '1' };
  await build(copy, env);
  const redis = await openRedis();
  const used = async () =>
    Number(/used_memory:(\d+)/.exec(await redis.client().info('memory'))?.[1]);
  try {
    const before = await used();
    const visited = await whileServed(
      copy,
      async (site) => (await visitAll(site, [], () => '')).size,
      { env: { ...env, REDIS_URL: redis.url } },
    );
    const after = await used();
    const kept = (await redis.client().keys(KEYS)).length;
    return {
      what: 'Memory of 1,000 pages in Redis',
      ratio: ((after - before) / kept) * (1000 / 1024 ** 2),
      unit: 'MiB',
      raw:
        `${((after - before) / 1024 ** 2).toFixed(1)} MiB for ${grouped(kept)} pages, which visits ` +
        `rendered; ${grouped(visited - kept)} others are the build's`,
    };
  } finally {
    await redis.close();
    await removeCopy(copy);
  }
}
