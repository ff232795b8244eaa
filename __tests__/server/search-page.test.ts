/** The search page of a real server, as a reader without JavaScript uses it. */
import { startSite, until, type Site } from '../setup/site';

let site: Site;

/** Searches, with a `q` that is still to be encoded. */
const ask = (q: string) => site.visit(`/search?q=${encodeURIComponent(q)}`);

/** The paths that a page shows as results. */
const foundBy = async (q: string) =>
  Array.from((await ask(q)).text.matchAll(/<h2><a href="([^"]*)"/g), ([, path]) => path);

/** The content of a page's `main`, without the comments that React puts between texts. */
const mainOf = (html: string) =>
  (/<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? '').replaceAll('<!-- -->', '');

beforeAll(async () => {
  site = await startSite({ plain: 'A post about nothing in particular.' });
  await site.write('trees', 'Some *evergreen* trees keep their needles, `<b>` and all.', {
    title: 'Trees & <i>needles</i>',
    category: 'Nature',
  });
  await site.write('about', 'Who tends the evergreen.', { page: 'true', title: 'About us' });
  await site.write('draft', 'An evergreen draft.', { draft: 'true' });
  await site.purge('/');
});
afterAll(() => site?.close());

test('finds posts and pages, shows where the words stand, and runs no script', async () => {
  const { status, text, headers } = await ask('Needles evergren');
  expect(status).toBe(200);
  const main = mainOf(text);
  expect(main).toContain(
    '<a href="/blog/trees">Trees &amp; &lt;i&gt;<mark>needles</mark>&lt;/i&gt;</a>',
  );
  expect(main).toContain(
    'Some <mark>evergreen</mark> trees keep their <mark>needles</mark>, &lt;b&gt; and all.',
  );
  expect(main).toContain('<a href="/category/nature">Nature</a>');
  expect(main).toContain('1 result');
  expect(main).toMatch(/<input type="search"[^>]* name="q"[^>]* value="Needles evergren"/);
  expect(text).toMatch(/<title[^>]*>Search: Needles evergren · Evergreen<.title>/);
  expect(text).toContain('<link rel="canonical" href="http://localhost:3000/search"');
  // But for the one of the colours.
  expect(text.replace(/<script>{let d=document.*?<\/script>/, '')).not.toContain('<script');
  expect(headers.get('cache-control')).toBe('private, no-cache');

  expect((await foundBy('evergreen')).toSorted()).toEqual(['/about', '/blog/trees']);
});

test('a snippet is one passage of the post, and no heading runs into it', async () => {
  await site.write(
    'parts',
    'A lynx.\n\n## The lynx\nText between them.\n\nThe lynx hunts a hare at night.',
  );
  await site.purge('/blog/parts');
  expect(mainOf((await ask('lynx hare')).text)).toContain(
    '<p>The <mark>lynx</mark> hunts a <mark>hare</mark> at night.</p>',
  );
});

test('finds what is published, as soon as it is, and only as long', async () => {
  await site.write('fresh', 'About a heron.');
  expect((await site.purge('/blog/fresh')).status).toBe(200);
  expect(await foundBy('heron')).toEqual(['/blog/fresh']);

  await site.write('fresh', 'About a stork.');
  await site.purge('/blog/fresh');
  expect(await foundBy('heron')).toEqual([]);
  expect(await foundBy('stork')).toEqual(['/blog/fresh']);

  await site.write('renamed', 'About a stork.');
  await site.remove('fresh');
  await site.purge('/blog/fresh');
  expect(await foundBy('stork')).toEqual(['/blog/renamed']);

  await site.write('renamed', 'About a stork.', { draft: 'true' });
  await site.purge('/blog/renamed');
  expect(await foundBy('stork')).toEqual([]);
});

test('finds a scheduled post from its time on, without a purge', async () => {
  const dueMs = Date.now() + 3000;
  await site.write('later', 'About a pelican.', { date: new Date(dueMs).toISOString() });
  await site.purge('/');
  expect(await foundBy('pelican')).toEqual([]);
  await until(async () => (await foundBy('pelican')).length > 0);
  expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
});

test('shows the best 20 of more, and says so', async () => {
  for (let n = 10; n < 35; n += 1) {
    await site.write(`bird-${n}`, 'Seen.', { title: 'Bird', date: `2026-02-01T00:00:${n}` });
  }
  await site.purge('/');
  const paths = await foundBy('bird');
  expect(paths).toEqual(Array.from({ length: 20 }, (_, n) => `/blog/bird-${34 - n}`));
  expect(mainOf((await ask('bird')).text)).toContain('25 results, the best 20 are shown');
  expect(mainOf((await ask('bird xylophone')).text)).toContain('these have some of them.</p><p>25');
});

test('says that nothing was found, and where else to look', async () => {
  const main = mainOf((await ask('xylophone')).text);
  expect(main).toContain('Nothing was found.');
  expect(main).toContain('<a href="/">Newest posts</a>');
  expect(main).toContain('<a href="/topics">All topics</a>');
});

describe('whatever is asked, the answer is a page', () => {
  const NOTHING_ASKED = 'Titles, summaries, topics, authors and texts of all posts are searched.';
  const NO_WORD = 'There is no word in that';

  test.each([
    ['nothing', '', NOTHING_ASKED],
    ['an empty query', '?q=', NOTHING_ASKED],
    ['blanks', '?q=+%20%09%0A', NOTHING_ASKED],
    ['NUL', '?q=%00', NOTHING_ASKED],
    ['a query and NUL', '?q=tre%00es', 'value="tre es"'],
    ['10,000 characters', `?q=${'x'.repeat(10_000)}`, 'only its first 200 characters'],
    ['many words', `?q=${'a+'.repeat(50)}`, 'only its first 19 characters'],
    ['markup', '?q=%3Cscript%3Ealert(1)%3C/script%3E', 'value="&lt;script&gt;alert(1)'],
    ['a quote that ends the attribute', '?q=%22+onfocus=%22x', 'value="&quot; onfocus=&quot;x"'],
    ['an expression', `?q=${encodeURIComponent('.*+?^${}()|[]\\')}`, NO_WORD],
    ['half an expression', '?q=(trees', 'href="/blog/trees"'],
    ['an emoji', '?q=%F0%9F%8C%B2', 'Nothing was found.'],
    ['a repeated query', '?q=trees&q=nothing', 'href="/blog/trees"'],
    ['a query as a list', '?q[]=trees', NOTHING_ASKED],
    ['other parameters', '?page=2&q=trees&draft=1', 'href="/blog/trees"'],
    ['broken encoding', '?q=%E0%A4%A', 'value="'],
    ['half a percent sign', '?q=100%', 'value="100%"'],
    ['a surrogate', '?q=%ED%A0%80', 'value="'],
    ['Japanese', '?q=%E6%A4%9C%E7%B4%A2', 'Nothing was found.'],
    ['words of objects', '?q=constructor+__proto__', 'Nothing was found.'],
  ])('%s', async (_, query, expected) => {
    const { status, text } = await site.visit(`/search${query}`);
    expect(status).toBe(200);
    expect(mainOf(text)).toContain(expected);
    // But for the one of the colours.
    expect(text.replace(/<script>{let d=document.*?<\/script>/, '')).not.toContain('<script');
  });
});

test('answers HEAD, and refuses what is not a question', async () => {
  const head = await fetch(`${site.url}/search?q=trees`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const response = await fetch(`${site.url}/search?q=trees`, { method });
    expect([method, response.status, response.headers.get('allow'), await response.text()]).toEqual(
      [method, 405, 'GET, HEAD', ''],
    );
  }
});
