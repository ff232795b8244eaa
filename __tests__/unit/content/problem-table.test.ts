import { problemTable } from '../../../lib/content/problem-table';

const at = (file: string, line: number | undefined, kind: string | undefined, message: string) => ({
  file: `posts/${file}.md`,
  line,
  kind,
  message,
});

test('the kind that the most posts have comes first, and its rows stand in the order of files and lines', () => {
  const table = problemTable([
    at('b', 12, 'a date that cannot be read', 'no date'),
    at('b', 2, 'HTML that is left out', '<x>'),
    at('a', 10, 'HTML that is left out', '<y>'),
    at('a', 9, 'HTML that is left out', '<z>'),
  ]);
  expect(table).toEqual([
    'HTML that is left out (2 posts, nothing else is wrong with 1):',
    '  posts/a.md:9   <z>',
    '  posts/a.md:10  <y>',
    '  posts/b.md:2   <x>',
    '',
    'a date that cannot be read (1 post, nothing else is wrong with 0):',
    '  posts/b.md:12  no date',
    '',
  ]);
});

test('a field is the kind of what has none, and is named in its row', () => {
  expect(problemTable([{ ...at('a', 3, undefined, 'must be text'), field: 'title' }])).toEqual([
    'title (1 post):',
    '  posts/a.md:3  title: must be text',
    '',
  ]);
});

test('where nothing has a kind there are no headings', () => {
  expect(problemTable([at('a', undefined, undefined, 'is a pipe')])).toEqual([
    '  posts/a.md  is a pipe',
    '',
  ]);
});

test('hundreds of one kind are counted', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    at('a', index + 1, 'a link', `leads nowhere ${index}`),
  );
  const table = problemTable(many, { most: 2 });
  expect(table).toHaveLength(5);
  expect(table.slice(3)).toEqual(['  and 298 more', '']);
});

test('what is said of many places is said once, first what most have; in a table of all rows, of each', () => {
  const found = [
    at('a', 1, 'a field', 'has x'),
    ...['a', 'b', 'c'].map((file) => at(file, 2, 'a field', 'has y')),
  ];
  expect(problemTable(found, { most: 2 })).toEqual([
    'a field (3 posts):',
    '  posts/a.md:2 and 2 more  has y',
    '  posts/a.md:1             has x',
    '',
  ]);
  expect(problemTable(found)).toHaveLength(6);
});

test('nothing is a table of nothing', () => expect(problemTable([])).toEqual([]));
