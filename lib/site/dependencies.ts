/** The dependencies of a page: the content that it shows, by tag. */
import { hash } from '../hash';
import type { Link, View, ViewOf } from './views';

/**
 * The content that a page shows, the page's own first: tags, `posts`, `post:<slug>`, `category:<c>`,
 * `tag:<t>`, `author:<a>`, `page:<path>`, `redirect:<path>` and `site`, each with a hash of what the page shows
 * of it.
 */
export type Dependencies = Record<string, string>;

/** The dependencies of the page at `url` with this view. */
export function dependenciesOf(url: string, view: View): Dependencies {
  const found: Dependencies = {};
  const note = (tag: string, what: unknown = '') => {
    found[tag] = hash(JSON.stringify(what)).slice(0, 8);
  };
  const noteLinks = (kind: string, links: (Partial<Link> | undefined)[]) => {
    for (const link of links) {
      if (link?.path !== undefined) note(tagOfLink(kind, link.path, link.slug), link);
    }
  };
  const noteTranslations = ({ kind, translations = [] }: ViewOf<'post' | 'page'>) =>
    noteLinks(
      kind,
      translations.filter(({ isOwn }) => !isOwn),
    );
  switch (view.kind) {
    case 'page':
      note(tagOfPage(url, view), { ...view, site: undefined, translations: undefined });
      noteTranslations(view);
      break;
    case 'post':
      note(`post:${view.body.slug}`, [
        view.post,
        view.body,
        view.canonical,
        view.seo,
        view.discussion,
        view.language,
        view.direction,
      ]);
      noteTranslations(view);
      noteLinks('post', view.series?.posts ?? []);
      noteLinks('post', [view.newer, view.older, ...view.related]);
      noteLinks('category', [view.post.category, ...(view.post.alsoIn ?? [])]);
      noteLinks('tag', view.post.tags);
      noteLinks('author', [view.post.author]);
      note('posts');
      break;
    case 'topics':
      note('posts');
      noteLinks('category', view.categories);
      noteLinks('tag', view.tags);
      break;
    case 'years':
      note('posts');
      for (const { posts = [] } of view.years) noteLinks('post', posts);
      break;
    case 'missing':
      note('posts');
      noteLinks('post', view.posts);
      break;
    case 'redirect':
      note(`redirect:${new URL(url).pathname}`, view);
      break;
    default:
      if (view.kind === 'category' || view.kind === 'tag' || view.kind === 'author') {
        const head = new URL(url).pathname.replace(/\/page\/\d+$/, '');
        note(tagOfLink(view.kind, head), [view.title, view.about]);
      }
      note('posts');
      noteLinks('post', view.posts);
      noteLinks(
        'category',
        view.posts.map(({ category }) => category),
      );
      noteLinks('page', view.pages ?? []);
  }
  if (view.kind !== 'redirect' && view.site) note('site', view.site);
  return found;
}

/** The tag of a standalone page: that at `/` goes by its slug. */
const tagOfPage = (url: string, { body }: ViewOf<'page'>): string => {
  const { pathname } = new URL(url);
  return tagOfLink('page', pathname, pathname === '/' ? body.slug : undefined);
};

/**
 * The tag of what a link leads to: by the slug. Of two standalone pages below different parents the slugs may
 * be equal, so theirs is the whole path.
 */
const tagOfLink = (kind: string, path: string, slug?: string): string => {
  const name = kind === 'page' ? path.slice(1) : path.slice(path.lastIndexOf('/') + 1);
  return `${kind}:${slug ?? decodeURIComponent(name)}`;
};
