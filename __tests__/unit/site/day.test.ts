/** How days are written: as the site does without WordPress, and by WordPress's date format and language. */
import { formatDay } from '../../../lib/site/day';

const DAY = '2026-01-02';

test('without a format a day is written in English', () => {
  expect(formatDay(DAY)).toBe('2 January 2026');
  expect(formatDay('2026-01-02T23:59:59.000Z')).toBe('2 January 2026');
});

test('a language alone has the day written as it is usual there', () => {
  expect(formatDay(DAY, { language: 'tr' })).toBe('2 Ocak 2026');
  expect(formatDay(DAY, { language: 'en-US' })).toBe('January 2, 2026');
});

test.each([
  ['F j, Y', 'January 2, 2026'],
  ['Y-m-d', '2026-01-02'],
  ['d/m/y', '02/01/26'],
  ['l jS \\o\\f F Y', 'Friday 2nd of January 2026'],
  ['D, M n', 'Fri, Jan 1'],
  ['N w z t L', '5 5 1 31 0'],
  ['o-\\WW', '2026-W01'],
  ['a A g G h H i s', 'am AM 12 0 12 00 00 00'],
  ['e T O P', 'UTC UTC +0000 +00:00'],
  ['c', '2026-01-02T00:00:00+00:00'],
  ['U', '1767312000'],
  ['B', '041'],
  // What PHP has no meaning for is text, and so is what follows a backslash.
  ['Y年n月j日', '2026年1月2日'],
  ['\\Y \\\\ Q', 'Y \\ Q'],
  ['Y\\', '2026'],
])('the format %s', (dateFormat, text) => {
  expect(formatDay(DAY, { dateFormat, language: 'en-US' })).toBe(text);
});

test.each([
  ['2027-01-01', 'o W', '2026 53'],
  ['2024-12-31', 'o W z L', '2025 01 365 1'],
  ['2024-02-11', 'jS t', '11th 29'],
  ['2024-02-23', 'jS', '23rd'],
])('%s as %s', (day, dateFormat, text) => {
  expect(formatDay(day, { dateFormat })).toBe(text);
});

test.each([
  ['tr', 'j F Y, l', '2 Ocak 2026, Cuma'],
  ['de-DE', 'j. F Y', '2. Januar 2026'],
  // The month is in the genitive beside a day, and not alone.
  ['pl-PL', 'j F Y', '2 stycznia 2026'],
  ['pl-PL', 'F Y', 'styczeń 2026'],
])('in %s: %s', (language, dateFormat, text) => {
  expect(formatDay(DAY, { language, dateFormat })).toBe(text);
});
