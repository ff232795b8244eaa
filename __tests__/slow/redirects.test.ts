/** Aliases against a real server: redirects that are stored, purged and removed like any page. */
import { startSite, type Site } from '../setup/site';

let site: Site;
afterEach(() => site.close());

const ALIASED = { aliases: '[/old/path, older]' };
const ALIASES = ['/old/path', '/blog/older'];

const withAliases = async (): Promise<void> => {
  site = await startSite();
  await site.write('hello', 'Text.', ALIASED);
  await site.write('other', 'Other text.');
  expect((await site.call({ changed: true })).status).toBe(200);
};

/** Where a path leads. */
const target = async (path: string) => {
  const { status, headers } = await site.visit(path);
  return { status, to: headers.get('location') };
};

test('an alias leads to its post, and is kept by caches as a page is', async () => {
  await withAliases();
  const page = await site.visit('/blog/hello');
  for (const path of ALIASES) {
    expect(await target(path)).toEqual({ status: 308, to: '/blog/hello' });
    const { headers } = await site.visit(path);
    expect(headers.get('x-nextjs-cache')).toBe('HIT');
    for (const name of ['cache-control', 'content-security-policy', 'x-content-type-options']) {
      expect([name, headers.get(name)]).toEqual([name, page.headers.get(name)]);
    }
  }
  const followed = await fetch(`${site.url}/old/path`);
  expect(await followed.text()).toContain('Text.');
});

test('a redirect that was stored is served after a restart without another render', async () => {
  await withAliases();
  await target('/old/path');
  await site.stop('SIGKILL');
  await site.start();
  const { status, headers } = await site.visit('/old/path');
  expect([status, headers.get('x-nextjs-cache')]).toEqual([308, 'HIT']);
});

test('a purge takes the path of an alias, by which it names the redirect', async () => {
  await withAliases();
  await target('/old/path');
  expect((await site.purge('/old/path')).body).toBe('{"revalidated":true}');
  const { report } = await site.call({ paths: ['/old/path'] });
  expect(report.pages).toMatchObject([{ path: '/old/path', result: 'regenerated' }]);
  const tagged = await site.call({ tags: ['redirect:/old/path'] });
  expect(tagged.report.pages).toMatchObject([{ path: '/old/path', result: 'regenerated' }]);
  const caught = await site.call({ paths: ['/[...path]'] });
  expect(caught.report.pages).toMatchObject([{ path: '/old/path', result: 'regenerated' }]);
});

test('an alias that moves to another post leads there after a purge of what changed', async () => {
  await withAliases();
  for (const path of ALIASES) await target(path);
  await site.write('hello', 'Text.');
  await site.write('other', 'Other text.', ALIASED);
  const { status, report } = await site.call({ changed: true });
  expect(status).toBe(200);
  for (const path of ALIASES) {
    const because = [`redirect:${path}`];
    expect(report.pages).toContainEqual(
      expect.objectContaining({ path, result: 'regenerated', because }),
    );
    expect(await target(path)).toEqual({ status: 308, to: '/blog/other' });
  }
});

test('an alias that is removed is a 404 after the purge, and after a restart', async () => {
  await withAliases();
  for (const path of ALIASES) await target(path);
  await site.write('hello', 'Text.');
  expect((await site.purge('/old/path')).status).toBe(200);
  for (const path of ALIASES) expect((await site.visit(path)).status).toBe(404);
  // Known as removed, and so no 400.
  expect((await site.purge('/old/path')).status).toBe(200);
  await site.stop('SIGKILL');
  await site.start();
  for (const path of ALIASES) expect((await site.visit(path)).status).toBe(404);
  expect((await site.purge('/old/path')).status).toBe(200);
  expect((await site.purge('/never/was')).status).toBe(400);
});

test('a post takes the place of an alias, and an alias that of a post', async () => {
  await withAliases();
  await target('/blog/older');
  await site.write('hello', 'Text.', { aliases: '[/old/path]' });
  await site.write('older', 'A post of its own.');
  expect((await site.purge('/blog/older')).status).toBe(200);
  expect((await site.visit('/blog/older')).text).toContain('A post of its own.');
  await site.remove('older');
  await site.write('hello', 'Text.', ALIASED);
  expect((await site.call({ changed: true })).status).toBe(200);
  expect(await target('/blog/older')).toEqual({ status: 308, to: '/blog/hello' });
});

test('an alias that collides is left out with a warning, and holds back nobody', async () => {
  await withAliases();
  await target('/old/path');
  await site.write('other', 'Edited text.', { aliases: '[/old/path]' });
  const { status, report } = await site.call({ changed: true });
  expect(status).toBe(200);
  expect(report.warnings).toEqual([
    expect.stringContaining(
      'other.mdx:4: aliases: /old/path is already an alias of posts/hello.mdx',
    ),
  ]);
  expect(await target('/old/path')).toEqual({ status: 308, to: '/blog/hello' });
  expect((await site.visit('/blog/other')).text).toContain('Edited text.');
  expect((await site.purge('/blog/hello')).status).toBe(200);
});

test('the aliases of a post that breaks stay, after a restart too', async () => {
  await withAliases();
  await site.visit('/blog/hello');
  await target('/old/path');
  await site.write('hello', '<Unknown', ALIASED);
  await site.stop('SIGKILL');
  await site.start();
  expect((await site.visit('/blog/hello')).text).toContain('Text.');
  expect(await target('/old/path')).toEqual({ status: 308, to: '/blog/hello' });
});
