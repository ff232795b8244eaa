import fc from 'fast-check';
import { wordsOf } from '../../../lib/readers/search-words';
import { mark, snippetOf, type Segment } from '../../../lib/readers/snippet';

/** Segments as one text, the marked ones in brackets. */
const shown = (segments: Segment[]) =>
  segments.map(({ text, marked }) => (marked ? `[${text}]` : text)).join('');

describe('marks', () => {
  test('stand on whole words, in the text as it was written', () => {
    expect(shown(mark('Türkçe, and TURKCE', new Set(['turkce'])))).toBe('[Türkçe], and [TURKCE]');
    expect(shown(mark('nothing', new Set(['cache'])))).toBe('nothing');
    expect(mark('', new Set(['a']))).toEqual([]);
  });

  test('a snippet is the passage with the most different words', () => {
    const far = 'filler words here. '.repeat(30);
    const text = `cache cache cache. ${far}A purge of the cache. ${far}`;
    const { segments, found } = snippetOf(text, new Set(['cache', 'purge']));
    expect(shown(segments)).toMatch(/^… .*A \[purge\] of the \[cache\]\. .* …$/);
    expect(found).toBe(2);
    expect(shown(segments).length).toBeLessThan(210);
  });

  test('a snippet of a short text is all of it, and without a word its beginning', () => {
    expect(shown(snippetOf('(Short.)', new Set(['short'])).segments)).toBe('([Short].)');
    expect(shown(snippetOf('word '.repeat(100).trim(), new Set()).segments)).toMatch(
      /^word .*word …$/,
    );
    expect(snippetOf('', new Set(['a']))).toEqual({ segments: [], found: 0 });
    expect(shown(snippetOf('x'.repeat(5000), new Set(['y'])).segments).length).toBeLessThan(200);
  });

  test('segments are the text, and the marked ones are the words', () => {
    const texts = fc.array(
      fc.constantFrom('cache', 'Purge', 'été', '🌲', ' ', ', ', '検索', '<b>', 'x'),
    );
    fc.assert(
      fc.property(texts, fc.subarray(['cache', 'purge', 'ete', '検索', 'x']), (parts, terms) => {
        const text = parts.join('');
        const segments = mark(text, new Set(terms));
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
        for (const segment of segments.filter(({ marked }) => marked)) {
          expect(terms).toContain(wordsOf(segment.text)[0]?.term);
        }
        const snippet = snippetOf(text.repeat(20), new Set(terms)).segments;
        const passage = snippet.map((segment) => segment.text).join('');
        expect(text.repeat(20)).toContain(passage.replace(/^… | …$/g, ''));
      }),
    );
  });
});
