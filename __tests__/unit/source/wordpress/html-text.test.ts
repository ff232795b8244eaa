import { textOf } from '../../../../lib/source/wordpress/html-text';

test('text is what a reader sees', () => {
  expect(textOf('a &lt;script&gt; b')).toBe('a <script> b');
  expect(textOf('a &notanentity; & b')).toBe('a &notanentity; & b'.replace('&not', '¬'));
});
