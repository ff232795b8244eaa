/** Texts that change while they are served, and an index of the search that does: on a real server. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSite, until, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite({ a: 'Text 0.', b: 'Text 0.', kept: 'A heron.' });
});
afterAll(() => site.close());

const write = (slug: string, version: number) =>
  site.write(slug, `Text ${version}.`, { title: `Title ${version}` });

/** The numbers of the versions of which title and text of a page are. */
const versionsIn = (html: string) =>
  [/<h1[^>]*>Title (\d+)/, /Text (\d+)\./].map((pattern) => Number(pattern.exec(html)?.[1]));

test('no page mixes two versions, and a purge ends with the newest', async () => {
  let isOver = false;
  const seen = new Set<number>();
  const visitor = async () => {
    while (!isOver) {
      const { status, text } = await site.visit('/blog/a');
      if (status !== 200) throw new Error(`A visitor was answered ${status}`);
      const [title, body] = versionsIn(text);
      if (title !== body) throw new Error(`Title ${title} stands above text ${body}`);
      seen.add(title ?? -1);
    }
  };
  await write('a', 1);
  expect((await site.purge('/blog/a')).status).toBe(200);
  const visitors = [visitor(), visitor()];
  for (let version = 2; version < 22; version += 2) {
    await write('a', version);
    // As many of them as can be: each is about a text that is just being replaced.
    const purges = [site.purge('/blog/a'), site.purge('/blog/a', '&again')];
    await write('a', version + 1);
    for (const { status } of await Promise.all(purges)) expect(status).toBe(200);
  }
  await write('a', 100);
  expect((await site.purge('/blog/a')).status).toBe(200);
  isOver = true;
  await Promise.all(visitors);
  expect(versionsIn((await site.visit('/blog/a')).text)).toEqual([100, 100]);
  expect(seen.size).toBeGreaterThan(2);
});

test('a post that is deleted before its page is rendered is a 404, and no error', async () => {
  for (let time = 0; time < 5; time += 1) {
    await write('b', time);
    await site.call({ changed: true });
    await write('b', time + 50);
    await site.remove('b');
    expect((await site.purge('/blog/b')).status).toBe(200);
    expect((await site.visit('/blog/b')).status).toBe(404);
  }
});

test('an index that was spoiled is made again, with one line in the log', async () => {
  const room = path.join(site.dir, '.evergreen/v1/search');
  const indexes = async () =>
    (await readdir(room).catch(() => [])).filter((name) => /idx$/.test(name));
  const found = async () =>
    (await site.visit('/search?q=heron')).text.includes('<mark>heron</mark>');
  expect(await found()).toBe(true);
  await until(async () => (await indexes()).length === 1);
  const [name = ''] = await indexes();
  const whole = await readFile(path.join(room, name));
  await site.stop();
  const cut = whole.subarray(0, whole.length - 9);
  await writeFile(path.join(room, name), cut);
  const before = site.log().length;
  await site.start();
  expect(await found()).toBe(true);
  const lines = site.log().slice(before).split('\n');
  expect(lines.filter((line) => line.includes('index of the search'))).toHaveLength(1);
  await until(async () => !(await readFile(path.join(room, name))).equals(cut));

  // And without a room to keep it in.
  await site.stop();
  await writeFile(path.join(site.dir, 'a-file'), '');
  await site.start({ DATA_DIR: path.join(site.dir, 'a-file') });
  expect(await found()).toBe(true);
});
