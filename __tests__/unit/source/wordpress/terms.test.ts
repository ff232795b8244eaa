import { categoriesOf, tagsOf } from '../../../../lib/source/wordpress/terms';
import { byId, termWith } from '../../../setup/wordpress-articles';

test('a category lists what is below it, and a loop ends', () => {
  const all = byId([
    termWith(1, 'A', 2),
    termWith(2, 'B', 3),
    termWith(3, 'C', 1),
    termWith(4, 'D', 4),
  ]);
  expect(categoriesOf([1], all)).toEqual(['A', 'B', 'C']);
  expect(categoriesOf([4, 2], all)).toEqual(['D', 'B', 'C', 'A']);
  expect(categoriesOf([9], all)).toEqual([]);
});

test('a name of which no path can be made is its slug', () => {
  const smile = { ...termWith(5, '☺'), slug: 'smile' };
  expect(categoriesOf([5], byId([smile]))).toEqual(['smile']);
});

test('of two terms of one path the older one counts, in whichever order WordPress lists them', () => {
  const all = byId([termWith(3, 'Guide'), termWith(7, 'guide'), termWith(5, 'Red')]);
  for (const own of [
    [3, 7, 5],
    [7, 3, 5],
  ]) {
    expect(tagsOf(own, all)).toEqual(['Guide', 'Red']);
    expect(categoriesOf(own, all)).toEqual(['Guide', 'Red']);
  }
});
