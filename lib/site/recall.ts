/** The way back from stored pages to the post that they were made of. */
import type { Alias, Name, Post } from '../source/post';
import { redirectTo } from './entries';
import { KnownText } from '../text';
import { languageOfSection } from './languages';
import { revisionOf } from './page';
import { nameOf, pathOfPost, slugOfPath } from './paths';
import type { Link, PostView, StandaloneView } from './views';

const NO_TEXT = new KnownText('');

/** The post that a view was made of, without the text of its body: a view has only its hash. */
export function postOf(view: PostView | StandaloneView, file: string): Post {
  const { slug, hash: bodyHash } = view.body;
  const { pathname } = new URL(view.url);
  const usual = pathOfPost({ slug, page: view.kind === 'page' });
  const path = pathname === usual ? undefined : pathname;
  const { title, canonical, seo, direction, translationKey } = view;
  const language = view.language ?? (view.section && languageOfSection(view.section));
  const discussion = view.discussion && { ...view.discussion, comments: [] };
  const kin = { language, direction, translationKey };
  const known = { slug, path, file, title, canonical, seo, discussion, ...kin, draft: false };
  const common = { ...known, text: NO_TEXT, bodyHash, recalled: true };
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
    authorSlug: author?.path && slugOfPath(author.path),
    category: category && nameOfLink(category),
    alsoIn: alsoIn?.map(nameOfLink),
    image,
    tags: tags.map(nameOfLink),
    series: view.series && { name: view.series.name, part: view.series.part },
    page: false,
  };
}

/** The name of a category or a tag, by a link to its list. */
const nameOfLink = ({ title, path }: Link): Name => nameOf(title, slugOfPath(path));

/** Stored paths by the revisions of their pages: made once, and asked for each post that is recalled. */
export type PathsByRevision = ReadonlyMap<string, readonly string[]>;

/** Groups stored pages by their revisions. */
export function byRevision(
  stored: ReadonlyMap<string, { revision: string | null }>,
): PathsByRevision {
  const paths = new Map<string, string[]>();
  for (const [path, { revision }] of stored) {
    if (revision === null) continue;
    const same = paths.get(revision);
    if (same) same.push(path);
    else paths.set(revision, [path]);
  }
  return paths;
}

/**
 * The aliases of the post at a path, as far as their redirects are stored; undefined if there are none. The
 * post's own page does not show them, but the revision of a redirect tells where it leads.
 */
export const aliasesOf = (path: string, stored: PathsByRevision): Alias[] | undefined =>
  stored.get(revisionOf(redirectTo(path)))?.map((alias) => ({ path: alias }));
