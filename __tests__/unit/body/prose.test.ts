import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { mdxComponents } from '../../../components/mdx-components';
import { Bodies } from '../../../lib/body/body';
import { hash } from '../../../lib/hash';
import type { Post } from '../../../lib/source/post';
import { addressesIn } from '../../../lib/source/written-addresses';
import { postWith } from '../../setup/posts';

const bodies = new Bodies(mdxComponents);

const post = (body: string) => postWith('hello', { body, bodyHash: hash(body.trim()) });
const render = (body: string, refs?: Post['refs']) => bodies.render({ ...post(body), refs });
const htmlOf = async (body: string) => (await render(body)).html;
const code = (meta: string, text = 'const a = 1;\nlet b;\n') =>
  htmlOf(`\`\`\`${meta}\n${text}\`\`\``);

describe('headings', () => {
  test('have an id and a link to it, also when one comes twice', async () => {
    const { html, headings } = await render(
      '## One *more*\n\n### Deep\n\n## One more\n\n#### Four',
    );
    expect(headings).toEqual([
      { id: 'one-more', title: 'One more', depth: 2 },
      { id: 'deep', title: 'Deep', depth: 3 },
      { id: 'one-more-1', title: 'One more', depth: 2 },
    ]);
    expect(html).toContain('<h2 id="one-more-1">One more<a class="anchor"');
    expect(html).toContain('aria-label="Link to “Deep”" href="#deep">#</a></h3>');
  });

  test('of any script keep their letters', async () => {
    expect((await render('## Çay ve simit')).headings[0]?.id).toBe('çay-ve-simit');
  });

  test('of signs alone have an id that names nothing', async () => {
    const { headings } = await render('## 🌲\n\n## ?\n\n## One');
    expect(headings.map(({ id }) => id)).toEqual(['part', 'part-1', 'one']);
  });

  test('of footnotes are in no table of contents', async () => {
    const { html, headings } = await render('Text.[^1]\n\n[^1]: Note.');
    expect(html).toContain('id="footnote-label"');
    expect(headings).toEqual([]);
  });
});

test('cells are aligned by classes, and boxes of task lists are signs', async () => {
  const html = await htmlOf('| a | b |\n| :-: | - |\n| 1 | 2 |\n\n- [x] Done\n- [ ] Open');
  expect(html).toContain('<th class="center">a</th><th>b</th>');
  expect(html).toContain('<td class="center">1</td><td>2</td>');
  expect(html).toContain('<span role="img" aria-label="Done">☑</span>');
  expect(html).toContain('<span role="img" aria-label="To do">☐</span>');
});

test.each([
  ['word', 1],
  [
    Array(238 * 4)
      .fill('word')
      .join(' '),
    4,
  ],
  ['日本語の文章です。'.repeat(400), 7],
])('reading time is counted in words, of any script', async (body, minutes) => {
  expect((await render(body)).minutes).toBe(minutes);
});

describe('code', () => {
  test('is highlighted by classes, without a style', async () => {
    const html = await code('ts');
    expect(html).toContain('<span class="keyword">const</span>');
    expect(html).toContain('<pre tabindex="0"><code>');
    expect(html).not.toContain('style');
  });

  test('has a bar with its language, or its title, and a button in the language of the post', async () => {
    const button = '<copy-button data-copy="Copy" data-copied="Copied" data-selected="Selected">';
    expect(await code('ts')).toMatch(
      `<figure class="code"><figcaption>TypeScript${button}</copy-button></figcaption><pre`,
    );
    expect(await code('zsh')).toContain('<figcaption>Shell<');
    const { html, elements } = await render('```sh\nls\n```');
    expect(html).toContain(button);
    expect(elements).toEqual(['copy-button']);
    const inGerman = await bodies.render({ ...post('```sh\nls\n```'), language: 'de-CH' });
    expect(inGerman.html).toContain('<copy-button data-copy="Kopieren"');
    expect((await render('```\nls\n```')).elements).toEqual([]);
    expect((await render('```text copy\nls\n```')).elements).toEqual(['copy-button']);
  });

  test('may have marked lines and a title', async () => {
    const html = await code('ts {2} title="lib/a <b>.ts"');
    expect(html).toMatch(
      /^<figure class="code"><figcaption class="file">lib\/a &lt;b&gt;.ts<copy-button .*?<\/figcaption><pre/,
    );
    expect(html).toContain('\n<span class="marked"><span class="keyword">let</span> b;</span>');
    expect(html.match(/marked/g)).toHaveLength(1);
  });

  test('is plain in lines that are longer than anybody reads', async () => {
    const html = await code(
      'ts',
      `const a = 1;\nconst b = ${'[1], '.repeat(400)};\nconst c = 1;\n`,
    );
    expect(html.match(/<span class="keyword">const/g)).toHaveLength(2);
    expect(html).toContain('\nconst b = [1], ');
  });

  test.each(['', 'nonsense', 'text'])('of the language “%s” stays as it is', async (language) => {
    const html = await code(language, '<b> & "c"\n');
    expect(html).toContain('&lt;b&gt; &amp; &quot;c&quot;');
    expect(html).toContain('<pre tabindex="0">');
  });
});

