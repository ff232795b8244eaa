import fc from 'fast-check';
import { MAX_QUERY_LENGTH, readQuery, wordsOf } from '../../../lib/readers/search-words';

describe('words', () => {
  const terms = (text: string) => wordsOf(text).map(({ term }) => term);

  test('of a text without a space, however long, are found in place', () => {
    const long = '日本語'.repeat(100_000);
    const words = wordsOf(long);
    expect(words.length).toBeGreaterThan(90_000);
    expect(words.every(({ start, end, term }) => long.slice(start, end) === term)).toBe(true);
  });

  test('are without case and accents', () => {
    expect(terms('Türkçe IŞIK ışık İyi Straße Ærø ΟΔΟΣ ﬁne Ａ')).toEqual(
      terms('turkce isik isik iyi strasse aero οδοσ fine a'),
    );
    expect(terms('turkce')).toEqual(['turkce']);
  });

  test('stand where they stand in the text', () => {
    const text = 'Grüße, “Welt”: e\u0301te\u0301!';
    const words = wordsOf(text).map(({ start, end }) => text.slice(start, end));
    expect(words).toEqual(['Grüße', 'Welt', 'e\u0301te\u0301']);
  });

  test('of scripts without spaces are told apart', () => {
    expect(terms('全文検索はとても便利です。')).toEqual(expect.arrayContaining(['検索', '便利']));
    // A dakuten is no accent, nor is a vowel sign.
    expect(terms('が')).not.toEqual(terms('か'));
    expect(terms('कि')).not.toEqual(terms('का'));
  });

  test('are emoji too, and of limited length', () => {
    expect(terms('A 🌲❤️ tree')).toEqual(['a', '🌲', '❤', 'tree']);
    expect(terms('x'.repeat(5000))[0]?.length).toBeLessThan(100);
  });
});

describe('a query', () => {
  test.each([
    [undefined, ''],
    ['', ''],
    [' \t\n ', ''],
    [['a', 'b'], 'a'],
    ['  two\u0000\u0007 words ', 'two words'],
    ['bad \ud800 half', 'bad \ufffd half'],
    ['"quoted" <script>', '"quoted" <script>'],
  ])('%j is read as %j', (q, text) => {
    expect(readQuery(q)).toMatchObject({ text, cut: false });
  });

  test('has words, each once', () => {
    expect(readQuery('Cache the CACHE').words).toEqual(['cache', 'the']);
    expect(readQuery('.*+?^${}()|[]\\').words).toEqual([]);
    expect(readQuery('<script>alert(1)</script>').words).toEqual(['script', 'alert', '1']);
  });

  test('has names with signs beside their words', () => {
    expect(readQuery('C++ or .NET, not a. b').signed).toEqual(['c++', '.net']);
    expect(readQuery('node.js --dry-run useEffect() F#').signed).toEqual([
      ...['node.js', '--dry-run', 'useeffect()', 'f#'],
    ]);
    expect(readQuery('a-b 1+1 x. #tag mail@a.example').signed).not.toContain('#tag');
  });

  test('is cut to a limit of characters, never within one, and of words', () => {
    expect(readQuery('x'.repeat(10_000))).toMatchObject({
      text: 'x'.repeat(MAX_QUERY_LENGTH),
      cut: true,
    });
    expect(readQuery(`x${'🌲'.repeat(MAX_QUERY_LENGTH)}`).text).toMatch(/^x(🌲)+$/u);
    expect(readQuery('one two three four five six seven eight nine ten eleven')).toEqual({
      text: 'one two three four five six seven eight nine ten',
      words: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
      signed: [],
      cut: true,
    });
  });

  test('is read, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (q) => {
        const { text, words, signed } = readQuery(q);
        expect(text.length).toBeLessThanOrEqual(MAX_QUERY_LENGTH);
        expect(text.isWellFormed()).toBe(true);
        expect(words.length).toBeLessThanOrEqual(10);
        expect(readQuery(text)).toEqual({ text: text.trim(), words, signed, cut: false });
      }),
    );
  });
});
