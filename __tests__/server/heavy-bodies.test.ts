/**
 * Heavy bodies in their thread, as Next bundles it: the same bytes as in the main thread, and a server that
 * goes on serving whatever a body does.
 */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BUILT, ROOT } from '../setup/build-site';
import { startSite, until, type Site } from '../setup/site';
import { textsOfExports } from '../setup/texts-of-exports';

/** Takes the texts of WordPress's export files in this folder, too, such as the official test data. */
const EXPORTS = process.env.THEME_TEST_DATA;

/** Ten seconds of a processor are a minute where others want it, too. */
jest.setTimeout(180_000);

let site: Site;
let list: string;
beforeAll(async () => {
  site = await startSite(
    { good: 'Good.', edited: 'Good before.' },
    { NODE_OPTIONS: `--require ${path.join(ROOT, '__tests__/setup/both-ways.js')}` },
  );
  list = path.join(site.dir, 'both-ways.json');
});
afterAll(() => site.close());

/** The bodies of a folder, each as MDX, as Markdown and as HTML, in two languages. */
async function samples(): Promise<object[]> {
  const found: object[] = [];
  const add = (name: string, body: string, fields: object) =>
    found.push({ name, file: name, body, bodyHash: `${found.length}`, ...fields });
  for (const folder of ['posts/manual', '__tests__/posts']) {
    for (const file of await readdir(path.join(ROOT, folder)).catch(() => [])) {
      if (!/\.mdx?$/.test(file)) continue;
      const text = await readFile(path.join(ROOT, folder, file), 'utf8');
      const body = text.replace(/^---\n[^]*?\n---\n/, '');
      add(`${file} as MDX`, body, {});
      add(`${file} as Markdown`, body, { markdown: true, language: 'de' });
      const html = { base: 'https://wp.example/', links: {}, original: 'https://wp.example/a' };
      add(`${file} as HTML`, body.replaceAll('\n\n', '\n<p class="wp-block-group">'), { html });
    }
  }
  for (const [n, body] of (EXPORTS ? await textsOfExports(EXPORTS) : []).entries()) {
    const html = { base: 'https://wp.example/', links: {}, original: 'https://wp.example/a' };
    add(`text ${n} of the export`, body, { html });
  }
  return found;
}

test('a body is the same bytes in the thread as in the main thread', async () => {
  await writeFile(`${list}.new`, JSON.stringify(await samples()));
  await rename(`${list}.new`, list);
  await until(
    () =>
      readFile(`${list}.done`).then(
        () => true,
        () => false,
      ),
    60_000,
  );
  const results: { name: string; here: string; inThread: string }[] = JSON.parse(
    await readFile(`${list}.done`, 'utf8'),
  );
  expect(results.length).toBeGreaterThan(50);
  for (const { name, here, inThread } of results) {
    expect({ name, text: inThread.replace(/^failed: \w*Error: .*/s, 'failed') }).toEqual({
      name,
      text: here.replace(/^failed: \w*Error: .*/s, 'failed'),
    });
  }
  expect(results.filter(({ here }) => !here.startsWith('failed')).length).toBeGreaterThan(50);
});

test('a body that never ends is reported, and visitors are served meanwhile', async () => {
  await site.visit('/blog/edited');
  await site.write('edited', '{(() => { for (;;); })()}');
  let isAnswered = false;
  const purge = site.purge('/blog/edited').finally(() => (isAnswered = true));
  for (let visits = 0; visits < 20; visits += 1) {
    expect((await site.visit('/blog/good')).text).toContain('Good.');
  }
  expect(isAnswered).toBe(false);
  expect(await purge).toEqual({ status: 500, body: 'Error revalidating' });
  expect(site.log()).toContain(
    'posts/edited.mdx: it took longer than 10 s to render: make it shorter or simpler, or divide it',
  );
  expect((await site.visit('/blog/edited')).text).toContain('Good before.');

  await site.write('edited', `${'Good again. '.repeat(3000)}`);
  expect(await site.purge('/blog/edited')).toEqual({ status: 200, body: '{"revalidated":true}' });
  expect((await site.visit('/blog/edited')).text).toContain('Good again.');
});

test('a body that takes all memory or ends its process is reported, and the server goes on', async () => {
  await site.write(
    'explodes',
    '{(() => { for (const all = []; ; ) all.push(Array(1e6).fill(1.5)); })()}',
  );
  await site.write('ends', '{process.exit(1)}');
  const { status, report } = await site.call({ changed: true });
  expect(status).toBe(500);
  const errors = report.pages.flatMap(({ path: at, error }) => (error ? [[at, error]] : []));
  expect(Object.fromEntries(errors)).toMatchObject({
    '/blog/explodes': expect.stringContaining('it took more than 512 MB to render'),
    '/blog/ends': expect.stringContaining('process.exit is not for posts'),
  });
  expect((await site.visit('/blog/good')).text).toContain('Good.');
});

test('an image for containers gets the code of the thread', async () => {
  const { files }: { files: string[] } = JSON.parse(
    await readFile(path.join(BUILT, '.next/server/instrumentation.js.nft.json'), 'utf8'),
  );
  expect(files).toContainEqual(expect.stringContaining('[worker thread]'));
});