describe('images', () => {
  const dir = path.join('public', 'test-images');
  beforeAll(async () => {
    mkdirSync(dir, { recursive: true });
    const photo = {
      create: { width: 1600, height: 900, channels: 3 as const, background: '#363' },
    };
    await sharp(photo).jpeg().toFile(path.join(dir, 'photo.jpg'));
    // Taken with the camera on its side.
    await sharp(photo).withMetadata({ orientation: 6 }).jpeg().toFile(path.join(dir, 'side.jpg'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test('of the site have their size, and smaller versions', async () => {
    const html = await htmlOf('![A photo](/test-images/photo.jpg "Title")');
    expect(html).toContain('width="1600" height="900"');
    expect(html).toContain('alt="A photo"');
    expect(html).toContain('title="Title"');
    expect(html).toMatch(/srcSet="\/_next\/image\?url=%2Ftest-images%2Fphoto.jpg&amp;w=\d+/i);
    expect(html).not.toContain('style=');
  });

  test('that were taken on their side are measured as they are shown', async () => {
    expect(await htmlOf('![](/test-images/side.jpg)')).toContain('width="900" height="1600"');
  });

  test('that are drawings stay as they are', async () => {
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>';
    writeFileSync(path.join(dir, 'drawing.svg'), drawing);
    const html = await htmlOf('<Figure src="/test-images/drawing.svg" alt="A drawing" />');
    expect(html).toMatch(
      /<img [^>]*width="\d+" height="\d+" [^>]*src="\/test-images\/drawing.svg"/,
    );
    expect(html).not.toContain('srcSet');
  });

  test('may have any name', async () => {
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>';
    writeFileSync(path.join(dir, "q&a's.svg"), drawing);
    expect(await htmlOf("![](/test-images/q&a's.svg)")).toContain('width="3" height="2"');
  });

  test('of another site are left alone', async () => {
    const html = await htmlOf(
      '<Figure src="https://example.com/a.png?b=1" alt="Far" width={20} height={10} />',
    );
    expect(html).toContain('<img width="20" height="10" alt="Far"');
    expect(html).toContain('src="https://example.com/a.png?b=1"');
  });
});

test('pictures of other sites without a size have room, and a warning', async () => {
  const { html, warnings } = await render('Text.\n\n![](https://example.com/a.png?b=1&c=2)');
  expect(html).toContain('<img class="unsized" alt="" src="https://example.com/a.png?b=1&amp;c=2"');
  expect(warnings).toMatchObject([{ line: 3, kind: 'a picture of unknown size' }]);
});

test('pictures may be written as for Next', async () => {
  const html = await htmlOf(
    '<Image src="https://a.example/b.png" alt="A" width="20" height={10} priority />',
  );
  expect(html).toMatch(
    /^<img width="20" height="10" alt="A" src="https:\/\/a.example\/b.png"[^>]*>$/,
  );
});

test('addresses that are relative to the file lead to where it is', async () => {
  const refs = {
    'a b.jpg': { to: '/files/0123456789abcdef/a b.jpg', width: 1600, height: 900 },
    'other.md': { to: '/blog/other' },
  };
  const body =
    '![A](a%20b.jpg)\n\n<Figure src="a b.jpg" alt="B" />\n\n[c](other.md) <a href="other.md">d</a>';
  const { html } = await bodies.render({ ...post(body), refs, bodyHash: 'with refs' });
  expect(
    html.match(/<img width="1600" height="900"[^>]* src="\/_next\/image\?url=%2Ffiles%2F/g),
  ).toHaveLength(2);
  expect(html.match(/<a href="\/blog\/other">/g)).toHaveLength(2);
});

test('frames of other sites are loaded when the reader asks for it, or are links', async () => {
  const { html, elements, warnings } = await render(
    '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film" allowFullScreen></iframe>\n\n' +
      '<iframe src="https://maps.example/x"></iframe>',
  );
  expect(html).toContain(
    '<embed-frame class="video" data-src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ">' +
      '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">Watch on YouTube: A film</a></embed-frame>',
  );
  expect(html).toContain('<a class="frame-link" href="https://maps.example/x">maps.example</a>');
  expect(elements).toEqual(['embed-frame']);
  expect(warnings).toMatchObject([{ line: 3, kind: 'a frame that becomes a link' }]);
});

test('what bloggers write besides is the same as in Markdown', async () => {
  const { html, warnings } = await render(
    'Energy $E=mc^2$ for $5 and $10. :tada:\n\n> [!TIP]\n> Hot.\n\nApple\n: A fruit\n\n```js:a.js\nconst a = 1\n```',
  );
  expect(html).toContain('<annotation encoding="application/x-tex">E=mc^2</annotation>');
  expect(html).toContain(' for $5 and $10. 🎉');
  expect(html).toContain('<aside class="callout tip" role="note">');
  expect(html).toContain('<dt>Apple</dt>');
  expect(html).toContain('<figcaption class="file">a.js<copy-button ');
  expect(html).not.toContain('style=');
  expect(warnings).toBeUndefined();
});

test('bold letters of a formula are those of the text, since few fonts have others', async () => {
  const { html } = await render('The vector $\\mathbf{Y}$, $\\mathbf{12}$ and $\\boldsymbol{x}$.');
  expect(html).toContain('<mi mathvariant="normal" class="letter bold upright">Y</mi>');
  expect(html).toContain('<mi mathvariant="normal" class="letter bold">x</mi>');
  expect(html).not.toContain('mathvariant="bold');
});

test('what posts of another site take for granted is left out with a warning, and their text is shown', async () => {
  const { html, warnings, elements } = await render(
    "import Chart from './chart'\n\n<Chart>\n\nThe *text*.\n\n</Chart>\n\n" +
      '![The sea](/static/sea.jpg)\n\n<chart-info>More.</chart-info>\n\nA <Term id={1}>word</Term>.',
  );
  expect(html).toBe(
    '<p>The <em>text</em>.</p>\n<p><span class="absent" title="/static/sea.jpg">The sea</span></p>\n' +
      '<chart-info>More.</chart-info>\n<p>A word.</p>',
  );
  expect(elements).toEqual([]);
  expect(warnings).toMatchObject([
    { line: 1, kind: 'an import or export that is left out' },
    { line: 3, kind: 'a component that is not there' },
    { line: 13, kind: 'a component that is not there' },
    { line: 9, kind: 'a picture that is not there' },
    { line: 11, kind: 'an element without a module' },
  ]);
});

test('a picture that is imported is that beside the post, and what else is imported is left out', async () => {
  const text =
    "import sea, { size } from './sea.png'\nimport { count as all } from '../data'\n\n" +
    'There are {all} pictures {all.length}.\n\n{all}\n\n<img src={sea.src} alt="The sea" />\n\n' +
    '<Image src={sea} alt="The sea" id={all} />';
  const { html } = await render(text, {
    './sea.png': { to: '/files/0/sea.png', width: 3, height: 2 },
  });
  // There is no such file to show.
  expect(html.match(/title="\/files\/0\/sea\.png"/g)).toHaveLength(2);
  expect(html).toContain('<p>There are  pictures .</p>');
  expect(html).not.toContain('id=');
  expect(addressesIn(text)?.relative).toContain('./sea.png');
});

test('a style attribute is left out with a warning, since the policy of the site would block it', async () => {
  const { html, warnings } = await render('Text.\n\n<p style={{ color: "red" }} id="a">x</p>');
  expect(html).toBe('<p>Text.</p>\n<p id="a">x</p>');
  expect(warnings).toMatchObject([{ line: 3, kind: 'HTML that is left out' }]);
});

test('imports are told with their lines', async () => {
  const { warnings } = await render("Text.\n\nimport a from './a'\nimport b from './b'\n\nText.");
  expect(warnings).toMatchObject([{ line: 3 }, { line: 4 }]);
});

describe('a fault is told with its line', () => {
  test.each([
    ['Text.\n\n![](/none.png)', 3, 'the file public/none.png is not there'],
    ['\n<Figure src="/none.png" alt="" />', 2, 'the file public/none.png is not there'],
    ['![](/robots)', 1, 'the file public/robots is not there'],
    ['![](/elements)', 1, 'the file public/elements is not there'],
    [`![](/${'a'.repeat(300)}.png)`, 1, 'is not there'],
    ['Text.\n\n![](photo.jpg)', 3, 'photo.jpg must be a path that begins with /'],
    ['![](http://example.com/a.png)', 1, 'or at an https address'],
    ['![](/drawing.svg?v=2)', 1, 'without ? and #'],
    ['![](/100%.png)', 1, 'the file public/100%.png is not there'],
    ['![](/bücher.png)', 1, 'the file public/bücher.png is not there'],
    ['<Figure src="/100%.png" alt="" />', 1, 'write % as %25'],
    ['![](/../package.json)', 1, 'leads out of public/'],
    ['\n\n<img src="/none.png" />', 3, 'the file public/none.png is not there'],
    ['<Video src="/none.mp4" width={2} height={1} />', 1, 'the file public/none.mp4 is not there'],
    ['<script>{"alert(1)"}</script>', 1, 'allows no inline script'],
    ['Text.\n\n<copy-buton />', 3, 'the element <copy-buton> has no module: did you mean'],
    ['Text.\n\nText <Calout>x</Calout>', 3, 'there is no component <Calout>; there are Callout'],
    ['Text.\n\n{', 3, 'closing brace'],
    [
      'Text.\n\nSet {a, b}.',
      3,
      'column 5: {a} is read as JavaScript, and there is no a: write \\{',
    ],
    ['Use ${HOME}.', 1, 'column 6: {HOME} is read as JavaScript'],
    ['a\n\nSay {not code}.', 3, '{not code} is read as JavaScript, and is none: write \\{'],
    ['{% include a %}', 1, '{% include a %} is of a template, and no template is run here'],
    ['a {{ page.title }}', 1, '{{ page.title }} is of a template'],
    ['a\n\n<p style="color:red">b</p>', 3, 'MDX takes no style="…"'],
    ['a\n\nb <5', 3, 'column 4: <5 begins no tag: write \\<'],
    ['a\n\nb <br> c', 3, 'column 3: <br> is never closed: write <br />'],
    ['a\n\n<img src="/b.png">', 3, '<img> is never closed: write <img />'],
    ['a\n\nList<String> b', 3, '<String> is not closed where it should be'],
    ['a\n\n</div>', 3, '</div> closes a tag that is not open'],
    ['<p>\nx\n</div>', 3, '</div> comes before </p>'],
    ['a\n\n<a href=x>b</a>', 3, 'needs quotes: write "x"'],
    ['a <!-- b --> c', 1, 'write {/* … */}'],
    ['a <https://a.example/b> c', 1, 'write [https://a.example/b](https://a.example/b)'],
    ['a <b@c.example> c', 1, 'write [b@c.example](mailto:b@c.example)'],
    ['export const a = {', 1, 'begins with import or export'],
    ['a\n\n{new Date()}', 3, 'write {String(…)}'],
    ['a\n\n$\\frac{1$', 3, 'the formula cannot be read'],
    ['a <Calout>x</Calout>', 1, 'did you mean <Callout>?'],
  ])('%j', async (body, line, message) => {
    const problem = await bodies.check(post(body));
    expect(problem).toMatchObject({ file: 'posts/hello.mdx', line });
    expect(problem?.message).toContain(message);
  });

  test('also where the compiler fails at its very end', async () => {
    const problem = await bodies.check(post('{((1))}'));
    expect(problem?.message).toMatch(
      /^the MDX cannot be rendered: an expression cannot be compiled .*: write/,
    );
  });

  test('also of a file that is no image', async () => {
    const problem = await bodies.check(post('![](/speculation-rules.json)'));
    expect(problem?.message).toContain('is no image that browsers show');
  });
});

test('a footnote and the first reference to it have the same name', async () => {
  const body = 'One.[^a] Two.[^ş] One more.[^a]\n\n[^a]: First.\n\n[^ş]: Second.';
  for (const markdown of [undefined, true] as const) {
    const { html } = await bodies.render({
      ...post(body),
      bodyHash: `${markdown} ${body}`,
      markdown,
    });
    expect(html.match(/data-footnote-ref[^>]*data-note="--[12]"/g)).toHaveLength(2);
    expect(html.match(/<li id="user-content-fn-[^>]* data-note="--[12]"/g)).toHaveLength(2);
  }
});

const SPEAKING = [
  '## Teil',
  'Text.[^1]\n\n[^1]: Note.',
  '> [!TIP]\n> Hot.',
  '| a |\n| - |\n| 1 |',
  '- [x] a\n- [ ] b',
  '$$x$$',
  '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title=""></iframe>',
].join('\n\n');

test.each([
  ['MDX', post(`${SPEAKING}\n\n<Callout kind="warning">Hot.</Callout>`)],
  ['Markdown', { ...post(`${SPEAKING}\n\n> [!WARNING]\n> Hot.`), markdown: true as const }],
])('what the site says in a text of %s is in the language of the post', async (_, written) => {
  const { html } = await bodies.render({ ...written, language: 'de' });
  for (const part of [
    'aria-label="Link zu „Teil“"',
    '>Fußnoten</h2>',
    'aria-label="Zurück zur Stelle 1"',
    '<p class="callout-title">Tipp</p>',
    '<p class="callout-title">Warnung</p>',
    'aria-label="Tabelle"',
    'aria-label="Erledigt"',
    'aria-label="Offen"',
    'aria-label="Formel"',
    '>Auf YouTube ansehen</a>',
  ]) {
    expect(html).toContain(part);
  }
  // The same text, in the site's own language.
  expect((await bodies.render(written)).html).toContain('>Footnotes</h2>');
});
