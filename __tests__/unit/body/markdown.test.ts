import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { mdxComponents } from '../../../components/mdx-components';
import { Bodies } from '../../../lib/body/body';
import { renderMarkdown } from '../../../lib/body/markdown';
import { Verdicts } from '../../../lib/body/verdicts';
import { hash } from '../../../lib/hash';
import type { Ref } from '../../../lib/source/post';
import { postWith } from '../../setup/posts';
import { KnownText } from '../../../lib/text';

const REFS: Record<string, Ref> = {
  'a photo.jpg': { to: '/files/0123456789abcdef/a photo.jpg', width: 1600, height: 900 },
  'other.md': { to: '/blog/other' },
  '2010-08-23-title': { to: '/blog/title' },
};

const render = (body: string) => renderMarkdown({ body, refs: REFS });
const htmlOf = async (body: string) => (await render(body)).html;
const warningsOf = async (body: string) => (await render(body)).warnings ?? [];

test.each([
  ['braces', 'Set {a, b} and ${HOME}.', '<p>Set {a, b} and ${HOME}.</p>'],
  ['a sign', 'If a < 5 and b <3.', '<p>If a &#x3C; 5 and b &#x3C;3.</p>'],
  ['a comment', 'a <!-- b --> c\n\n<!-- d\n\ne -->', '<p>a  c</p>\n'],
  [
    'an address',
    '<https://a.example/>',
    '<p><a href="https://a.example/">https://a.example/</a></p>',
  ],
  ['an open tag', 'a<br>b', '<p>a<br>b</p>'],
  ['a class', '<p class="big">a</p>', '<p class="big">a</p>'],
  ['what MDX would import', "import a from './a'", "<p>import a from './a'</p>"],
  ['what MDX would run', '{process.exit()}', '<p>{process.exit()}</p>'],
  ['a centred text', '<center>a</center>', '<div class="center">a</div>'],
  ['aligned text', '<p align="center">a</p>', '<p class="center">a</p>'],
  ['an old anchor', '<a name="x"></a>', '<p><a id="x"></a></p>'],
  ['a heading with a name', '# Title {#own}', /^<h1 id="own">Title<a/],
  ['a heading with a name in a comment', '# Title {/*its-own*/}', /^<h1 id="its-own">Title<a/],
  ['a list of attributes', 'Text\n{: .note }', '<p>Text</p>'],
  ['emoji by name', 'Done :tada: at 10:30:45', '<p>Done 🎉 at 10:30:45</p>'],
  ['a definition', 'Apple\n: A fruit', /<dl>\s*<dt>Apple<\/dt>\s*<dd>A fruit\s*<\/dd>\s*<\/dl>/],
  ['aligned cells', '|a|\n|:-:|\n|b|', /<td class="center">b<\/td>/],
  [
    'a wide table',
    '|a|\n|-|\n|b|',
    /^<div class="table" role="group" aria-label="Table" tabindex="0">/,
  ],
  ['a task', '- [x] a', /<span role="img" aria-label="Done">☑<\/span> a/],
  [
    'an alert',
    '> [!WARNING]\n> Hot.',
    /^<aside class="callout warning" role="note">\s*<p class="callout-title">Warning<\/p>\s*<p>Hot.<\/p>/,
  ],
  ['a quotation', '> [!NOPE]\n> a', /^<blockquote>/],
])('%s is what it is', async (_, body, expected) => {
  const { html, warnings } = await render(body);
  if (typeof expected === 'string') expect(html).toBe(expected);
  else expect(html).toMatch(expected);
  expect(warnings).toBeUndefined();
});

describe('what is left out is told with its line', () => {
  test.each([
    [
      '<p style="color: red">a</p>',
      '<p>a</p>',
      'the attribute style="color: red" of <p> is left out',
    ],
    ['<p onclick="x()">a</p>', '<p>a</p>', 'the attribute onclick="x()" of <p> is left out'],
    ['<script>alert(1)</script>', '', '<script> is left out, with what is in it'],
    ['<p><blink>a</blink></p>', '<p>a</p>', 'the tag <blink> is left out; what is in it is shown'],
    [
      '[a](javascript:alert(1))',
      '<p><a>a</a></p>',
      'the attribute href="javascript:alert(1)" of <a> is left out',
    ],
    ['<p id="page.text">a</p>', '<p>a</p>', 'the attribute id="page.text" of <p> is left out'],
    [
      '<copy-button>a</copy-button>',
      '<p>a</p>',
      'the tag <copy-button> is left out; what is in it is shown',
    ],
  ])('%s', async (body, html, message) => {
    expect(await render(`\n\n${body}`)).toMatchObject({
      html,
      warnings: [{ line: 3, kind: 'HTML that is left out', message }],
    });
  });

  test('deep within a list, a quotation and HTML of several lines', async () => {
    const body =
      '- a\n\n  > b\n  > <i onclick="x">c</i>\n\n<div>\n<p>\n<b\nstyle="x">d</b>\n</div>';
    expect((await warningsOf(body)).map(({ line }) => line)).toEqual([4, 8]);
  });

  test('once for each line, and not without end', async () => {
    expect(await warningsOf('<p style="a">a</p><p style="a">b</p>')).toHaveLength(1);
    expect(await warningsOf('<p style="a">a</p>\n\n'.repeat(300))).toHaveLength(100);
  });
});

