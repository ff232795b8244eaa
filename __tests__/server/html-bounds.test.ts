/** How much HTML a body may hold, before a parser sees it: large ones, so not among the unit tests. */
import { defaultTreeAdapter } from 'parse5';
import { mdxComponents } from '../../components/mdx-components';
import { Bodies } from '../../lib/body/body';
import { renderUntrustedHtml } from '../../lib/body/untrusted-html';
import { en } from '../../lib/site/words/en';
import { textOf } from '../../lib/source/wordpress/html-text';
import { postWith } from '../setup/posts';

const bodies = new Bodies(mdxComponents);

const BASE = 'https://wp.example/';

const render = async (html: string) =>
  (await renderUntrustedHtml(html, { base: BASE, links: {} }, en)).html;

test('a body of five megabytes is refused with its size, and a large one is rendered', async () => {
  const html = { base: BASE, links: {} };
  const post = (size: number) => {
    const body = '<p>word</p>'.repeat(size / 11);
    return postWith('big', { body, bodyHash: `big ${size}`, html });
  };
  expect(await bodies.check(post(5 * 1024 * 1024))).toMatchObject({
    slug: 'big',
    message: expect.stringContaining('5.0 million characters'),
  });
  expect(await bodies.check(post(200_000))).toBeUndefined();
  // Ten megabytes of blocks cost their own post, and nobody else.
  const block = '<div class="wp-block-columns" style="color:red"><p>word</p></div>';
  const body = block.repeat((10 * 1024 * 1024) / block.length);
  expect(await bodies.check(postWith('blocks', { body, bodyHash: 'blocks', html }))).toMatchObject({
    slug: 'blocks',
    message: expect.stringContaining('10.0 million characters'),
  });
  expect(await bodies.check(post(100_000))).toBeUndefined();
});

describe('HTML that asks for too much', () => {
  afterEach(() => jest.restoreAllMocks());

  const made = (count: number, tag: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => tag(index)).join('');
  const EXCESSIVE: [string, string][] = [
    ['divisions', '<div>'.repeat(501)],
    ['lists', '<ul><li>'.repeat(5000)],
    ['tables', '<table><td>'.repeat(5000)],
    ['bold text', '<b>'.repeat(5000)],
    ['drawings', '<svg><foreignObject>'.repeat(5000)],
    ['templates', '<template>'.repeat(5000)],
    ['code', `<pre class="language-js">${'<b>'.repeat(5000)}`],
    ['bold text by tables', `${'<b>'.repeat(2000)}${'<table>'.repeat(2000)}`],
    [
      'bold text that paragraphs repeat',
      `<p>${made(300, (id) => `<b id=${id}>`)}</p>${'<p>a</p>'.repeat(2000)}`,
    ],
    ['bold text that paragraphs collect', made(5000, (id) => `<p><b id=${id}></p>`)],
    ['bold text that cells hide', made(5000, (id) => `<b id=${id}><table><td></b></table>`)],
    ['overlapping tags', `${'<b><i>'.repeat(500)}${'<p></b></i>'.repeat(2000)}`],
    ['paragraphs', '<p>'.repeat(100_001)],
  ];

  test.each(EXCESSIVE)('is refused, with the post and a remedy: %s', async (_, body) => {
    const create = jest.spyOn(defaultTreeAdapter, 'createElement');
    const html = { base: BASE, links: {} };
    const problem = await bodies.check(postWith('deep', { body, bodyHash: `deep ${body}`, html }));
    expect(problem).toMatchObject({
      slug: 'deep',
      message: expect.stringMatching(
        /^the HTML cannot be rendered: it(s elements are nested more than 500 deep| makes more than 100000 elements): /,
      ),
    });
    // Nothing but the parser that counts has seen it, and that stopped early.
    expect(create.mock.calls.length).toBeLessThanOrEqual(100_001);
    // The same in a title or an excerpt costs its tags, and no other post.
    expect(textOf(`Title ${body}`)).toMatch(/^Title/);
  });

  test.each<[string, string, string | RegExp]>([
    ['divisions', `${'<div>'.repeat(499)}a`, /^(<div>){499}a/],
    ['paragraphs', '<p>a</p>'.repeat(5000), /^(<p>a<\/p>){5000}$/],
    ['bold text in each paragraph', '<p><b>a</b></p>'.repeat(5000), /^(<p><b>a<\/b><\/p>){5000}$/],
  ])('passes just below: %s', async (_, body, expected) => {
    expect(await render(body)).toMatch(expected);
  });
});
