/** What `npm run dev` does. */
import { startSite, type Site } from '../setup/site';

let site: Site;
afterAll(async () => {
  // A kill would leave the process that `next dev` starts.
  await site?.stop('SIGTERM');
  await site?.close();
});

test('in development an edit shows at once, and a purge says whether the post can be rendered', async () => {
  site = await startSite({ hello: 'Old text.' });
  await site.stop();
  await site.start({}, 'dev');
  expect((await site.visit('/blog/hello')).text).toContain('Old text.');
  await site.write('hello', 'New text.');
  expect((await site.visit('/blog/hello')).text).toContain('New text.');
  expect(await site.purge('/blog/hello')).toEqual({ status: 200, body: '{"revalidated":true}' });

  await site.write('hello', 'Text {');
  const { status, body } = await site.purge('/blog/hello', '&report=1');
  expect(status).toBe(500);
  expect(body).toContain('posts/hello.mdx:6: the MDX cannot be rendered');
  await site.remove('hello');
  expect((await site.purge('/blog/hello')).status).toBe(200);
  expect((await site.visit('/blog/hello')).status).toBe(404);
});
