import { plainBlocks } from '../../lib/plain-text';

/** The text of a whole body, on one line. */
const plainText = (body: string): string =>
  Array.from(plainBlocks(body), ({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');

describe('the plain text of a body', () => {
  test.each([
    ['## A *b* and **c**, [d](/e)', 'A b and c, d'],
    ['Map `Map<string, Post>` `[a](b)`', 'Map Map<string, Post> [a](b)'],
    ['```js\nif (a < b) c = [d](e);\n```\n\nText > after.', 'if (a < b) c = [d](e); Text > after.'],
    ['- item\n\n  ```js\n  a < b\n  ```\n\n*end*', 'item a < b end'],
    ['``a ` b`` `c` ` d', 'a ` b c ` d'],
    ['~~~\nnever *closed*', 'never *closed*'],
    ['```sh title="~/.bashrc"\na *b*\n```\n\nAfter *this*', 'a *b* After this'],
    ['<Callout title="Mind">\nIt **is**.\n</Callout>', 'Mind It is.'],
    ['<Figure src="/x.svg" alt="A tree" caption="In snow." />', 'A tree In snow.'],
    ['| a | b |\n| --- | :-: |\n| c | d |', 'a b c d'],
    ['<p>a&nbsp;b</p><p>c<b>d</b> &amp; &#8217;&#x2014; &unknown;</p>', 'a b cd & ’— &unknown;'],
    ['Caf&eacute;, na&iuml;ve&hellip; &copy 2026', 'Café, naïve… &copy 2026'],
    ['{/* a note */}Text[^1] \\{\n\n[^1]: Note', 'Text { Note'],
  ])('%j', (body, text) => {
    expect(plainText(body)).toBe(text);
  });

  test('is told apart where a page goes on below', () => {
    const pieces = (body: string) =>
      Array.from(plainBlocks(body), ({ text }) => text).filter((text) => text !== '');
    expect(pieces('## Head\nText *a*\nb\n\nc')).toEqual(['Head', 'Text a b', 'c']);
    expect(pieces('<h2>Head</h2><p>a<b>b</b></p><ul><li>c</li></ul>')).toEqual(['Head', 'ab', 'c']);
  });

  test('is read of a hostile one too, in time', () => {
    for (const unit of [
      '[',
      '*a ',
      '`',
      '<',
      '\n',
      ' ',
      '&#',
      '```\n',
      '|',
      '{/*',
      '![',
      '<a b="',
    ]) {
      const startMs = performance.now();
      plainText(unit.repeat(100_000 / unit.length));
      expect(performance.now() - startMs).toBeLessThan(2000);
    }
    expect(plainText('&#999999; &#x1F332; &#0; &#xD800;')).toBe('\u{f423f} 🌲 \ufffd \ufffd');
  });
});
