/** Front matter as other generators and their authors write it. */
import { describeProblem, parsePost, type Naming } from '../../../lib/source/post';
import { KnownText } from '../../../lib/text';
import { readDate } from '../../../lib/source/dates';
import { excerptOf } from '../../../lib/source/excerpt';

const MARKDOWN: Naming = { markdown: true };

const parse = (lines: string[], naming = MARKDOWN, slug = 'hello') =>
  parsePost(`posts/${slug}.md`, slug, lines.join('\n'), naming);

const withFields = (...lines: string[]) =>
  parse(['---', 'title: Hello', 'date: 2026-11-22', ...lines, '---', 'Text.']);

const warningsOf = ({ warnings = [] }: ReturnType<typeof parse>) => warnings.map(describeProblem);

test.each([
  ['2026-11-22', '2026-11-22T00:00:00.000Z', undefined],
  ['2024-1-5', '2024-01-05T00:00:00.000Z', undefined],
  ['2024/01/05', '2024-01-05T00:00:00.000Z', undefined],
  ['20240105', '2024-01-05T00:00:00.000Z', undefined],
  ['2025-01-29 18:15:32 +0530', '2025-01-29T12:45:32.000Z', undefined],
  ['2024-01-05 10:30:00 +0300', '2024-01-05T07:30:00.000Z', undefined],
  ['2024-01-05 01:30 +0300', '2024-01-04T22:30:00.000Z', '2024-01-05'],
  ['2024-01-05T10:30Z', '2024-01-05T10:30:00.000Z', undefined],
  ['2024-01-05T10:30:15.250+0300', '2024-01-05T07:30:15.250Z', undefined],
  ['January 5, 2024', '2024-01-05T00:00:00.000Z', undefined],
  ['Jan 5 2024 10:30 PM', '2024-01-05T22:30:00.000Z', undefined],
  ['5 Jan 2024', '2024-01-05T00:00:00.000Z', undefined],
  ['5th of January, 2024 12:05 a.m.', '2024-01-05T00:05:00.000Z', undefined],
  ['Fri, 05 Jan 2024 23:30:00 PST', '2024-01-06T07:30:00.000Z', '2024-01-05'],
  [
    'Fri Jan 05 2024 10:30:00 GMT+0100 (Central European Standard Time)',
    '2024-01-05T09:30:00.000Z',
    undefined,
  ],
  ['Fri Jan  5 10:30:00 +0100 2024', '2024-01-05T09:30:00.000Z', undefined],
  ['31/12/2024', '2024-12-31T00:00:00.000Z', undefined],
  ['1704450600', '2024-01-05T10:30:00.000Z', undefined],
])('the date %s is %s', (written, at, day) => {
  expect(readDate(written).date).toEqual({ at, day });
});

test.each([
  ['2026-02-30', '"2026-02-30" is no day'],
  ['2024-13-01', 'is no day'],
  ['2024-01-05 25:00', 'is no day, or no time'],
  ['January 32, 2024', 'is no day'],
  ['01/05/2024', 'may be two days'],
  ['2024', 'none that can be read'],
  ['soon', 'none that can be read'],
  ['2024-01-05 10:30 +9999', 'is no day, or no time'],
])('%s is no date', (written, why) => {
  expect(readDate(written).problem).toContain(why);
});

test('fields of other generators mean what ours do', () => {
  const { post, warnings } = parse([
    '---',
    'layout: post',
    'title: Hello',
    'pubDate: 2024-01-05',
    'last_modified_at: 2024-02-01',
    'description: What it is about',
    'categories: [Guide, News]',
    'authors:',
    '  - name: Ada',
    '  - Grace',
    'canonicalUrl: https://elsewhere.example/hello',
    'redirect_from: [/old.html, /older/]',
    'toc: true',
    'comments: false',
    '---',
    'Text.',
  ]);
  expect(warnings?.map(describeProblem)).toEqual([
    'posts/hello.md:13: toc: is not a field of a post, and is ignored',
    'posts/hello.md:14: comments: is not a field of a post, and is ignored',
  ]);
  expect(post).toMatchObject({
    date: '2024-01-05T00:00:00.000Z',
    updated: '2024-02-01T00:00:00.000Z',
    summary: 'What it is about',
    category: 'Guide',
    alsoIn: ['News'],
    author: 'Ada, Grace',
    canonical: 'https://elsewhere.example/hello',
    aliases: [{ path: '/old' }, { path: '/older' }],
    markdown: true,
  });
});

test.each<[string, string[]]>([
  ['tags: [2024, true, C++]', ['2024', 'true', 'C++']],
  ['tags: web performance', ['web', 'performance']],
  ['tags: web performance, css', ['web performance', 'css']],
  ['tag: one', ['one']],
  ['Tags: [a]', ['a']],
  ['tags: [[a, b], {name: c}]', ['a', 'b', 'c']],
  ['tags:', []],
  ['tags: ""', []],
  ['tags: ~', []],
])('%s are %j', (line, tags) => {
  expect(withFields(line).post?.tags).toEqual(tags);
});

