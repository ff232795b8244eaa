import {
  categoriesOf,
  descriptionsOf,
  listedTerms,
  tagsOf,
} from '../../../../lib/source/wordpress/terms';
import { Term } from '../../../../lib/source/wordpress/rest';
import { byId, termWith } from '../../../setup/wordpress-articles';

const listed = (...terms: Term[]) => listedTerms(byId(terms));

test('a category stands below its parents, and lists what is below it; a loop ends', () => {
  const all = listed(
    termWith(1, 'A', 2),
    termWith(2, 'B', 3),
    termWith(3, 'C'),
    termWith(4, 'D', 4),
    termWith(5, 'E', 6),
    termWith(6, 'F', 5),
  );
  expect(categoriesOf([1], all)).toEqual([['A', 'c/b/a'], ['B', 'c/b'], 'C']);
  expect(categoriesOf([4, 2], all)).toEqual([['B', 'c/b'], 'D', 'C']);
  expect(categoriesOf([5], all)).toEqual([
    ['E', 'f/e'],
    ['F', 'e/f'],
  ]);
  expect(categoriesOf([9], all)).toEqual([]);
});

test.each([
  ['norveç', 'norvec', ['norveç', 'norvec']],
  ['C++', 'cpp', ['C++', 'cpp']],
  ['İstanbul', 'istanbul', 'İstanbul'],
  ['Smile', '%f0%9f%8e%89', ['Smile', '🎉']],
  ['Snake', 'snake_case', ['Snake', 'snake_case']],
  ['Red', 'red', 'Red'],
  ['☺', '', ['☺', 'post_tag-1']],
])('the tag %s with the slug %s is %j', (name, slug, expected) => {
  const term = { ...termWith(1, name, 0, 'post_tag'), slug };
  expect(tagsOf([1], listed(term))).toEqual([expected]);
});

test('a category below another is never taken for a numbered page of it', () => {
  const all = listed(termWith(1, 'Page'), termWith(2, 'Page', 1));
  expect(categoriesOf([2], all)).toEqual([['Page', 'page/page-2'], 'Page']);
});

test('two terms of one name stay two, in one order whatever that of WordPress is', () => {
  const guide = { ...termWith(7, 'guide'), slug: 'guide-2' };
  const all = listed(termWith(3, 'Guide'), guide, termWith(5, 'Red'));
  for (const own of [
    [3, 7, 5],
    [7, 5, 3],
  ]) {
    expect(tagsOf(own, all)).toEqual(['Guide', ['guide', 'guide-2'], 'Red']);
    expect(categoriesOf(own, all)).toEqual(['Guide', ['guide', 'guide-2'], 'Red']);
  }
});

test('what terms are about is text, by the paths of their lists', () => {
  const about = (id: number, name: string, description: unknown, parent = 0) => {
    const { name: written, ...term } = termWith(id, name, parent);
    return Term.parse({ ...term, name: written, description });
  };
  const all = byId([
    about(1, 'A', 'All <b>of</b> it<script>alert(1)</script> &amp; <img src="//tracker">more'),
    about(2, 'B', 'Below', 1),
    about(3, 'C', ''),
    about(4, 'D', ['x']),
    about(5, 'E', undefined),
  ]);
  expect(descriptionsOf('category', all, listedTerms(all))).toEqual([
    ['/category/a', 'All of it & more'],
    ['/category/a/b', 'Below'],
  ]);
});
