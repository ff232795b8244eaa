/** `npm run purge`, as a child process over a real server. */
import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { runCommand, type Run } from '../setup/run-command';
import { SECRET, startSite, type Site } from '../setup/site';

/** More than two portions. */
const SLUGS = Array.from({ length: 120 }, (_, index) => `post-${index}`);

let site: Site;
/** All that the command ever wrote. */
let written = '';

beforeAll(async () => {
  const posts = SLUGS.map((slug) => [slug, `Text of ${slug}.`]);
  site = await startSite({ a: 'Text of a.', b: 'Text of b.', ...Object.fromEntries(posts) });
  // No build has seen these posts: pages are stored once they were checked.
  await site.purge('/');
});
afterAll(() => site.close());
beforeEach(async () => {
  for (const slug of ['a', 'b', 'post-60']) await site.visit(`/blog/${slug}`);
  // Whatever the test before left to regenerate.
  await site.purge('/');
});
afterEach(() => expect(written).not.toContain(SECRET));

/** Runs the command in the site's folder. */
async function run(
  args: string[],
  env: Record<string, string | undefined> = {},
  nodeArgs: string[] = [],
): Promise<Run> {
  const ended = await runCommand('purge', {
    cwd: site.dir,
    args,
    nodeArgs,
    env: { SITE_URL: site.url, MY_SECRET_TOKEN: SECRET, ...env },
  });
  written += ended.out + ended.err;
  return ended;
}

/** The pages of the report that `--json` printed. */
const resultsIn = ({ out }: Run): Record<string, string> =>
  Object.fromEntries(
    JSON.parse(out).pages.map(({ path, result }: { path: string; result: string }) => [
      path,
      result,
    ]),
  );

const textOf = async (where: string) => (await site.visit(where)).text;

/** How many calls the site answered, by its log. */
const calls = () => site.log().split('"event":"purge"').length - 1;