describe('formulas', () => {
  test.each([
    ['Energy $E=mc^2$.', /<math [^>]*><semantics>.*<\/math>/],
    ['$$\\frac{1}{2}$$', /^<div class="formula" role="group" [^>]*><math [^>]*display="block">/],
    ['$$\nx\n$$', /^<div class="formula"/],
    ['```math\nx\n```', /^<div class="formula"/],
  ])('%j', async (body, expected) => {
    const html = await htmlOf(body);
    expect(html).toMatch(expected);
    expect(html).not.toMatch(/style=|<script/);
  });

  test.each([
    'It is $5 and $10.',
    'From $5-$10, or $ 3 $.',
    'With $HOME and $PATH.',
    'A single $ sign',
    '`$x$`',
  ])('%j is none', async (body) => {
    const { html, warnings } = await render(body);
    expect(html).not.toContain('<math');
    expect(html.replace(/<[^>]*>/g, '')).toBe(body.replaceAll('`', ''));
    expect(warnings).toBeUndefined();
  });

  test('that cannot be read are shown as text, with a warning', async () => {
    expect(await render('a\n\n$\\frac{1$ b')).toMatchObject({
      html: '<p>a</p>\n<p><code>\\frac{1</code> b</p>',
      warnings: [{ line: 3, kind: 'a formula that cannot be read' }],
    });
  });
});

describe('code', () => {
  test.each([
    ['JavaScript', 'const a = 1', '<span class="keyword">const</span>'],
    ['js{1}', 'const a = 1', '<span class="marked"><span class="keyword">const'],
    ['js:src/app.js', 'const a = 1', '<figcaption class="file">src/app.js<copy-button '],
    ['js title=app.js', 'const a = 1', '<figcaption class="file">app.js<copy-button '],
    ['js filename="app.js"', 'const a = 1', '<figcaption class="file">app.js<copy-button '],
    ['diff-js', '+ a', '<span class="inserted">'],
    ['{.ruby .numberLines}', 'def a', '<span class="keyword">def</span>'],
    ['{r, echo=FALSE}', 'f(1)', '<span class="function">f</span>'],
    ['rust,ignore', 'fn a() {}', '<span class="keyword">fn</span>'],
    ['c++', 'int a;', '<span class="keyword">int</span>'],
    ['C#', 'int a;', '<span class="keyword">int</span>'],
    ['sh-session', '$ echo "a"', '<span class="string">'],
    ['go {hl_lines=["1"]}', 'func a() {}', '<span class="marked">'],
    [
      'mermaid',
      'graph TD',
      '<figcaption class="file">A diagram, as Mermaid describes it<copy-button ',
    ],
  ])('of %s', async (info, code, expected) => {
    const { html, warnings } = await render(`\`\`\`${info}\n${code}\n\`\`\``);
    expect(html).toContain(expected);
    expect(warnings).toBeUndefined();
  });

  test('of a language that is not known is plain, with one warning', async () => {
    const { html, warnings } = await render('```klingon\na\n```\n\n```klingon\nb\n```');
    expect(html).toContain('<pre tabindex="0"><code>a</code></pre>');
    expect(warnings).toEqual([
      {
        line: 1,
        kind: 'code in a language that is not known',
        message: 'the code is shown plain: there is no language klingon to highlight',
      },
    ]);
  });
});

