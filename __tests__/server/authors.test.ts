/** Pages of authors against a real server: made by an entry in the table of routes, and purged as all. */
import { startSite, type Site } from '../setup/site';

let site: Site;
afterEach(() => site.close());

test('an author has a page, to which their posts link, and which is purged by path, tag and change', async () => {
  site = await startSite();
  await site.write('one', 'Text.', { author: 'Jane Doe' });
  await site.write('two', 'Text.', { author: 'Grace' });
  expect((await site.call({ changed: true })).status).toBe(200);
  const jane = await site.visit('/author/jane-doe');
  expect(jane.status).toBe(200);
  expect(jane.text).toContain('Posts by Jane Doe');
  expect(jane.text).toContain('Title of one');
  expect(jane.text).not.toContain('Title of two');
  expect((await site.visit('/blog/one')).text).toContain('href="/author/jane-doe"');
  expect((await site.visit('/sitemap.xml')).text).toContain('/author/jane-doe</loc>');
  expect((await site.visit('/author/nobody')).status).toBe(404);

  const pathsOf = async (body: object) =>
    (await site.call(body)).report.pages.map(({ path }) => path).sort();
  expect(await pathsOf({ tags: ['author:jane-doe'] })).toEqual(['/author/jane-doe', '/blog/one']);
  expect(await pathsOf({ paths: ['/author/*'] })).toEqual(['/author/grace', '/author/jane-doe']);
  expect(await pathsOf({ paths: ['/author/[author]'] })).toEqual([
    '/author/grace',
    '/author/jane-doe',
  ]);

  await site.write('two', 'Text.', { author: 'Jane Doe' });
  expect((await site.purge('/blog/two')).status).toBe(200);
  expect((await site.visit('/author/jane-doe')).text).toContain('Title of two');
  expect((await site.visit('/author/grace')).status).toBe(404);
});

test('the list of an author is cut into pages', async () => {
  const slugs = Array.from({ length: 20 }, (_, n) => `post-${n + 10}`);
  site = await startSite();
  for (const slug of slugs) await site.write(slug, 'Text.', { author: 'Ada' });
  expect((await site.call({ changed: true })).status).toBe(200);
  const head = await site.visit('/author/ada');
  expect(head.text).toContain('href="/author/ada/page/1"');
  const first = await site.visit('/author/ada/page/1');
  expect(first.status).toBe(200);
  expect(first.text).toContain('Posts by Ada, page 1');
});