/** Answers as a site that is none of ours, or ails. */
async function serving(listener: RequestListener, test: (url: string) => Promise<void>) {
  const server = createServer(listener).listen(0);
  await once(server, 'listening');
  const address = server.address();
  try {
    await test(`http://localhost:${typeof address === 'object' ? address?.port : ''}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('what is regenerated', () => {
  test('a page that is named, and a line that says so', async () => {
    await site.write('a', 'Edited.');
    const { status, out, err } = await run(['/blog/a']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^regenerated +\/blog\/a +\d+ ms +named, post:a$/m);
    expect(out).toMatch(/^\d+ pages? fresh, in \d+ ms\.$/m);
    expect(await textOf('/blog/a')).toContain('Edited.');
  });

  test('several pages and a pattern', async () => {
    const ended = await run(['/blog/a', '/blog/b', '/tag/*', '--json']);
    expect(ended.status).toBe(0);
    expect(resultsIn(ended)).toMatchObject({ '/blog/a': 'regenerated', '/blog/b': 'regenerated' });
  });

  test('--tag, repeated: exactly the pages of the tags', async () => {
    await site.write('post-60', 'Shows neither.');
    const ended = await run(['--tag', 'post:b', '--tag', 'post:post-1', '--json']);
    expect(ended.status).toBe(0);
    const paths = Object.keys(resultsIn(ended));
    expect(paths).toEqual(expect.arrayContaining(['/blog/b', '/blog/post-1']));
    expect(paths).not.toContain('/blog/post-60');
  });

  test('a tag beside a path that is no page: still exactly the pages of the tag', async () => {
    await site.write('post-60', 'Shows no b.');
    const ended = await run(['/api/x', '--tag', 'post:b', '--json']);
    expect(ended.status).toBe(0);
    expect(ended.err).toBe('/api/x is no page of this site, and is left out.\n');
    expect(JSON.parse(ended.out).ignored).toEqual(['/api/x']);
    expect(Object.keys(resultsIn(ended))).not.toContain('/blog/post-60');
  });

  test('--changed: what changed, and nothing else', async () => {
    await site.write('b', 'B changed.');
    const ended = await run(['--changed', '--json']);
    expect(ended.status).toBe(0);
    expect(resultsIn(ended)).toMatchObject({ '/blog/b': 'regenerated' });
    expect(resultsIn(ended)).not.toHaveProperty('/blog/a');
  });

  test('a page of a post that is gone is removed', async () => {
    await site.write('short-lived', 'Text.');
    await run(['--changed']);
    await site.remove('short-lived');
    const { status, out } = await run(['--changed']);
    expect(status).toBe(0);
    expect(out).toMatch(/^removed +\/blog\/short-lived +/m);
  });

  test('--all: every page once, in portions', async () => {
    const renders = await Promise.all(SLUGS.map((slug) => site.renders(slug)));
    const before = calls();
    const ended = await run(['--all', '--json']);
    expect(ended.status).toBe(0);
    const results = resultsIn(ended);
    const paths = Object.keys(results);
    expect(paths).toEqual(expect.arrayContaining(['/', ...SLUGS.map((slug) => `/blog/${slug}`)]));
    expect(new Set(Object.values(results))).toEqual(new Set(['regenerated']));
    const portions = Math.ceil(paths.length / 50);
    expect(portions).toBeGreaterThan(2);
    // The plan before, and the question whether anything is left after.
    expect(calls() - before).toBe(portions + 2);
    const after = await Promise.all(SLUGS.map((slug) => site.renders(slug)));
    // None twice; one that an earlier test had rendered a moment before, not at all.
    const most = Math.max(...after.map((count, index) => count - (renders[index] ?? 0)));
    expect(most).toBeLessThanOrEqual(1);
  });

  test('named pages go in portions, and what changed is told once, with its cause', async () => {
    await site.write('b', 'B beside many.');
    const ended = await run([...SLUGS.map((slug) => `/blog/${slug}`), '--changed']);
    expect(ended.status).toBe(0);
    expect(ended.out.match(/ \/blog\/b /g)).toHaveLength(1);
    expect(ended.out).toMatch(/^regenerated +\/blog\/b +\d+ ms +post:b$/m);
    for (const slug of SLUGS) expect(ended.out).toContain(` /blog/${slug} `);
  });

  test('--dry-run: the plan, and nothing is rendered', async () => {
    await site.write('a', 'Not to be rendered.');
    const before = await site.renders('a');
    const planned = await run(['/blog/a', '--dry-run']);
    expect(planned).toMatchObject({ status: 0, err: '' });
    expect(planned.out).toMatch(/^planned +\/blog\/a +named, post:a$/m);
    expect(planned.out).toMatch(/^\d+ pages? to regenerate\.$/m);
    const report = JSON.parse((await run(['--changed', '--dry-run', '--json'])).out);
    expect(report).toMatchObject({ revalidated: false, dryRun: true });
    expect(await site.renders('a')).toBe(before);
  });

  test.each([[['--changed']], [['--changed', '--dry-run']]])('%j: nothing to do', async (args) => {
    expect(await run(args)).toEqual({ status: 0, out: 'Everything is fresh.\n', err: '' });
  });

  test('a tag that no page carries', async () => {
    const { status, out } = await run(['--tag', 'no-such-tag']);
    expect(status).toBe(0);
    expect(out).toBe('Everything is fresh: no page shows what you named.\n');
    expect(JSON.parse((await run(['--tag', 'no-such-tag', '--json'])).out)).toMatchObject({
      revalidated: true,
      pages: [],
    });
  });

  test('on a terminal: a bar, and the pages that failed by name', async () => {
    const terminal = ['--import', 'data:text/javascript,process.stdout.isTTY=true'];
    const { status, out } = await run(['/blog/a', '/blog/b'], {}, terminal);
    expect(status).toBe(0);
    expect(out).toContain('2 of 2 pages');
    expect(out).not.toContain('/blog/a');

    await site.write('broken', 'Text.', { date: 'never' });
    const failed = await run(['/blog/broken'], {}, terminal);
    await site.remove('broken');
    expect(failed.status).toBe(1);
    expect(failed.out).toMatch(/^failed +\/blog\/broken .*broken\.mdx:\d+/m);
  });
});

/** Answers as the endpoint does, and notes what it was asked. */
const answering =
  (
    calls: Record<string, unknown>[],
    answer: (call: Record<string, unknown>) => object,
  ): RequestListener =>
  async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const call = JSON.parse(body);
    calls.push(call);
    const report = answer(call);
    response.statusCode = 'confirm' in report ? 500 : 200;
    response.end(JSON.stringify({ unchanged: 0, ms: 0, ...report }));
  };

describe('what is computed for each request', () => {
  test('is always fresh, and no reason to fail', async () => {
    expect(await run(['/feed.xml', '/search/'])).toEqual({
      status: 0,
      out: 'always fresh  /feed.xml\nalways fresh  /search/\nEverything is fresh.\n',
      err: '',
    });
  });

  test('may be named beside pages', async () => {
    const ended = await run(['/blog/a', '/sitemap.xml', '--json']);
    expect(ended).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(ended.out).alwaysFresh).toEqual(['/sitemap.xml']);
    expect(resultsIn(ended)).toMatchObject({ '/blog/a': 'regenerated' });
  });
});

describe('a page that never was', () => {
  const absent = (path: string) => ({ path, result: 'absent', because: ['named'], ms: 0 });
  const WARNING = '/blog/tpyo is not a page of this site and never was: check the spelling.\n';

  test.each([
    ['planned', [{ path: '/blog/tpyo', because: ['named'] }]],
    ['left out of the plan', []],
  ])('is a warning and 1, where it is %s', async (_, planned) => {
    const site = answering([], ({ dryRun }) =>
      dryRun
        ? { revalidated: false, dryRun: true, pages: planned }
        : { revalidated: true, pages: [absent('/blog/tpyo')] },
    );
    await serving(site, async (url) => {
      const ended = await run(['/blog/tpyo', '--url', url]);
      expect(ended).toMatchObject({ status: 1, err: WARNING });
      expect(ended.out).toBe('absent       /blog/tpyo  0 ms  named\n');
      const asJson = await run(['/blog/tpyo', '--url', url, '--json']);
      expect(asJson).toMatchObject({ status: 1, err: WARNING });
      expect(resultsIn(asJson)).toEqual({ '/blog/tpyo': 'absent' });
    });
  });
});

describe('--confirm-removals', () => {
  const message = '297 of 300 posts are gone, and no pages were removed.';
  const refused = { revalidated: false, message, confirm: 'removals', pages: [] };

  test('is what a purge that would remove most posts asks for', async () => {
    await serving(
      answering([], () => refused),
      async (url) => {
        const { status, out, err } = await run(['--changed', '--url', url]);
        expect({ status, out }).toEqual({ status: 1, out: '' });
        expect(err).toContain('297 of 300 posts are gone, and no pages were removed. ');
        expect(err).toContain('npm run purge -- --changed --confirm-removals');
      },
    );
  });

  test.each([
    [['--confirm-removals'], [], true],
    [['--changed', '--confirm-removals'], [], true],
    [['/blog/a', '--confirm-removals'], ['/blog/a'], false],
  ])('%j confirms in each call', async (args, paths, changed) => {
    const calls: Record<string, unknown>[] = [];
    const report = { revalidated: true, pages: [] };
    await serving(
      answering(calls, () => report),
      async (url) => {
        expect((await run([...args, '--url', url])).status).toBe(0);
      },
    );
    expect(calls).toEqual([
      { paths, tags: [], changed, dryRun: true, confirm: 'removals' },
      { paths, tags: [], changed, confirm: 'removals' },
    ]);
  });

  test('is taken by the site', async () => {
    expect(await run(['--confirm-removals'])).toMatchObject({ status: 0, err: '' });
  });
});

test('too many names at once: 2, with the number', async () => {
  const many = Array.from({ length: 10_001 }, (_, n) => `/p${n}`);
  const { status, err } = await run(many);
  expect(status).toBe(2);
  expect(err).toContain('answered 413, 10,001 paths and tags are named');
});

describe('what fails', () => {
  test.each([[['/blog/broken']], [['--changed']], [['--all']], [['/blog/a', '--changed']]])(
    '%j and a post that cannot be read: 1, with its file and line',
    async (args) => {
      await site.write('broken', 'Text.', { date: 'never' });
      const { status, out, err } = await run(args);
      const report = JSON.parse((await run([...args, '--json'])).out);
      await site.remove('broken');
      expect(status).toBe(1);
      expect(out).toMatch(/^failed +\/blog\/broken +.*broken\.mdx:\d+: date: /m);
      expect(out.match(/^failed/gm)).toHaveLength(1);
      expect(err).toContain('fix what is named');
      expect(report.revalidated).toBe(false);
      expect(report.message).toMatch(/^\/blog\/broken: .*broken\.mdx:\d+/);
    },
  );

  test('a post that cannot be read holds back nobody else', async () => {
    await site.write('broken', 'Text.', { date: 'never' });
    const { status } = await run(['/blog/a']);
    await site.remove('broken');
    expect(status).toBe(0);
  });

  test('a source that cannot be read: 1', async () => {
    const away = `${site.postsDir}-away`;
    await rename(site.postsDir, away);
    const { status, out, err } = await run(['--changed', '--json']);
    await rename(away, site.postsDir);
    expect(status).toBe(1);
    expect(err).toContain('answered 500, ');
    expect(JSON.parse(out)).toMatchObject({ revalidated: false, pages: [] });
  });

  test('a site that cannot be reached: 1', async () => {
    let closed = '';
    await serving(
      () => undefined,
      async (url) => void (closed = url),
    );
    const { status, err } = await run(['--changed', '--url', closed]);
    expect(status).toBe(1);
    expect(err).toContain(`${closed} did not answer (ECONNREFUSED). Is it running`);
  });

  test('a proxy whose site is down: 1', async () => {
    const down: RequestListener = (_, response) => response.writeHead(502).end('<h1>Down</h1>');
    await serving(down, async (url) => {
      expect(await run(['--changed', '--url', url])).toMatchObject({
        status: 1,
        err: `${url} answered 502, no report. Fix that, and try again.\n`,
      });
    });
  });

  test('a redirect is not handed the secret: 1', async () => {
    let visited = false;
    const thief: RequestListener = (_, response) => {
      visited = true;
      response.end();
    };
    await serving(thief, async (other) => {
      const away: RequestListener = (_, response) =>
        response.writeHead(307, { Location: other }).end();
      await serving(away, async (url) => {
        const { status, err } = await run(['--changed', '--url', url]);
        expect(status).toBe(1);
        expect(err).toContain(`answered 307, ${other}: name the address of the site itself`);
      });
    });
    expect(visited).toBe(false);
  });

  test('a page that the site leaves out of its answer counts as failed: 1', async () => {
    const planned = { path: '/blog/a', because: ['named'] };
    const forgetful: RequestListener = async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const pages = JSON.parse(body).dryRun ? [planned] : [];
      response.end(JSON.stringify({ revalidated: true, pages, unchanged: 0, ms: 0 }));
    };
    await serving(forgetful, async (url) => {
      const { status, out } = await run(['/blog/a', '--url', url]);
      expect(status).toBe(1);
      expect(out).toMatch(/^failed +\/blog\/a .*left it out of its answer/m);
    });
  });
});

describe('the history', () => {
  /** A GET of the API, with the secret unless another is given. */
  const ask = async (query: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${SECRET}`, ...init.headers };
    const response = await fetch(`${site.url}/api/purges${query}`, { ...init, headers });
    return { response, body: await response.json().catch(() => undefined) };
  };

  test('--history: the last purges, who called for them, and what became of them', async () => {
    await site.write('a', 'Edited for the history.');
    await run(['/blog/a']);
    // The command has it refused as a plan already, which does nothing either way.
    await site.call({ path: '/api/x' });
    const { status, out, err } = await run(['--history', '--limit', '3']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    // The newest first; the plans of the command did nothing, so they are not among them.
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +unknown +\/api\/x +refused +0 pages +\d+ ms +"\/api\/x" is not a page/,
    );
    expect(lines[1]).toMatch(/ npm run purge +\/blog\/a.* +regenerated +\d+ pages +\d+ ms$/);
  });

  test('--why: what became of a page, why and by whom; and that no purge had it', async () => {
    await site.write('a', 'Edited, and asked why.');
    await run(['/blog/a']);
    const { status, out } = await run(['--why', `${'/blog/a'}/`, '--limit', '1']);
    expect(status).toBe(0);
    expect(out).toMatch(/^[\d-]+ [\d:]+ +regenerated +named, post:a +by npm run purge +\d+ ms\n$/);
    expect(await run(['--why', '/blog/never-was-a-page'])).toEqual({
      status: 0,
      out: 'No purge that is in the history lists /blog/never-was-a-page: of one with many pages, a hundred are listed.\n',
      err: '',
    });
  });

  test('--json: as the API answers, in portions', async () => {
    const { out } = await run(['--history', '--limit', '2', '--json']);
    const first = JSON.parse(out);
    expect(first.purges).toHaveLength(2);
    expect(first.next).toBe(first.purges[1].id);
    expect(first.lost).toEqual({ count: 0, reason: '', torn: 0 });
    const { body: second } = await ask(`?limit=2&before=${first.next}`);
    const ids = [...first.purges, ...second.purges].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(4);
    expect((await ask(`?id=${ids[3]}`)).body.purges).toEqual([second.purges[1]]);
  });

  test('tells filters apart, and refuses with a sentence what is none', async () => {
    const { body } = await ask('?result=refused&sender=unknown&path=/api/x');
    expect(body.purges[0]).toMatchObject({ result: 'refused', named: { paths: ['/api/x'] } });
    for (const [query, status, message] of [
      ['?limit=201', 400, 'limit must be a whole number from 1 to 200'],
      ['?before=none', 400, 'before must be the id of a purge that is in the history'],
      ['?since=soon', 400, /^since must be a time in ISO 8601/],
      ['?sendr=curl', 400, /^sendr is no filter/],
      ['?id=none', 404, 'The history has no purge of this id'],
    ] as const) {
      const refused = await ask(query);
      expect(refused.response.status).toBe(status);
      expect(refused.body.message).toMatch(message);
    }
  });

  test('is for those who have the secret, and is kept by nobody', async () => {
    const { response } = await ask('');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await ask('', { method: 'HEAD' })).response.status).toBe(200);
    const posted = await ask('', { method: 'POST' });
    expect([posted.response.status, posted.response.headers.get('allow')]).toEqual([
      405,
      'GET, HEAD',
    ]);
    for (const authorization of ['', 'Bearer wrong']) {
      const refused = await ask('', { headers: { authorization } });
      expect(refused.response.status).toBe(401);
      expect(refused.body).toEqual({ message: 'Invalid token' });
    }
  });

  test('what a caller wrote moves no cursor', async () => {
    await fetch(`${site.url}/api/revalidate?path=/blog/%1b%5b2Jx&report=1`, {
      headers: { authorization: `Bearer ${SECRET}` },
    });
    const { out } = await run(['--history', '--limit', '1']);
    expect(out).toContain('[2Jx');
    expect(out.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  test('that cannot be read is said, and purges go on', async () => {
    const folder = path.join(site.dir, '.evergreen/history');
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'a file');
    const { status, err } = await run(['--history']);
    const purged = await site.purge('/');
    await rm(folder);
    await rename(`${folder}-away`, folder);
    expect(status).toBe(1);
    expect(err).toMatch(/answered 503, The history cannot be read: ENOTDIR/);
    expect(purged.status).toBe(200);
    const { status: after, out } = await run(['--history', '--limit', '1']);
    expect(after).toBe(0);
    expect(out).toMatch(/^1 purge since the start could not be kept: /m);
  });
});

