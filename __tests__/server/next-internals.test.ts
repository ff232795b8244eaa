/**
 * What lib/store/store.ts takes for granted of Next. If one of these fails after an upgrade of Next, read
 * the list at the top of that file first.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSite, type Site } from '../setup/site';

let site: Site;
afterEach(() => site.close());

const stored = async (): Promise<{ path: string; revision: string | null }[]> => {
  const dir = path.join(site.dir, '.next/server/page-store');
  const names = await readdir(dir).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(path.join(dir, name), 'utf8')));
  return texts.map((text) => JSON.parse(text));
};

test('a key ends in the decoded path, and a value holds the props with the revision', async () => {
  site = await startSite({ hello: 'Text.', türkçe: 'Text.' });
  for (const where of ['/', '/blog/hello', '/blog/t%C3%BCrk%C3%A7e']) {
    expect((await site.visit(where)).status).toBe(200);
  }
  const pages = await stored();
  expect(pages.map((page) => page.path).sort()).toEqual([
    '/',
    '/blog/hello',
    '/blog/t%C3%BCrk%C3%A7e',
  ]);
  for (const page of pages) expect(page.revision).toMatch(/^[0-9a-f]{32}$/);
});

test('the data of a page is at hand under the same key', async () => {
  site = await startSite({ hello: 'Text.' });
  const buildId = await readFile(path.join(site.dir, '.next/BUILD_ID'), 'utf8');
  const data = await site.visit(`/_next/data/${buildId}/blog/hello.json`);
  expect(JSON.parse(data.text).pageProps.view.title).toBe('Title of hello');
  expect((await stored()).map((page) => page.path)).toEqual(['/blog/hello']);
});

test('what the build rendered is served without another render, while it is wanted', async () => {
  site = await startSite();
  await site.stop();
  // The post that the copy was built with.
  await site.write('first', 'Built text.', { title: 'First' });
  await site.start();
  const page = await site.visit('/blog/first');
  expect(page.text).toContain('Built text.');
  expect(page.headers.get('x-nextjs-cache')).toBe('HIT');
  expect(page.headers.get('cache-control')).toBe('s-maxage=3600, stale-while-revalidate=31532400');
  expect(await site.renders('first')).toBe(0);

  await site.remove('first');
  expect((await site.purge('/blog/first')).status).toBe(200);
  expect((await site.visit('/blog/first')).status).toBe(404);
  // Marked as removed, since the build's page is still there.
  const marked = (await stored()).filter((entry) => entry.path === '/blog/first');
  expect(marked).toMatchObject([{ revision: null }]);
});

test('a page that was stored is served after a restart without another render', async () => {
  site = await startSite({ hello: 'Text.' });
  await site.visit('/blog/hello');
  await site.stop('SIGKILL');
  await site.start();
  const page = await site.visit('/blog/hello');
  expect(page.headers.get('x-nextjs-cache')).toBe('HIT');
  expect(page.headers.get('cache-control')).toBe('s-maxage=3600, stale-while-revalidate=31532400');
  expect(await site.renders('hello')).toBe(1);
});

test('a file that is torn is a page that is rendered again', async () => {
  site = await startSite({ hello: 'Text.' });
  await site.visit('/blog/hello');
  await site.stop('SIGKILL');
  const dir = path.join(site.dir, '.next/server/page-store');
  const [name = ''] = await readdir(dir);
  const file = path.join(dir, name);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, 100));
  await site.start();
  expect((await site.visit('/blog/hello')).text).toContain('Text.');
});

test('an edit while the server was down is what the first visitor after its start reads', async () => {
  site = await startSite({ hello: 'Old text.', gone: 'Text.' });
  await site.visit('/blog/hello');
  await site.visit('/blog/gone');
  await site.visit('/');
  await site.stop('SIGKILL');
  await site.write('hello', 'New text.', { title: 'Edited' });
  await site.remove('gone');
  await site.start();
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
  expect((await site.visit('/blog/gone')).status).toBe(404);
  expect((await site.visit('/')).text).toContain('Edited');
});

test('visitors of unknown paths leave no trace on the disk', async () => {
  site = await startSite({ hello: 'Text.' });
  for (const where of [
    '/nope',
    '/blog/nope',
    '/tag/nope',
    '/blog/x%2f..%2f..%2fetc',
    '/blog/page/0',
    '/2026/11/22/nope',
    '/tag/a/b/c',
    '/blog/nope/page.html',
  ]) {
    expect((await site.visit(where)).status).toBe(404);
  }
  expect((await stored()).map(({ path }) => path)).toEqual(['/404']);
});

test('the runtime is there before the first request; without it nothing is served or promised', async () => {
  site = await startSite({ hello: 'Text.' }, { LOSE_RUNTIME: '1' });
  expect((await site.visit('/')).status).toBe(500);
  expect((await site.visit('/blog/hello')).status).toBe(500);
  expect((await site.purge('/blog/hello')).status).toBe(500);
  const health = await site.visit('/api/health');
  expect([health.status, health.text]).toEqual([
    503,
    expect.stringContaining('The server has not been started as it should be'),
  ]);
  // As it is otherwise, from the first request on.
  await site.stop();
  await site.start({ LOSE_RUNTIME: '' });
  expect((await site.visit('/')).status).toBe(200);
});

test('the code of all pages is loaded before the first answer, not beside it', async () => {
  const before = path.join(__dirname, '..', 'setup', 'note-loaded.js');
  site = await startSite({ hello: 'Text.' });
  await site.stop();
  const file = path.join(site.dir, 'loaded.json');
  await site.start({ NODE_OPTIONS: `--require ${before}`, LOADED: file });
  await site.visit('/blog/hello');
  const loaded: string[] = JSON.parse(await readFile(file, 'utf8'));
  const server = path.join(site.dir, '.next', 'server');
  const manifest = JSON.parse(await readFile(path.join(server, 'pages-manifest.json'), 'utf8'));
  expect(Object.keys(manifest)).toEqual(
    expect.arrayContaining(['/blog/[slug]', '/api/revalidate']),
  );
  const code = Object.values(manifest)
    .map(String)
    .filter((name) => name.endsWith('.js'));
  expect(code.filter((name) => !loaded.includes(path.join(server, name)))).toEqual([]);
});
