/** What edges are told, with small HTTP servers for edges. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { edgeCacheControl } from '../../../lib/edge/cache-control';
import { Edges } from '../../../lib/edge/edges';
import { InFlightResponses } from '../../../lib/edge/in-flight-responses';
import { openOutbox } from '../../../lib/edge/outbox';
import type { Instances } from '../../../lib/store/place';
import { postWith, siteWith } from '../../setup/posts';
import { freePort, until } from '../../setup/site';

const servers: Server[] = [];
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'edge-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await rm(dir, { recursive: true });
});

/** An edge that answers with a status, and notes what it is asked. */
async function edgeWith(statusOf: (url: string, times: number) => number) {
  const asked: string[] = [];
  const url = await serve(({ method, url = '' }, res) => {
    asked.push(`${method} ${url}`);
    res.statusCode = statusOf(url, asked.filter((line) => line.endsWith(` ${url}`)).length);
    res.end();
  });
  return { url, asked };
}

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return `http://127.0.0.1:${address.port}`;
}

/** Shorter than what edges in the world are given. */
const PATIENCE = { pause: 10, timeout: 3000, limit: 10_000, each: 20 };
const LITTLE_PATIENCE = { ...PATIENCE, timeout: 100 };

/** What several instances agree on; none by default. */
let instances: Pick<Instances, 'standing'> | undefined;
let unwatch: (() => void) | undefined;
let inFlight: InFlightResponses;
/** How long a purge waits for what is being sent. */
let waitMs: number;
beforeEach(() => {
  waitMs = 5000;
  instances = undefined;
  inFlight = new InFlightResponses({
    nextDueMs: () => Infinity,
    instances: () => instances as Instances | undefined,
    now: Date.now,
    get waitMs() {
      return waitMs;
    },
  });
});
afterEach(() => unwatch?.());

/** The edges of a process that has just started, with an outbox in a file. */
function edgesWith(file: string, edges: string[], patience = PATIENCE): Edges {
  return new Edges({
    edges: () => edges,
    outbox: openOutbox(file),
    inFlight,
    firstPaths: () => new Set(),
    storedPages: async () => new Map(),
    computedPaths: () => ['/feed.xml', '/sitemap.xml'],
    patience,
  });
}

/** A process that has just started, and knows what these edges hold. */
function startWith(...edges: string[]): Edges {
  const file = path.join(dir, 'known');
  writeFileSync(file, `${edges.join(',')}\n`);
  return edgesWith(file, edges);
}

const site = siteWith([postWith('a')]);
const newest = { site, generation: '', version: 1 };
const FEEDS = ['PURGE /feed.xml', 'PURGE /sitemap.xml'];

test('each edge is asked to purge each path, the feed and the sitemap', async () => {
  const servers = [await edgeWith(() => 200), await edgeWith(() => 204)];
  const edges = startWith(...servers.map(({ url }) => url));
  expect(await edges.tell(['/', '/blog/a'], newest)).toBeUndefined();
  for (const { asked } of servers) {
    expect(asked.filter((line) => !line.includes('/_next/')).sort()).toEqual(
      ['PURGE /', 'PURGE /blog/a', ...FEEDS].sort(),
    );
  }
});

test('nothing is sent where nothing changed', async () => {
  const { url, asked } = await edgeWith(() => 200);
  const edges = startWith(url);
  await edges.tell([], newest);
  expect(asked).toEqual(FEEDS);
  await edges.tell([], newest);
  expect(asked).toEqual(FEEDS);
  await edges.tell([], { ...newest, site: siteWith([]) });
  expect(asked).toEqual([...FEEDS, ...FEEDS]);
});

test('an edge that has nothing to purge is fine', async () => {
  const { url } = await edgeWith((address) => (address === '/' ? 404 : 412));
  expect(await startWith(url).tell(['/'], newest)).toBeUndefined();
});

test('an edge that stumbles is asked again', async () => {
  const { url, asked } = await edgeWith((_, times) => (times < 3 ? 500 : 200));
  expect(await startWith(url).tell(['/'], newest)).toBeUndefined();
  expect(asked.filter((line) => line === 'PURGE /')).toHaveLength(3);
});

test.each([500, 403, 405, 302])(
  'an edge that answers %d is named, and asked next time',
  async (no) => {
    let status = no;
    const { url, asked } = await edgeWith((address) => (address === '/blog/a' ? status : 200));
    const edges = startWith(url);
    const failure = `The edge ${url} did not take the purge of /blog/a: it answered ${no}`;
    expect(await edges.tell(['/blog/a'], newest)).toBe(failure);
    // The page is fresh in the store by now, so that the next purge doesn't concern it.
    expect(await edges.tell([], newest)).toBe(failure);
    status = 200;
    asked.length = 0;
    expect(await edges.tell(['/'], newest)).toBeUndefined();
    expect(asked).toEqual(expect.arrayContaining(['PURGE /', 'PURGE /blog/a']));
  },
);