describe('wrong use: 2', () => {
  test.each([
    [[], 'Name what to regenerate'],
    [['--dry-run'], 'Name what to regenerate'],
    [['--chnaged'], "Unknown option '--chnaged'"],
    [['--tag'], '--tag'],
    [['/blog/a', ''], 'A path or tag is empty'],
    [['--tag', ' '], 'A path or tag is empty'],
    [['/api/x'], '"/api/x" is not a page of this site: '],
    [['blog/a'], 'a path begins with a slash'],
    [['/nonsense/*'], 'the patterns are /*'],
    [['/blog/a', '--url', 'ftp://example.com'], 'is no address of a site'],
    [['/blog/a', '--url', 'localhost'], 'is no address of a site'],
    [['--history', '/blog/a'], '--history and --why regenerate nothing'],
    [['--why', '/blog/a', '--changed'], '--history and --why regenerate nothing'],
    [['--why', 'blog/a'], 'path must be a path, which begins with a slash.'],
    [['--history', '--limit', '0'], '--limit must be a whole number from 1 to 200.'],
    [['/blog/a', '--limit', '5'], '--limit goes with --history or --why.'],
  ])('%j', async (args, message) => {
    const { status, out, err } = await run(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toContain('npm run purge -- --help');
  });
});

describe('refused: 3', () => {
  test('no secret, or one that no header can carry', async () => {
    const missing = await run(['--changed'], { MY_SECRET_TOKEN: '' });
    expect(missing).toMatchObject({ status: 3, out: '' });
    expect(missing.err).toContain('Set MY_SECRET_TOKEN');
    for (const secret of ['line\nend-of-it', 'gehäuse-€']) {
      const unfit = await run(['--changed'], { MY_SECRET_TOKEN: secret });
      expect(unfit.status).toBe(3);
      expect(unfit.err).not.toContain(secret);
    }
  });

  test('a wrong secret, and too many of them', async () => {
    const wrong = { MY_SECRET_TOKEN: 'a-wrong-secret-of-the-tests' };
    const { status, out, err } = await run(['--changed', '--json'], wrong);
    expect(status).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ revalidated: false, pages: [] });
    expect(err).toContain("answered 401, Invalid token: set the site's own MY_SECRET_TOKEN here.");
    for (let attempt = 0; attempt < 60; attempt += 1) await fetch(`${site.url}/api/revalidate`);
    const throttled = await run(['--changed'], wrong);
    expect(throttled.status).toBe(3);
    expect(throttled.err).toMatch(/answered 429, .*wait a minute, and correct MY_SECRET_TOKEN\./);
    expect(written).not.toContain(wrong.MY_SECRET_TOKEN);
    expect((await run(['--changed'])).status).toBe(0);
  });
});

