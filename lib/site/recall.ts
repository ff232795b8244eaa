/** The way back from a stored view to the post that it was made of. */
import type { Post } from '../source/post';
import type { PostView, StandaloneView } from './views';

/** The post that a view was made of, without the text of its body: a view has only its hash. */
export function postOf(view: PostView | StandaloneView, file: string): Post {
  const { slug, hash: bodyHash } = view.body;
  const known = { slug, file, title: view.title, draft: false };
  const aliases = view.aliases?.map((path) => ({ path }));
  const common = { ...known, aliases, body: '', bodyHash, recalled: true };
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
