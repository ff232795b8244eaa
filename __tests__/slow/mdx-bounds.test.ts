/**
 * What is too much for the compiler is refused before it sees it; what is written for readers is not.
 */
import { readFileSync } from 'node:fs';
import { compile } from '@mdx-js/mdx';
import { serialize } from 'next-mdx-remote/serialize';
import { mdxComponents } from '../../components/mdx-components';
import { Bodies } from '../../lib/body/body';
import { excessIn } from '../../lib/body/mdx-bounds';
import { parsePost } from '../../lib/source/post';
import { MANUAL_FILES } from '../setup/manual';
import { SECRET, startSite } from '../setup/site';

const bodies = new Bodies(mdxComponents);

// The real ones, counted.
jest.mock('next-mdx-remote/serialize', () => {
  const real = jest.requireActual<typeof import('next-mdx-remote/serialize')>(
    'next-mdx-remote/serialize',
  );
  return { serialize: jest.fn(real.serialize) };
});
jest.mock('@mdx-js/mdx', () => {
  const real = jest.requireActual<typeof import('@mdx-js/mdx')>('@mdx-js/mdx');
  return { compile: jest.fn(real.compile) };
});

/** A post as it is read from a file, after four lines of front matter. */
const postOf = (body: string) => {
  const text = `---\ntitle: A\ndate: 2026-01-01\n---\n${body}\n`;
  const { post, problem } = parsePost('posts/deep.mdx', 'deep', text);
  if (!post) throw new Error(problem?.message);
  return post;
};
const parserCalls = () =>
  jest.mocked(serialize).mock.calls.length + jest.mocked(compile).mock.calls.length;

const within = (count: number, open: string, close: string) =>
  `${open.repeat(count)}a${close.repeat(count)}`;
const steps = (count: number, mark: string) =>
  Array.from({ length: count }, (_, level) => `${'  '.repeat(level)}${mark} a`).join('\n');

/** Each for a number of levels or parts, the most that passes, and the line that is named beyond. */
const SHAPES: [string, (count: number) => string, most: number, line?: number][] = [
  ['quotes', (count) => `${'> '.repeat(count)}a`, 100],
  ['quotes without spaces', (count) => `${'>'.repeat(count)}a`, 100],
  ['lists in a line', (count) => `${'- '.repeat(count)}a`, 100],
  ['numbered lists in a line', (count) => `${'1. '.repeat(count)}a`, 100],
  ['quotes and lists', (count) => `${'> - '.repeat(count)}a`, 50],
  ['lists by indentation', (count) => steps(count, '-'), 100, 105],
  ['brackets', (count) => within(count, '[', ']'), 100],
  ['images', (count) => within(count, '![', '](https://a.example/b)'), 100],
  ['brackets that stay open', (count) => '['.repeat(count), 5000],
  ['brackets that were not open', (count) => 'a]'.repeat(count), 5000],
  ['brackets beside each other', (count) => '[a] '.repeat(count), 2500],
  ['strong text', (count) => within(count, '**', '**'), 100],
  ['emphasis', (count) => `${'*a '.repeat(count)}b${' a*'.repeat(count)}`, 100],
  ['emphasis that stays open', (count) => '*a '.repeat(count), 2000],
  ['emphasis of two kinds', (count) => '*a_ '.repeat(count), 1000],
  ['elements', (count) => within(count, '<b>', '</b>'), 100],
  ['elements of several kinds', (count) => within(count, '<b><i>', '</i></b>'), 50],
  [
    'elements with attributes',
    (count) => within(count, '<b title="/>" lang={1 > 2 ? "a" : "b"}>', '</b>'),
    100,
  ],
  ['elements in lines', (count) => within(count, '<div>\n\n', '\n\n</div>'), 100, 205],
  ['braces', (count) => `{${within(count, '{', '}')}}`, 99],
  ['parentheses in an expression', (count) => `{${'('.repeat(count)}1${')'.repeat(count)}}`, 99],
  ['rows of data', (count) => `{[\n${'{a: 1},\n'.repeat(count)}].length}`, 1100, 1123],
  ['braces in a comment', (count) => `{/* ${'}'.repeat(count)} */}`, 3000],
  ['braces in a string', (count) => `{"${'}'.repeat(count)}"}`, 3000],
  ['braces in an attribute', (count) => `<b title={"${'}'.repeat(count)}"}>a</b>`, 3000],
  ['lines of a paragraph', (count) => 'a\n'.repeat(count), 5000, 5005],
  [
    'cells of a table',
    (count) => `${'|a'.repeat(50)}|\n${'|-'.repeat(50)}|\n${'|a|\n'.repeat(count)}`,
    998,
    1006,
  ],
];

const cases = SHAPES.map(([name, make, most, line = 5]) => ({ name, make, most, line }));
beforeEach(() => jest.clearAllMocks());

