/**
 * How much Markdown may hold: what would hold everybody up, or overflow a stack, is refused with its line;
 * what is written for readers is not. Large texts, so not among the unit tests.
 */
import { mdxComponents } from '../../components/mdx-components';
import { Bodies } from '../../lib/body/body';
import { hash } from '../../lib/hash';
import { postWith } from '../setup/posts';

const bodies = new Bodies(mdxComponents);
const postOf = (body: string) =>
  postWith('deep', { file: 'posts/deep.md', body, bodyHash: hash(body), markdown: true });

beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => undefined));
afterEach(() => jest.restoreAllMocks());

test.each<[string, string]>([
  ['quotes', '> '.repeat(5000)],
  ['lists', '- '.repeat(5000)],
  ['brackets', '['.repeat(20_000)],
  ['brackets within each other', `${'['.repeat(2000)}a${']'.repeat(2000)}`],
  ['emphasis', '*a '.repeat(20_000)],
  ['comments without an end', 'a <!-- '.repeat(20_000)],
  ['instructions without an end', 'a <? '.repeat(20_000)],
  ['declarations without an end', 'a <!A '.repeat(20_000)],
  ['dollars', 'a$'.repeat(20_000)],
  ['dollars of several kinds', '$a$$b$$$c'.repeat(20_000)],
  ['definitions', 'a\n: b\n\n'.repeat(1100)],
  ['lines of a paragraph', 'a\n'.repeat(20_000)],
])('refuses more %s, with the line and a remedy', async (_, body) => {
  expect(await bodies.check(postOf(`\n\n${body}a`))).toMatchObject({
    file: 'posts/deep.md',
    line: expect.any(Number),
    message: expect.stringMatching(
      /^the Markdown cannot be rendered: .*(more than \d+|too many).*: /,
    ),
  });
});

test.each<[string, string]>([
  ['open divisions', '<div>'.repeat(5000)],
  ['open divisions in blocks', '<div>\n\n'.repeat(2000)],
  ['bold text that paragraphs repeat', '<b>a\n\n'.repeat(3000)],
])('refuses more %s, with a remedy', async (_, body) => {
  expect((await bodies.check(postOf(body)))?.message).toMatch(
    /^the Markdown cannot be rendered: it(s elements are nested more than 500 deep| makes more than 100000 elements): /,
  );
});

test.each<[string, string]>([
  ['an attribute that hides elements', `<p title="\n\n${'<div>'.repeat(5000)}`],
  ['a field that hides elements', `<textarea>\n\n${'<div>\n\n'.repeat(5000)}`],
  ['braces', `${'{'.repeat(5000)}{% {{ `.repeat(100)],
  ['tags of templates', '{% x %} {{ y }} {{< z >}}\n\n'.repeat(2000)],
  ['spaces in a tag of a template', `{%${' '.repeat(15_000)}\n\n{{${' '.repeat(15_000)}`],
  ['ticks and tags of templates', '`{{ a }} ``{{ b }} '.repeat(900)],
  ['a deep formula', `$$\n${'x^{'.repeat(5000)}\n$$`],
  ['a formula that expands', '$$\n\\def\\a{\\a\\a}\\a\n$$'],
  ['formulas', '$x$\n\n'.repeat(3000)],
  ['definitions', 'a\n: b\n\n'.repeat(900)],
  ['definitions in each other', `a\n${': '.repeat(90)}b`],
  ['words with dots', `${'a.'.repeat(50_000)}@`],
  ['code', `\`\`\`\n${'<!-- $ [ > * '.repeat(5000)}\n\`\`\``],
  ['HTML', `<table>\n${'<tr><td style="a">b</td></tr>\n'.repeat(2000)}</table>`],
])('renders %s', async (_, body) => {
  expect(await bodies.check(postOf(body))).toBeUndefined();
});