test('blank fields are absent, and numbers are text as they are written', () => {
  const { post, warnings } = parse([
    '---',
    'title: 2.10',
    'date: 2026-11-22',
    'summary:',
    'category: null',
    'updated: ""',
    'author: ~',
    '---',
    '',
  ]);
  expect(warnings).toBeUndefined();
  expect(post).toMatchObject({ title: '2.10', tags: [] });
  expect([post?.summary, post?.category, post?.updated, post?.author]).toEqual(
    Array(4).fill(undefined),
  );
});

test('TOML and JSON are front matter, too, with the lines of their fields', () => {
  const toml = parse([
    '+++',
    'title = "Hello"',
    'date = 2024-01-05T23:00:00-08:00',
    'aliases = ["/a/b.html"]',
    '[taxonomies]',
    'tags = ["x", "y"]',
    '+++',
    'Text.',
  ]);
  expect(toml.post).toMatchObject({
    title: 'Hello',
    date: '2024-01-06T07:00:00.000Z',
    day: '2024-01-05',
    tags: ['x', 'y'],
    aliases: [{ path: '/a/b', line: 4 }],
    text: new KnownText(`${'\n'.repeat(7)}Text.`),
  });
  const json = parse([
    '{',
    '"title": "Hello",',
    '"date": "2024-01-05",',
    '"nothing": 1',
    '}',
    'Text.',
  ]);
  expect(json.post).toMatchObject({
    title: 'Hello',
    text: new KnownText(`${'\n'.repeat(5)}Text.`),
  });
  expect(warningsOf(json)).toEqual([
    expect.stringMatching(/^posts\/hello\.md:4: nothing: is not a field of a post, and is ignored/),
  ]);
});

test.each([
  ['--- yaml', 'title: Hello\ndate: 2024-01-05'],
  ['---yml', 'title: Hello\ndate: 2024-01-05'],
  ['---toml', 'title = "Hello"\ndate = 2024-01-05'],
  ['---json', '{ "title": "Hello", "date": "2024-01-05" }'],
])('%s says which language comes', (fence, fields) => {
  expect(parse([fence, fields, '---', 'Text.']).post).toMatchObject({
    title: 'Hello',
    date: '2024-01-05T00:00:00.000Z',
  });
});

test.each(['# Hello', '{{ page.title }}\n================', 'Hello\n==='])(
  'a first heading %j that says the title once more is not shown again, in Markdown alone',
  (heading) => {
    const lines = ['---', 'title: Hello', 'date: 2024-01-05', '---', '', heading, 'Text.'];
    const { post } = parse(lines);
    expect([post?.title, post?.text.read().trim()]).toEqual(['Hello', 'Text.']);
    expect(parse(lines, {}).post?.text.read()).toContain(heading);
    expect(parse([...lines.slice(0, 5), 'Text.', heading]).post?.text.read()).toContain(heading);
    expect(parse([...lines.slice(0, 5), '# Other']).post?.text.read()).toContain('# Other');
  },
);

test('published is a day, or says whether', () => {
  const lines = (published: string) => ['---', 'title: A', `published: ${published}`, '---'];
  expect(parse(lines('2014-12-18')).post).toMatchObject({
    draft: false,
    date: '2014-12-18T00:00:00.000Z',
  });
  expect(parse([...lines('false').slice(0, 3), 'date: 2014-12-18', '---']).post?.draft).toBe(true);
  // A draft needs none yet.
  expect(parse(lines('false')).post?.draft).toBe(true);
  expect(parse(lines('true')).problem?.kind).toBe('a post without a date');
});

test.each<[string, string[], string]>([
  ['a program', ['---js', 'const title = "Hello";', '---'], ':1: the front matter is a program'],
  [
    'TOML with an error',
    ['+++', 'title = "Hello"', 'date = ', '+++'],
    ':3: the front matter between +++ is no TOML',
  ],
  [
    'a tab',
    ['---', 'title: A', 'tags:', '\t- a', '---'],
    ':4: this line of the front matter has a tab',
  ],
  ['no end', ['---', 'title: A', '', 'Text.'], ':1: must begin with front matter that ends'],
  ['a quote without an end', ['---', 'title: "A', 'date: 2026-01-01', '---'], ':'],
  [
    'nearly a required field',
    ['---', 'titel: A', 'date: 2026-01-01', '---'],
    ':2: titel: is not a field of a post; did you mean title?',
  ],
  [
    'no date',
    ['---', 'title: A', '---'],
    ':1: date: is required: add a line like date: 2026-11-22',
  ],
])('says where there is %s', (_, lines, message) => {
  // In MDX no title is made of the file's name.
  const { problem } = parse(lines, { markdown: lines[1]?.startsWith('titel') !== true });
  expect(problem && describeProblem(problem)).toContain(`posts/hello.md${message}`);
});

