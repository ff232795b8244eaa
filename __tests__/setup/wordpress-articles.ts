/** WordPresses for tests that need none. */
import { articleOf, type Article } from '../../lib/source/wordpress/article';
import { RestPost, type Term } from '../../lib/source/wordpress/rest';
import { restPost } from './posts';

/** Of the WordPress, and by its clock when it was asked. */
export const ADDRESS = 'https://wp.example';
export const AT = Date.parse('2026-11-22T10:00:00Z');

/** A post as it is read, at an address of its own or at `link`. */
export const articleWith = (
  id: number,
  fields: object = {},
  link = `${ADDRESS}/2026/post-${id}/`,
): Article => articleOf(RestPost.parse(restPost(id, link, fields)), ADDRESS, AT);

/** A category, or another kind of term. */
export const termWith = (id: number, name: string, parent = 0, taxonomy = 'category'): Term => ({
  id,
  name,
  slug: name.toLowerCase(),
  link: `${ADDRESS}/${taxonomy}/${name.toLowerCase()}/`,
  parent,
  taxonomy,
});

/** A map of things by their ids. */
export const byId = <T extends { id: number }>(list: T[]): Map<number, T> =>
  new Map(list.map((one) => [one.id, one]));
