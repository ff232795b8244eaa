import yaml from 'yaml';
import { describeProblem, parsePost } from '../../../lib/source/post';
import { KnownText } from '../../../lib/text';
import { isSlug, slugOf } from '../../../lib/site/slugs';

const parse = (lines: string[], slug = 'hello') =>
  parsePost(`posts/${slug}.mdx`, slug, lines.join('\n'));

const problemOf = (lines: string[], slug?: string) => {
  const { problem } = parse(lines, slug);
  return problem && describeProblem(problem);
};

const GOOD = ['---', 'title: Hello', 'date: 2026-11-22', '---', 'Text.'];
const withLine = (line: string) => ['---', 'title: Hello', 'date: 2026-11-22', line, '---', ''];

test('reads every field', () => {
  const { post } = parse([
    '---',
    'title: " Hello: a post "',
    'date: 2026-11-22',
    'updated: 2026-11-23T09:00:00+03:00',
    'summary: What it is about',
    'category: Guide',
    'tags: [caching, "Next.js"]',
    'author: Ada Lovelace',
    'draft: true',
    'page: false',
    '---',
    'Text.',
  ]);
  expect(post).toEqual({
    slug: 'hello',
    file: 'posts/hello.mdx',
    title: 'Hello: a post',
    date: '2026-11-22T00:00:00.000Z',
    updated: '2026-11-23T06:00:00.000Z',
    summary: 'What it is about',
    category: 'Guide',
    tags: ['caching', 'Next.js'],
    author: 'Ada Lovelace',
    draft: true,
    page: false,
    text: new KnownText(`${'\n'.repeat(11)}Text.`),
    bodyHash: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test('takes a time without a zone as UTC, wherever it runs', () => {
  expect(parse(['---', 'title: A', 'date: 2026-11-22T09:30', '---', '']).post?.date).toBe(
    '2026-11-22T09:30:00.000Z',
  );
});

test('reads Windows line ends and a byte order mark', () => {
  expect(parsePost('f', 'hello', `\uFEFF${GOOD.join('\r\n')}`).post?.title).toBe('Hello');
});

test('keeps a body whose lines look like fences', () => {
  const { post } = parse([...GOOD, '', '---', 'More.', '---']);
  expect(post?.text.read().trim()).toBe('Text.\n\n---\nMore.\n---');
});

test('the hash of the body does not change with the front matter', () => {
  const summary = [...GOOD.slice(0, 3), 'summary: About', '# a comment', ...GOOD.slice(3)];
  expect(parse(summary).post?.bodyHash).toBe(parse(GOOD).post?.bodyHash);
});

test.each([
  [['---', 'date: 2026-11-22', '---', ''], ':1: title: is required: add a line like title: Hello'],
  [['---', 'title: A', '---', ''], ':1: date: is required: add a line like date: 2026-11-22'],
  [['---', 'title: A', 'date: yesterday', '---', ''], ':3: date: must be an ISO date or date-time'],
  [
    ['---', 'title: A', 'date: 2026-02-30', '---', ''],
    ':3: date: must be an ISO date or date-time',
  ],
  [withLine('updated: soon'), ':4: updated: must be an ISO date'],
  [withLine('draft: maybe'), ':4: draft: must be true or false'],
  [withLine('summary: "open'), ':'],
  [['---', 'title: ""', 'date: 2026-11-22', '---', ''], ':2: title: must not be empty'],
  [['---', '- a list', '---', ''], ':1: the front matter must be fields'],
  [['Text.'], ':1: must begin with front matter'],
  [[''], ':1: must begin with front matter'],
  [['---', 'title: A', 'date: 2026-11-22', 'Text without the second fence'], ':1: must begin with'],
])('says where %j is wrong', (lines, message) => {
  expect(problemOf(lines)).toContain(`posts/hello.mdx${message}`);
});

test.each(['Hello', 'hello_world', 'hello--world', '-hello', 'hello.world', 'Çay'])(
  'refuses the slug %s',
  (slug) => {
    expect(problemOf(GOOD, slug)).toContain('lower-case letters, digits and single hyphens');
  },
);

test('refuses a standalone page whose path is a route of the site', () => {
  const page = [...GOOD.slice(0, 3), 'page: true', '---', ''];
  expect(problemOf(page, 'topics')).toContain('/topics belongs');
  // Only what lies below it is the site's.
  expect(parse(page, 'blog').post?.slug).toBe('blog');
  expect(parse(GOOD, 'topics').post?.slug).toBe('topics');
});

test.each(['türkçe-yazı', '日本語', '2026', 'a-1', 'हिन्दी'])('%s is a slug', (slug) => {
  expect(isSlug(slug)).toBe(true);
});

test.each([
  ['Next.js & friends', 'next-js-friends'],
  ['  C++ ', 'c'],
  ['Türkçe', 'türkçe'],
  ['İstanbul', 'istanbul'],
  ['日本語', '日本語'],
  ['++', ''],
])('the slug of %s is %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

describe('front matter that asks for too much', () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, level) => `${' '.repeat(level)}a:`);

  // Each overflowed the stack, or ended the process: "RegExpCompiler Allocation failed".
  test.each<[string, string[], number]>([
    ['lists', [`a: ${'['.repeat(20_000)}`], 2],
    ['closed lists', ['title: A', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`], 3],
    ['lists in lines', ['a: [', ...Array<string>(5000).fill('[')], 52],
    ['maps', [`a: ${'{a: '.repeat(10_000)}`], 2],
    ['items in a line', [`${'- '.repeat(20_000)}a`], 2],
    ['keys in a line', ['? '.repeat(20_000)], 2],
    ['fields by indentation', steps(300), 52],
    ['items by indentation', steps(300).map((line) => line.replace('a:', '-')), 51],
  ])('is refused before it is parsed, with its line: %s', (_, lines, at) => {
    const parsed = jest.spyOn(yaml, 'parseDocument');
    expect(problemOf(['---', ...lines, '---', ''])).toBe(
      `posts/hello.mdx:${at}: the front matter is nested more than 50 deep; write it flatter`,
    );
    expect(parsed).not.toHaveBeenCalled();
    parsed.mockRestore();
  });

  test('is refused by its length', () => {
    expect(problemOf(['---', `title: ${'a'.repeat(65_536)}`, '---', ''])).toMatch(
      /^posts\/hello\.mdx:1: the front matter has more than 64 thousand characters/,
    );
  });

  test('is refused where aliases multiply it', () => {
    const bomb = ['a0: &a0 [x]'];
    for (let level = 1; level < 30; level += 1) {
      const times = Array<string>(9)
        .fill(`*a${level - 1}`)
        .join(', ');
      bomb.push(`a${level}: &a${level} [${times}]`);
    }
    expect(problemOf(['---', ...bomb, '---', ''])).toMatch(
      /^posts\/hello\.mdx:1: the front matter cannot be used: Excessive alias count/,
    );
    expect(problemOf(['---', 'title: *none', '---', ''])).toMatch(/^posts\/hello\.mdx:\d: .*none/);
  });

  test('but what is written for readers is not', () => {
    const parsed = jest.spyOn(yaml, 'parseDocument');
    const tags = `tags: [${Array.from({ length: 1000 }, (_, index) => `tag ${index}`).join(', ')}]`;
    expect(parse(withLine(tags)).post?.tags).toHaveLength(1000);
    const summary = [
      'summary: >',
      '  (Some) [text] - with: {signs}',
      ...Array<string>(100).fill('  - [x'),
    ];
    expect(
      parse([...GOOD.slice(0, 3), ...summary.slice(0, 40), '---', '']).post?.summary,
    ).toContain('[x');
    const block = ['tags:', ...Array<string>(200).fill('  - a'), '  - b'];
    expect(parse([...GOOD.slice(0, 3), ...block, '---', '']).post?.tags).toHaveLength(201);
    expect(parsed).toHaveBeenCalledTimes(3);
    parsed.mockRestore();
  });
});

test('the day is that of the author, and the order goes by the instant', () => {
  const at = (date: string) => parse([...GOOD.slice(0, 2), `date: ${date}`, '---', ''], 'a').post;
  expect(at('2026-01-01T20:00:00-08:00')).toMatchObject({
    date: '2026-01-02T04:00:00.000Z',
    day: '2026-01-01',
  });
  expect(at('2026-01-01T20:00:00Z')?.day).toBeUndefined();
  expect(at('2026-01-01')?.day).toBeUndefined();
});
