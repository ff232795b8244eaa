/** The addresses of categories and tags. */
import fc from 'fast-check';
import { isSlug, slugOf, slugOfTerm } from '../../../lib/site/slugs';

test.each([
  ['Guide', 'guide'],
  ['Machine  Learning', 'machine-learning'],
  ['machine-learning', 'machine-learning'],
  ['C', 'c'],
  ['C++', 'cpp'],
  ['C#', 'csharp'],
  ['F#', 'fsharp'],
  ['.NET', 'dotnet'],
  ['NET', 'net'],
  ['ASP.NET', 'aspnet'],
  ['Node.js', 'node-js'],
  ['Next.js', 'next-js'],
  ['TCP/IP', 'tcp-ip'],
  ['Q&A', 'q-and-a'],
  ['Tips & Tricks', 'tips-and-tricks'],
  ['Notepad++', 'notepad-plus-plus'],
  ['İstanbul', 'istanbul'],
])('that of %s is %s', (name, slug) => {
  expect(slugOfTerm(name)).toBe(slug);
});

test('a name with other signs has one of its own, which is readable and never changes', () => {
  const slugs = ["it's", 'it s', 'its', 'Hello!', 'Hello', 'Hello?', '🚀', '++'].map(slugOfTerm);
  expect(new Set(slugs).size).toBe(slugs.length);
  expect(slugs.every(isSlug)).toBe(true);
  expect(slugs[0]).toMatch(/^it-s-[\da-f]{6}$/);
  expect(slugOfTerm('Hello!')).toBe(slugOfTerm(' hello! '));
});

test('names of letters, digits, spaces and hyphens stay where they are', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\p{L}\p{N} -]{0,20}$/u), (name) => {
      expect(slugOfTerm(name)).toBe(slugOf(name));
    }),
  );
});
