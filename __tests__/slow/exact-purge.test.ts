/** That a purge finds what an edit changed, and what becomes of it when things go wrong meanwhile. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SECRET, startSite, until, type Report, type Site } from '../setup/site';

let site: Site;
afterEach(() => site.close());

/** A webhook that says no more than that something changed. */
async function webhook(body: object = { anything: 1 }, signal?: AbortSignal) {
  const response = await fetch(`${site.url}/api/revalidate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const report: Report = await response.json();
  return { status: response.status, report };
}

const resultsOf = ({ pages }: Report) =>
  Object.fromEntries(pages.map((page) => [page.path, page.result]));

const POSTS = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`p${n}`, `Text ${n}.`]));
const day = (n: number) => `2026-01-${String(n + 1).padStart(2, '0')}`;
/** With a summary, since lists show the beginning of a text that has none. */
const fieldsOf = (n: number) => ({
  date: day(n),
  category: n % 2 ? 'Odd' : 'Even',
  tags: '[all]',
  summary: `Summary ${n}`,
});

/** A site of twelve posts, of which every page was visited. */
async function visitedSite(env: Record<string, string> = {}) {
  site = await startSite({}, env);
  for (const [n, [slug, body]] of Object.entries(POSTS).entries()) {
    await site.write(slug, body, fieldsOf(n));
  }
  await webhook();
  const paths = ['/', '/topics', '/blog/page/1', '/category/odd', '/category/even', '/tag/all'];
  paths.push('/archive', '/archive/2026', '/tag/all/page/1');
  paths.push(...Object.keys(POSTS).map((slug) => `/blog/${slug}`));
  for (const where of paths) expect((await site.visit(where)).status).toBe(200);
  // Who visits an address that is none is shown the newest posts.
  return [...paths, '/404'];
}

test('a title renamed and a category moved: the exact list, with reasons, and all of it fresh', async () => {
  const paths = await visitedSite();
  expect((await webhook()).report).toMatchObject({ pages: [], unchanged: paths.length });
  await site.write('p5', 'Text 5.', { ...fieldsOf(5), title: 'Renamed', category: 'Notes' });
  const { status, report } = await webhook();
  expect(status).toBe(200);
  expect(resultsOf(report)).toEqual({
    // Itself, its neighbours, and the older posts' page that relates to it.
    '/blog/p5': 'regenerated',
    '/blog/p4': 'regenerated',
    '/blog/p6': 'regenerated',
    '/blog/p7': 'regenerated',
    '/blog/p8': 'regenerated',
    // The lists that show it, of which one is new.
    '/': 'regenerated',
    '/blog/page/1': 'regenerated',
    '/archive': 'regenerated',
    '/archive/2026': 'regenerated',
    '/tag/all': 'regenerated',
    '/tag/all/page/1': 'regenerated',
    '/category/odd': 'regenerated',
    '/category/notes': 'regenerated',
    '/topics': 'regenerated',
  });
  const topics = ['/category/notes', '/topics'];
  for (const page of report.pages.filter((page) => !topics.includes(page.path))) {
    expect(page.because).toEqual(['post:p5']);
  }
  expect(report.unchanged).toBe(paths.length - 13);
  for (const { path: where } of report.pages) {
    const page = await site.visit(where);
    expect([where, page.headers.get('x-nextjs-cache')]).toEqual([where, 'HIT']);
    expect(page.text.includes('Renamed')).toBe(!['/category/odd', '/topics'].includes(where));
  }
  const feed = await site.visit('/feed.xml');
  expect(feed.text).toContain('Renamed');
  expect((await site.visit('/sitemap.xml')).text).toContain('/category/notes');
});

test('a deleted post is removed, and its lists with it', async () => {
  await visitedSite();
  await site.write('alone', 'Text.', { date: day(20), category: 'Lonely' });
  await webhook();
  expect((await site.visit('/category/lonely')).status).toBe(200);
  await site.remove('alone');
  const { report } = await webhook();
  expect(resultsOf(report)).toEqual({
    '/blog/alone': 'removed',
    '/category/lonely': 'removed',
    '/blog/p11': 'regenerated',
    '/': 'regenerated',
    '/archive': 'regenerated',
    '/archive/2026': 'regenerated',
    '/topics': 'regenerated',
    '/404': 'regenerated',
  });
});

test('what changed while the server was down is found after its start', async () => {
  await visitedSite();
  await site.stop('SIGKILL');
  await site.write('p0', 'Edited while it was down.', fieldsOf(0));
  await site.start();
  expect(resultsOf((await webhook()).report)).toEqual({ '/blog/p0': 'regenerated' });
});

test('where no summary is written, lists show the beginning of the text, and change with it', async () => {
  site = await startSite();
  const rest = 'word '.repeat(100);
  await site.write('hello', `The old beginning. ${rest}`, { category: 'Notes' });
  await webhook();
  expect((await site.visit('/')).text).toContain('The old beginning.');
  await site.write('hello', `The new beginning. ${rest}`, { category: 'Notes' });
  expect(resultsOf((await webhook()).report)).toEqual({
    '/blog/hello': 'regenerated',
    '/': 'regenerated',
    '/category/notes': 'regenerated',
  });
  expect((await site.visit('/feed.xml')).text).toContain('The new beginning.');
  await site.write('hello', `The new beginning. ${rest}more.`, { category: 'Notes' });
  expect(resultsOf((await webhook()).report)).toEqual({ '/blog/hello': 'regenerated' });
});

test('what a kill left undone is done by the next webhook', async () => {
  await visitedSite();
  const letGo = await site.hold('p9');
  for (const n of [3, 9]) {
    await site.write(`p${n}`, 'Edited.', fieldsOf(n));
  }
  const cut = webhook().catch(() => undefined);
  await until(async () => (await site.renders('p9')) > 1);
  await site.stop('SIGKILL');
  await cut;
  await letGo();
  await site.start();
  const { status, report } = await webhook();
  expect(status).toBe(200);
  expect(Object.keys(resultsOf(report))).toContain('/blog/p9');
  expect((await webhook()).report.pages).toEqual([]);
  for (const n of [3, 9]) expect((await site.visit(`/blog/p${n}`)).text).toContain('Edited.');
});

test('a stop signal lets the pages of a purge finish', async () => {
  await visitedSite();
  const letGo = await site.hold('p3');
  await site.write('p3', 'Edited.', fieldsOf(3));
  const purge = webhook();
  await until(async () => (await site.renders('p3')) > 1);
  const stopped = site.stop('SIGTERM');
  await letGo();
  expect((await purge).status).toBe(200);
  await stopped;
  await site.start();
  expect((await webhook()).report.pages).toEqual([]);
});

test('a caller that hangs up does not stop the work', async () => {
  await visitedSite();
  const letGo = await site.hold('p3');
  await site.write('p3', 'Edited.', fieldsOf(3));
  const answered = () => site.log().split('"status":200').length;
  const before = answered();
  const hangUp = new AbortController();
  const purge = webhook({ anything: 1 }, hangUp.signal).catch((error: Error) => error.name);
  await until(async () => (await site.renders('p3')) > 1);
  hangUp.abort();
  expect(await purge).toBe('AbortError');
  await letGo();
  await until(() => answered() > before);
  expect((await site.visit('/blog/p3')).headers.get('x-nextjs-cache')).toBe('HIT');
});

test('dryRun tells the plan, and an empty plan that everything is fresh', async () => {
  await visitedSite();
  await site.write('p3', 'Edited.', fieldsOf(3));
  const before = await site.renders('p3');
  const dry = await webhook({ anything: 1, dryRun: true });
  expect(dry.report).toMatchObject({
    revalidated: false,
    dryRun: true,
    pages: [{ path: '/blog/p3', because: ['post:p3'] }],
  });
  expect(await site.renders('p3')).toBe(before);
  await webhook();
  expect((await webhook({ anything: 1, dryRun: true })).report.pages).toEqual([]);
});

test('a tag and a pattern regenerate their pages, and leave what changed elsewhere alone', async () => {
  await visitedSite();
  await site.write('p3', 'Edited.', fieldsOf(3));
  const tagged = await webhook({ tag: 'category:even' });
  expect(resultsOf(tagged.report)).toMatchObject({ '/category/even': 'regenerated' });
  expect(Object.keys(resultsOf(tagged.report))).not.toContain('/blog/p3');
  const lists = await webhook({ path: '/blog/page/*' });
  expect(resultsOf(lists.report)).toEqual({ '/blog/page/1': 'regenerated' });
  const prefix = await webhook({ path: '/category/*' });
  expect(Object.keys(resultsOf(prefix.report))).toEqual(['/category/odd', '/category/even']);
  expect(resultsOf((await webhook()).report)).toEqual({ '/blog/p3': 'regenerated' });
});

test('a post that breaks keeps its place in every list, after a restart too', async () => {
  const paths = await visitedSite();
  await site.write('about', 'About.', { date: day(0), page: 'true' });
  await webhook();
  expect((await site.visit('/about')).status).toBe(200);
  const before = await Promise.all(paths.map(async (where) => (await site.visit(where)).text));
  await site.stop('SIGKILL');
  await writeFile(path.join(site.postsDir, 'p5.mdx'), 'broken');
  await writeFile(path.join(site.postsDir, 'about.mdx'), 'broken');
  await site.start();
  for (const [index, where] of paths.entries()) {
    const page = await site.visit(where);
    expect([where, page.headers.get('x-nextjs-cache')]).toEqual([where, 'HIT']);
    expect(page.text).toBe(before[index]);
  }
  const { report } = await webhook();
  expect(resultsOf(report)).toEqual({ '/blog/p5': 'failed', '/about': 'failed' });
  expect(await site.purge('/blog/p4')).toEqual({ status: 200, body: '{"revalidated":true}' });
  expect((await site.visit('/')).text).toBe(before[0]);
  const named = await webhook({ paths: ['/blog/p5'], changed: true });
  expect(resultsOf(named.report)).toEqual({ '/blog/p5': 'failed', '/about': 'failed' });
  expect(named.report.pages).toHaveLength(2);
});

test('a file without its end loses nothing, and the answer says what is wrong', async () => {
  await visitedSite();
  const file = path.join(site.postsDir, 'p3.mdx');
  await writeFile(file, '---\ntitle: Half wri');
  await site.write('p4', 'Edited.', fieldsOf(4));
  const { status, report } = await webhook();
  expect(status).toBe(500);
  expect(report.message).toContain('posts/p3.mdx:1: must begin with front matter');
  expect(resultsOf(report)).toEqual({ '/blog/p3': 'failed', '/blog/p4': 'regenerated' });
  expect((await site.visit('/blog/p3')).text).toContain('Text 3.');
  expect((await site.visit('/')).text).toContain('Title of p11');
  await site.write('p3', 'Whole.', fieldsOf(3));
  expect((await webhook()).status).toBe(200);
  expect((await site.visit('/blog/p3')).text).toContain('Whole.');
});

test('a page whose first render is under way when its post is edited is not forgotten', async () => {
  site = await startSite();
  await site.write('hello', 'Old text.', { summary: 'Short.' });
  // Clears away what the copy was built with.
  await webhook();
  const letGo = await site.hold('hello');
  const visitor = site.visit('/blog/hello');
  await until(async () => (await site.renders('hello')) === 1);
  await site.write('hello', 'New text.', { summary: 'Short.' });
  const purge = webhook();
  await webhook({ tag: 'none' });
  await letGo();
  await visitor;
  expect(resultsOf((await purge).report)).toEqual({ '/blog/hello': 'regenerated' });
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
});
