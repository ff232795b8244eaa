/**
 * From a library to the posts of this site. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { isReserved, isTaken } from '../../site/routes';
import { type UntrustedHtml, type Post, type Problem } from '../post';
import { hash } from '../../hash';
import { isSlug, slugOf } from '../../site/slugs';
import { pathOf, pathOfPost } from '../../site/paths';
import { keyOf } from './addresses';
import type { Article } from './article';
import { authorFieldsOf, slugOfUser } from './authors';
import type { Library } from './library';
import type { Term } from './rest';
import { categoriesOf, nameOf, tagsOf } from './terms';

/** The posts of a library, by the numbers of their articles, and what was found on the way. */
export interface PublishedPosts {
  posts: Map<number, Post>;
  problems: Problem[];
  /** Where on our site is what WordPress has at an address. */
  pathOfKey: ReadonlyMap<string, string>;
  /** The page at which the newest posts stand, which is no page of its own; its number, whatever it is. */
  postsPage?: Post;
  postsPageId?: number;
}

/** What WordPress tells that posts depend on. */
export interface Homes {
  /** The address of WordPress's home page, if it tells. */
  home?: string;
  postsPage?: number;
}

/** The posts of a library. Those that are as they were in `previous` are the same objects. */
export function postsOf(
  library: Library,
  address: string,
  previous: ReadonlyMap<number, Post> = new Map(),
  { home = address, postsPage: postsPageId }: Homes = {},
): PublishedPosts {
  const posts = new Map<number, Post>();
  const problems: Problem[] = [];
  const byPath = new Map<string, Article>();
  const homes = [address, home].map((one) => keyOf(new URL(one)));
  const pathOfKey = pathsOfLinks(library, homes);
  let postsPage: Post | undefined;

  // In the order of their numbers, so that the elder of two keeps the path.
  for (const article of [...library.articles.values()].sort((a, b) => a.id - b.id)) {
    if (article.hidden) continue;
    const { id, slug, page, file } = article;
    const before = previous.get(id);
    const post = postOf(article, library, address, homes, pathOfKey);
    const isPostsPage = page && id === postsPageId;
    const message = conflictOf(post, isPostsPage, byPath);
    if (message !== undefined) {
      problems.push({ slug, page, file, message });
      continue;
    }
    byPath.set(pathOfPost(post), article);
    if (isPostsPage) {
      postsPage = post;
      continue;
    }
    posts.set(id, before && isDeepStrictEqual(before, post) ? before : post);
  }
  return { posts, problems, pathOfKey, postsPage, postsPageId };
}

function conflictOf(
  post: Post,
  isPostsPage: boolean,
  byPath: ReadonlyMap<string, Article>,
): string | undefined {
  const { slug, page } = post;
  if (!isSlug(slug)) return `its slug ${slug} cannot be a path of the site; change it`;
  const path = pathOfPost(post);
  // A list may stand where there is but a folder of the site, such as /blog.
  if (page && path !== '/' && (isPostsPage ? isTaken(path) : isReserved(slug))) {
    return `/${slug} belongs to the site itself; give the page another slug`;
  }
  const twin = byPath.get(path);
  return twin && `has the same slug as ${twin.file}; change one of them`;
}

/** Whether an article is WordPress's front page: it has the address of WordPress itself. */
const isFrontPage = ({ page, key }: Article, homes: readonly string[]): boolean =>
  page && homes.includes(key);

function postOf(
  article: Article,
  library: Library,
  address: string,
  homes: readonly string[],
  pathOfKey: ReadonlyMap<string, string>,
): Post {
  const { slug, file, title, date, modified, summary, body, page, stub } = article;
  const links: Record<string, string> = {};
  for (const [written, key] of article.addresses) {
    const path = pathOfKey.get(key);
    if (path !== undefined) links[written] = path;
  }
  const html: UntrustedHtml = { base: `${address}/`, links };
  const [category, ...alsoIn] = categoriesOf(stub.categories, library.categories);
  const isFront = isFrontPage(article, homes);
  const usual = pathOfPost({ slug, page });
  return {
    slug,
    path: isFront ? '/' : undefined,
    aliases: isFront && !isTaken(usual) ? [{ path: usual }] : undefined,
    file,
    title,
    date,
    // WordPress dates the last change of anything, if only of a typing error a minute later.
    updated: modified.slice(0, 10) > date.slice(0, 10) ? modified : undefined,
    summary,
    category,
    alsoIn: alsoIn.length > 0 ? alsoIn : undefined,
    tags: tagsOf(stub.tags, library.tags),
    ...authorFieldsOf(library.authors.get(stub.author)),
    image: library.images.get(stub.featured_media) ?? undefined,
    draft: false,
    page,
    body,
    bodyHash: hash(`${article.textHash} ${JSON.stringify(html)}`),
    html,
  };
}

/** Where on our site is what WordPress has at an address. */
function pathsOfLinks(
  { articles, categories, tags, authors }: Library,
  homes: readonly string[],
): ReadonlyMap<string, string> {
  const paths = new Map(
    homes.flatMap((home) => [
      [home, '/'],
      [`${home}/feed`, '/feed.xml'],
    ]),
  );
  const addTerms = (kind: string, terms: ReadonlyMap<number, Term>) => {
    for (const term of terms.values()) {
      // A term without a post has no page; a link there stays as it is.
      if (!used.has(term.id) || !URL.canParse(term.link)) continue;
      paths.set(keyOf(new URL(term.link)), pathOf(kind, slugOf(nameOf(term))));
    }
  };
  const used = new Set<number>();
  const writers = new Set<number>();
  for (const article of articles.values()) {
    const { id, page, key, hidden, stub } = article;
    if (hidden) continue;
    const path = isFrontPage(article, homes) ? '/' : pathOfPost(article);
    paths.set(key, path);
    for (const home of homes) paths.set(`${home}?${page ? 'page_id' : 'p'}=${id}`, path);
    if (page) continue;
    writers.add(stub.author);
    for (const term of [...stub.categories, ...stub.tags]) used.add(term);
  }
  addTerms('category', categories);
  addTerms('tag', tags);
  for (const author of authors.values()) {
    if (!writers.has(author.id) || !URL.canParse(author.link)) continue;
    paths.set(keyOf(new URL(author.link)), pathOf('author', slugOfUser(author)));
  }
  return paths;
}
