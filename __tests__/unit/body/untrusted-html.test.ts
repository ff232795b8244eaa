import { renderUntrustedHtml } from '../../../lib/body/untrusted-html';
import { en } from '../../../lib/site/words/en';

const BASE = 'https://wp.example/';
const LINKS = { 'https://wp.example/2026/hello/': '/blog/hello', '/about/?x=1': '/about' };

const render = async (html: string) =>
  (await renderUntrustedHtml(html, { base: BASE, links: LINKS }, en)).html;

test.each([
  ['a script', '<p>a</p><script>alert(1)</script>', '<p>a</p>'],
  ['a handler', '<p onclick="x()" onmouseover=x()>a</p>', '<p>a</p>'],
  ['a script address', '<a href="javascript:alert(1)">a</a>', '<a>a</a>'],
  ['one in disguise', '<a href=" jav&#x0A;ascript:alert(1)">a</a>', /^<a[^>]*>a<\/a>$/],
  ['an image that runs', '<img src="x" onerror="alert(1)">', '<img src="https://wp.example/x">'],
  ['a drawing that runs', '<svg onload="alert(1)"><script>alert(2)</script></svg>', ''],
  ['styles', '<p style="position:fixed" class="anchor">a</p><style>p{}</style>', '<p>a</p>'],
  ['a form', '<form action="//evil.example"><input name="a"><button>b</button>c</form>', 'c'],
  [
    'an unknown frame',
    '<p>a <iframe src="https://evil.example/x"></iframe></p>',
    '<p>a <a href="https://evil.example/x">evil.example</a></p>',
  ],
  ['a frame that runs', '<iframe src="javascript:alert(1)"></iframe>', ''],
  [
    'a quotation of WordPress',
    '<blockquote>a</blockquote><iframe class="wp-embedded-content" src="/b/"></iframe>',
    '<blockquote>a</blockquote>',
  ],
  ['a frame of text', '<iframe srcdoc="<script>alert(1)</script>"></iframe>', ''],
  ['a base', '<base href="//evil.example/"><meta http-equiv="refresh" content="0">a', 'a'],
  ['an object', '<object data="x"><embed src="x"></object>', ''],
  ['an unbalanced tag', '</div></article><p>a<b>b', '<p>a<b>b</b></p>'],
  ['a cell without a table', '<td>a</td>', 'a'],
  ['a custom element', '<copy-button>a</copy-button>', 'a'],
  ['an identifier of the page', '<p id="page.text">a</p>', '<p>a</p>'],
  ['what MDX would run', '<p>{process.exit()} import x</p>', '<p>{process.exit()} import x</p>'],
  ['a comment', '<!-- wp:paragraph --><p>a</p>', '<p>a</p>'],
])('takes %s for what it is', async (_, html, expected) => {
  const got = await render(html);
  expect(got).not.toMatch(/script:|alert/);
  if (typeof expected === 'string') expect(got).toBe(expected);
  else expect(got).toMatch(expected);
});

test('a title that is deep in other markup stays text', async () => {
  const nested = '<div>'.repeat(400) + 'a' + '</div>'.repeat(400);
  expect(await render(nested)).toContain('a');
});

test('blocks, figures, tables and pictures stay what they are', async () => {
  const html = [
    '<figure><img src="https://wp.example/a.jpg" srcset="https://wp.example/a.jpg 300w, /b.jpg 600w" sizes="(max-width: 600px) 100vw" alt="A" width="600" height="400" loading="lazy"><figcaption>A tree</figcaption></figure>',
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>',
    '<details open><summary>a</summary>b</details>',
    '<video controls src="https://wp.example/a.mp4"></video>',
  ];
  expect(await render(html.join('\n'))).toBe(
    html
      .join('\n')
      .replace('/b.jpg 600w', 'https://wp.example/b.jpg 600w')
      .replace('(max-width: 600px) 100vw', '(min-width: 640px) 600px, calc(100vw - 2.5rem)')
      .replace(
        /<table>.*<\/table>/,
        '<div class="table" role="group" aria-label="Table" tabindex="0">$&</div>',
      ),
  );
});