test.each(cases)(
  'refuses more $name, with the file, the line and a remedy',
  async ({ make, most, line }) => {
    const problem = await bodies.check(postOf(make(Math.ceil(most * 1.1))));
    expect(problem).toMatchObject({
      file: 'posts/deep.mdx',
      line,
      message: expect.stringMatching(
        /^the MDX cannot be rendered: .*(more than \d+ |too many).*: /,
      ),
    });
    expect(parserCalls()).toBe(0);
  },
);

test.each(cases)('lets pass $most for $name', async ({ make, most }) => {
  const text = make(most);
  expect(excessIn(text)).toBeUndefined();
  // Some of them mean something else than they seem to; none overflows the stack.
  const failure: unknown = await bodies.render(postOf(text)).catch((error: unknown) => error);
  expect(String(failure)).not.toMatch(/call stack/);
});

/** As deep as everything may be, in each other. */
const DEEPEST = `${'- '.repeat(100)}${'<b>'.repeat(100)}${'**'.repeat(100)}deep${'**'.repeat(100)}${'</b>'.repeat(100)}`;

test('the deepest that passes is rendered by a server, and one that is deeper holds back no other', async () => {
  const site = await startSite({ hello: 'Hello.', deepest: DEEPEST });
  try {
    expect((await site.visit('/blog/deepest')).text).toMatch(/(<b>){100}(<strong>){100}deep/);
    await site.write('hello', `${'> '.repeat(5000)}a`);
    await site.write('deepest', 'Shallow.');
    expect((await site.purge('/blog/deepest')).status).toBe(200);
    expect((await site.purge('/blog/hello')).status).toBe(500);
    const { status, text } = await site.visit('/blog/hello');
    expect([status, text]).toEqual([200, expect.stringContaining('Hello.')]);
    const changed = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&changed=1`);
    expect(await changed.text()).toContain('posts/hello.mdx:6: the MDX cannot be rendered: quotes');
    // This one failed where unified no longer listened: no purge was ever answered again.
    await site.write('hello', '{((1))}');
    const never = await fetch(`${site.url}/api/revalidate?secret=${SECRET}&changed=1`);
    expect(await never.text()).toContain('an expression cannot be compiled');
  } finally {
    await site.close();
  }
});

test.each<[string, string]>([
  ['fenced code', `\`\`\`js\n${'['.repeat(20_000)}\n${'> '.repeat(5000)}a\n\`\`\``],
  ['fenced code in a list', `- a\n\n  ~~~~js\n  ~~~\n  ${'['.repeat(20_000)}\n  ~~~~`],
  ['a code span', `a \`\`${'['.repeat(20_000)} \` ${'*a'.repeat(20_000)}\`\` b`],
  ['escapes', 'a' + '\\['.repeat(20_000)],
  ['rules', `a\n\n${'- '.repeat(200)}\n\n${'*'.repeat(200)}\n`],
  ['a long list', '- [a](/b) *a* `b`\n'.repeat(20_000)],
  ['a long table', `|a|b|\n|-|-|\n${'| [a](/b) | *a* |\n'.repeat(20_000)}`],
  [
    'many paragraphs',
    'Some [text](/a), *more* of it, and **more** <b>still</b> {1}.\n\n'.repeat(10_000),
  ],
  [
    'a brace that is printed',
    `It is {'{'} there. ${'{1} '.repeat(300)}\n\n${'Then {1}.\n\n'.repeat(10_000)}`,
  ],
  ['names with underscores', '_a_b_c __init__ snake_case '.repeat(200)],
])('%s may hold anything', async (_, body) => {
  expect(excessIn(body)).toBeUndefined();
});

test('a text of more than a million characters is refused', () => {
  expect(excessIn('word '.repeat(200_000))).toBeUndefined();
  expect(excessIn('word '.repeat(300_000))).toEqual({
    message: 'the text has 1.4 million characters, and at most 1 is taken: divide it',
  });
});

test('each post of the manual passes', () => {
  for (const file of MANUAL_FILES) {
    expect([file, excessIn(readFileSync(file, 'utf8'))]).toEqual([file, undefined]);
  }
});

test('looks at each character a bounded number of times', () => {
  // Quadratic work on a million of these would take minutes, and Jest ends a test after one.
  for (const part of [
    '`',
    '`a',
    '``a',
    '> ',
    '- ',
    '* ',
    '[',
    ']',
    '*',
    '*a ',
    '{',
    '}',
    '<a',
    '<a ',
    '"',
    '|',
    '|-',
    '\n',
    '\\',
    '/*',
    '(',
    '~~~\n',
    '1. ',
    '   ',
  ]) {
    excessIn(part.repeat(1_000_000 / part.length));
    excessIn(`{${part.repeat(1_000_000 / part.length)}`);
    excessIn(`<a ${part.repeat(1_000_000 / part.length)}`);
  }
});
