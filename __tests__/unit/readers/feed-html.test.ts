import type { Root } from 'hast';
import rehypeParse from 'rehype-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { readerHtml } from '../../../lib/readers/feed-html';

const read = (html: string) => readerHtml(html, 'https://blog.example/blog/a');

test.each([
  ['<a href="/blog/b?x=1#y">b</a>', '<a href="https://blog.example/blog/b?x=1#y">b</a>'],
  ['<a href="c">c</a>', '<a href="https://blog.example/blog/c">c</a>'],
  ['<a href="#part">part</a>', '<a href="https://blog.example/blog/a#part">part</a>'],
  ['<a href="//cdn.example/x">x</a>', '<a href="https://cdn.example/x">x</a>'],
  ['<a href="mailto:a@b.example">a</a>', '<a href="mailto:a@b.example">a</a>'],
  ['<a href="http://">broken</a>', '<a>broken</a>'],
  ['<a href="javascript:alert(1)">no</a>', '<a>no</a>'],
  [
    '<img src="/i.png" srcset="/i.png 1x, i,2.png 2x,data:x 3x" alt="">',
    '<img src="https://blog.example/i.png" ' +
      'srcset="https://blog.example/i.png 1x, https://blog.example/blog/i,2.png 2x" alt="">',
  ],
  ['<img src="data:image/png;base64,AA" alt="x">', '<img alt="x">'],
  [
    '<blockquote cite="/s"><p>q</p></blockquote>',
    '<blockquote cite="https://blog.example/s"><p>q</p></blockquote>',
  ],
])('makes addresses absolute: %s', (html, expected) => {
  expect(read(html)).toBe(expected);
});

test('keeps figures, video and tables', () => {
  const figure =
    '<figure><video src="https://blog.example/v.mp4" poster="https://blog.example/p.jpg" ' +
    'width="640" height="360" controls></video><figcaption>A film</figcaption></figure>';
  expect(
    read(
      figure.replaceAll('https://blog.example', '').replace('controls', 'controls preload="none"'),
    ),
  ).toBe(figure);
  const table =
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>';
  expect(read(`<div class="table" role="region" tabindex="0">${table}</div>`)).toBe(
    `<div>${table}</div>`,
  );
});

test('keeps footnotes, which lead to the page', () => {
  const html =
    '<p>Text<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref="true" ' +
    'aria-describedby="footnote-label">1</a></sup></p>' +
    '<section data-footnotes="true" class="footnotes"><h2 class="sr-only" id="footnote-label">' +
    'Footnotes</h2><ol><li id="user-content-fn-1"><p>Note</p></li></ol></section>';
  expect(read(html)).toBe(
    '<p>Text<sup><a href="https://blog.example/blog/a#user-content-fn-1">1</a></sup></p>' +
      '<section><h2>Footnotes</h2><ol><li><p>Note</p></li></ol></section>',
  );
});

test('code is its text alone', () => {
  const html =
    '<pre class="shiki" style="color:red" tabindex="0"><code class="language-js big">' +
    '<span class="line"><span style="color:red">if (a &lt; b)</span></span>\n' +
    '<span class="line">  c();</span></code><copy-button><button>Copy</button></copy-button></pre>';
  expect(read(html)).toBe('<pre><code class="language-js">if (a &#x3C; b)\n  c();</code></pre>');
});

test('what works on the page alone is gone, what it holds stays', () => {
  expect(
    read(
      '<h2 id="x">Part<a class="anchor" href="#x" aria-label="Link to Part">#</a></h2>' +
        '<page-age since="2026-01-01">Rendered today</page-age>' +
        '<form action="/x"><label>Name</label><input value="x"><select><option>o</option></select>' +
        '<textarea>t</textarea><button>Send</button></form>' +
        '<script>alert(1)</script><style>p{}</style><iframe src="/x">inside</iframe>' +
        '<svg><text>drawn</text></svg><p onclick="x()" style="color:red" class="a" id="b">Text</p>',
    ),
  ).toBe('<h2>Part</h2>Rendered todayName<p>Text</p>');
});

test('a list of tasks says which are done', () => {
  const html =
    '<ul class="contains-task-list"><li><input type="checkbox" disabled checked> a</li>' +
    '<li><input type="checkbox" disabled> b</li></ul>';
  expect(read(html)).toBe('<ul><li>☑ a</li><li>☐ b</li></ul>');
});

test('neither code nor unknown elements come through, however they are written', () => {
  const html = [
    '<p><a href=" java\nscript:alert(1)">x</a><img src=x onerror=alert(1)>',
    '<svg><script>alert(1)</script></svg><math><mi xlink:href="javascript:x">m</mi></math>',
    '<copy-button onclick=x><b>kept</b></copy-button><x-y><z-w>deep</z-w></x-y>',
    '<video src="javascript:x" poster="javascript:y" srcset="javascript:z 1x"></video>',
    '<source srcset="javascript:x 1x"><td>cell</td><base href="//evil.example">',
    '<template><script>alert(1)</script></template><!-- comment --><object data=x>o</object>',
  ].join('');
  const out = read(html);
  expect(out).toContain('kept');
  expect(out).toContain('deep');
  expect(out).not.toMatch(/script|onerror|onclick|comment|evil/);
  const tree: Root = unified().use(rehypeParse, { fragment: true }).parse(out);
  visit(tree, 'element', ({ tagName, properties }) => {
    expect(tagName).not.toContain('-');
    for (const [name, value] of Object.entries(properties)) {
      if (name !== 'alt' && name !== 'controls') expect(String(value)).toMatch(/^https?:/);
    }
  });
});

test('a formula is shown as it is written', () => {
  const math =
    '<p><span class="katex"><math><semantics><mrow><mi>x</mi></mrow>' +
    '<annotation encoding="application/x-tex">x^2</annotation></semantics></math></span></p>';
  expect(readerHtml(math, 'https://blog.example/')).toBe('<p><span>x^2</span></p>');
});
