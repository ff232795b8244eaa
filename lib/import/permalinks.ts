/** The addresses that other generators make of their permalinks. Pure. */
import { slugOf } from '../site/slugs';

/** What an address is made of. */
export interface Addressed {
  slug: string;
  title?: string;
  /** Such as `2020-01-05`. */
  day?: string;
  categories: readonly string[];
  /** The folders between the folder of all content and the post. */
  sections: readonly string[];
}

/** The named forms of Jekyll. */
const JEKYLL_STYLES: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title',
  pretty: '/:categories/:year/:month/:day/:title/',
  none: '/:categories/:title',
};

/** The form of Jekyll's addresses, as its configuration writes it. */
export const jekyllForm = (written: unknown): string =>
  typeof written === 'string'
    ? (JEKYLL_STYLES[written] ?? written)
    : '/:categories/:year/:month/:day/:title';

/** A path without ending and without slash at the end; undefined if the form needs what the post does not have. */
export function permalinkOf(form: string, post: Addressed): string | undefined {
  const [year = '', month = '', day = ''] = post.day?.split('-') ?? [];
  const values: Readonly<Record<string, string>> = {
    year,
    month,
    i_month: month.replace(/^0/, ''),
    day,
    i_day: day.replace(/^0/, ''),
    categories: post.categories.map(slugOf).join('/'),
    category: slugOf(post.categories[0] ?? ''),
    section: post.sections[0] ?? '',
    sections: post.sections.join('/'),
    output_ext: '',
  };
  let isWhole = true;
  const path = form.replace(/:([a-z_]+)/g, (_, name: string) => {
    if (['title', 'slug', 'filename', 'contentbasename', 'slugorfilename'].includes(name)) {
      return post.slug;
    }
    const value = values[name];
    if (value === undefined || (value === '' && /year|month|day/.test(name))) isWhole = false;
    return value ?? '';
  });
  return isWhole ? cleanPath(path) : undefined;
}

/** A path with one slash before each segment, and neither the ending of a file nor a slash at the end. */
export const cleanPath = (path: string): string =>
  `/${path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean)
    .join('/')
    .replace(/(?:^|\/)index\.html?$/, '')
    .replace(/\.html?$/, '')}`;
