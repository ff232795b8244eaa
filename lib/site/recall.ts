/** The way back from stored pages to the post that they were made of. */
import type { Alias, Post } from '../source/post';
import { redirectTo } from './entries';
import { revisionOf } from './page';
import type { PostView, StandaloneView } from './views';

/** The post that a view was made of, without the text of its body: a view has only its hash. */
export function postOf(view: PostView | StandaloneView, file: string): Post {
  const { slug, hash: bodyHash } = view.body;
  const known = { slug, file, title: view.title, draft: false };
  const common = { ...known, body: '', bodyHash, recalled: true };
  if (view.kind === 'page') {
    return {
      ...common,
      date: '1970-01-01T00:00:00.000Z',
      summary: view.summary,
      image: view.image,
      tags: [],
      page: true,
    };
  }
  const { date, updated, summary, author, category, alsoIn, tags, image } = view.post;
  return {
    ...common,
    date: `${date}T00:00:00.000Z`,
    updated: updated && `${updated}T00:00:00.000Z`,
    summary,
    author: author?.title,
    authorSlug: author?.path && decodeURIComponent(author.path.slice('/author/'.length)),
    category: category?.title,
    alsoIn: alsoIn?.map(({ title }) => title),
    image,
    tags: tags.map(({ title }) => title),
    page: false,
  };
}

/**
 * The aliases of the post at a path, as far as their redirects are stored; undefined if there are none. The
 * post's own page does not show them, but the revision of a redirect tells where it leads.
 */
export function aliasesOf(
  path: string,
  stored: ReadonlyMap<string, { revision: string | null }>,
): Alias[] | undefined {
  const revision = revisionOf(redirectTo(path));
  const found = [...stored].filter(([, page]) => page.revision === revision);
  return found.length > 0 ? found.map(([alias]) => ({ path: alias })) : undefined;
}
