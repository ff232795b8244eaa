import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { checkBody, renderBody } from '../../../lib/body/body';
import { hash } from '../../../lib/hash';
import { postWith } from '../../setup/posts';

const post = (body: string) => postWith('hello', { body, bodyHash: hash(body.trim()) });
const render = (body: string) => renderBody(post(body));
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

  test('may have marked lines, a title, and a button', async () => {
    const html = await code('ts {2} title="lib/a <b>.ts" copy');
    expect(html).toMatch(
      /^<figure class="code"><figcaption>lib\/a &lt;b&gt;.ts<\/figcaption><copy-button><pre/,
    );
    expect(html).toContain('\n<span class="marked"><span class="keyword">let</span> b;</span>');
    expect(html.match(/marked/g)).toHaveLength(1);
    expect((await render('```sh copy\nls\n```')).elements).toEqual(['copy-button']);
  });

  test('is not given a button by the word in its title', async () => {
    expect(await code('ts title="how to copy it"')).not.toContain('copy-button');
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
    const html = await htmlOf('<Figure src="/figures/lost-update.svg" alt="A drawing" />');
    expect(html).toMatch(
      /<img [^>]*width="\d+" height="\d+" [^>]*src="\/figures\/lost-update.svg"/,
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

describe('a fault is told with its line', () => {
  test.each([
    ['Text.\n\n![](/none.png)', 3, 'the file public/none.png is not there'],
    ['\n<Figure src="/none.png" alt="" />', 2, 'the file public/none.png is not there'],
    ['![](/robots)', 1, 'the file public/robots is not there'],
    ['![](/figures)', 1, 'the file public/figures is not there'],
    [`![](/${'a'.repeat(300)}.png)`, 1, 'is not there'],
    ['Text.\n\n![](photo.jpg)', 3, 'photo.jpg must be a path that begins with /'],
    ['![](http://example.com/a.png)', 1, 'or at an https address'],
    ['![](https://example.com/a.png)', 1, 'needs width and height'],
    ['![](/figures/lost-update.svg?v=2)', 1, 'without ? and #'],
    ['![](/100%.png)', 1, 'the file public/100%.png is not there'],
    ['![](/bücher.png)', 1, 'the file public/bücher.png is not there'],
    ['<Figure src="/100%.png" alt="" />', 1, 'write % as %25'],
    ['![](/../package.json)', 1, 'leads out of public/'],
    ['\n\n<img src="/none.png" />', 3, 'the file public/none.png is not there'],
    ['<Video src="/none.mp4" width={2} height={1} />', 1, 'the file public/none.mp4 is not there'],
    ['Text.\n\n<p style={{ color: "red" }}>x</p>', 3, 'allows no style attribute'],
    ['<script>{"alert(1)"}</script>', 1, 'allows no inline script'],
    ['Text.\n\n<no-such-element />', 3, 'the element <no-such-element> has no module'],
    ['Text.\n\nText <Calout>x</Calout>', 3, 'there is no component <Calout>; there are Callout'],
    ['Text.\n\n{', 3, 'closing brace'],
  ])('%j', async (body, line, message) => {
    const problem = await checkBody(post(body));
    expect(problem).toMatchObject({ file: 'posts/hello.mdx', line });
    expect(problem?.message).toContain(message);
  });

  test('also where the compiler fails at its very end', async () => {
    const problem = await checkBody(post('{((1))}'));
    expect(problem?.message).toMatch(
      /^the MDX cannot be rendered: an expression cannot be compiled .*: write/,
    );
  });

  test('also of a file that is no image', async () => {
    const problem = await checkBody(post('![](/speculation-rules.json)'));
    expect(problem?.message).toContain('is no image that browsers show');
  });
});