describe('templates', () => {
  test.each([
    ['{% highlight ruby linenos %}\ndef a\n{% endhighlight %}', '<span class="keyword">def</span>'],
    [
      '{{< highlight go "linenos=true" >}}\nfunc a() {}\n{{< /highlight >}}',
      '<span class="keyword">func</span>',
    ],
    ['Run {% highlight sh %}ls{% endhighlight %}.', '<p>Run <code>ls</code>.</p>'],
    ['{% raw %}{{ x }}{% endraw %}', '<p>{{ x }}</p>'],
    ['```\n{% raw %}\n{{ x }}\n{% endraw %}\n```', '{{ x }}'],
    ['`{% raw %}`', '<code>{% raw %}</code>'],
    ['a{% comment %} b\nc {% endcomment %}d', '<p>a\nd</p>'],
    ['{{< youtube dQw4w9WgXcQ >}}', 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"'],
    ['{% include youtube.html id="dQw4w9WgXcQ" %}', 'watch?v=dQw4w9WgXcQ'],
    ['[a]({% post_url 2010-08-23-title %})', '<a href="/blog/title">a</a>'],
    ['[a]({{< relref "other.md#part" >}})', '<a href="/blog/other#part">a</a>'],
    ['[a]({{ site.baseurl }}/about)', '<a href="/about">a</a>'],
    ['[a]({{ "/about" | relative_url }})', '<a href="/about">a</a>'],
    [
      '{{< figure src="https://a.example/b.png" alt="A" caption="B & c" width="2" height="1" >}}',
      '<figcaption>B &#x26; c</figcaption>',
    ],
  ])('%j', async (body, expected) => {
    const { html, warnings } = await render(body);
    expect(html).toContain(expected);
    expect(warnings).toBeUndefined();
  });

  test.each(['{% include a_b_c.html %}', '{{ page.title }}', '{{< chart "a" >}}'])(
    '%s is shown as text, with a warning',
    async (tag) => {
      const { html, warnings } = await render(`a\n\nb\n${tag}`);
      expect(html.replaceAll('&#x3C;', '<')).toContain(tag);
      expect(warnings).toMatchObject([{ line: 4, kind: 'a template tag that is shown as text' }]);
    },
  );

  test('leave the lines where they were', async () => {
    const body = '{% highlight ruby %}\na\n{% endhighlight %}\n\n<p style="a">b</p>';
    expect(await warningsOf(body)).toMatchObject([{ line: 5 }]);
  });
});

describe('pictures', () => {
  const dir = path.join('public', 'test-markdown-images');
  beforeAll(async () => {
    mkdirSync(dir, { recursive: true });
    const photo = {
      create: { width: 1600, height: 900, channels: 3 as const, background: '#363' },
    };
    await sharp(photo).jpeg().toFile(path.join(dir, 'photo.jpg'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test('of the site have their size, and smaller versions', async () => {
    const { html, warnings } = await render('![A](/test-markdown-images/photo.jpg "T")');
    expect(html).toMatch(
      /<img title="T" width="1600" height="900" alt="A" srcset="\/_next\/image\?url=[^"]*" sizes="[^"]*" src="[^"]*" loading="lazy" decoding="async">/,
    );
    expect(warnings).toBeUndefined();
  });

  test('beside the post have the address that their source gives them, however it is written', async () => {
    for (const written of [
      '![A](<a photo.jpg>)',
      '![A](a%20photo.jpg)',
      '<img src="a photo.jpg">',
    ]) {
      const { html, warnings } = await render(written);
      expect(html).toContain('url=%2Ffiles%2F0123456789abcdef%2Fa%2520photo.jpg');
      expect(html).toContain('width="1600" height="900"');
      expect(warnings).toBeUndefined();
    }
  });

  test.each([
    ['![The sea](sea.jpg)', '<p>The sea</p>', 'a picture that is not there'],
    ['![The sea](/none.jpg)', '<p>The sea</p>', 'a picture that is not there'],
    ['![The sea](/../package.json)', '<p>The sea</p>', 'a picture that is not there'],
    [
      '![The sea](https://a.example/b.jpg)',
      '<p><img class="unsized" alt="The sea" src="https://a.example/b.jpg" loading="lazy" decoding="async"></p>',
      'a picture of unknown size',
    ],
    [
      '<img src="http://a.example/b.jpg" width=20 height=10>',
      '<img width="20" height="10" alt="" src="https://a.example/b.jpg" loading="lazy" decoding="async">',
      'a picture without TLS',
    ],
  ])('that are not as they should be: %s', async (body, html, kind) => {
    expect(await render(`a\n\n${body}`)).toMatchObject({
      html: `<p>a</p>\n${html}`,
      warnings: [{ line: 3, kind }],
    });
  });
});

test('links to files of other posts lead to their pages; others are told', async () => {
  const { html, warnings } = await render('[a](other.md) [b](other.md#x)\n[c](none.md)');
  expect(html).toContain('<a href="/blog/other">a</a> <a href="/blog/other#x">b</a>');
  expect(warnings).toMatchObject([{ kind: 'a link to a file that is no post' }]);
});

describe('bodies', () => {
  const post = (body: string) =>
    postWith('hello', {
      file: 'posts/hello.md',
      body,
      bodyHash: hash(body.trim()),
      markdown: true,
    });

  test('tell their warnings once, and later without being rendered', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const verdicts = new Verdicts(undefined);
    const bodies = new Bodies(mdxComponents, verdicts);
    const first = post('\n\n\n<p style="a">b</p>');
    await bodies.check(first);
    await bodies.check(first);
    expect(warn.mock.calls).toEqual([
      ['posts/hello.md:4: the attribute style="a" of <p> is left out'],
    ]);
    // The same text below another front matter, in another process that knows the verdict.
    const moved = { ...first, text: new KnownText(`\n\n${first.text.read()}`) };
    expect(new Bodies(mdxComponents, verdicts).warningsOf(moved)).toEqual([
      {
        line: 6,
        kind: 'HTML that is left out',
        message: 'the attribute style="a" of <p> is left out',
      },
    ]);
    warn.mockRestore();
  });

  test('that hold too much are a problem with its line', async () => {
    const problem = await new Bodies(mdxComponents).check(post(`\n\n${'> '.repeat(101)}a`));
    expect(problem).toMatchObject({
      file: 'posts/hello.md',
      line: 3,
      message: expect.stringMatching(/^the Markdown cannot be rendered: quotes .*: have fewer/),
    });
  });
});
