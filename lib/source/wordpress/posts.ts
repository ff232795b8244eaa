/**
 * From a library to the posts of this site, and the other addresses of what it has. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { hash } from '../../hash';
import type { Aliases } from '../../site/other-addresses';
import { pathOfPost, segmentsOf } from '../../site/paths';
import { isReserved } from '../../site/routes';
import { type UntrustedHtml, type Post, type Warning } from '../post';
import { keyOf } from './addresses';
import { aliasesOf } from './aliases';
import type { Article } from './article';
import { authorFieldsOf } from './authors';
import { discussionOf } from './comments';
import { shownOf, type Library } from './library';
import { pathsByKey, pathsOfArticles, type PostsAt } from './paths';
import type { Stub } from './rest';
import { categoriesOf, descriptionsOf, listedTerms, tagsOf, type ListedTerms } from './terms';

/** What a library gives the site: its posts by the numbers of their articles, and what was found on the way. */
export interface PostsOfLibrary {
  posts: Map<number, Post>;
  /** What cannot be on the site. */
  warnings: Warning[];
  aliases: Aliases;
  /** Where on the site is what WordPress has at an address. */
  pathOfKey: ReadonlyMap<string, string>;
  /** What categories and tags are about, by the paths of their lists. */
  descriptions: ReadonlyMap<string, string>;
  /** The page at which the newest posts stand, which is no page of its own; its number, whatever it is. */
  postsPage?: Post;
  postsPageId?: number;
}

/** How posts are made of a library. */
export interface PostsOptions {
  postsAt?: PostsAt;
  /** The address of WordPress's home page, if it tells. */
  home?: string;
  /** The number of the page at which the newest posts stand. */
  postsPage?: number;
  /** Whether visitors may go to WordPress's own pages. */
  isOpen?: boolean;
}

/** The posts of a library. What is as it was in `previous` is the same object. */
export function postsOf(
  library: Library,
  address: string,
  { postsAt = 'blog', home = address, postsPage: postsPageId, isOpen = false }: PostsOptions = {},
  previous?: { postsById: ReadonlyMap<number, Post>; aliases: Aliases },
): PostsOfLibrary {
  const posts = new Map<number, Post>();
  const warnings: Warning[] = [];
  const taken = new Map<string, Article>();
  // WordPress may know itself by another name than the one by which it is read.
  const homes = [address, home].map((one) => keyOf(new URL(one)));
  const hosts = [address, home].map((one) => new URL(one).host);
  const terms = {
    categories: listedTerms(library.categories),
    tags: listedTerms(library.tags),
  };
  const shown = shownOf(library);
  const { paths, circles } = pathsOfArticles(shown, library, homes, postsAt);
  const { pathOfKey, lists } = pathsByKey(shown, library, homes, paths, terms);
  let postsPage: Post | undefined;

  for (const article of shown) {
    const { id, slug, page, file } = article;
    const path = paths.get(id) ?? pathOfPost(article);
    const warn = (message: string) => warnings.push({ slug, page, path, file, message });
    const conflict = conflictOf(path, taken);
    if (conflict !== undefined) {
      warn(conflict);
      continue;
    }
    if (circles.has(id)) warn('is below itself, and so stands at the top; give it another parent');
    taken.set(path, article);
    const before = previous?.postsById.get(id);
    const { stub, discussed } = article;
    const post: Post = {
      ...postOf(article, path, library, address, terms, pathOfKey, hosts),
      discussion: discussionOf(library.comments.get(id), { ...stub, isOpen: discussed }, isOpen),
    };
    if (page && id === postsPageId) {
      postsPage = post;
      continue;
    }
    posts.set(id, before && isDeepStrictEqual(before, post) ? before : post);
  }
  const found = aliasesOf(shown, homes, paths, pathOfKey, lists, terms);
  const aliases = previous && isEqual(previous.aliases, found) ? previous.aliases : found;
  const descriptions = new Map([
    ...descriptionsOf('category', library.categories, terms.categories),
    ...descriptionsOf('tag', library.tags, terms.tags),
  ]);
  return { posts, warnings, aliases, pathOfKey, descriptions, postsPage, postsPageId };
}

function isEqual(before: Aliases, now: Aliases): boolean {
  if (before.size !== now.size) return false;
  for (const [path, { to, moved }] of now) {
    const target = before.get(path);
    if (target?.to !== to || target.moved !== moved) return false;
  }
  return true;
}

function conflictOf(path: string, taken: ReadonlyMap<string, Article>): string | undefined {
  // The front page may stand at the home page's path. Of posts below /blog each would be tested at each load, and
  // no slug is that of a numbered page.
  const isReservedPath = !/^\/(?:blog\/[^/]*)?$/.test(path) && isReserved(...segmentsOf(path));
  const twin = taken.get(path);
  if (!isReservedPath && !twin) return undefined;
  const shown = decodeURIComponent(path);
  return isReservedPath
    ? `is left out: ${shown} belongs to the site itself; give it another slug`
    : `is left out: ${shown} is the address of ${twin?.file ?? ''}; change the slug of one of them`;
}

function postOf(
  article: Article,
  path: string,
  library: Library,
  address: string,
  { categories, tags }: ListedTerms,
  pathOfKey: ReadonlyMap<string, string>,
  hosts: readonly string[],
): Post {
  const { slug, file, title, date, day, modified, modifiedDay, summary, text, page, stub } =
    article;
  const links: Record<string, string> = {};
  for (const [written, key] of article.addresses) {
    const target = pathOfKey.get(key);
    if (target !== undefined) links[written] = target;
  }
  const { original } = article;
  const html: UntrustedHtml = { base: `${address}/`, links, ...(original && { original }) };
  const [category, ...alsoIn] = page ? [] : categoriesOf(stub.categories, categories);
  // WordPress dates the last change of anything, if only of a typing error a minute later.
  const isUpdated = modifiedDay > day;
  return {
    slug,
    path: path === pathOfPost({ slug, page }) ? undefined : path,
    file,
    title,
    date,
    day: day === date.slice(0, 10) ? undefined : day,
    updated: isUpdated ? modified : undefined,
    updatedDay: isUpdated && modifiedDay !== modified.slice(0, 10) ? modifiedDay : undefined,
    summary,
    category,
    alsoIn: alsoIn.length > 0 ? alsoIn : undefined,
    tags: tagsOf(stub.tags, tags),
    ...authorFieldsOf(library.authors.get(stub.author)),
    image: library.images.get(stub.featured_media) ?? undefined,
    draft: false,
    page,
    text,
    bodyHash: hash(`${article.textHash} ${JSON.stringify(html)}`),
    html,
    canonical: canonicalOf(article, path, pathOfKey, hosts),
    language: stub.lang,
    translationKey: translationKeyOf(stub),
    seo: article.seo,
  };
}

/**
 * The smallest number of a post and its translations. So it is the same for one that was read before the other
 * was written: WordPress does not touch the posts to which it links a new translation.
 */
function translationKeyOf({ id, lang, translations = {} }: Stub): string | undefined {
  return lang === undefined
    ? undefined
    : `polylang:${Math.min(id, ...Object.values(translations))}`;
}

/** WordPress's own address of a post means its page here, and one that the site does not have means nothing. */
function canonicalOf(
  { canonical }: Article,
  path: string,
  pathOfKey: ReadonlyMap<string, string>,
  hosts: readonly string[],
): string | undefined {
  if (canonical === undefined) return undefined;
  const url = new URL(canonical);
  if (!hosts.includes(url.host)) return url.href;
  const target = pathOfKey.get(keyOf(url));
  return target === path ? undefined : target;
}