test('an edge that cannot be reached is named with the reason', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  expect(await startWith(url).tell(['/'], newest)).toMatch(
    `The edge ${url} did not take the purge of /: connect ECONNREFUSED`,
  );
});

test('an edge that does not answer holds a purge up for some seconds only', async () => {
  const url = await serve(() => undefined);
  const edges = edgesWith(path.join(dir, 'known'), [url], LITTLE_PATIENCE);
  expect(await edges.tell([], newest)).toMatch(/: no answer within 0.1 s$/);
});

test('calls at the same time share a round that begins after all of them', async () => {
  const { url, asked } = await edgeWith(() => 200);
  const edges = startWith(url);
  await Promise.all(['/', '/blog/a', '/blog/a', '/topics'].map((one) => edges.tell([one], newest)));
  const purges = (one: string) => asked.filter((line) => line === `PURGE ${one}`).length;
  expect([purges('/feed.xml'), purges('/blog/a'), purges('/topics')]).toEqual([1, 1, 1]);
});

describe('the outbox', () => {
  const open = (...edges: string[]) => edgesWith(path.join(dir, 'owed'), edges);
  const owed = () => readFile(path.join(dir, 'owed'), 'utf8');

  test('is every page of the site, after a build and with another edge', async () => {
    const { url, asked } = await edgeWith(() => 200);
    await open(url).tell([], newest);
    for (const page of site.pages.keys()) expect(asked).toContain(`PURGE ${page}`);
    expect(await owed()).toBe(`${url}\n`);
    const other = await edgeWith(() => 200);
    await open(url, other.url).tell([], newest);
    expect(other.asked).toContain('PURGE /blog/a');
  });

  test('is everything at once before, where an edge can drop that', async () => {
    const asked: string[] = [];
    const url = await serve(({ url: address = '', headers }, res) => {
      asked.push([address, headers['x-purge-method'] ?? []].flat().join(' '));
      // This one can't.
      res.writeHead(address === '/.*' ? 400 : 200).end();
    });
    const edges = open(url);
    expect(await edges.tell([], newest)).toBeUndefined();
    expect(asked).toEqual(expect.arrayContaining(['/.* regex', '/blog/a']));
    asked.length = 0;
    expect(await edges.tell(['/'], newest)).toBeUndefined();
    expect(asked).not.toContain('/.* regex');
  });

  test('is nothing else where an edge says that it has dropped everything', async () => {
    let isDown = true;
    const asked: string[] = [];
    const url = await serve(({ url: address = '' }, res) => {
      asked.push(address);
      if (isDown) res.writeHead(503).end();
      else res.writeHead(200, 'Purged everything').end();
    });
    const edges = open(url);
    expect(await edges.tell([], newest)).toMatch('/.*: it answered 503');
    isDown = false;
    asked.length = 0;
    expect(await edges.tell([], newest)).toBeUndefined();
    expect(asked).toEqual(['/.*']);
  });

  test('is sent after a start, though nothing changed since', async () => {
    const { url, asked } = await edgeWith((address) => (address === '/gone' ? 500 : 200));
    await writeFile(path.join(dir, 'owed'), `${url}\n`);
    expect(await open(url).tell(['/gone'], newest)).toMatch('/gone');
    asked.length = 0;
    expect(await open(url).tell([], newest)).toMatch('/gone');
    expect(asked).toContain('PURGE /gone');
    expect(asked).not.toContain('PURGE /topics');
  });

  test('is what the store took meanwhile, without a purge', async () => {
    const { url, asked } = await edgeWith(() => 200);
    const edges = open(url);
    await edges.tell([], newest);
    edges.beforeStored('/blog/a', false);
    expect(await owed()).toBe(`${url}\n/blog/a\n`);
    asked.length = 0;
    await edges.tell([], newest);
    expect(asked).toContain('PURGE /blog/a');
    expect(await owed()).toBe(`${url}\n`);
  });

  test('is owed still if it changes while it is sent', async () => {
    const { url } = await edgeWith(() => {
      edges.beforeStored('/blog/a', false);
      return 200;
    });
    const edges = open(url);
    await edges.tell(['/blog/a'], newest);
    expect(await owed()).toBe(`${url}\n/blog/a\n`);
  });
});