test('what is certain is taken, with a warning', () => {
  const { post, warnings } = parse([
    '---',
    'title: Rust: a tour',
    'date: 2026-01-01',
    'summary: @ada writes',
    'date: 2026-01-02',
    'sumary: x',
    '---',
    '',
  ]);
  expect(post).toMatchObject({
    title: 'Rust: a tour',
    summary: '@ada writes',
    date: '2026-01-02T00:00:00.000Z',
  });
  expect(warnings?.map(describeProblem)).toEqual([
    expect.stringMatching(/:2: title: has signs that mean something in YAML/),
    expect.stringMatching(/:4: summary: has signs/),
    expect.stringMatching(/:5: date: is there twice.*line 3/),
    expect.stringMatching(/:6: sumary: .*did you mean summary\?/),
  ]);
});

test('a title is the first heading where there is none, else it is made of the name', () => {
  const heading = parse(['---', 'date: 2026-01-01', '---', '', '# The *first* one', '', 'Text.']);
  expect(heading.post).toMatchObject({
    title: 'The first one',
    text: new KnownText('\n\n\n\n\n\nText.'),
  });
  const later = parse(['---', 'date: 2026-01-01', '---', 'Text.', '', '# Later']);
  expect(later.post).toMatchObject({
    title: 'Later',
    text: new KnownText('\n\n\nText.\n\n# Later'),
  });
  const named = parse(
    ['---', 'date: 2026-01-01', '---', '```', '# no', '```'],
    MARKDOWN,
    'my-post',
  );
  expect(named.post?.title).toBe('My post');
  expect(warningsOf(named)).toEqual([expect.stringContaining("made of the file's name")]);
});

test('no front matter at all is enough where the name has the day', () => {
  const { post } = parse(['# Hello', '', 'Text.'], { markdown: true, day: '2010-08-23' });
  expect(post).toMatchObject({ title: 'Hello', date: '2010-08-23T00:00:00.000Z' });
  expect(parse(['# Hello']).problem?.field).toBe('date');
});

test('a page has its permalink, and a post its own address', () => {
  const page = (permalink: string) =>
    parse(['---', 'title: A', 'layout: page', `permalink: ${permalink}`, '---', '']).post;
  expect(page('/about/')).toMatchObject({ slug: 'about', page: true });
  expect(page('/docs/team/')).toMatchObject({ slug: 'team', path: '/docs/team', page: true });
  expect(withFields('permalink: /notes/hello.html').post?.aliases).toEqual([
    { path: '/notes/hello', line: 4 },
  ]);
  expect(withFields('permalink: /:year/:title/').post?.aliases).toBeUndefined();
  // Found by its day.
  expect(withFields('permalink: /2026/11/22/hello.html').post?.aliases).toBeUndefined();
  expect(withFields('published: false').post?.draft).toBe(true);
  expect(withFields('slug: Other Name').post?.slug).toBe('other-name');
});

test.each([
  'private: true',
  'password: x',
  'status: draft',
  'visibility: Private',
  'post_status: trash',
])('a post with %s is kept from readers here, too, and a warning says so', (line) => {
  const { post, warnings } = withFields(line);
  expect(post?.draft).toBe(true);
  expect(warnings?.map(({ message }) => message)).toEqual([
    'keeps the post from readers, as draft: true does; delete the field to publish it',
  ]);
  expect(withFields(`draft: true\n${line}`).warnings).toBeUndefined();
});

test.each(['private: false', 'password:', 'status: publish', 'visibility: public'])(
  'a post with %s is published',
  (line) => {
    const { post, warnings } = withFields(line);
    expect([post?.draft, warnings]).toEqual([false, undefined]);
  },
);

test('the same text is another body as Markdown', () => {
  const lines = ['---', 'title: A', 'date: 2026-01-01', '---', 'Text.'];
  expect(parse(lines).post?.bodyHash).not.toBe(parse(lines, {}).post?.bodyHash);
});

test.each([
  ['The first sentence.\n\nThe second.', 'The first sentence. The second.'],
  [
    '# A heading\n\n![A picture](a.png)\n\nWith *signs* and a [link](/x).',
    'With signs and a link.',
  ],
  ['```\ncode\n\ncode\n```\n\nText.', 'Text.'],
  ['Shown.\n\n<!-- more -->\n\nNot shown.', 'Shown.'],
  ["import A from 'a'\n\nText.", 'Text.'],
  ['{% include a.html %}\n\nText.', 'Text.'],
  ['# Only a heading', undefined],
  [`${'word '.repeat(100)}`, `${'word '.repeat(40).trim()}…`],
])('the excerpt of %j is %j', (body, excerpt) => {
  expect(excerptOf(body)).toBe(excerpt);
});