test.each([
  ['a,b.jpg 1x,\n\tc.jpg 1.5x', `${BASE}a,b.jpg 1x, ${BASE}c.jpg 1.5x`],
  ['a.jpg\n300w, data:image/png;base64,AA 600w', `${BASE}a.jpg 300w`],
  [',https://a.example/a.jpg,', 'https://a.example/a.jpg'],
  ['a.jpg nonsense, b.jpg 2x', undefined],
  ['javascript:alert(1) 2x', undefined],
])('a set of images has whole addresses, or is left out: %j', async (srcset, expected) => {
  const html = await render(`<img src="/a.jpg" srcset="${srcset}">`);
  expect(/srcset="([^"]*)"/.exec(html)?.[1]).toBe(expected);
  expect(html).toContain(`src="${BASE}a.jpg"`);
});

test.each([
  [
    'https://www.youtube.com/embed/dQw4w9WgXcQ?feature=oembed',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
  ],
  [
    'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
  ],
  ['https://player.vimeo.com/video/22439234?dnt=1', 'https://vimeo.com/22439234'],
  ['http://www.youtube.com/embed/dQw4w9WgXcQ', 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'],
])('a film becomes a link to its page, which loads it here: %s', async (src, href) => {
  const html = `<iframe title="A film" src="${src}"></iframe>`;
  const body = await renderUntrustedHtml(html, { base: BASE, links: LINKS }, en);
  expect(body.html).toMatch(
    /^<embed-frame class="video" data-src="https:\/\/(?:www\.youtube-nocookie|player\.vimeo)\.com\/[^"]*"><a /,
  );
  expect(body.html).toContain(`<a href="${href}">Watch on `);
  expect(body.html).toContain(': A film</a></embed-frame>');
  expect(body.elements).toEqual(['embed-frame']);
});

test.each([
  'https://www.youtube.com.evil.example/embed/dQw4w9WgXcQ',
  'https://www.youtube.com/embed/../redirect?q=x',
])('what only looks like a film becomes a link like any other: %s', async (src) => {
  const { href } = new URL(src);
  expect(await render(`<iframe title="A film" src="${src}"></iframe>`)).toBe(
    `<a href="${href}">A film</a>`,
  );
});

test('links lead to the site where it has the page, and to the old host elsewhere', async () => {
  const links = [
    ['https://wp.example/2026/hello/', '/blog/hello'],
    ['https://wp.example/2026/hello/#part', '/blog/hello#part'],
    ['/about/?x=1', '/about'],
    ['/file.pdf', 'https://wp.example/file.pdf'],
    ['#part', '#part'],
    ['https://other.example/', 'https://other.example/'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
    ['constructor', 'https://wp.example/constructor'],
  ];
  for (const [from, to] of links)
    expect(await render(`<a href="${from}">a</a>`)).toBe(`<a href="${to}">a</a>`);
});

test('headings have anchors, and a table of contents', async () => {
  const { html, headings, minutes } = await renderUntrustedHtml(
    '<h2>A part</h2><h3 id="own">B</h3>',
    { base: BASE, links: {} },
    en,
  );
  expect(html).toContain('<h2 id="a-part">A part<a class="anchor"');
  expect(headings).toEqual([
    { id: 'a-part', title: 'A part', depth: 2 },
    { id: 'own', title: 'B', depth: 3 },
  ]);
  expect(minutes).toBe(1);
});

test.each([
  [
    '<pre class="wp-block-code"><code lang="js" class="language-js">const a = 1;</code></pre>',
    true,
  ],
  ['<pre class="wp-block-code language-js"><code>const a = 1;</code></pre>', true],
  ['<pre class="brush: js; title: ; notranslate">const a = 1;</pre>', true],
  ['<pre class="wp-block-code"><code>const a = 1;</code></pre>', false],
  ['<pre class="language-no-such"><code>const a = 1;</code></pre>', false],
])('highlights code whose language is named: %s', async (code, isHighlighted) => {
  const html = await render(code);
  expect(html.includes('<span class="keyword">const</span>')).toBe(isHighlighted);
  expect(html).toMatch(
    isHighlighted ? /^<figure class="code"><figcaption>\w+<copy-button / : /^<pre/,
  );
  expect(html).not.toContain('style=');
});