test('the secret and the address come from .env.local, too', async () => {
  const file = path.join(site.dir, '.env.local');
  await writeFile(file, `MY_SECRET_TOKEN=${SECRET}\nSITE_URL=${site.url}\n`);
  const { status } = await run(['--changed'], { MY_SECRET_TOKEN: undefined, SITE_URL: undefined });
  await rm(file);
  expect(status).toBe(0);
});

test('the secret is not repeated where it was given as a path or an option', async () => {
  expect((await run([`/blog/${SECRET}`])).out).toContain('[secret]');
  expect((await run([`--${SECRET}`])).err).toContain('[secret]');
  expect((await run([`/api/${SECRET}`])).err).toContain('[secret]');
});

test('--help names every option and every exit status', async () => {
  const { status, out, err } = await run(['--help'], { MY_SECRET_TOKEN: '' });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  for (const option of [
    'tag',
    'changed',
    'all',
    'dry-run',
    'confirm-removals',
    'history',
    'why',
    'limit',
    'url',
    'json',
    'help',
  ]) {
    expect(out).toContain(`--${option}`);
  }
  expect(out).toContain('MY_SECRET_TOKEN');
  expect(out).toMatch(/Exit status: 0 [^;]*; 1 [^;]*;\s2 [^;]*; 3 /);
  expect(await run(['-h'])).toMatchObject({ status: 0, out });
});
