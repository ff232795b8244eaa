/** Whether a page is fresh, and why each page was rendered: a whole runtime over a folder, without a server. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../../lib/config';
import { createRuntime, type Runtime } from '../../../lib/runtime';
import { openDisk } from '../../../lib/store/disk';
import { serverOf } from '../../setup/next';
import { until } from '../../setup/site';

const START_MS = Date.parse('2026-06-01T00:00:00Z');

let dir: string;
let nowMs: number;
let runtime: Runtime;
let site: ReturnType<typeof serverOf>;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'freshness-'));
  nowMs = START_MS;
  await write('a', 'Old text.', 'tags: [red]\n');
  await write('b', 'Text.', 'tags: [red]\n');
  const now = () => nowMs;
  runtime = createRuntime({
    settings: () => ({
      ...environment(),
      postsDir: path.join(dir, 'posts'),
      siteUrl: 'https://blog.example',
      wordpressUrl: undefined,
      revalidateSeconds: 60,
    }),
    openPlace: () => openDisk({ dir: path.join(dir, 'store'), buildDir: path.join(dir, 'build') }),
    now,
  });
  site = serverOf(runtime, { now });
});
afterEach(async () => {
  runtime.close();
  await rm(dir, { recursive: true });
});

async function write(slug: string, text: string, fields = ''): Promise<void> {
  const file = path.join(dir, 'posts', `${slug}.mdx`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(
    `${file}.new`,
    `---\ntitle: Title of ${slug}\ndate: 2026-01-01\n${fields}---\n${text}\n`,
  );
  await rename(`${file}.new`, file);
}

/** Which of the checks do not hold. */
const failing = (checks: { what: string; ok: boolean }[]) =>
  checks.filter(({ ok }) => !ok).map(({ what }) => what);

const STORED = 'What is stored is what the site wants';
const READ = 'The sources were read after the question';

test('yes: what is stored is what the sources have now, with what it shows and who shows it', async () => {
  for (const where of ['/', '/blog/a', '/tag/red']) await site.visit(where);
  const proof = await runtime.freshness.ask('https://blog.example/blog/a/?utm_source=x');
  expect(proof).toMatchObject({ path: '/blog/a', fresh: 'yes', edges: [] });
  expect(proof.stored?.revision).toBe(proof.expected?.revision);
  expect(proof.stored?.renderedAt).toBe(new Date(START_MS).toISOString());
  expect(proof.shows).toContainEqual({ tag: 'post:a', isSame: true });
  expect(proof.shownBy.paths).toEqual(expect.arrayContaining(['/', '/tag/red', '/blog/b']));
  expect(failing(proof.checks)).toEqual([]);
});

test('no: an edit that nobody has purged is found, in the page and in what shows it', async () => {
  for (const where of ['/', '/blog/a']) await site.visit(where);
  await write('a', 'New text.', 'tags: [red]\nsummary: New.\n');
  const proof = await runtime.freshness.ask('/blog/a');
  expect(proof.fresh).toBe('no');
  expect(failing(proof.checks)).toEqual([STORED]);
  expect(proof.shows).toContainEqual({ tag: 'post:a', isSame: false });
  expect((await runtime.freshness.ask('/')).fresh).toBe('no');
  await site.purge();
  for (const where of ['/', '/blog/a']) {
    expect((await runtime.freshness.ask(where)).fresh).toBe('yes');
  }
});

test('no: a post that cannot be used has its last good page, and the proof says why', async () => {
  await site.visit('/blog/a');
  await write('a', 'A <Broken');
  const proof = await runtime.freshness.ask('/blog/a');
  expect(proof.fresh).toBe('no');
  expect(failing(proof.checks)).toContain('Its post can be used');
  expect(proof.checks.find(({ ok }) => !ok)?.detail).toMatch(/a\.mdx.*last good version stays/s);
});

test('unknown: nobody has visited it yet, or the sources cannot be read', async () => {
  expect(await runtime.freshness.ask('/blog/a')).toMatchObject({ fresh: 'unknown' });
  await site.visit('/blog/a');
  await rename(path.join(dir, 'posts'), path.join(dir, 'away'));
  await writeFile(path.join(dir, 'posts'), '');
  nowMs += 2000;
  const proof = await runtime.freshness.ask('/blog/a');
  expect(proof.fresh).toBe('unknown');
  expect(failing(proof.checks)).toEqual([READ]);
});

test('yes: a page that is gone, and is told to be', async () => {
  await site.visit('/blog/a');
  await rm(path.join(dir, 'posts/a.mdx'));
  expect((await runtime.freshness.ask('/blog/a')).fresh).toBe('no');
  await site.purge('/blog/a');
  expect(await runtime.freshness.ask('/blog/a')).toMatchObject({
    fresh: 'yes',
    expected: { revision: null },
    stored: { revision: null },
  });
});

test('what is computed for each request is always fresh, and what is no page is refused', async () => {
  expect(await runtime.freshness.ask('/feed.xml')).toMatchObject({ fresh: 'yes' });
  await expect(runtime.freshness.ask('//evil.example/')).rejects.toMatchObject({ status: 400 });
  await expect(runtime.freshness.ask('https://evil.example/')).rejects.toMatchObject({
    status: 400,
  });
});

test('each render has its reason: a visit that waits, a purge, an interval', async () => {
  const ended: string[] = [];
  runtime.renders.onEnd(({ path: at, reason }) => at === '/blog/a' && ended.push(reason));
  await site.visit('/blog/a');
  await write('a', 'New text.');
  await site.purge('/blog/a');
  expect(runtime.renders.last('/blog/a')).toMatchObject({ reason: 'purge', isStored: true });
  nowMs += 61_000;
  // Who comes now is served the page before, while the next is rendered.
  await site.visit('/blog/a');
  await until(() => ended.length === 3);
  expect(ended).toEqual(['visit', 'purge', 'interval']);
  expect(runtime.renders.waits()).toEqual([
    { hourMs: START_MS, visits: 1, longestMs: expect.any(Number) },
  ]);
  expect((await runtime.freshness.ask('/blog/a')).stored).toMatchObject({ reason: 'interval' });
});