describe('an in-flight response', () => {
  /** A site whose answers end when they are let go, and a visit that has arrived there. */
  const arrive = async (firstBytes = '') => {
    unwatch = inFlight.watchAll();
    let letGo = () => undefined as void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let arrivals = 0;
    const origin = await serve(async (_, res) => {
      arrivals += 1;
      res.setHeader('Cache-Control', 's-maxage=3600, stale-while-revalidate=31532400');
      res.setHeader('x-nextjs-cache', 'HIT');
      if (firstBytes !== '') res.write(firstBytes);
      await held;
      res.end('the page before');
    });
    const visit = fetch(`${origin}/blog/a`);
    await until(async () => arrivals === 1);
    return { origin, arrivals: () => arrivals, visit, letGo };
  };
  /** Meanwhile an edge is told, which notes it. */
  const begin = async (firstBytes: string) => {
    const { visit, letGo } = await arrive(firstBytes);
    const edge = await edgeWith(() => 200);
    const told = startWith(edge.url).tell(['/blog/a'], newest);
    return { asked: edge.asked, edgeUrl: edge.url, told, visit, letGo };
  };
  const saidIn = async (answer: Promise<Response>) => (await answer).headers.get('cache-control');

  test('is not kept if its headers have not left when a purge names it', async () => {
    const { told, visit, letGo } = await begin('');
    expect(await told).toBeUndefined();
    letGo();
    expect((await visit).headers.get('cache-control')).toBe('private, no-store');
  });

  test('is not kept if the purge is of everything, or names its data', async () => {
    for (const addresses of [undefined, ['/_next/data/build/blog/a.json']]) {
      const { visit, letGo } = await arrive();
      await inFlight.endBefore(addresses);
      letGo();
      expect(await saidIn(visit)).toBe('private, no-store');
    }
  });

  test('is not kept if the store was lost sight of meanwhile, nor who is served the same', async () => {
    let standing: number | undefined = 1;
    instances = { standing: () => standing };
    const { visit, origin, arrivals, letGo } = await arrive();
    standing = 2;
    const joined = fetch(`${origin}/_next/data/build/blog/a.json`);
    const other = fetch(`${origin}/blog/b`);
    await until(async () => arrivals() === 3);
    letGo();
    expect(await saidIn(visit)).toBe('private, no-store');
    expect(await saidIn(joined)).toBe('private, no-store');
    expect(await saidIn(other)).toMatch('s-maxage=3600');
    expect(await saidIn(fetch(`${origin}/blog/a`))).toMatch('s-maxage=3600');
    standing = undefined;
    expect(await saidIn(fetch(`${origin}/blog/a`))).toBe('private, no-store');
  });

  test('is waited for if they have, and then purged', async () => {
    const { asked, edgeUrl, told, visit, letGo } = await begin('Beginning of ');
    const answer = await visit;
    expect(answer.headers.get('cache-control')).toMatch('s-maxage=3600');
    // A purge that did not wait would be there before these.
    for (let times = 0; times < 10; times += 1) await fetch(edgeUrl);
    expect(asked.filter((line) => line !== 'GET /')).toEqual([]);
    letGo();
    await answer.text();
    expect(await told).toBeUndefined();
    expect(asked).toContain('PURGE /blog/a');
  });

  test('that does not end fails the purge, and is purged with the next', async () => {
    waitMs = 300;
    const { asked, told, letGo } = await begin('Beginning of ');
    expect(await told).toMatch('an older page of /blog/a has not ended in 300 ms');
    expect(asked).toEqual([]);
    letGo();
  });
});

describe('what edges may keep', () => {
  const PAGE = 's-maxage=3600, stale-while-revalidate=31532400';
  const say = (written: string, answer: Partial<Parameters<typeof edgeCacheControl>[1]> = {}) =>
    edgeCacheControl(written, {
      status: 200,
      address: '/blog/a',
      outdated: false,
      nowMs: 0,
      nextDueMs: Infinity,
      ...answer,
    });

  test('is a page, and once more for a minute', () => {
    expect(say(PAGE)).toBe('s-maxage=3600, stale-while-revalidate=60');
    expect(say(PAGE, { address: '/' })).toBe('s-maxage=3600, stale-while-revalidate=60');
    expect(say(PAGE, { address: '/blog/t%C3%BCrk%C3%A7e' })).toMatch('s-maxage=3600');
  });

  test('is a 404 for a minute, and not longer', () => {
    expect(say(PAGE, { status: 404 })).toBe('s-maxage=60');
    expect(say('s-maxage=5, stale-while-revalidate=9', { status: 404 })).toBe('s-maxage=5');
  });

  test('is nothing past the time of a scheduled post', () => {
    expect(say(PAGE, { nowMs: 1000, nextDueMs: 11_999 })).toBe('s-maxage=9');
    expect(say(PAGE, { nowMs: 1000, nextDueMs: 1500 })).toBe('s-maxage=0');
  });

  test('is no answer from before a purge', () => {
    expect(say(PAGE, { outdated: true })).toBe('private, no-store');
  });

  test.each([
    '/blog/a?utm=1',
    '/blog/%61',
    '/blog/t%c3%bcrk',
    '/blog/tu%CC%88rk',
    '/blog/./a',
    '/blog/b/../a',
    '/blog/%',
    '*',
  ])('is nothing at %s, which no purge names', (address) => {
    expect(say(PAGE, { address })).toBe('private, no-store');
  });

  test.each(['public, no-cache', 'public, max-age=31536000, immutable', 'private, no-store'])(
    'is as the site says where it says %s',
    (written) => expect(say(written, { outdated: true })).toBe(written),
  );
});
